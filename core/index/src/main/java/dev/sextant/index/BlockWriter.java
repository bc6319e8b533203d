package dev.sextant.index;

import dev.sextant.kernel.Floats;
import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.RowCodes;
import dev.sextant.kernel.Scratch;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.function.LongConsumer;

/// Writes the blocks of nodes from their edges. What some nodes next to each other have as neighbours is rotated once
/// for all of them: a difference of rotated rows is the rotated difference, at a quarter of what rotating costs.
/// Keeping all rotated rows would take as much memory as the rows.
final class BlockWriter {
    /// What rotated rows take at a time, were no two nodes to share any.
    private static final long HELD_BYTES = 8 << 20;

    private final Points points;
    private final Weave weave;
    private final long base;
    private final int together; // nodes whose neighbours are rotated together, at least one

    BlockWriter(Points points, Weave weave, long base) {
        this.points = points;
        this.weave = weave;
        this.base = base;
        together = (int) Math.max(1, HELD_BYTES / (4L * points.turned * (points.blocks.degree() + 1)));
    }

    private static final class Buffers {
        private float[] floats = new float[0];
        private int[] met = new int[0]; // nodes and neighbours, each once, in order
        private final int[] fan = new int[NodeBlocks.FAN];
        private final int[] places = new int[NodeBlocks.FAN]; // of a fan, in `met`

        private void room(int dimension, int nodes) {
            if (floats.length < dimension) floats = new float[dimension];
            if (met.length < nodes) met = new int[nodes];
        }
    }

    /// Empties the block of what is no member.
    void clear(int node) {
        for (int fan = 0; fan < fans(); fan++) points.blocks.clear(block(node), fan);
    }

    private int fans() {
        return points.blocks.degree() / NodeBlocks.FAN;
    }

    private long block(int node) {
        return base + node * points.blocks.blockBytes();
    }

    /// Writes the blocks of `nodes[from … to)`, which are members.
    void write(int[] nodes, int from, int to, Scratch scratch) {
        for (int first = from; first < to; first += together)
            writeTogether(nodes, first, Math.min(to, first + together), scratch);
    }

    private void writeTogether(int[] nodes, int from, int to, Scratch scratch) {
        var b = scratch.part(Buffers.class, Buffers::new);
        b.room(points.rows.dimension(), (to - from) * (weave.degree + 1));
        int n = 0;
        for (int i = from; i < to; i++) {
            b.met[n++] = nodes[i];
            for (int e = 0; e < weave.edges(nodes[i]); e++) b.met[n++] = weave.edge(nodes[i], e);
        }
        n = distinct(b.met, n);
        long bytes = 4L * points.turned, turned = scratch.room((n + 1L) * bytes + points.blocks.putFanRoom());
        long straight = turned + n * bytes;
        for (int i = 0; i < n; i++) {
            points.turned(b.met[i], b.floats, turned + i * bytes, i + 1 < n ? b.met[i + 1] : -1);
        }
        for (int i = from; i < to; i++) write(nodes[i], turned, n, straight, b);
    }

    private static int distinct(int[] nodes, int n) {
        Arrays.sort(nodes, 0, n);
        int distinct = 0;
        for (int i = 0; i < n; i++) if (i == 0 || nodes[i] != nodes[i - 1]) nodes[distinct++] = nodes[i];
        return distinct;
    }

    /// @param turned the turned forms of the first `n` nodes of `b.met`
    /// @param straight room for a point, then for a fan
    private void write(int node, long turned, int n, long straight, Buffers b) {
        long bytes = 4L * points.turned, block = block(node);
        int own = Arrays.binarySearch(b.met, 0, n, node);
        if (points.whole) points.straight(node, b.floats, straight);
        points.blocks.putRow(points.whole ? straight : turned + own * bytes, points.whole, points.wholeLow, block);
        int edges = weave.edges(node);
        for (int fan = 0; fan < fans(); fan++) {
            int first = fan * NodeBlocks.FAN, last = Math.min(edges, first + NodeBlocks.FAN);
            for (int e = first; e < last; e++) {
                b.fan[e - first] = weave.edge(node, e);
                b.places[e - first] = Arrays.binarySearch(b.met, 0, n, b.fan[e - first]);
            }
            // None where there are fewer edges.
            int some = Math.max(0, last - first);
            points.blocks.putFan(block, fan, b.fan, b.places, some, turned, own, straight + bytes);
        }
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
