package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DistrictsTest {
    private static final int DIMENSION = 24;
    private final Memory memory = new Memory(64 << 20);

    @Test
    void nodesOfOneHeapComeOneAfterTheOther() {
        int count = 20_000, heaps = 8;
        try (var weave = heaps(count, heaps);
                var scratch = new Scratch(memory)) {
            var nodes = shuffled(count);
            var districts = assigned(weave, nodes.clone(), scratch);
            int from = 300, to = 5_000;
            var batch = nodes.clone();
            districts.sort(batch, from, to);
            int changes = 0;
            for (int i = from + 1; i < to; i++) if (batch[i] % heaps != batch[i - 1] % heaps) changes++;
            assertThat(changes).isEqualTo(heaps - 1);
            for (int i = 0; i < count; i++)
                if (i < from || i >= to) assertThat(batch[i]).isEqualTo(nodes[i]);
            java.util.Arrays.sort(batch, from, to);
            java.util.Arrays.sort(nodes, from, to);
            assertThat(batch).containsExactly(nodes);
        }
    }

    @Test
    void aFewNodesAreOneDistrict() {
        try (var weave = heaps(100, 2);
                var scratch = new Scratch(memory)) {
            int[] batch = {7, 3, 9};
            assigned(weave, shuffled(100), scratch).sort(batch, 0, 3);
            assertThat(batch).containsExactly(3, 7, 9);
        }
    }

    private static Districts assigned(Weave weave, int[] nodes, Scratch scratch) {
        var districts = new Districts(weave, nodes);
        assertThat(new Phases(districts.begin(() -> Phases.END)).work(scratch, Stop.NEVER))
                .isTrue();
        return districts;
    }

    /// Node `i` lies in heap `i % heaps`, and heaps are far apart.
    private Weave heaps(int count, int heaps) {
        var random = new SplittableRandom(11);
        var centres = new float[heaps][DIMENSION];
        for (var centre : centres) for (int c = 0; c < DIMENSION; c++) centre[c] = 100 * (float) random.nextGaussian();
        var weave = new Weave(memory, count, DIMENSION, 32);
        for (int node = 0; node < count; node++) {
            var point = centres[node % heaps].clone();
            for (int c = 0; c < DIMENSION; c++) point[c] += (float) random.nextGaussian();
            Clusters.encode(weave, node, point);
        }
        return weave;
    }

    private static int[] shuffled(int count) {
        var random = new SplittableRandom(12);
        var nodes = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            nodes[i] = nodes[j];
            nodes[j] = i;
        }
        return nodes;
    }
}
