package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Visited;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// A walk over a graph: down the upper layers, along the bottom by codes, and the best once more by full rows.
final class GraphWalk implements Walk {
    /// Codes order rows well enough that the best k are among this many times k, plus a few.
    private static final int AGAIN = 2;

    private final Layers layers;
    private final Scratch scratch;
    private final Beam beam;
    private final Accept accept;
    private final int bound;
    private final int k;
    private final long query;
    private final long exact;
    private final boolean largerIsBetter;
    private Visited visited;
    private int width;
    private float worst;
    private boolean begun;
    private long before;
    private int[] emitted = new int[0]; // sorted; only a walk that is widened fills it

    GraphWalk(Layers layers, MemorySegment vector, int k, int width, Accept accept, Scratch scratch) {
        if (k < 1 || width < 1) throw new IllegalArgumentException("the best " + k + " with a beam of " + width);
        this.layers = layers;
        this.scratch = scratch;
        this.accept = accept;
        this.k = k;
        this.width = Math.max(k, width);
        bound = layers.count();
        beam = scratch.part(Beam.class, Beam::new);
        beam.hits.clear();
        beam.scored = 0;
        beam.ensure(4 * layers.bottomEdges + 64);
        largerIsBetter = layers.metric.largerIsBetter();
        worst = largerIsBetter ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
        query = scratch.room(layers.codes.strideBytes() + layers.distance.queryBytes());
        exact = query + layers.codes.strideBytes();
        layers.distance.prepare(vector, 0, exact);
        var floats = beam.floats(layers.rows.dimension());
        layers.distance.toFloats(vector, 0, floats);
        layers.codes.prepare(floats, beam.bytes(layers.rows.dimension()), query);
    }

    @Override
    public Step advance(int budget) {
        beam.hits.clear();
        var until = beam.scored + budget;
        if (!begun) begin();
        for (int node; beam.scored < until; ) {
            if ((node = beam.next()) < 0) {
                leave();
                return Step.DONE;
            }
            beam.hop(layers, query, 0, bound, visited, node);
        }
        return Step.MORE;
    }

    private void begin() {
        begun = true;
        visited = scratch.visited(bound);
        beam.begin(stretched());
        var entry = layers.entry();
        if (entry == Layers.NO_ENTRY || bound == 0) return;
        int at = (int) entry;
        if (at >= bound) at = 0; // the entry came after this walk's view: node 0 is always linked
        else for (int level = (int) (entry >>> 32); level > 0; level--) at = beam.greedy(layers, query, level, bound, at);
        visited.visit(at);
        beam.gathered[0] = at;
        beam.scoreGathered(layers, query, 1);
    }

    /// A beam in which about `width` accepted rows find room.
    private int stretched() {
        double share = Math.max(accept.share(bound), 1e-6);
        return (int) Math.min(Math.max(1, bound), width / share);
    }

    /// Scores the best accepted rows exactly and lets them leave.
    private void leave() {
        int again = Math.max(AGAIN * k + 16, 0), n = 0;
        beam.ensure(Math.min(again, beam.size()) + 1);
        for (int i = 0; i < beam.size() && n < again; i++) {
            int node = beam.node(i);
            if (accept.test(node) && Arrays.binarySearch(emitted, node) < 0) beam.gathered[n++] = node;
        }
        layers.distance.score(exact, layers.rows.base(), layers.rows.stride(), beam.gathered, n, beam.scores);
        beam.scored += n;
        for (int i = 0; i < n; i++)
            if (largerIsBetter ? beam.scores[i] >= worst : beam.scores[i] <= worst) beam.hits.add(beam.gathered[i], beam.scores[i]);
    }

    @Override
    public Hits hits() {
        return beam.hits;
    }

    @Override
    public void bound(float score) {
        worst = largerIsBetter ? Math.max(worst, score) : Math.min(worst, score);
    }

    @Override
    public long scored() {
        return before + beam.scored;
    }

    @Override
    public boolean widen(int to) {
        if (to <= width || beam.size() >= bound) return false;
        var left = beam.hits;
        int old = emitted.length;
        emitted = Arrays.copyOf(emitted, old + left.count());
        System.arraycopy(left.rows(), 0, emitted, old, left.count());
        Arrays.sort(emitted);
        width = to;
        begun = false;
        return true;
    }
}
