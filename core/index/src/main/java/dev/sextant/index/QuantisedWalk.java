package dev.sextant.index;

import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Prefetch;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Visited;
import java.util.Optional;

/// A walk over a quantised graph of which many nodes are accepted: rejected ones are followed like others and only
/// dropped at the end, and the beam is as much wider. The pool orders nodes by estimate; following one gives its exact
/// distance (exact but for the 8 bits of its row) and the estimates of its neighbours. No neighbour is looked up before
/// it is scored.
final class QuantisedWalk extends BeamWalk {
    /// Following a node costs about as much as scoring this many 8-bit codes of rows apart, for each 32 neighbours.
    static final int CODES_A_FAN = 16;
    /// From this share on a walk begins here and nobody asks whether cells are quicker, until it finds too little.
    static final double MANY = 0.35;
    /// From this share on a walk begins here to find out what share is accepted near the query.
    static final double SOME = 0.04;
    /// Nodes that are followed before it is found out, and of the nearest that are known then those that tell it.
    private static final int LOOKS = 12;

    private static final int LOOKED_AT = 48;
    /// What is known of the share before anything is seen weighs as much as so many accepted nodes.
    private static final double PRIOR = 1;
    /// Of what the beam should hold of accepted nodes, the least share that will do.
    private static final double ENOUGH = 0.7;

    /// Walks in turn: while one computes, the blocks of the others come from memory.
    static final int IN_TURN = 6;
    /// How much of a block is asked for before the walk's turn comes again.
    private static final int NEXT = 4096;

    /// Nodes of the root that a walk begins with.
    private static final int ENTRIES = 8;

    private double share; // accepted near the query, as far as it is known
    private boolean deciding; // whether cells may be quicker
    private Visited visited;
    private boolean turns; // pauses before each hop
    private boolean strict; // offers each node once, so that the beam holds as many as it is wide
    private int accepted; // of the nodes that were followed
    private int followed;

    QuantisedWalk(QuantisedGraph graph, Target target, Scratch scratch) {
        super(graph, target, scratch);
        share = Math.max(accept.share(graph.count()), 1e-6);
        deciding = share < MANY && graph.cells.isPresent();
    }

    /// Goes on after a walk through cells that found much accepted near the query: about that share.
    QuantisedWalk(CellWalk start, double share) {
        super(start);
        this.share = Math.max(share, 1e-6);
    }

    @Override
    Optional<Cells> cells() {
        return accept.isAll() ? Optional.empty() : graph.cells;
    }

    /// How many codes a walk scores, about.
    static long cost(QuantisedGraph graph, int beam, double share) {
        return (long) (Math.min(graph.count(), (beam + 10) / Math.max(share, 1e-6)) * graph.hopCodes);
    }

    @Override
    Step go(int budget) {
        long until = scored + budget;
        if (!begun) begin();
        while (scored < until) {
            long before = scored;
            if (!step()) {
                if (deciding && isForCells()) return giveWayTo(elsewhere());
                if (!strict && buffers.found.size() < k) {
                    strict = true;
                    begin();
                    continue;
                }
                if (isStarved()) return giveWayTo(elsewhere());
                leave();
                return Step.DONE;
            }
            if (deciding && followed >= LOOKS && isForCells()) return giveWayTo(elsewhere());
            if (turns && scored > before && isAsked()) return Step.PAUSED;
        }
        return Step.MORE;
    }

    @Override
    public boolean takeTurns(long most) {
        return turns = Prefetch.serves();
    }

    /// Asks for the block that the next step follows; without one the walk is at an end.
    private boolean isAsked() {
        int node = buffers.pool.soon();
        while (node >= 0 && visited.visited(node) && !strict) {
            buffers.pool.next(); // the next step would pass it over
            node = buffers.pool.soon();
        }
        if (node >= 0) Prefetch.ask(graph.block(node), Math.min(NEXT, graph.blockBytes));
        return node >= 0;
    }

    /// Whether cells are quicker where the walk is now; if not, the beam is made as wide as it has to be.
    private boolean isForCells() {
        deciding = false;
        int looked = Math.min(LOOKED_AT, buffers.pool.size()), met = 0;
        for (int i = 0; i < looked; i++) if (accept.test(buffers.pool.node(i))) met++;
        share = (met + PRIOR) / (looked + PRIOR / share);
        if (graph.isByCells(wanted, share, arranged().isPresent())) return true;
        scratch.count(Buffers.class, 8L * width());
        buffers.pool.grow(width()); // hardly anything was turned away yet
        return false;
    }

    private int width() {
        return (int) Math.min(Math.max(1, graph.count()), wanted / (deciding ? 1 : share));
    }

    /// Whether so few of the nodes near the query were accepted that the beam cannot be trusted.
    private boolean isStarved() {
        return !accept.isAll() && accepted < ENOUGH * share * followed;
    }

    private BlockWalk elsewhere() {
        return graph.cells.isPresent() ? new CellWalk(this, graph.cells.get()) : new BlockScan(this);
    }

    private void begin() {
        begun = true;
        visited = scratch.visited(graph.count());
        accepted = followed = 0;
        int most = width();
        scratch.count(Buffers.class, 8L * most);
        buffers.pool.begin(most);
        buffers.found.begin(keep());
        enter();
    }

    /// Offers the nearest few nodes of the root, or all of them where nothing may be missed.
    private void enter() {
        var root = graph.root;
        var nearest = buffers.entries;
        nearest.begin(strict ? root.blocks.degree() : ENTRIES);
        float distance = Math.max(0, root.blocks.distance(query, root.address()));
        read += root.blocks.blockBytes();
        for (int fan = 0; fan < root.fans; fan++) {
            int below = root.blocks.scan(query, root.address(), fan, distance, nearest.limit());
            for (; below != 0; below &= below - 1) {
                int slot = Integer.numberOfTrailingZeros(below);
                nearest.offer(root.blocks.node(root.address(), fan, slot), NodeBlocks.estimate(query, slot));
            }
        }
        for (int i = 0; i < nearest.size(); i++) {
            int node = nearest.node(i);
            if (isOpen(node)) buffers.pool.offer(node, nearest.distance(i));
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
        int soon = turns ? -1 : b.pool.soon();
        if (soon >= 0) Prefetch.ask(graph.block(soon), Math.min(SOON, graph.blockBytes));
        float distance = Math.max(0, blocks.distance(query, block));
        if (accept.isAll() || isAccepted(node)) {
            if (isNew(node)) b.found.offer(node, distance);
        }
        for (int fan = 0; fan < graph.fans; fan++) {
            int below = blocks.scan(query, block, fan, distance, b.pool.limit()), n = 0;
            for (; below != 0; below &= below - 1) {
                int slot = Integer.numberOfTrailingZeros(below), neighbour = blocks.node(block, fan, slot);
                if (isOpen(neighbour)) b.fresh[n++] = Pool.key(neighbour, NodeBlocks.estimate(query, slot));
            }
            b.pool.offer(b.fresh, n);
        }
        if (!turns) askAgain(soon);
        scored += graph.hopCodes;
        read += graph.blockBytes;
    }

    /// What a hop has brought may go before what was asked for.
    private void askAgain(int asked) {
        int next = buffers.pool.soon();
        if (next >= 0 && next != asked) Prefetch.ask(graph.block(next), Math.min(SOON, graph.blockBytes));
    }

    private boolean isAccepted(int node) {
        followed++;
        if (!accept.test(node)) return false;
        accepted++;
        return true;
    }
}
