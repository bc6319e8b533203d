package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReachTest {
    private static final int COUNT = 900;
    private static final int DEGREE = 32;

    /// Islands of nodes whose lists are full: whoever gives an edge to another island has to spare one.
    private static void islands(Weave weave, int islands, SplittableRandom random) {
        var point = new float[64];
        var edges = new int[DEGREE];
        for (int node = 0; node < COUNT; node++) {
            for (int c = 0; c < 64; c++) point[c] = node % islands * 3 + (float) random.nextGaussian();
            Clusters.encode(weave, node, point);
            // Most to a few of the island, so that others hang on single edges.
            for (int e = 0; e < DEGREE; e++)
                edges[e] = node % islands + islands * random.nextInt(e < 28 ? 20 : COUNT / islands);
            weave.write(node, edges, DEGREE);
        }
    }

    private static int reachable(Weave weave, int[] entries) {
        var seen = new BitSet();
        var queue = new ArrayDeque<Integer>();
        for (int entry : entries) {
            seen.set(entry);
            queue.add(entry);
        }
        while (!queue.isEmpty()) {
            int node = queue.poll();
            for (int e = 0; e < weave.edges(node); e++)
                if (!seen.get(weave.edge(node, e))) {
                    seen.set(weave.edge(node, e));
                    queue.add(weave.edge(node, e));
                }
        }
        return seen.cardinality();
    }

    @Test
    void everyNodeIsReachedAndWhatWasReachedStaysSo() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new SplittableRandom(seed);
        var memory = new Memory(64 << 20);
        try (var scratch = new Scratch(memory)) {
            for (int round = 0; round < 20; round++)
                try (var weave = new Weave(memory, COUNT, 64, DEGREE)) {
                    islands(weave, 1 + round % 5, random);
                    int[] entries = {0, 7}, nodes = IntStream.range(0, COUNT).toArray();
                    var reach = new Reach(weave, entries, nodes, 64);
                    int steps = 1;
                    while (reach.advance(100, scratch)) steps++;
                    assertThat(steps).as("none of them long").isGreaterThan(COUNT / 100);
                    assertThat(reachable(weave, entries)).as("seed %d", seed).isEqualTo(COUNT);
                }
        }
    }
}
