package dev.sextant.index;

import dev.sextant.kernel.Codes;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Reservation;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Visited;
import dev.sextant.model.Metric;
import java.util.Arrays;

/// The edges of a quantised graph while it is built, over 7-bit codes of its points: a count and up to `room` node
/// numbers for each node. Lists are written in phases in which nobody reads them, each by one thread.
final class Weave implements AutoCloseable {
    /// Candidates of which there are more are put in order by [Buffers#sort(int)].
    private static final int MANY = 48;
    private static final int BUCKETS = 512;
    /// A bucket with more makes what is nearly in order too far from it.
    private static final int FULL = 64;

    final int count;
    final int degree;
    final int room;
    private final Codes codes;
    private final long stride;
    private final Region codeRegion;
    private final Region edgeRegion;
    private final Reservation heap;

    Weave(Memory memory, int count, int components, int degree) {
        this.count = count;
        this.degree = degree;
        room = degree * 3 / 2 - 1;
        stride = 4L * (room + 1);
        codes = new Codes(components, Metric.L2);
        codeRegion = memory.allocate("graph building", (long) count * codes.strideBytes());
        try {
            edgeRegion = memory.allocate("graph building", count * stride);
        } catch (RuntimeException refused) {
            codeRegion.close();
            throw refused;
        }
        try {
            heap = memory.reserve("graph building", count * heapBytesPerRow(degree));
        } catch (RuntimeException refused) {
            codeRegion.close();
            edgeRegion.close();
            throw refused;
        }
    }

    /// What whoever weaves keeps on the heap: the order of nodes, once for all and once for those that choose again,
    /// the numbers that they had before, where they lie ([Districts]), then what a twentieth of them has chosen, there
    /// and back ([Links]), or in the end how they are reached ([Reach]).
    private static long heapBytesPerRow(int degree) {
        return 16 + Districts.BYTES_PER_ROW + degree;
    }

    /// What it takes for each row.
    static long bytesPerRow(int components, int degree) {
        return new Codes(components, Metric.L2).strideBytes() + 4L * (degree * 3 / 2) + heapBytesPerRow(degree);
    }

    /// What one thread needs.
    static final class Buffers {
        final Pool pool = new Pool();
        int[] gathered = new int[256];
        private int[] listed = new int[64]; // the edges of one node
        int[] sums = new int[256];
        float[] scores = new float[256];
        private float[] tile = new float[0]; // distances of several nodes to several
        long[] order = new long[512];
        int[] kept = new int[256];
        private long[] fresh = new long[256]; // keys of what a hop brings
        private int[] bucketOf = new int[256];
        private final int[] starts = new int[BUCKETS + 1];
        int count; // of `order`

        static Buffers of(Scratch scratch) {
            return scratch.part(Buffers.class, Buffers::new);
        }

        void add(float distance, int node) {
            if (count == order.length) order = Arrays.copyOf(order, 2 * count);
            order[count++] = Pool.key(node, Math.max(0, distance));
        }

        /// Fills `order` with the nearest `most` of `gathered[0 … n)`, nearest first: by buckets of equal width between
        /// the nearest and the furthest, then within what that leaves, so that no comparison is in doubt before.
        private void sort(int n, int most) {
            float low = Float.MAX_VALUE, high = 0;
            for (int i = 0; i < n; i++) {
                scores[i] = Math.max(0, scores[i]);
                low = Math.min(low, scores[i]);
                high = Math.max(high, scores[i]);
            }
            float scale = (BUCKETS - 1) / (high - low);
            if (order.length < n) order = new long[2 * n];
            if (bucketOf.length < n) bucketOf = new int[2 * n];
            Arrays.fill(starts, 0);
            for (int i = 0; i < n; i++) starts[1 + (bucketOf[i] = (int) ((scores[i] - low) * scale))]++;
            int end = 0, fullest = 0;
            for (int bucket = 1; bucket <= BUCKETS; bucket++) {
                if (starts[bucket - 1] < most) {
                    fullest = Math.max(fullest, starts[bucket]);
                    end = starts[bucket - 1] + starts[bucket];
                }
                starts[bucket] += starts[bucket - 1];
            }
            for (int i = 0; i < n; i++) order[starts[bucketOf[i]]++] = Pool.key(gathered[i], scores[i]);
            if (fullest > FULL) Arrays.sort(order, 0, end);
            else Pool.sort(order, end);
            count = Math.min(n, most);
        }

        void gatherRoom(int n) {
            if (gathered.length >= n) return;
            gathered = Arrays.copyOf(gathered, 2 * n);
            sums = new int[2 * n];
            scores = new float[2 * n];
        }
    }

    /// Writes the code of a node, whose point stands there.
    void encode(int node, long point) {
        codes.encode(point, code(node));
    }

    /// Writes the code of a point that is no node.
    void encode(long point, long code) {
        codes.encode(point, code);
    }

    long codeBytes() {
        return codes.strideBytes();
    }

    private long code(int node) {
        return codeRegion.address() + (long) node * codes.strideBytes();
    }

    int edges(int node) {
        return Raw.getInt(edgeRegion.address() + node * stride);
    }

    int edge(int node, int at) {
        return Raw.getInt(edgeRegion.address() + node * stride + 4L + 4L * at);
    }

    /// Copies the edges of a node to `listed` and returns how many there are.
    private int list(int node, Buffers b) {
        long list = edgeRegion.address() + node * stride;
        int n = Raw.getInt(list);
        if (b.listed.length < room) b.listed = new int[room];
        for (int i = 0; i < n; i++) b.listed[i] = Raw.getInt(list + 4L + 4L * i);
        return n;
    }

    void write(int node, int[] edges, int n) {
        long list = edgeRegion.address() + node * stride;
        Raw.putInt(list, n);
        for (int i = 0; i < n; i++) Raw.putInt(list + 4L + 4L * i, edges[i]);
    }

    /// Distances of `gathered[0 … n)` to a node.
    void score(int node, int[] rows, int n, Buffers b) {
        codes.score(code(node), codeRegion.address(), rows, n, b.sums, b.scores);
    }

    /// Distances of each of `nodes` to all of `rows`, of the first one to all, then of the second; the array is the
    /// buffers'.
    float[] scoreAll(int[] nodes, int[] rows, Buffers b) {
        b.gatherRoom(rows.length);
        if (b.tile.length < nodes.length * rows.length) b.tile = new float[nodes.length * rows.length];
        codes.scoreAll(codeRegion.address(), nodes, nodes.length, rows, rows.length, b.sums, b.scores, b.tile);
        return b.tile;
    }

    /// The same, while the list of a node that is likely to be followed next comes from memory.
    private void score(int node, int n, int soon, Buffers b) {
        codes.score(
                code(node),
                codeRegion.address(),
                b.gathered,
                n,
                b.sums,
                b.scores,
                soon < 0 ? 0 : edgeRegion.address() + soon * stride,
                soon < 0 ? 0 : stride);
    }

    /// Distances of a node to points that are none, whose codes stand at `base`, [#codeBytes()] each.
    void score(int node, long base, int[] which, int n, int[] sums, float[] scores) {
        codes.score(code(node), base, which, n, sums, scores);
    }

    /// Fills `order` with the best `beam` nodes met on the way from the first `n` of `entries` to `node`, nearest
    /// first.
    void search(int node, int[] entries, int n, int beam, Visited visited, Buffers b) {
        var pool = b.pool;
        pool.begin(beam);
        visited.visit(node);
        int fresh = 0;
        b.gatherRoom(n);
        for (int i = 0; i < n; i++) if (visited.visit(entries[i])) b.gathered[fresh++] = entries[i];
        offer(node, fresh, b);
        for (int at; (at = pool.next()) >= 0; ) {
            b.gatherRoom(room + 1);
            offer(node, visited.visit(b.listed, list(at, b), b.gathered, 0), b);
        }
        b.count = 0;
        for (int i = 0; i < pool.size(); i++) b.add(pool.distance(i), pool.node(i));
    }

    private void offer(int node, int n, Buffers b) {
        if (n == 0) return;
        score(node, n, b.pool.soon(), b);
        float limit = b.pool.limit();
        if (b.fresh.length < n) b.fresh = new long[2 * n];
        int fresh = 0;
        for (int i = 0; i < n; i++) {
            b.fresh[fresh] = Pool.key(b.gathered[i], Math.max(0, b.scores[i]));
            if (b.scores[i] < limit) fresh++;
        }
        b.pool.offer(b.fresh, fresh);
    }

    /// Fills `order` with the nearest `most` of the node's neighbours and theirs, nearest first.
    void lookAround(int node, int most, Visited visited, Buffers b) {
        visited.visit(node);
        b.gatherRoom(room * (room + 1) + 1);
        int near = visited.visit(b.listed, list(node, b), b.gathered, 0), n = near;
        for (int i = 0; i < near; i++) n = visited.visit(b.listed, list(b.gathered[i], b), b.gathered, n);
        order(node, n, most, b);
    }

    /// Fills `order` with the nearest `most` of `gathered[0 … n)`, nearest to the node first.
    void order(int node, int n, int most, Buffers b) {
        b.count = 0;
        if (n == 0) return;
        score(node, b.gathered, n, b);
        if (n > MANY) {
            b.sort(n, most);
            return;
        }
        for (int i = 0; i < n; i++) b.add(b.scores[i], b.gathered[i]);
        b.count = Math.min(n, most);
        Arrays.sort(b.order, 0, n);
    }

    /// Keeps from `order` those that no earlier choice is nearer to, by the factor `slack` on squared distances, then,
    /// if `fill`, the nearest of the others until the list has `degree`. Returns how many are in `kept`.
    int choose(float slack, boolean fill, Buffers b) {
        int apart = codes.apart(codeRegion.address(), b.order, b.count, degree, slack, b.kept, b.sums, b.scores);
        int kept = apart;
        if (fill) // the choices stand in the order of the candidates
        for (int i = 0, next = 0; i < b.count && kept < degree; i++) {
                int node = (int) b.order[i];
                if (next < apart && b.kept[next] == node) next++;
                else b.kept[kept++] = node;
            }
        return kept;
    }

    @Override
    public void close() {
        codeRegion.close();
        edgeRegion.close();
        heap.close();
    }
}
