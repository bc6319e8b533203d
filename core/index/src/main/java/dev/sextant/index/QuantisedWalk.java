package dev.sextant.index;

import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Prefetch;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Visited;
import java.util.Arrays;

/// A walk over a quantised graph. The pool orders nodes by estimate; following one gives its exact distance (exact but
/// for the 8 bits of its row) and the estimates of its neighbours. No neighbour is looked up before it is scored.
final class QuantisedWalk implements Walk {
    /// Following a node costs about as much as scoring this many 8-bit codes of rows apart, for each 32 neighbours. How
    /// much of the next block is asked for while this one is read; the processor goes on by itself.
    private static final int SOON = 1536;
    static final int CODES_A_FAN = 8;
    /// Where at least this share passes, rejected nodes are followed like others and only dropped at the end.
    private static final double FOLLOW_ALL = 0.4;

    /// Nodes of the root that a walk begins with.
    private static final int ENTRIES = 8;
    /// Below this share some accepted nodes are only reached over several rejected ones.
    private static final double CROSS = 0.1;

    /// What one thread keeps between walks.
    static final class Buffers {
        final Pool pool = new Pool();
        final Pool bridges = new Pool();
        final Pool entries = new Pool();
        final Pool found = new Pool(); // accepted nodes by distance
        final NodeHits hits = new NodeHits();
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

    private final QuantisedGraph graph;
    private final NodeBlocks blocks;
    private final Accept accept;
    private final Scratch scratch;
    private final Buffers buffers;
    private final int k;
    private final long query;
    private final long full; // the query for full rows
    private final boolean exact; // distances of blocks are those of the rows
    private final boolean largerIsBetter;
    private Visited visited;
    private int width;
    private boolean begun;
    private boolean strict; // offers each node once, so that the beam holds as many as it is wide
    private boolean through; // accepted nodes first, rejected ones as bridges
    private int bridgesAHop;
    private int crossings; // steps over bridges alone that are left when the pool is full
    private float worst;
    private long scored;
    private int[] left = {}; // rows that have left before, sorted; only a walk that is widened fills it

    QuantisedWalk(QuantisedGraph graph, Target target, Scratch scratch) {
        var vector = target.query();
        int k = target.k(), width = target.effort().beam();
        if (k < 1 || width < 1) throw new IllegalArgumentException("the best " + k + " with a beam of " + width);
        this.graph = graph;
        accept = target.accept();
        this.scratch = scratch;
        this.k = k;
        this.width = (int) Math.max(2L * Math.min(k, 1 << 28), width);
        var points = graph.points;
        blocks = points.blocks;
        buffers = scratch.part(Buffers.class, Buffers::new);
        buffers.hits.clear();
        largerIsBetter = points.metric.largerIsBetter();
        worst = largerIsBetter ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
        long floats = scratch.room(4L * points.bits + blocks.queryBytes() + points.distance.queryBytes());
        query = floats + 4L * points.bits;
        full = query + (blocks.queryBytes() + 63) / 64 * 64;
        points.straightQuery(vector, buffers.floats(points.rows.dimension()), floats);
        var whole = points.whole && blocks.prepareRow(floats, points.wholeLow, query);
        points.turn(floats);
        if (!points.whole) blocks.prepareRow(floats, Float.NaN, query);
        blocks.prepareTables(floats, query);
        exact = whole;
        if (!exact) points.distance.prepare(vector, 0, full);
    }

    /// How many codes a walk scores, about.
    static long cost(QuantisedGraph graph, int beam, double share) {
        double accepted = Math.max(share, 1e-6),
                hops =
                        accepted < FOLLOW_ALL
                                ? (beam + 10 + crossings(accepted)) * (1 + bridges(accepted))
                                : (beam + 10) / accepted;
        return (long) (Math.min(graph.count(), hops) * CODES_A_FAN * graph.points.blocks.degree() / NodeBlocks.FAN);
    }

    private static int crossings(double share) {
        return share < CROSS ? (int) Math.min(64, 0.5 / share) : 0;
    }

    /// Rejected nodes that are followed for each accepted one.
    private static int bridges(double share) {
        return Math.clamp(Math.round(0.3 / share), 1, 16);
    }

    @Override
    public Step advance(int budget) {
        buffers.hits.clear();
        long until = scored + budget;
        if (!begun) begin();
        while (scored < until)
            if (!(through ? stepThrough() : step())) {
                if (!strict && buffers.found.size() < k) {
                    strict = true;
                    begin();
                    continue;
                }
                leave();
                return Step.DONE;
            }
        return Step.MORE;
    }

    private void begin() {
        begun = true;
        visited = scratch.visited(graph.count());
        double share = Math.max(accept.share(graph.count()), 1e-6);
        through = share < FOLLOW_ALL;
        strict |= through;
        bridgesAHop = bridges(share);
        crossings = crossings(share);
        buffers.pool.begin(through ? width : (int) Math.min(Math.max(1, graph.count()), width / share));
        if (through) buffers.bridges.begin(Math.max(64, width * Math.min(4, bridgesAHop)));
        buffers.found.begin(exact ? k : 2 * Math.min(k, 1 << 28) + 16);
        enter();
    }

    /// Offers the nearest few nodes of the root, or all of them where nothing may be missed.
    private void enter() {
        var root = graph.root;
        var nearest = buffers.entries;
        nearest.begin(strict ? root.blocks.degree() : ENTRIES);
        float distance = Math.max(0, root.blocks.distance(query, root.address()));
        for (int fan = 0; fan < root.fans; fan++) {
            int below = root.blocks.scan(query, root.address(), fan, distance, nearest.limit());
            for (; below != 0; below &= below - 1) {
                int slot = Integer.numberOfTrailingZeros(below);
                nearest.offer(root.blocks.node(root.address(), fan, slot), NodeBlocks.estimate(query, slot));
            }
        }
        for (int i = 0; i < nearest.size(); i++) {
            int node = nearest.node(i);
            if (isOpen(node))
                (through && !accept.test(node) ? buffers.bridges : buffers.pool).offer(node, nearest.distance(i));
        }
    }

    private boolean step() {
        int node = buffers.pool.next();
        if (node < 0) return false;
        if (isFirst(node)) follow(node);
        return true;
    }

    /// Whether the node may be offered. As a rule it may several times, with the estimates of several neighbours: the
    /// best of them counts, and a beam that is full of one node's estimates is near its end, which ends easy searches
    /// early.
    private boolean isOpen(int node) {
        return strict ? visited.visit(node) : !visited.visited(node);
    }

    private boolean isFirst(int node) {
        return strict || visited.visit(node);
    }

    private void follow(int node) {
        var b = buffers;
        long block = graph.block(node);
        int soon = b.pool.soon();
        if (soon >= 0) Prefetch.ask(graph.block(soon), Math.min(SOON, graph.blockBytes));
        float distance = Math.max(0, blocks.distance(query, block));
        if (isWanted(node)) b.found.offer(node, distance);
        for (int fan = 0; fan < graph.fans; fan++) {
            int below = blocks.scan(query, block, fan, distance, b.pool.limit());
            for (; below != 0; below &= below - 1) {
                int slot = Integer.numberOfTrailingZeros(below), neighbour = blocks.node(block, fan, slot);
                float estimate = NodeBlocks.estimate(query, slot);
                if (estimate < b.pool.limit() && isOpen(neighbour)) b.pool.offer(neighbour, estimate);
            }
        }
        scored += graph.hopCodes;
    }

    private boolean isWanted(int node) {
        return (accept.isAll() || accept.test(node)) && isNew(node);
    }

    private boolean isNew(int node) {
        return left.length == 0 || Arrays.binarySearch(left, node) < 0;
    }

    /// Follows the nearest accepted node and, since few of its neighbours are accepted, the nearest rejected ones
    /// beside it. When no accepted one is left the bridges go on alone until the pool is full, and a while longer.
    private boolean stepThrough() {
        var b = buffers;
        int node = b.pool.next();
        if (node >= 0) followThrough(node, true);
        else if (b.pool.isFull() && crossings-- <= 0) return false;
        float limit = b.pool.limit();
        int followed = 0;
        for (; followed < bridgesAHop && b.bridges.ahead() < limit; followed++) followThrough(b.bridges.next(), false);
        return node >= 0 || followed > 0;
    }

    private void followThrough(int node, boolean accepted) {
        var b = buffers;
        long block = graph.block(node);
        float distance = Math.max(0, blocks.distance(query, block));
        if (accepted && isNew(node)) b.found.offer(node, distance);
        for (int fan = 0; fan < graph.fans; fan++) {
            int below = blocks.scan(query, block, fan, distance, b.pool.limit());
            for (; below != 0; below &= below - 1) {
                int slot = Integer.numberOfTrailingZeros(below), neighbour = blocks.node(block, fan, slot);
                float estimate = NodeBlocks.estimate(query, slot);
                if (estimate < b.pool.limit() && isOpen(neighbour))
                    (accept.test(neighbour) ? b.pool : b.bridges).offer(neighbour, estimate);
            }
        }
        scored += graph.hopCodes;
    }

    /// The best found leave, scored on full rows where the blocks' rows do not say it exactly.
    private void leave() {
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
        }
        for (int i = 0; i < n; i++)
            if (largerIsBetter ? b.scores[i] >= worst : b.scores[i] <= worst) b.hits.add(b.rows[i], b.scores[i]);
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
    public long scored() {
        return scored;
    }

    @Override
    public boolean widen(Effort wider) {
        int to = wider.beam();
        var found = buffers.found;
        int before = left.length, n = found.size();
        left = Arrays.copyOf(left, before + n);
        for (int i = 0; i < n; i++) left[before + i] = found.node(i);
        Arrays.sort(left);
        found.begin(1);
        if (left.length >= graph.count() || to <= width && n == 0) return false;
        width = Math.max(width, to);
        begun = false;
        return true;
    }
}
