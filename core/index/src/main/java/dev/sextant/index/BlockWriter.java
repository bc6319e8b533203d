package dev.sextant.index;

import dev.sextant.kernel.Floats;
import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.RowCodes;
import dev.sextant.kernel.Scratch;
import java.util.function.IntUnaryOperator;
import java.util.function.LongConsumer;

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
        int d = points.rows.dimension(), fans = points.blocks.degree() / NodeBlocks.FAN;
        if (buffers.floats.length < d) buffers.floats = new float[d];
        long block = base + node * points.blocks.blockBytes();
        if (!member) {
            for (int fan = 0; fan < fans; fan++) points.blocks.clear(block, fan);
            return;
        }
        var floats = buffers.floats;
        var around = new Rows(points, floats, weave.edges(node), i -> weave.edge(node, i));
        write(
                points,
                points.blocks,
                block,
                fans,
                points.whole,
                out -> points.straight(node, floats, out),
                around,
                scratch);
    }

    /// What stands around a centre, in straight form.
    interface Neighbours {
        int count();

        int node(int at);

        void straight(int at, long out);

        /// Writes the turned difference from a centre in straight form.
        default void difference(int at, Points points, long centre, long out) {
            straight(at, out);
            Floats.subtract(out, centre, points.size);
            points.turnDifference(out);
        }
    }

    /// Rows of the points themselves; `floats` has room for the dimension.
    record Rows(Points points, float[] floats, int count, IntUnaryOperator nodes) implements Neighbours {
        @Override
        public int node(int at) {
            return nodes.applyAsInt(at);
        }

        @Override
        public void straight(int at, long out) {
            points.straight(node(at), floats, out);
        }

        @Override
        public void difference(int at, Points points, long centre, long out) {
            long soon = at + 1 < count ? points.rows.address(node(at + 1)) : 0;
            if (!points.turnDifference(node(at), centre, out, soon))
                Neighbours.super.difference(at, points, centre, out);
        }
    }

    /// Writes a block of so many fans: its row is the centre, which comes in straight form; `whole` says that it is one
    /// of the whole numbers of the points.
    static void write(
            Points points,
            NodeBlocks blocks,
            long block,
            int fans,
            boolean whole,
            LongConsumer centre,
            Neighbours neighbours,
            Scratch scratch) {
        var around = new Around(points, blocks.fanRoom(), centre, scratch);
        around.putRow(blocks, whole, block);
        for (int fan = 0; fan < fans; fan++) {
            blocks.beginFan(block, fan, around.room);
            int from = fan * NodeBlocks.FAN, to = Math.min(neighbours.count(), from + NodeBlocks.FAN);
            for (int i = from; i < to; i++) {
                long difference = around.difference(neighbours, i);
                blocks.putNeighbour(block, fan, i - from, neighbours.node(i), difference, around.turned, around.room);
            }
            blocks.endFan(block, fan, around.room);
        }
    }

    /// Writes a block without neighbours, its row the centre, and at `first` the codes of what stands around that.
    static void write(
            Points points,
            NodeBlocks blocks,
            RowCodes codes,
            long block,
            long first,
            LongConsumer centre,
            Neighbours neighbours,
            Scratch scratch) {
        var around = new Around(points, codes.room(), centre, scratch);
        around.putRow(blocks, false, block);
        for (int i = 0; i < neighbours.count(); i++) {
            codes.put(around.difference(neighbours, i), around.turned, first + (long) i * codes.bytes(), around.room);
        }
    }

    /// A centre, straight and turned, and room for what differs from it; in the scratch.
    private static final class Around {
        private final Points points;
        private final long straight;
        private final long turned;
        private final long other;
        private final long room;

        Around(Points points, long room, LongConsumer centre, Scratch scratch) {
            this.points = points;
            long bytes = 4L * points.turned;
            straight = scratch.room(3 * bytes + room);
            turned = straight + bytes;
            other = turned + bytes;
            this.room = other + bytes;
            centre.accept(straight);
            Raw.copy(straight, turned, bytes);
            points.turn(turned);
        }

        void putRow(NodeBlocks blocks, boolean whole, long block) {
            blocks.putRow(points.whole ? straight : turned, whole, points.wholeLow, block);
        }

        /// The turned difference of a neighbour.
        long difference(Neighbours neighbours, int at) {
            neighbours.difference(at, points, straight, other);
            return other;
        }
    }
}
