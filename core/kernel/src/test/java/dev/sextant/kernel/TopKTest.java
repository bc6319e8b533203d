package dev.sextant.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopKTest {
    @Test
    void keepsTheBestInOrderAndBreaksTiesByRow() {
        var best = new TopK();
        for (long seed = 0; seed < 50; seed++) {
            var random = new Random(seed);
            boolean larger = random.nextBoolean();
            int n = 1 + random.nextInt(300), k = 1 + random.nextInt(40);
            var scores = new float[n];
            for (int i = 0; i < n; i++) scores[i] = (random.nextInt(21) - 10) / 4f;
            var expected = IntStream.range(0, n)
                    .boxed()
                    .sorted((x, y) -> {
                        int order = larger ? Float.compare(scores[y], scores[x]) : Float.compare(scores[x], scores[y]);
                        return order != 0 ? order : Integer.compare(x, y);
                    })
                    .limit(k)
                    .toList();
            best.reset(k, larger);
            for (int i : random.ints(3L * n, 0, n).toArray()) best.offer(i, scores[i]);
            for (int i = 0; i < n; i++) best.offer(i, scores[i]);
            assertThat(IntStream.range(0, best.size()).mapToObj(best::row))
                    .as("seed %d", seed)
                    .isEqualTo(expected);
            for (int i = 0; i < best.size(); i++) assertThat(best.score(i)).isEqualTo(scores[best.row(i)]);
            if (n >= k) assertThat(best.bound()).isEqualTo(scores[expected.getLast()]);
            else assertThat(best.bound()).isInfinite();
        }
    }

    @Test
    void marksLastForOneEpochOnly() {
        var visited = new Visited();
        for (int i = 0; i < 70_000; i++) {
            visited.begin(3);
            assertThat(visited.visited(1)).isFalse();
            assertThat(visited.visit(1)).isTrue();
            assertThat(visited.visit(1)).isFalse();
        }
    }

    private static void together(Visited visited, Random random, int rows, java.util.BitSet seen) {
        var some = random.ints(1 + random.nextInt(100), 0, rows).toArray();
        var expected = new ArrayList<>(List.of(-1));
        for (int row : some) {
            if (!seen.get(row)) expected.add(row);
            seen.set(row);
        }
        var fresh = new int[some.length + 2];
        fresh[0] = -1;
        int end = visited.visit(some, some.length, fresh, 1);
        assertThat(IntStream.range(0, end).map(i -> fresh[i]).boxed()).isEqualTo(expected);
    }

    @Test
    void marksOfManyRowsAreThoseOfASet() {
        for (int seed = 0; seed < 20; seed++) {
            var random = new Random(seed);
            var visited = new Visited();
            for (int walk = 0; walk < 30; walk++) {
                int rows = 1 + random.nextInt(5000);
                visited.begin(rows);
                var seen = new java.util.BitSet();
                for (int i = random.nextInt(4000); i > 0; i--) {
                    int row = random.nextInt(rows);
                    assertThat(visited.visit(row)).as("seed %d", seed).isEqualTo(!seen.get(row));
                    seen.set(row);
                    if (i % 100 == 0) together(visited, random, rows, seen);
                }
                for (int row = 0; row < rows; row++)
                    assertThat(visited.visited(row)).as("seed %d", seed).isEqualTo(seen.get(row));
            }
        }
    }
}
