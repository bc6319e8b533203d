package dev.sextant.index;

import dev.sextant.kernel.Codes;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Reservation;
import dev.sextant.kernel.Visited;
import dev.sextant.model.Metric;
import java.util.Arrays;

/// The edges of a quantised graph while it is built, over 7-bit codes of its points: a count and up to `room` node
/// numbers for each node. Lists are written in phases in which nobody reads them, each by one thread.
final class Weave implements AutoCloseable {
    /// How many kept edges a candidate is compared with at once: most fall to the first few.
    private static final int SOME = 4;

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
    /// the numbers that they had before, then what a twentieth of them has chosen, there and back ([Links]), or in the
    /// end how they are reached ([Reach]).
    private static long heapBytesPerRow(int degree) {
        return 16 + degree;
    }

    /// What it takes for each row.
    static long bytesPerRow(int components, int degree) {
        return new Codes(components, Metric.L2).strideBytes() + 4L * (degree * 3 / 2) + heapBytesPerRow(degree);
    }

    /// What one thread needs.
    static final class Buffers {
        final Pool pool = new Pool();
        int[] gathered = new int[256];
        int[] sums = new int[256];
        float[] scores = new float[256];
        long[] order = new long[512];
        int[] kept = new int[256];
        boolean[] taken = new boolean[512];
        int count; // of `order`

        void add(float distance, int node) {
            if (count == order.length) {
                order = Arrays.copyOf(order, 2 * count);
                taken = new boolean[2 * count];
            }
            order[count++] = (long) Float.floatToRawIntBits(Math.max(0, distance)) << 32 | node;
        }

        void gatherRoom(int n) {
            if (gathered.length >= n) return;
            gathered = Arrays.copyOf(gathered, 2 * n);
            sums = new int[2 * n];
            scores = new float[2 * n];
        }
    }

    void encode(int node, float[] point, byte[] buffer) {
        encode(point, buffer, code(node));
    }

    /// Writes the code of a point that is no node.
    void encode(float[] point, byte[] buffer, long code) {
        codes.encode(point, buffer, code);
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

    void write(int node, int[] edges, int n) {
        long list = edgeRegion.address() + node * stride;
        Raw.putInt(list, n);
        for (int i = 0; i < n; i++) Raw.putInt(list + 4L + 4L * i, edges[i]);
    }

    /// Distances of `gathered[0 … n)` to a node.
    void score(int node, int[] rows, int n, Buffers b) {
        codes.score(code(node), codeRegion.address(), rows, n, b.sums, b.scores);
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
            int degree = edges(at);
            fresh = 0;
            b.gatherRoom(degree);
            for (int i = 0; i < degree; i++) {
                int neighbour = edge(at, i);
                if (visited.visit(neighbour)) b.gathered[fresh++] = neighbour;
            }
            offer(node, fresh, b);
        }
        b.count = 0;
        for (int i = 0; i < pool.size(); i++) b.add(pool.distance(i), pool.node(i));
    }

    private void offer(int node, int n, Buffers b) {
        if (n == 0) return;
        score(node, b.gathered, n, b);
        float limit = b.pool.limit();
        for (int i = 0; i < n; i++) if (b.scores[i] < limit) b.pool.offer(b.gathered[i], Math.max(0, b.scores[i]));
    }

    /// Fills `order` with the nearest `most` of the node's neighbours and theirs, nearest first.
    void lookAround(int node, int most, Visited visited, Buffers b) {
        visited.visit(node);
        int n = 0, degree = edges(node);
        b.gatherRoom(room * (room + 1));
        for (int i = 0; i < degree; i++) if (visited.visit(edge(node, i))) b.gathered[n++] = edge(node, i);
        int near = n;
        for (int i = 0; i < near; i++) {
            int neighbour = b.gathered[i], theirs = edges(neighbour);
            for (int j = 0; j < theirs; j++) {
                int behind = edge(neighbour, j);
                if (visited.visit(behind)) b.gathered[n++] = behind;
            }
        }
        order(node, n, most, b);
    }

    /// Fills `order` with the nearest `most` of `gathered[0 … n)`, nearest to the node first.
    void order(int node, int n, int most, Buffers b) {
        b.count = 0;
        if (n == 0) return;
        score(node, b.gathered, n, b);
        for (int i = 0; i < n; i++) b.add(b.scores[i], b.gathered[i]);
        if (n > 2 * most) toFront(b.order, n, most);
        b.count = Math.min(n, most);
        Arrays.sort(b.order, 0, b.count);
    }

    /// Brings the smallest `most` of `n` keys to the front, in any order.
    private static void toFront(long[] keys, int n, int most) {
        int low = 0, high = n - 1;
        while (low < high) {
            long pivot = keys[low + high >>> 1];
            int i = low, j = high;
            while (i <= j) {
                while (keys[i] < pivot) i++;
                while (keys[j] > pivot) j--;
                if (i <= j) {
                    long key = keys[i];
                    keys[i++] = keys[j];
                    keys[j--] = key;
                }
            }
            if (most <= j) high = j;
            else if (most >= i) low = i;
            else return;
        }
    }

    /// Keeps from `order` those that no earlier choice is nearer to, by the factor `slack` on squared distances, then,
    /// if `fill`, the nearest of the others until the list has `degree`. Returns how many are in `kept`.
    int choose(float slack, boolean fill, Buffers b) {
        int candidates = b.count, kept = 0;
        Arrays.fill(b.taken, 0, candidates, false);
        for (int i = 0; i < candidates && kept < degree; i++) {
            int node = (int) b.order[i];
            if (isApart(node, Float.intBitsToFloat((int) (b.order[i] >>> 32)), kept, slack, b)) {
                b.kept[kept++] = node;
                b.taken[i] = true;
            }
        }
        if (fill)
            for (int i = 0; i < candidates && kept < degree; i++) if (!b.taken[i]) b.kept[kept++] = (int) b.order[i];
        return kept;
    }

    private boolean isApart(int node, float distance, int kept, float slack, Buffers b) {
        for (int from = 0; from < kept; from += SOME) {
            int n = Math.min(SOME, kept - from);
            System.arraycopy(b.kept, from, b.gathered, 0, n);
            score(node, b.gathered, n, b);
            for (int i = 0; i < n; i++) if (slack * b.scores[i] < distance) return false;
        }
        return true;
    }

    @Override
    public void close() {
        codeRegion.close();
        edgeRegion.close();
        heap.close();
    }
}
