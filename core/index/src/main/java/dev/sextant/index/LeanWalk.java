package dev.sextant.index;

import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Visited;
import dev.sextant.model.Metric;
import java.util.Arrays;

/// A walk over a lean graph. It goes by codes alone and leaves no hits: it ends with the rows that are worth reading.
/// Where few rows pass, all their codes are scored, from the start or as soon as the walk has cost as much; where
/// nearly all do, rejected nodes steer like others and are dropped at the end; between, the walk goes as far as its
/// [Extent].
final class LeanWalk implements Walk {
    /// From this share on a filter is as good as none.
    private static final double NEARLY_ALL = 0.9;

    /// Under a filter the accepted rows may all be about as far from the query, and codes don't tell which is nearer.
    /// So rows are read on as long as they may be as near as the first that is not wanted, by so many deviations.
    private static final float DOUBT = 2.5f;
    /// At most so many times what is read without a filter where no wide beam is asked for.
    private static final int MOST = 8;

    private static final int BLOCK = 256;
    private static final int[] NONE = new int[0];

    /// What one thread keeps between walks.
    static final class Buffers {
        final Pool pool = new Pool();
        final NodeHits hits = new NodeHits();
        final LeanCode.Buffers code = new LeanCode.Buffers();
        final int[] gathered = new int[BLOCK];
        final float[] scores = new float[BLOCK];
        float[] floats = new float[0];
    }

    private final LeanGraph graph;
    private final Accept accept;
    private final Scratch scratch;
    private final Buffers buffers;
    private final Extent extent;
    private final int k;
    private final int again; // rows to be read at least
    private final int most; // rows to be read at most
    private final int widest;
    private final int width;
    private final int passing;
    private final boolean plain; // nearly all pass
    private final long query;
    private boolean scans; // codes of all that pass
    private Visited visited;
    private boolean begun;
    private int at; // of a scan
    private long scored;
    private long read; // bytes
    private int[] awaited = NONE;
    private float[] estimates = {};

    LeanWalk(LeanGraph graph, Target target, Scratch scratch) {
        k = target.k();
        int beam = target.effort().beam();
        if (k < 1 || beam < 1) throw new IllegalArgumentException("the best " + k + " with a beam of " + beam);
        this.graph = graph;
        this.scratch = scratch;
        accept = target.accept();
        again = Math.min(Math.max(1, graph.count()), again(graph, k, target.effort()));
        widest = Math.max(again, Math.max(k, beam));
        passing = accept.count(graph.count());
        double share = Math.max(Accept.share(passing, graph.count()), 1e-6);
        plain = share >= NEARLY_ALL;
        most = plain ? again : Math.min(Math.max(1, graph.count()), Math.max(again, MOST * usual(k)));
        scans = share < 1 && passing <= walked(graph, widest, share);
        width = (int) Math.min(Math.max(1, graph.count()), widest / share);
        buffers = scratch.part(Buffers.class, Buffers::new);
        extent = scratch.part(Extent.class, Extent::new);
        buffers.hits.clear();
        var points = graph.points;
        if (buffers.floats.length < graph.rows.dimension()) buffers.floats = new float[graph.rows.dimension()];
        long point = scratch.room(4L * points.turned + graph.code.queryBytes());
        query = point + 4L * points.turned;
        points.straightQuery(target.query(), buffers.floats, point);
        points.turn(point);
        graph.code.prepare(point, query, buffers.code);
    }

    /// Signs order rows roughly, so the whole beam is read; bytes nearly as the rows do. A search that was widened
    /// reads as many times more: whoever got too few wants rows farther away.
    private static int again(LeanGraph graph, int k, Effort effort) {
        double first = effort.refine() > 0 ? Math.max(k, Math.ceil(k * effort.refine())) : usual(k);
        int again = (int) Math.min(1 << 28, first * effort.widened());
        if (effort.refine() > 0) return again;
        return switch (graph.parameters().keep()) {
            case SIGNS -> Math.max(again, effort.beam());
            case BYTES -> again;
        };
    }

    /// Rows that are read for the best `k` where nothing is asked for.
    private static int usual(int k) {
        return (int) Math.min(1 << 24, 2L * k + 16);
    }

    /// How many codes a walk over the graph scores, about; half of a node's neighbours were seen before.
    private static double walked(LeanGraph graph, int width, double share) {
        double hops = Math.min(graph.count(), 10 + width / (share >= NEARLY_ALL ? share : Math.sqrt(share)));
        return graph.entries.length + hops * graph.parameters().degree() / 2.0;
    }

    static long cost(LeanGraph graph, int beam, double share) {
        double passing = Math.max(share, 1e-6), walked = walked(graph, beam, passing);
        return (long) (graph.code.weight() * (passing < 1 ? Math.min(passing * graph.count(), walked) : walked));
    }

    @Override
    public Step advance(int budget) {
        long until = scored + budget;
        if (!begun) begin();
        while (scored < until)
            if (!(scans ? scanSome() : plain ? hop() : hopUnderFilter())) {
                if (!scans && !plain && extent.near.size() < Math.min(k, passing)) {
                    beginScan();
                    continue;
                }
                end();
                return awaited.length == 0 ? Step.DONE : new Step.Waiting(awaited.length);
            }
        return Step.MORE;
    }

    private void beginScan() {
        scans = true;
        at = 0;
        beginPool(most);
    }

    private void beginPool(int most) {
        scratch.count(Buffers.class, buffers.pool.bytes(most));
        buffers.pool.begin(most);
    }

    private void begin() {
        begun = true;
        if (scans) {
            beginScan();
            return;
        }
        if (plain) beginPool(width);
        else extent.begin(scratch, widest, most, k, passing);
        visited = scratch.visited(graph.count());
        int n = 0;
        for (int entry : graph.entries) {
            if (visited.visit(entry)) buffers.gathered[n++] = entry;
            if (n == BLOCK) n = offer(n);
        }
        offer(n);
    }

    private int offer(int n) {
        if (n == 0) return 0;
        var b = buffers;
        graph.code.score(query, b.code, graph.codes.address(), b.gathered, n, b.scores);
        if (scans || plain) offerAll(n);
        else offerUnderFilter(n);
        scored += n;
        read += (long) n * graph.code.strideBytes();
        return 0;
    }

    private void offerAll(int n) {
        var b = buffers;
        float limit = b.pool.limit();
        for (int i = 0; i < n; i++)
            if (b.scores[i] < limit) {
                b.pool.offer(b.gathered[i], b.scores[i]);
                limit = b.pool.limit();
            }
    }

    private void offerUnderFilter(int n) {
        extent.meet(buffers.gathered, buffers.scores, n, accept, extent.limit());
    }

    private boolean hop() {
        int node = buffers.pool.next();
        if (node < 0) return false;
        follow(node);
        return true;
    }

    private boolean hopUnderFilter() {
        if (extent.costsMoreThanScan(passing, graph.count(), scored, 1)) {
            beginScan();
            return true;
        }
        int node = extent.next(extent.limit());
        if (node < 0) return false;
        follow(node);
        return true;
    }

    private void follow(int node) {
        int n = 0;
        long edges = graph.edgesOf(node);
        for (int i = 0; i < graph.parameters().degree(); i++) {
            int neighbour = Raw.getInt(edges + 4L * i);
            if (neighbour < 0) break;
            if (visited.visit(neighbour)) buffers.gathered[n++] = neighbour;
        }
        offer(n);
        scored++; // a hop counts, too: it ends
        read += 4L * graph.parameters().degree();
    }

    private boolean scanSome() {
        int n = 0;
        while (n < BLOCK) {
            int node = at < graph.count() ? accept.bits().next(at, graph.count()) : -1;
            at = node < 0 ? graph.count() : node + 1;
            if (node < 0) break;
            buffers.gathered[n++] = node;
        }
        offer(n);
        return n > 0;
    }

    /// The best that pass, in order of rows: so they are read.
    private void end() {
        var pool = scans || plain ? buffers.pool : extent.near;
        var best = new long[Math.min(most, pool.size())]; // row above, place below
        float limit = Float.MAX_VALUE;
        int n = 0;
        for (int i = 0; i < pool.size() && n < best.length; i++) {
            if (!accept.isAll() && !accept.test(pool.node(i))) continue;
            if (n == k) limit = pool.distance(i) + DOUBT * deviation(pool.node(i));
            if (n >= again && pool.distance(i) > limit) break;
            best[n++] = (long) pool.node(i) << 32 | i;
        }
        Arrays.sort(best, 0, n);
        awaited = new int[n];
        estimates = new float[n];
        // Of inner products: what the longest row of a graph adds to all its distances.
        float added = graph.metric() == Metric.IP ? graph.points.longest : 0;
        for (int i = 0; i < n; i++) {
            awaited[i] = (int) (best[i] >>> 32);
            estimates[i] = pool.distance((int) best[i]) - added;
        }
    }

    private float deviation(int node) {
        return graph.code.deviation(buffers.code, graph.codes.address() + (long) node * graph.code.strideBytes());
    }

    @Override
    public float[] estimates() {
        return estimates;
    }

    @Override
    public int[] awaited() {
        return awaited;
    }

    @Override
    public NodeHits hits() {
        return buffers.hits;
    }

    @Override
    public void bound(float score) {} // estimates are too rough to drop rows by

    @Override
    public long bytesTouched() {
        return read;
    }

    @Override
    public long scored() {
        return scored;
    }
}
