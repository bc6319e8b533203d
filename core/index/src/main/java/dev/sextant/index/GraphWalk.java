package dev.sextant.index;

import dev.sextant.kernel.Prefetch;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Visited;
import java.util.Arrays;
import java.util.Optional;

/// A walk over a graph: down the upper layers, along the bottom by codes, and the best once more by full rows. Under a
/// filter that takes little of what lies near the query it becomes the scan of the codes of what is accepted, as soon
/// as that costs less than what is left of the way.
final class GraphWalk implements Walk {
    /// Walks in turn: while one computes, the edges and codes of the others come from memory.
    static final int IN_TURN = 6;
    /// From this share on a filter is as good as none: rejected nodes are walked like others and dropped at the end.
    private static final double NEARLY_ALL = 0.9;
    /// Codes of 7 bits are nearly exact: so much of the beam will do under a filter …
    private static final double REACH = 0.7;
    /// … that takes little. One that takes most, as rows that are gone are left out, lets so many times the nodes be
    /// followed that are followed without, so that as much is found.
    private static final double FOLLOWED = 1.2;
    /// Under a filter a code takes so many times as long: most of what is met is kept for what it leads to.
    private static final double REJECTING = 2;
    /// Codes order rows well enough that the best k are among this many times k, plus a few.
    private static final int AGAIN = 2;

    /// Of a scan so many codes cost as much as one of a walk: they come in order, and no edges are read.
    private static final double CODES_OF_A_SCAN = 3;

    private static final int SCANNED_AT_ONCE = 256;
    private static final int[] NONE = new int[0];

    private final Layers layers;
    private final Scratch scratch;
    private final Beam beam;
    private final Accept accept;
    private final int k;
    private final int bound;
    private final int accepted; // below `bound`
    private int again; // how many are scored exactly
    private final int from; // of a scan
    private final int to;
    private final long query;
    private final long exact;
    private final boolean largerIsBetter;
    private Visited visited;
    private int width;
    private float worst;
    private boolean begun;
    private boolean scans;
    private int at; // of a scan
    private boolean turns; // pauses before it reads edges and before it scores codes
    private int pending; // gathered nodes that wait to be scored
    private boolean plain; // nearly all nodes are accepted
    private final Extent extent;
    private int[] finished = NONE; // rows scored exactly before, sorted; only a walk that is widened fills it
    private int last; // how many were scored exactly in the last step, the first of `gathered`

    GraphWalk(Layers layers, Target target, Scratch scratch) {
        this(layers, target, again(target.k()), scratch);
    }

    /// `again` of the best by code are scored on full rows.
    GraphWalk(Layers layers, Target target, int again, Scratch scratch) {
        this(layers, target, again, false, 0, layers.count(), scratch);
    }

    /// The scan of the codes of all accepted rows from `from` to `to`; empty where codes are too rough for that.
    static Optional<Walk> scan(Layers layers, Target target, int from, int to, Scratch scratch) {
        return layers.walked().isNearlyExact()
                ? Optional.of(new GraphWalk(layers, target, again(target.k()), true, from, to, scratch))
                : Optional.empty();
    }

    /// Bytes of a row that such a scan reads; 0 where there is none.
    static int scanBytes(Layers layers) {
        return layers.walked().isNearlyExact() ? (int) layers.walkedBytes() : 0;
    }

    private static int again(int k) {
        return AGAIN * Math.min(k, 1 << 28) + 16;
    }

    private GraphWalk(Layers layers, Target target, int again, boolean scans, int from, int to, Scratch scratch) {
        var vector = target.query();
        k = target.k();
        int width = target.effort().beam();
        if (k < 1 || width < 1) throw new IllegalArgumentException("the best " + k + " with a beam of " + width);
        this.layers = layers;
        this.scratch = scratch;
        accept = target.accept();
        this.again = again;
        this.width = Math.max(k, width);
        this.scans = scans;
        bound = layers.count();
        this.from = from;
        this.to = Math.min(to, bound);
        accepted = accept.count(bound);
        beam = scratch.part(Beam.class, Beam::new);
        extent = scratch.part(Extent.class, Extent::new);
        beam.hits.clear();
        beam.scored = beam.read = 0;
        beam.lift = Beam.NO_LIFT;
        beam.ensure(4 * layers.bottomEdges + 64);
        largerIsBetter = layers.metric.largerIsBetter();
        worst = largerIsBetter ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
        beam.roomOf(scratch);
        long own = layers.walked().prepareBytes();
        query = scratch.room(layers.walked().queryBytes() + layers.distance.queryBytes() + own);
        exact = query + layers.walked().queryBytes();
        layers.distance.prepare(vector, 0, exact);
        layers.walked().prepare(vector, beam, query, exact + layers.distance.queryBytes());
    }

    @Override
    public Step advance(int budget) {
        beam.hits.clear();
        var until = beam.scored + budget;
        if (!begun) begin();
        while (beam.scored < until) {
            if (pending > 0) {
                if (scoresGathered()) return Step.PAUSED;
                continue;
            }
            if (scans) {
                if (scanSome()) continue;
                leave();
                return Step.DONE;
            }
            if (!plain
                    && layers.walked().isNearlyExact()
                    && extent.costsMoreThanScan(accepted, bound, beam.scored, CODES_OF_A_SCAN)) {
                scans = true;
                again = Math.max(again, again(k));
                begin();
                continue;
            }
            float limit = plain ? 0 : extent.limit();
            int node = plain ? beam.next() : extent.next(limit);
            if (node < 0) {
                leave();
                return Step.DONE;
            }
            if (!plain) beam.hop(layers, query, bound, visited, node, accept, extent, limit);
            else if (turns) {
                pending = beam.gatherSoon(layers, bound, visited, node);
                if (pending > 0) return Step.PAUSED;
            } else beam.hop(layers, query, 0, bound, visited, node);
        }
        return Step.MORE;
    }

    @Override
    public boolean takeTurns(long most) {
        return turns = Prefetch.serves();
    }

    /// Scores what has come from memory by now, and asks for the edges of the next node; whether there is one.
    private boolean scoresGathered() {
        beam.scoreGathered(layers, query, pending);
        pending = 0;
        int soon = beam.peek();
        if (soon >= 0) Prefetch.ask(layers.edges(soon, 0), 4L * layers.bottomEdges);
        return soon >= 0;
    }

    private boolean scanSome() {
        beam.ensure(SCANNED_AT_ONCE);
        int n = accept.bits().gather(at, to, beam.gathered, SCANNED_AT_ONCE);
        at = n < SCANNED_AT_ONCE ? to : beam.gathered[n - 1] + 1;
        int fresh = 0;
        for (int i = 0; i < n; i++) if (isNew(beam.gathered[i])) beam.gathered[fresh++] = beam.gathered[i];
        beam.scoreGathered(layers, query, fresh);
        return at < to;
    }

    private void beginBeam(int most) {
        scratch.count(Beam.class, 8L * most);
        beam.begin(most);
    }

    private void begin() {
        begun = true;
        pending = 0;
        if (scans) {
            at = from;
            beginBeam(Math.min(Math.max(again, width), Math.max(1, accepted)));
            return;
        }
        visited = scratch.visited(bound);
        double share = Math.max(Accept.share(accepted, bound), 1e-6);
        plain = share >= NEARLY_ALL;
        int most = plain ? (int) Math.min(Math.max(1, bound), Math.ceil(width / share)) : 1;
        beginBeam(most);
        extent.begin(scratch, (int) Math.ceil(reach(width, share)), again, k, accepted);
        var entry = layers.entry();
        if (entry == Layers.NO_ENTRY || bound == 0) return;
        int at = (int) entry;
        if (at >= bound) at = layers.first(); // the entry came after this walk's view
        else
            for (int level = (int) (entry >>> 32); level > 0; level--)
                at = beam.greedy(layers, query, level, bound, at);
        if (at >= bound) return; // so did every node
        visited.visit(at);
        beam.gathered[0] = at;
        if (plain) beam.scoreGathered(layers, query, 1);
        else beam.meet(layers, query, 1, accept, extent, Float.MAX_VALUE);
    }

    private static double reach(int beam, double share) {
        return beam * Math.max(REACH, FOLLOWED * Math.sqrt(share));
    }

    /// What a walk costs, in codes of the planner.
    static long cost(Layers layers, int beam, double share) {
        double accepted = Math.max(share, 1e-6);
        double hops = accepted < NEARLY_ALL
                ? Extent.hops(reach(beam, accepted), Extent.USUAL, accepted) + 10
                : (beam + 10) / accepted;
        double scored = Math.min(layers.count(), Math.min(layers.count(), hops) * 0.3 * layers.bottomEdges);
        return (long) (layers.walked().weight() * scored);
    }

    /// Scores the best accepted rows exactly and lets them leave.
    private void leave() {
        int n = 0;
        beam.ensure(Math.min(again, met()) + 1);
        for (int i = 0; i < met() && n < again; i++) {
            int node = met(i);
            if (accept.test(node) && isNew(node)) beam.gathered[n++] = node;
        }
        layers.distance.score(exact, layers.rows.base(), layers.rows.stride(), beam.gathered, n, beam.scores);
        beam.scored += n;
        beam.read += n * layers.rows.stride();
        last = n;
        for (int i = 0; i < n; i++)
            if (largerIsBetter ? beam.scores[i] >= worst : beam.scores[i] <= worst)
                beam.hits.add(beam.gathered[i], beam.scores[i]);
    }

    private int met() {
        return plain || scans ? beam.size() : extent.near.size();
    }

    private int met(int at) {
        return plain || scans ? beam.node(at) : extent.near.node(at);
    }

    private boolean isNew(int node) {
        return finished.length == 0 || Arrays.binarySearch(finished, node) < 0;
    }

    @Override
    public NodeHits hits() {
        return beam.hits;
    }

    @Override
    public void bound(float score) {
        worst = largerIsBetter ? Math.max(worst, score) : Math.min(worst, score);
    }

    @Override
    public long bytesTouched() {
        return beam.read;
    }

    @Override
    public long scored() {
        return beam.scored;
    }

    @Override
    public long expected() {
        double codes = layers.walked().weight() * beam.scored;
        return (long)
                (begun && !plain && !scans ? REJECTING * codes * extent.times(Accept.share(accepted, bound)) : codes);
    }

    @Override
    public boolean isScan() {
        return scans;
    }

    @Override
    public boolean leavesBestFirst() {
        return !scans;
    }

    @Override
    public boolean widen(Effort wider) {
        int to = wider.beam();
        int before = finished.length;
        finished = Arrays.copyOf(finished, before + last);
        System.arraycopy(beam.gathered, 0, finished, before, last);
        Arrays.sort(finished);
        last = 0;
        for (int i = 0; i < met(); i++) if (accept.test(met(i)) && isNew(met(i))) return true;
        if (to <= width || finished.length >= accepted) return false;
        width = to;
        begun = false;
        return true;
    }
}
