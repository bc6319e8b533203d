package dev.sextant.index;

import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Prefetch;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Visited;
import java.util.Arrays;

/// A walk over a quantised graph whose filter rejects much. It follows the nearest accepted node and, since few of its
/// neighbours are accepted, the nearest rejected ones beside it: as many as it takes, by the share that is accepted
/// near the query, until no accepted one in the beam is left. Every node is offered once, so that the beam holds as
/// many as it is wide.
///
/// Where far more rejected nodes are nearer than the nearest accepted one than chance explains, the filter takes what
/// lies far from the query, and accepted nodes that lead to each other need not lead to the nearest of them: then the
/// walk goes outwards from the query, node by node. What that will cost it says by [#expected()] after a few hops, so
/// that whoever can turn to a scan does it early.
final class FilteredWalk extends BlockWalk {
    /// Rejected nodes of the root that a walk begins with; accepted ones are all taken.
    private static final int ENTRIES = 8;
    /// Rejected nodes that are followed for each accepted one, times the share that is accepted.
    private static final double BRIDGES = 0.2;
    /// From this share on the beam is as wide as it was asked for.
    private static final double WIDE = 0.2;
    /// From this share on accepted nodes lead to each other.
    private static final double NO_BRIDGES = 0.6;
    /// So many times as many rejected nodes nearer than the nearest accepted one as there should be: then the query
    /// lies outside of what the filter takes.
    private static final double OUTSIDE = 8;
    /// Estimates far from the query are coarse, and what is accepted there is nearly equally far: a beam that is wider
    /// by so much holds the nearest of it.
    private static final int OUTSIDE_WIDTH = 4;
    /// Hops between two looks at that.
    private static final int LOOK_EVERY = 8;
    /// What is known of the share before anything is seen weighs as much as so many accepted nodes.
    private static final double PRIOR = 4;
    /// What was seen is half forgotten after so many nodes: the share matters where the walk is now.
    private static final int REMEMBERED = 1024;
    /// Hops before the walk says what it expects.
    private static final int UNSURE = 12;

    private final double overall; // share of accepted nodes
    private Visited visited;
    private int wanted; // beam that was asked for
    private int width; // accepted nodes that are kept
    private boolean begun;
    private float nearest; // of all nodes followed
    private float nearestAccepted;
    private int followedRejected;
    private boolean outside; // the query lies outside of what the filter takes
    private int nearer; // rejected nodes, when last looked at
    private int untilLook;
    private double due; // rejected nodes to follow
    private double seen;
    private double seenAccepted;
    private int followedAccepted;
    private long before; // codes scored before this beam began

    FilteredWalk(QuantisedGraph graph, Target target, Scratch scratch) {
        super(graph, target, scratch);
        if (target.effort().beam() < 1)
            throw new IllegalArgumentException("a beam of " + target.effort().beam());
        wanted = (int) Math.max(2L * Math.min(k, 1 << 28), target.effort().beam());
        overall = Math.max(accept.share(graph.count()), 1e-6);
    }

    /// Goes on after a walk that believed its filter to take nearly everything; what has left there does not leave
    /// again.
    FilteredWalk(QuantisedWalk start, Target target) {
        this(start.graph, target, start.scratch);
        goOnAfter(start);
    }

    /// How many codes a walk scores, about, where accepted nodes lie anywhere.
    static long cost(QuantisedGraph graph, int beam, double share) {
        double accepted = Math.max(share, 1e-6);
        return (long) (Math.min(graph.count(), 12 + width(beam, accepted) * hopsEach(accepted)) * graph.hopCodes);
    }

    /// Followed nodes for each accepted one.
    private static double hopsEach(double share) {
        return 1 + bridges(share);
    }

    private static double bridges(double share) {
        return share >= NO_BRIDGES ? 0 : Math.max(1, BRIDGES / share);
    }

    /// The rarer accepted nodes are, the wider the ground that is covered for each of them: then fewer will do.
    private static int width(int beam, double share) {
        return (int) Math.ceil(beam * Math.clamp(Math.sqrt(share / WIDE), 0.7, 1));
    }

    @Override
    boolean meetsCodes() {
        return true;
    }

    @Override
    public Step advance(int budget) {
        buffers.hits.clear();
        long until = scored + budget;
        if (!begun) begin();
        while (scored < until)
            if (!step()) {
                leave();
                return Step.DONE;
            }
        return Step.MORE;
    }

    private void begin() {
        begun = true;
        before = scored;
        visited = scratch.visited(graph.count());
        width = Math.max(k, width(wanted, overall));
        due = 0;
        seen = PRIOR / overall;
        seenAccepted = PRIOR;
        followedAccepted = 0;
        followedRejected = 0;
        nearest = nearestAccepted = Float.MAX_VALUE;
        outside = false;
        nearer = 0;
        untilLook = LOOK_EVERY;
        var b = buffers;
        b.pool.begin(width);
        b.rejected.clear();
        b.found.begin(keep());
        enter();
    }

    private void enter() {
        var b = buffers;
        var root = graph.root;
        b.entries.begin(root.blocks.degree());
        float distance = Math.max(0, root.blocks.distance(query, root.address()));
        read += root.blocks.blockBytes();
        for (int fan = 0; fan < root.fans; fan++) {
            int below = root.blocks.scan(query, root.address(), fan, distance, b.entries.limit());
            for (; below != 0; below &= below - 1) {
                int slot = Integer.numberOfTrailingZeros(below);
                b.entries.offer(root.blocks.node(root.address(), fan, slot), NodeBlocks.estimate(query, slot));
            }
        }
        int rejected = 0;
        for (int i = 0; i < b.entries.size(); i++) {
            int node = b.entries.node(i);
            boolean accepted = accept.test(node);
            if (!accepted && rejected >= ENTRIES || !visited.visit(node)) continue;
            if (accepted) b.pool.offer(node, b.entries.distance(i));
            else {
                b.rejected.add(node, b.entries.distance(i));
                rejected++;
            }
        }
    }

    private boolean step() {
        var b = buffers;
        float ahead = b.rejected.ahead();
        // On the way to the query, and where it lies outside of what is accepted, nearest is nearest.
        if (ahead < b.pool.ahead() && (ahead < nearest || outside && ahead < b.pool.limit())) {
            follow(b.rejected.poll(), false);
            return true;
        }
        int node = b.pool.next();
        if (node >= 0) {
            followedAccepted++;
            follow(node, true);
            due += bridges(share());
        } else if (b.rejected.isEmpty()) return false;
        else if (!b.pool.isFull()) due = 1;
        else return !outside && look();
        for (; due >= 1; due--) {
            if (b.rejected.ahead() >= b.pool.limit()) {
                due = 0;
                break;
            }
            follow(b.rejected.poll(), false);
        }
        return true;
    }

    /// The share that is accepted near the query, as far as it is known.
    private double share() {
        return seenAccepted / seen;
    }

    /// Whether the query turns out to lie outside of what the filter takes.
    private boolean look() {
        untilLook = LOOK_EVERY;
        nearer = buffers.rejected.countBelow(nearestAccepted);
        var distances = buffers.behind;
        for (int i = 0; i < followedRejected; i++) if (distances[i] < nearestAccepted) nearer++;
        outside |= nearer > OUTSIDE / overall;
        if (outside) grow((int) Math.min(1 << 28, (long) OUTSIDE_WIDTH * wanted));
        else if (share() >= WIDE) grow(wanted);
        return outside;
    }

    private void follow(int node, boolean accepted) {
        var b = buffers;
        long block = graph.block(node);
        int soon = b.pool.ahead() <= b.rejected.ahead() ? b.pool.soon() : b.rejected.peek();
        if (soon >= 0) Prefetch.ask(graph.block(soon), Math.min(SOON, graph.blockBytes));
        float distance = Math.max(0, blocks.distance(query, block));
        nearest = Math.min(nearest, distance);
        if (!accepted) remember(distance);
        else {
            nearestAccepted = Math.min(nearestAccepted, distance);
            if (isNew(node)) b.found.offer(node, distance);
        }
        for (int fan = 0; fan < graph.fans; fan++) {
            int below = blocks.scan(query, block, fan, distance, b.pool.limit());
            for (; below != 0; below &= below - 1) {
                int slot = Integer.numberOfTrailingZeros(below), neighbour = blocks.node(block, fan, slot);
                float estimate = NodeBlocks.estimate(query, slot);
                if (estimate < b.pool.limit() && visited.visit(neighbour)) offer(neighbour, estimate);
            }
        }
        scored += graph.hopCodes;
        read += graph.blockBytes;
        if (--untilLook == 0) look();
        if (seen > REMEMBERED + PRIOR / overall) {
            seen /= 2;
            seenAccepted /= 2;
        }
    }

    private void grow(int to) {
        width = Math.max(width, to);
        buffers.pool.grow(width);
    }

    private void remember(float distance) {
        var b = buffers;
        if (followedRejected == b.behind.length) b.behind = Arrays.copyOf(b.behind, 2 * followedRejected);
        b.behind[followedRejected++] = distance;
    }

    private void offer(int node, float estimate) {
        seen++;
        if (accept.test(node)) {
            seenAccepted++;
            buffers.pool.offer(node, estimate);
        } else buffers.rejected.add(node, estimate);
    }

    @Override
    public long expected() {
        if (!begun || scored - before < (long) UNSURE * graph.hopCodes) return scored;
        int left = Math.max(0, width - followedAccepted);
        double each = outside ? Math.max(nearer, 1 / share()) : hopsEach(share());
        return scored + (long) (left * each * graph.hopCodes);
    }

    @Override
    public boolean widen(Effort wider) {
        int n = buffers.found.size();
        if (!forgetFound() || wider.beam() <= wanted && n == 0) return false;
        wanted = Math.max(wanted, wider.beam());
        begun = false;
        return true;
    }
}
