package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PoolTest {
    @Test
    void whatIsOfferedTogetherIsTakenInAsOneByOne() {
        for (int seed = 0; seed < 300; seed++) {
            var random = new Random(seed);
            var together = new Pool();
            var single = new Pool();
            int width = 1 + random.nextInt(60);
            together.begin(width);
            single.begin(width);
            var fresh = new long[32];
            for (int round = 0, next = 0; round < 40; round++) {
                int n = random.nextInt(33);
                for (int i = 0; i < n; i++) {
                    int node = next++;
                    float distance = random.nextInt(50) / 4f;
                    fresh[i] = Pool.key(node, distance);
                    single.offer(node, distance);
                }
                together.offer(fresh, n);
                assertSame(seed, together, single);
                for (int i = random.nextInt(4); i > 0; i--) {
                    assertThat(together.soon()).as("seed %d", seed).isEqualTo(single.soon());
                    assertThat(together.next()).as("seed %d", seed).isEqualTo(single.next());
                }
            }
        }
    }

    @Test
    void whatIsHereWithTheSameDistanceIsNotTakenInAgain() {
        var pool = new Pool();
        pool.begin(4);
        pool.offer(new long[] {Pool.key(3, 3), Pool.key(1, 1), Pool.key(2, 2)}, 3);
        assertThat(pool.next()).isEqualTo(1);
        pool.offer(new long[] {Pool.key(2, 2), Pool.key(1, 1), Pool.key(2, 1.5f)}, 3);
        assertThat(pool.size()).isLessThanOrEqualTo(4);
        assertThat(pool.node(0)).isEqualTo(1);
        assertThat(pool.next()).as("with its better distance").isEqualTo(2);
        assertThat(pool.distance(1)).isEqualTo(1.5f);
        assertThat(pool.next()).isEqualTo(2);
        assertThat(pool.size()).isEqualTo(3);
        assertThat(pool.next()).as("the furthest made room").isEqualTo(-1);
    }

    private static void assertSame(int seed, Pool found, Pool expected) {
        assertThat(found.size()).as("seed %d", seed).isEqualTo(expected.size());
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.key(i)).as("seed %d at %d", seed, i).isEqualTo(expected.key(i));
            assertThat(found.distance(i)).isEqualTo(expected.distance(i));
        }
        assertThat(found.limit()).isEqualTo(expected.limit());
    }
}
