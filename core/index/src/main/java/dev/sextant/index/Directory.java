package dev.sextant.index;

import dev.sextant.kernel.Floats;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Raw;
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
        long bytes = 4L * points.turned,
                mean = scratch.room(3 * bytes + blocks.fanRoom()),
                turned = mean + bytes,
                other = turned + bytes,
                room = other + bytes;
        points.straightMean(mean);
        Raw.copy(mean, turned, bytes);
        points.turn(turned);
        blocks.putRow(points.whole ? mean : turned, false, 0, region.address());
        for (int fan = 0, cell = 0; fan < blocks.degree() / NodeBlocks.FAN; fan++) {
            blocks.beginFan(region.address(), fan, room);
            for (int row = 0; row < NodeBlocks.FAN && cell < count; row++, cell++) {
                Raw.fill(other, bytes, (byte) 0);
                for (int c = 0; c < points.components; c++) Raw.putFloat(other + 4L * c, centres.component(cell, c));
                Floats.subtract(other, mean, points.size);
                points.turnDifference(other);
                blocks.putNeighbour(region.address(), fan, row, cell, other, turned, room);
            }
            blocks.endFan(region.address(), fan, room);
        }
    }

    @Override
    public void close() {
        region.close();
    }
}
