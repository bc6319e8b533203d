package dev.sextant.index;

import java.util.Arrays;

/// What a batch of nodes has chosen, and the edges back: collected by target, sorted, and then given to each target by
/// one thread, so that the order in which workers were done leaves no trace.
final class Links {
    /// So many that the targets of one take a few ms where a batch is 50,000 nodes.
    static final int BUCKETS = 2048;

    private final Weave weave;
    private int[] chosen = new int[0];
    private int[] counts = new int[0];
    private final Bucket[] buckets = new Bucket[BUCKETS];

    /// Edges back to some targets: target << 32 | source.
    private static final class Bucket {
        private long[] pairs = new long[16];
        private int size;

        synchronized void add(int target, int source) {
            if (size == pairs.length) pairs = Arrays.copyOf(pairs, 2 * size);
            pairs[size++] = (long) target << 32 | source;
        }
    }

    Links(Weave weave) {
        this.weave = weave;
        Arrays.setAll(buckets, _ -> new Bucket());
    }

    void begin(int nodes) {
        if (counts.length < nodes) {
            counts = new int[nodes];
            chosen = new int[nodes * weave.degree];
        }
        for (var bucket : buckets) bucket.size = 0;
    }

    void choose(int at, int node, int[] edges, int n) {
        System.arraycopy(edges, 0, chosen, at * weave.degree, n);
        counts[at] = n;
        for (int i = 0; i < n; i++) buckets[edges[i] & BUCKETS - 1].add(edges[i], node);
    }

    /// The edges that the node has are to be given back to its targets.
    void giveBack(int node) {
        for (int i = 0, n = weave.edges(node); i < n; i++) {
            int target = weave.edge(node, i);
            buckets[target & BUCKETS - 1].add(target, node);
        }
    }

    void write(int at, int node) {
        weave.write(node, Arrays.copyOfRange(chosen, at * weave.degree, at * weave.degree + counts[at]), counts[at]);
    }

    /// Gives the targets of a bucket their edges back, choosing anew where a list overflows.
    void link(int number, float slack, boolean fill, Weave.Buffers b) {
        var bucket = buckets[number];
        Arrays.sort(bucket.pairs, 0, bucket.size);
        for (int from = 0, to; from < bucket.size; from = to) {
            int target = (int) (bucket.pairs[from] >>> 32);
            for (to = from + 1; to < bucket.size && (int) (bucket.pairs[to] >>> 32) == target; ) to++;
            link(target, bucket.pairs, from, to, slack, fill, b);
        }
    }

    private void link(int target, long[] pairs, int from, int to, float slack, boolean fill, Weave.Buffers b) {
        int old = weave.edges(target), n = old;
        b.gatherRoom(old + to - from);
        for (int i = 0; i < old; i++) b.gathered[i] = weave.edge(target, i);
        for (int i = from; i < to; i++) {
            int source = (int) pairs[i];
            var here = false;
            for (int j = 0; j < old && !here; j++) here = b.gathered[j] == source;
            if (!here) b.gathered[n++] = source;
        }
        if (n <= weave.room) weave.write(target, b.gathered, n);
        else {
            weave.order(target, n, n, b);
            weave.write(target, b.kept, weave.choose(slack, fill, b));
        }
    }
}
