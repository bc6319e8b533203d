package dev.sextant.index;

import dev.sextant.kernel.Floats;
import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;

/// Writes the blocks of nodes from their edges. Neighbours are rotated anew for each node: that is cheaper than keeping
/// all rotated rows in memory.
final class BlockWriter {
    private final Points points;
    private final Weave weave;
    private final long base;

    BlockWriter(Points points, Weave weave, long base) {
        this.points = points;
        this.weave = weave;
        this.base = base;
    }

    private static final class Buffers {
        private float[] floats = new float[0];
    }

    void write(int node, boolean member, Scratch scratch) {
        var buffers = scratch.part(Buffers.class, Buffers::new);
        int bits = points.turned, d = points.rows.dimension();
        if (buffers.floats.length < d) buffers.floats = new float[d];
        long bytes = 4L * bits,
                own = scratch.room(3 * bytes + points.blocks.fanRoom()),
                centre = own + bytes,
                other = centre + bytes;
        long block = base + node * points.blocks.blockBytes();
        if (!member) {
            for (int fan = 0; fan < points.blocks.degree() / NodeBlocks.FAN; fan++) points.blocks.clear(block, fan);
            return;
        }
        points.straight(node, buffers.floats, own);
        Raw.copy(own, centre, bytes);
        points.turn(centre);
        points.blocks.putRow(points.whole ? own : centre, points.whole, points.wholeLow, block);
        for (int fan = 0; fan < points.blocks.degree() / NodeBlocks.FAN; fan++) {
            points.blocks.beginFan(block, fan, other + bytes);
            int from = fan * NodeBlocks.FAN, to = Math.min(weave.edges(node), from + NodeBlocks.FAN);
            for (int i = from; i < to; i++) {
                points.straight(weave.edge(node, i), buffers.floats, other);
                Floats.subtract(other, own, points.size);
                points.turnDifference(other);
                points.blocks.putNeighbour(block, fan, i - from, weave.edge(node, i), other, centre, other + bytes);
            }
            points.blocks.endFan(block, fan, other + bytes);
        }
    }
}
