package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Where walks begin: a block of its own whose row is the mean of all and whose neighbours are nodes from all over the
/// data, so that one scan finds the region to start in, however far apart the regions are.
final class Root implements AutoCloseable {
    static final int MOST_FANS = 8;
    private static final int SAMPLE = 4096;

    final NodeBlocks blocks;
    final Region region;
    final int fans;

    Root(Memory memory, Points points, int degree) {
        blocks = points.blocks(degree);
        fans = blocks.degree() / NodeBlocks.FAN;
        region = memory.allocate("quantised graph", blocks.blockBytes());
        for (int fan = 0; fan < fans; fan++) blocks.clear(region.address(), fan);
    }

    /// How many nodes a root names in a graph of `count`.
    static int degree(int count) {
        return NodeBlocks.FAN * (int) Math.clamp(Math.sqrt(count) / NodeBlocks.FAN, 1, MOST_FANS);
    }

    long address() {
        return region.address();
    }

    /// Draws nodes from a sample of all, each with the greater chance the further it is from those drawn before; one a
    /// step. One thread at a time.
    static final class Draw {
        private final Weave weave;
        private final SplittableRandom random;
        private final int[] drawn;
        private final int[] candidates;
        private final double[] nearest;
        private int next;
        private int n;
        private boolean ended;

        Draw(int[] members, Weave weave, long seed) {
            this.weave = weave;
            random = new SplittableRandom(seed);
            int sample = Math.min(members.length, SAMPLE);
            drawn = new int[Math.min(sample, degree(members.length))];
            candidates = new int[sample];
            nearest = new double[sample];
            for (int i = 0; i < sample; i++) candidates[i] = members[(int) ((long) i * members.length / sample)];
            Arrays.fill(nearest, Double.MAX_VALUE);
        }

        /// Returns whether there is more.
        boolean step(Weave.Buffers b) {
            if (ended || n == drawn.length) return false;
            int sample = candidates.length;
            drawn[n] = candidates[next];
            nearest[next] = -1;
            double sum = 0;
            b.gatherRoom(sample);
            System.arraycopy(candidates, 0, b.gathered, 0, sample);
            weave.score(drawn[n++], b.gathered, sample, b);
            for (int i = 0; i < sample; i++) {
                if (nearest[i] < 0) continue;
                nearest[i] = Math.min(nearest[i], Math.max(1e-30, b.scores[i]));
                sum += nearest[i];
            }
            double at = random.nextDouble() * sum;
            int last = -1;
            for (int i = 0; i < sample && at >= 0; i++)
                if (nearest[i] >= 0) {
                    at -= nearest[i];
                    last = i;
                }
            ended = last < 0;
            next = last;
            return !ended && n < drawn.length;
        }

        int[] drawn() {
            return drawn;
        }
    }

    void write(Points points, int[] nodes, Scratch scratch) {
        var floats = new float[points.rows.dimension()];
        var around = new BlockWriter.Rows(points, floats, nodes.length, i -> nodes[i]);
        BlockWriter.write(points, blocks, region.address(), fans, false, points::straightMean, around, scratch);
    }

    @Override
    public void close() {
        region.close();
    }
}
