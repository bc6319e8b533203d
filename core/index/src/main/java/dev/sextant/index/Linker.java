package dev.sextant.index;

import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.TopK;
import dev.sextant.kernel.Visited;
import dev.sextant.model.Metric;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// Puts nodes into a graph: finds near ones layer by layer, keeps those of them that are not nearer to one already kept
/// (so that edges point in all directions), and gives each an edge back, choosing anew where its list is full. Any
/// number of threads, each with its own scratch.
final class Linker {
    /// An edge is spared although its end is a little nearer to an earlier choice: some more edges, but fewer hops at
    /// equal recall (docs/decisions/0004-hnsw-layout.md). Only for squared distances (bits that differ are such).
    private static final float SLACK = 1.2f;
    private static final int STRIPES = 1024;
    private static final int SCRAMBLE = 0x9E3779B1;
    private static final int UNSCRAMBLE = inverse(SCRAMBLE);

    private final Layers layers;
    private final float slack;
    private final Object[] locks = new Object[STRIPES]; // lock of a node guards its edge lists at all levels

    /// Modulo 2³², by Newton's iteration.
    private static int inverse(int odd) {
        int x = odd;
        for (int i = 0; i < 5; i++) x *= 2 - odd * x;
        return x;
    }

    Linker(Layers layers) {
        this.layers = layers;
        slack = layers.metric == Metric.JACCARD ? 1 : SLACK;
        Arrays.setAll(locks, _ -> new Object());
    }

    /// Buffers of one thread that links.
    static final class Buffers {
        int[] kept = new int[64];
        int[] list = new int[64];
        long[] order = new long[64];
        float[] scores = new float[64];
        float[] keptScores = new float[64];
        int[] sums = new int[64];

        void ensure(int n) {
            if (kept.length >= n) return;
            kept = new int[n];
            list = new int[n];
            order = new long[n];
            scores = new float[n];
            keptScores = new float[n];
            sums = new int[n];
        }
    }

    /// Links an encoded node that nothing points to yet. Nodes from `bound` on do not exist.
    void insert(int node, int level, int bound, Scratch scratch) {
        var entry = layers.entry();
        if (entry == Layers.NO_ENTRY) {
            layers.offerEntry(node, level);
            entry = layers.entry();
            if ((int) entry == node) return;
        }
        var beam = scratch.part(Beam.class, Beam::new);
        var buffers = scratch.part(Buffers.class, Buffers::new);
        beam.lift = layers.metric == Metric.IP ? layers.lift(node) : Beam.NO_LIFT;
        beam.ensure(layers.bottomEdges + 1);
        buffers.ensure(layers.bottomEdges + 1);
        int top = (int) (entry >>> 32), at = (int) entry;
        long query = layers.code(node);
        for (int l = top; l > level; l--) at = beam.greedy(layers, query, l, bound, at);
        for (int l = Math.min(level, top); l >= 0; l--) {
            var visited = scratch.visited(layers.room());
            visited.visit(node);
            search(beam, query, l, bound, visited, at);
            if (beam.size() == 0) break;
            at = beam.node(0);
            link(node, l, beam, buffers);
        }
        if (level > top) layers.offerEntry(node, level);
    }

    private void search(Beam beam, long query, int level, int bound, Visited visited, int from) {
        beam.begin(layers.parameters.efConstruction());
        if (!visited.visit(from)) return;
        beam.gathered[0] = from;
        beam.scoreGathered(layers, query, 1);
        beam.explore(layers, query, level, bound, visited);
    }

    private void link(int node, int level, Beam beam, Buffers buffers) {
        int n = 0;
        if (buffers.order.length < beam.size()) buffers.order = new long[2 * beam.size()];
        for (; n < beam.size(); n++) buffers.order[n] = key(beam.score(n), beam.node(n));
        Arrays.sort(buffers.order, 0, n);
        int kept = choose(n, level == 0 ? layers.bottomEdges * 3 / 4 : layers.upperEdges, buffers);
        synchronized (lock(node)) {
            write(node, level, buffers.kept, kept);
        }
        var targets = Arrays.copyOf(buffers.kept, kept);
        for (int target : targets) linkBack(target, node, level, buffers);
    }

    /// Gives `node` an edge to `fresh`, choosing anew among all when the list is full.
    private void linkBack(int node, int fresh, int level, Buffers buffers) {
        synchronized (lock(node)) {
            int room = layers.edgeRoom(level), n = 0;
            long list = layers.edges(node, level);
            for (; n < room; n++) {
                int edge = Raw.getInt(list + 4L * n);
                if (edge == 0) break;
                if (edge == fresh + 1) return;
                buffers.list[n] = edge - 1;
            }
            VarHandle.releaseFence(); // before the edge: the code of the fresh node
            if (n < room) {
                Raw.putInt(list + 4L * n, fresh + 1);
                return;
            }
            buffers.list[n++] = fresh;
            sort(node, n, buffers);
            write(node, level, buffers.kept, choose(n, room, buffers));
        }
    }

    /// Fills `order` with the first `n` of `list`, nearest to `node` first.
    void sort(int node, int n, Buffers buffers) {
        layers.between(node, buffers.list, n, buffers.sums, buffers.scores);
        for (int i = 0; i < n; i++) buffers.order[i] = key(buffers.scores[i], buffers.list[i]);
        Arrays.sort(buffers.order, 0, n);
    }

    /// From `order`, nearest first, those that are not nearer to an earlier choice than to the node itself. Equal rows
    /// would all be chosen and leave no edge that leads away, so they may take half of the places.
    int choose(int n, int most, Buffers buffers) {
        int kept = 0;
        for (int i = 0; i < n && kept < most; i++) {
            int candidate = unscramble((int) buffers.order[i]);
            float score = Float.intBitsToFloat(TopK.sortable((int) (buffers.order[i] >> 32)));
            if (!apart(candidate, score, kept, most, buffers)) continue;
            buffers.keptScores[kept] = score;
            buffers.kept[kept++] = candidate;
        }
        return kept;
    }

    private boolean apart(int candidate, float score, int kept, int most, Buffers buffers) {
        if (kept == 0) return true;
        layers.between(candidate, buffers.kept, kept, buffers.sums, buffers.scores);
        int equal = 0;
        for (int j = 0; j < kept; j++) {
            if (slack * buffers.scores[j] < score) return false;
            if (buffers.scores[j] == score && buffers.keptScores[j] == score) equal++;
        }
        return equal < most / 2;
    }

    private void write(int node, int level, int[] edges, int n) {
        long list = layers.edges(node, level);
        int room = layers.edgeRoom(level);
        for (int i = 0; i < n; i++) Raw.putInt(list + 4L * i, edges[i] + 1);
        for (int i = n; i < room; i++) Raw.putInt(list + 4L * i, 0);
    }

    /// Among equal scores no number goes first everywhere: else all of many equal rows would point to the same few.
    private static long key(float score, int node) {
        return (long) TopK.sortable(Float.floatToRawIntBits(score)) << 32 | node * SCRAMBLE & 0xffffffffL;
    }

    private static int unscramble(int scrambled) {
        return scrambled * UNSCRAMBLE;
    }

    private Object lock(int node) {
        return locks[node & STRIPES - 1];
    }
}
