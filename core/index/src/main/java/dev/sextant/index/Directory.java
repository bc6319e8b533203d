package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;

/// The centres of cells as one block: its row is the mean of all, its neighbours are the centres. So their distances
/// are estimated 32 at a time, from a fraction of the bytes of the centres; how far they are wrong is in the margins.
final class Directory implements AutoCloseable {
    final int count;
    final NodeBlocks blocks;
    final Region region;

    Directory(Memory memory, Points points, int count) {
        this.count = count;
        blocks = points.blocks(degree(count));
        region = memory.allocate("quantised graph", blocks.blockBytes());
    }

    static int degree(int count) {
        return Phases.ranges(count, NodeBlocks.FAN) * NodeBlocks.FAN;
    }

    long bytes() {
        return region.size();
    }

    int fans() {
        return blocks.degree() / NodeBlocks.FAN;
    }

    /// The cell at a slot of a fan; where there is none the distance is beyond every limit.
    int cell(int fan, int slot) {
        return blocks.node(region.address(), fan, slot);
    }

    /// How far the mean of all centres is, which the other distances go by.
    float mean(long query) {
        return Math.max(0, blocks.distance(query, region.address()));
    }

    /// Estimates the distances of the centres of a fan; bit `slot` of the result is set where that is below `limit`.
    int scan(long query, int fan, float mean, float limit) {
        return blocks.scan(query, region.address(), fan, mean, limit);
    }

    /// Adds the estimated distances of the centres of a fan to the first `n` of `sample`; returns how many it has then.
    int sample(int fan, long query, float mean, float[] sample, int n) {
        int present = scan(query, fan, mean, Float.MAX_VALUE);
        for (; present != 0; present &= present - 1)
            sample[n++] = NodeBlocks.estimate(query, Integer.numberOfTrailingZeros(present));
        return n;
    }

    /// Estimates the distances of all centres, by cell.
    float[] distances(long query) {
        var distances = new float[count];
        float mean = mean(query);
        for (int fan = 0; fan < fans(); fan++) {
            int present = scan(query, fan, mean, Float.MAX_VALUE);
            for (; present != 0; present &= present - 1) {
                int slot = Integer.numberOfTrailingZeros(present);
                distances[cell(fan, slot)] = NodeBlocks.estimate(query, slot);
            }
        }
        return distances;
    }

    /// Writes all centres.
    void write(Points points, Gathering centres, Scratch scratch) {
        var around = new BlockWriter.Neighbours() {
            @Override
            public int count() {
                return count;
            }

            @Override
            public int node(int cell) {
                return cell;
            }

            @Override
            public void straight(int cell, long out) {
                centres.straight(cell, out);
            }
        };
        int fans = blocks.degree() / NodeBlocks.FAN;
        BlockWriter.write(points, blocks, region.address(), fans, false, points::straightMean, around, scratch);
    }

    @Override
    public void close() {
        region.close();
    }
}
