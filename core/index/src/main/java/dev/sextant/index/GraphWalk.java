package dev.sextant.index;

import dev.sextant.kernel.Prefetch;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Visited;
import java.util.Arrays;

/// A walk over a graph: down the upper layers, along the bottom by codes, and the best once more by full rows.
final class GraphWalk implements Walk {
    /// Walks in turn: while one computes, the edges and codes of the others come from memory.
    static final int IN_TURN = 6;
    /// Where at least this share passes, rejected nodes are walked like others and only dropped at the end; below, they
    /// are not scored but looked through for accepted ones behind them.
    private static final double WALK_ALL = 0.4;
    /// Below this share a hop looks behind all rejected neighbours; above, only until it has a list full of accepted
    /// ones.
    private static final double LOOK_BEHIND_ALL = 0.15;
    private static final double CROSS = 0.1;
    private static final int MOST_GATHERED = 4096;
    /// Codes order rows well enough that the best k are among this many times k, plus a few.
    private static final int AGAIN = 2;

    private static final int[] NONE = new int[0];

    private final Layers layers;
    private final Scratch scratch;
    private final Beam beam;
    private final Accept accept;
    private final int bound;
    private final int again; // how many are scored exactly
    private final long query;
    private final long exact;
    private final boolean largerIsBetter;
    private Visited visited;
    private int width;
    private float worst;
    private boolean begun;
    private boolean turns; // pauses before it reads edges and before it scores codes
    private int pending; // gathered nodes that wait to be scored
    private int enough; // accepted neighbours of a hop that looks through
    private int crossings; // rejected nodes still to be followed after the last accepted one
    private boolean through; // looks through rejected nodes
    private int[] finished = NONE; // rows scored exactly before, sorted; only a walk that is widened fills it
    private int last; // how many were scored exactly in the last step, the first of `gathered`

    GraphWalk(Layers layers, Target target, Scratch scratch) {
        this(layers, target, AGAIN * Math.min(target.k(), 1 << 28) + 16, scratch);
    }

    /// `again` of the best by code are scored on full rows.
    GraphWalk(Layers layers, Target target, int again, Scratch scratch) {
        var vector = target.query();
        int k = target.k(), width = target.effort().beam();
        if (k < 1 || width < 1) throw new IllegalArgumentException("the best " + k + " with a beam of " + width);
        this.layers = layers;
        this.scratch = scratch;
        accept = target.accept();
        this.again = again;
        this.width = Math.max(k, width);
        bound = layers.count();
        beam = scratch.part(Beam.class, Beam::new);
        beam.hits.clear();
        beam.scored = beam.read = 0;
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
            int node = beam.next();
            if (node < 0 && through && (beam.size() < width || crossings-- > 0)) node = beam.bridges.poll();
            if (node < 0) {
                leave();
                return Step.DONE;
            }
            if (turns && !through) {
                pending = beam.gatherSoon(layers, bound, visited, node);
                if (pending > 0) return Step.PAUSED;
            } else if (through) beam.hopThrough(layers, query, bound, visited, accept, enough, node);
            else beam.hop(layers, query, 0, bound, visited, node);
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

    private void begin() {
        begun = true;
        pending = 0;
        visited = scratch.visited(bound);
        double share = Math.max(accept.share(bound), 1e-6);
        through = share < WALK_ALL;
        enough = share < LOOK_BEHIND_ALL ? MOST_GATHERED : layers.bottomEdges;
        crossings = crossings(share);
        beam.ensure(enough + layers.bottomEdges);
        beam.begin(through ? width : (int) Math.min(Math.max(1, bound), width / share));
        beam.bridges.clear();
        var entry = layers.entry();
        if (entry == Layers.NO_ENTRY || bound == 0) return;
        int at = (int) entry;
        if (at >= bound) at = layers.first(); // the entry came after this walk's view
        else
            for (int level = (int) (entry >>> 32); level > 0; level--)
                at = beam.greedy(layers, query, level, bound, at);
        if (at >= bound) return; // so did every node
        visited.visit(at);
        if (through && !accept.test(at)) {
            beam.bridges.add(at);
            return;
        }
        beam.gathered[0] = at;
        beam.scoreGathered(layers, query, 1);
    }

    /// Where accepted nodes are so few that some are only reached over several rejected ones, the walk crosses this
    /// many more of them when nothing accepted is left to follow.
    private static int crossings(double share) {
        return share < CROSS ? (int) Math.min(1024, 3 / share) : 0;
    }

    /// How many codes a walk scores, about; reading the edges of a rejected node counts like a code.
    static long cost(Layers layers, int beam, double share) {
        double accepted = Math.max(share, 1e-6);
        double hops = accepted < WALK_ALL ? beam + 10 + crossings(accepted) : (beam + 10) / accepted;
        double perHop = accepted < WALK_ALL ? 0.6 * layers.bottomEdges : 0.3 * layers.bottomEdges;
        return (long) Math.min(layers.count(), Math.min(layers.count(), hops) * perHop);
    }

    /// Scores the best accepted rows exactly and lets them leave.
    private void leave() {
        int n = 0;
        beam.ensure(Math.min(again, beam.size()) + 1);
        for (int i = 0; i < beam.size() && n < again; i++) {
            int node = beam.node(i);
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
    public boolean widen(Effort wider) {
        int to = wider.beam();
        int before = finished.length;
        finished = Arrays.copyOf(finished, before + last);
        System.arraycopy(beam.gathered, 0, finished, before, last);
        Arrays.sort(finished);
        last = 0;
        for (int i = 0; i < beam.size(); i++) if (accept.test(beam.node(i)) && isNew(beam.node(i))) return true;
        if (to <= width || finished.length >= bound) return false;
        width = to;
        begun = false;
        return true;
    }
}
