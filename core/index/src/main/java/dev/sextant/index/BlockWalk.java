package dev.sextant.index;

import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Scratch;
import java.util.Arrays;

/// What all searches in a quantised graph share: the query in the forms that meet blocks and full rows, and how the
/// best leave. One thread; what is prepared stands in the scratch.
abstract sealed class BlockWalk implements Walk permits BeamWalk, BlockScan {
    /// How much of the next block is asked for while this one is read; the processor goes on by itself.
    static final int SOON = 1536;

    private static final int[] NONE = {};

    /// What one thread keeps between walks.
    static final class Buffers {
        final Pool pool = new Pool();
        final Pool entries = new Pool();
        final Pool found = new Pool(); // accepted nodes by distance
        final NodeHits hits = new NodeHits();
        final long[] fresh = new long[NodeBlocks.FAN]; // what a hop brings to the pool
        float[] floats = new float[0];
        int[] rows = new int[64];
        float[] scores = new float[64];

        float[] floats(int n) {
            if (floats.length < n) floats = new float[n];
            return floats;
        }

        void room(int n) {
            if (rows.length >= n) return;
            rows = new int[2 * n];
            scores = new float[2 * n];
        }
    }

    final QuantisedGraph graph;
    final NodeBlocks blocks;
    final Accept accept;
    final Scratch scratch;
    final Buffers buffers;
    final int k;
    final long room; // what was asked for by extraBytes
    final long query;
    final boolean exact; // distances of blocks are those of the rows
    private final long full; // the query for full rows
    private final boolean largerIsBetter;
    private float worst;
    long scored;
    long read; // bytes
    private int[] left = NONE; // rows that have left before, sorted; only a walk that is widened fills it

    BlockWalk(QuantisedGraph graph, Target target, Scratch scratch) {
        var vector = target.query();
        k = target.k();
        if (k < 1) throw new IllegalArgumentException("the best " + k);
        this.graph = graph;
        accept = target.accept();
        this.scratch = scratch;
        var points = graph.points;
        blocks = points.blocks;
        buffers = scratch.part(Buffers.class, Buffers::new);
        buffers.hits.clear();
        largerIsBetter = points.metric.largerIsBetter();
        worst = largerIsBetter ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
        long extra = extraBytes();
        room = scratch.room(extra + 4L * points.turned + blocks.queryBytes() + points.distance.queryBytes());
        long floats = room + extra;
        query = floats + 4L * points.turned;
        full = query + (blocks.queryBytes() + 63) / 64 * 64;
        points.straightQuery(vector, buffers.floats(points.rows.dimension()), floats);
        exact = points.whole && blocks.prepareRow(floats, points.wholeLow, query);
        if (!points.whole || meetsCodes()) points.turn(floats);
        if (!points.whole) blocks.prepareRow(floats, Float.NaN, query);
        if (meetsCodes()) blocks.prepareTables(floats, query);
        if (!exact) points.distance.prepare(vector, 0, full);
    }

    /// Takes the place of another search for the same: what that has made ready is used again, and what has left there
    /// does not leave again.
    BlockWalk(BlockWalk start) {
        graph = start.graph;
        blocks = start.blocks;
        accept = start.accept;
        scratch = start.scratch;
        buffers = start.buffers;
        k = start.k;
        room = start.room;
        query = start.query;
        exact = start.exact;
        full = start.full;
        largerIsBetter = start.largerIsBetter;
        worst = start.worst;
        scored = start.scored;
        read = start.read;
        left = start.left;
        buffers.hits.clear();
    }

    /// Whether neighbours will be estimated by their codes, for which tables are made.
    abstract boolean meetsCodes();

    /// The turned query, where codes are met.
    final long turnedQuery() {
        return query - 4L * graph.points.turned;
    }

    /// Native room that is wanted besides, a multiple of 64.
    long extraBytes() {
        return 0;
    }

    /// How many of the best by distance are kept: as many as are wanted, more where they are to be scored again.
    final int keep() {
        return exact ? k : 2 * Math.min(k, 1 << 28) + 16;
    }

    final boolean isNew(int node) {
        return left.length == 0 || Arrays.binarySearch(left, node) < 0;
    }

    /// The best found leave, scored on full rows where the blocks' rows do not say it exactly.
    final void leave() {
        var b = buffers;
        int n = b.found.size();
        b.room(n);
        for (int i = 0; i < n; i++) {
            b.rows[i] = b.found.node(i);
            b.scores[i] = b.found.distance(i);
        }
        if (!exact) {
            var points = graph.points;
            points.distance.score(full, points.rows.base(), points.rows.stride(), b.rows, n, b.scores);
            scored += n;
            read += n * points.rows.stride();
        }
        for (int i = 0; i < n; i++) leave(b.rows[i], b.scores[i]);
    }

    final void leave(int row, float score) {
        if (largerIsBetter ? score >= worst : score <= worst) buffers.hits.add(row, score);
    }

    /// What has left is not found again; whether there is any other.
    final boolean forgetFound() {
        var found = buffers.found;
        int before = left.length, n = found.size();
        left = Arrays.copyOf(left, before + n);
        for (int i = 0; i < n; i++) left[before + i] = found.node(i);
        Arrays.sort(left);
        found.begin(1);
        return left.length < graph.count();
    }

    @Override
    public NodeHits hits() {
        return buffers.hits;
    }

    @Override
    public void bound(float score) {
        worst = largerIsBetter ? Math.max(worst, score) : Math.min(worst, score);
    }

    @Override
    public long bytesTouched() {
        return read;
    }

    @Override
    public long scored() {
        return scored;
    }
}
