package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.kernel.Memory;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WeaveTest {
    private static final int COUNT = 1200;

    /// Points of which many are equal, and one far away from all: then all others are close together in the range of
    /// distances.
    @Test
    void theNearestComeInOrderHoweverManyThereAre() {
        for (int kinds : new int[] {1, 3, 40, COUNT})
            for (boolean far : new boolean[] {false, true})
                try (var weave = new Weave(new Memory(64 << 20), COUNT, 64, 32)) {
                    var random = new SplittableRandom(kinds);
                    var points = new float[kinds][64];
                    for (var point : points) for (int c = 0; c < 64; c++) point[c] = (float) random.nextGaussian();
                    for (int node = 0; node < COUNT; node++) {
                        var point = points[node % kinds].clone();
                        if (far && node == COUNT - 1) Arrays.fill(point, 1e4f);
                        Clusters.encode(weave, node, point);
                    }
                    for (int n : new int[] {0, 1, 40, 300, COUNT - 1})
                        for (int most : new int[] {1, 32, 256, COUNT}) inOrder(weave, n, most, random);
                }
    }

    private static void inOrder(Weave weave, int n, int most, SplittableRandom random) {
        var b = new Weave.Buffers();
        b.gatherRoom(COUNT);
        var drawn = IntStream.range(1, COUNT).toArray();
        for (int i = drawn.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1), node = drawn[i];
            drawn[i] = drawn[j];
            drawn[j] = node;
        }
        System.arraycopy(drawn, 0, b.gathered, 0, n);
        weave.score(0, drawn, n, b);
        var expected = IntStream.range(0, n)
                .mapToLong(i -> (long) Float.floatToRawIntBits(Math.max(0, b.scores[i])) << 32 | drawn[i])
                .sorted()
                .limit(most)
                .toArray();
        weave.order(0, n, most, b);
        assertThat(Arrays.copyOf(b.order, b.count)).containsExactly(expected);
    }
}
