package dev.sextant.index;

import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.TopK;
import dev.sextant.kernel.Visited;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// The best nodes that a walk over one layer has met, sorted: sortable distance bits above, then a bit for "its edges
/// have been followed", then the node. A hop reads one edge list, scores all new neighbours in one call and inserts
/// those better than the worst. Kept in a scratch; one thread.
final class Beam {
    static final long DONE = 1L << 31;
    private static final int NODE = 0x7fffffff;
    /// What asks is a query.
    static final double NO_LIFT = -1;

    private long[] pool = new long[512];
    private int size;
    private int width;
    private int cursor;
    int[] gathered = new int[64];
    float[] scores = new float[64];
    int[] sums = new int[64];
    private float[] floats = new float[0];
    private byte[] bytes = new byte[0];
    private int[] numbers = new int[0];
    private Scratch owner;
    final NodeHits hits = new NodeHits();
    long scored;
    long read; // bytes
    double lift = NO_LIFT; // of the node that asks, while it is linked by inner products

    float[] floats(int dimension) {
        if (floats.length < dimension) floats = new float[dimension];
        return floats;
    }

    int[] numbers(int n) {
        if (numbers.length < n) numbers = new int[n];
        return numbers;
    }

    /// Where [#room(long)] is taken from: the scratch that this is kept in.
    void roomOf(Scratch scratch) {
        owner = scratch;
    }

    /// Native room of the scratch: whoever calls it knows that nothing else stands there.
    long room(long bytes) {
        return owner.room(bytes);
    }

    byte[] bytes(int dimension) {
        if (bytes.length < dimension) bytes = new byte[dimension];
        return bytes;
    }

    /// Room to gather `n` nodes.
    void ensure(int n) {
        if (gathered.length >= n) return;
        var length = Math.max(n, 2 * gathered.length);
        gathered = Arrays.copyOf(gathered, length);
        scores = new float[length];
        sums = new int[length];
    }

    /// Empty, and keeping the best `beam` from now on.
    void begin(int beam) {
        if (pool.length < beam + 1) pool = new long[Math.max(beam + 1, 2 * pool.length)];
        width = beam;
        size = 0;
        cursor = 0;
    }

    int size() {
        return size;
    }

    int node(int at) {
        return (int) pool[at] & NODE;
    }

    float score(int at) {
        return Float.intBitsToFloat(TopK.sortable((int) (pool[at] >> 32)));
    }

    /// The nearest node whose edges have not been followed, marked as followed; -1 when there is none.
    int next() {
        int node = peek();
        if (node >= 0) pool[cursor++] |= DONE;
        return node;
    }

    /// The nearest node not followed yet; -1 when there is none. Likely the next one.
    int peek() {
        while (cursor < size && (pool[cursor] & DONE) != 0) cursor++;
        return cursor == size ? -1 : (int) pool[cursor] & NODE;
    }

    void offer(int node, float score) {
        insert((long) TopK.sortable(Float.floatToRawIntBits(score)) << 32 | node);
    }

    private void insert(long key) {
        if (size == width && key >= (pool[size - 1] & ~DONE)) return;
        int low = 0, high = size;
        while (low < high) {
            int middle = low + high >>> 1;
            if ((pool[middle] & ~DONE) < key) low = middle + 1;
            else high = middle;
        }
        if (size < width) size++;
        System.arraycopy(pool, low, pool, low + 1, size - 1 - low);
        pool[low] = key;
        if (low < cursor) cursor = low;
    }

    /// Walks one layer until nothing better is found, from what the beam holds. Nodes from `bound` on do not exist.
    void explore(Layers layers, long query, int level, int bound, Visited visited) {
        for (int node; (node = next()) >= 0; ) hop(layers, query, level, bound, visited, node);
    }

    void hop(Layers layers, long query, int level, int bound, Visited visited, int node) {
        int room = layers.edgeRoom(level);
        int n = gather(layers, layers.edges(node, level), room, bound, visited);
        read += 4L * room;
        if (n == 0) return;
        int soon = peek();
        score(layers, query, n, soon < 0 ? 0 : layers.edges(soon, level), soon < 0 ? 0 : 4L * room);
        offerGathered(layers, n);
    }

    /// The first half of a hop: gathers the new neighbours and asks for their codes. Returns how many there are.
    int gatherSoon(Layers layers, int bound, Visited visited, int node) {
        int room = layers.edgeRoom(0);
        int n = gather(layers, layers.edges(node, 0), room, bound, visited);
        read += 4L * room;
        layers.ask(gathered, n);
        return n;
    }

    /// A hop under a filter: what it meets goes to `extent`, rejected nodes only below `limit`.
    void hop(
            Layers layers,
            long query,
            int bound,
            Visited visited,
            int node,
            Accept accept,
            Extent extent,
            float limit) {
        int n = gather(layers, layers.edges(node, 0), layers.bottomEdges, bound, visited);
        read += 4L * layers.bottomEdges;
        if (n > 0) meet(layers, query, n, accept, extent, limit);
    }

    void meet(Layers layers, long query, int n, Accept accept, Extent extent, float limit) {
        int soon = extent.soon();
        score(layers, query, n, soon < 0 ? 0 : layers.edges(soon, 0), soon < 0 ? 0 : 4L * layers.bottomEdges);
        scored += n;
        read += n * layers.walkedBytes();
        extent.meet(gathered, scores, n, accept, limit);
    }

    private int gather(Layers layers, long list, int room, int bound, Visited visited) {
        int n = 0;
        var to = gathered;
        for (int i = 0; i < room; i++) {
            int neighbour = Raw.getInt(list + 4L * i) - 1;
            if (neighbour < 0) break;
            if (neighbour < bound && visited.visit(neighbour)) to[n++] = neighbour;
        }
        VarHandle.acquireFence(); // pairs with the release before an edge is written: codes of what was read are
        // complete
        return n;
    }

    void scoreGathered(Layers layers, long query, int n) {
        if (n == 0) return;
        score(layers, query, n, 0, 0);
        offerGathered(layers, n);
    }

    private void score(Layers layers, long query, int n, long soon, long soonBytes) {
        layers.score(query, gathered, n, sums, scores, soon, soonBytes);
        if (lift != NO_LIFT) layers.lift(lift, gathered, n, scores);
    }

    private void offerGathered(Layers layers, int n) {
        scored += n;
        read += n * layers.walkedBytes();
        for (int i = 0; i < n; i++) offer(gathered[i], scores[i]);
    }

    /// Goes straight to the nearest node of a layer.
    int greedy(Layers layers, long query, int level, int bound, int from) {
        int nearest = from;
        gathered[0] = from;
        score(layers, query, 1, 0, 0);
        float best = scores[0];
        read += layers.walkedBytes();
        for (int at = -1; at != nearest; ) {
            at = nearest;
            int n = 0;
            long list = layers.edges(at, level);
            for (int i = 0; i < layers.upperEdges; i++) {
                int neighbour = Raw.getInt(list + 4L * i) - 1;
                if (neighbour < 0) break;
                if (neighbour < bound) gathered[n++] = neighbour;
            }
            VarHandle.acquireFence();
            if (n == 0) break;
            score(layers, query, n, 0, 0);
            scored += n;
            read += 4L * layers.upperEdges + n * layers.walkedBytes();
            for (int i = 0; i < n; i++)
                if (scores[i] < best) {
                    best = scores[i];
                    nearest = gathered[i];
                }
        }
        return nearest;
    }
}
