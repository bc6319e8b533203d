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

    /// Places: as many as slots; [#cell(int)] says whose they are.
    int places() {
        return blocks.degree();
    }

    /// The cell at a place; -1 where there is none, and then its distance is beyond every other.
    int cell(int place) {
        return blocks.node(region.address(), place / NodeBlocks.FAN, place % NodeBlocks.FAN);
    }

    /// Estimates the distances of all centres, by place.
    void distances(long query, float[] out) {
        float mean = Math.max(0, blocks.distance(query, region.address()));
        for (int fan = 0; fan < blocks.degree() / NodeBlocks.FAN; fan++) {
            blocks.scan(query, region.address(), fan, mean, 0);
            NodeBlocks.estimates(query, out, fan * NodeBlocks.FAN);
        }
    }

    /// Writes all centres, given in straight form.
    void write(Points points, Centres centres, Scratch scratch) {
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
                centres.straight(cell, points, out);
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
