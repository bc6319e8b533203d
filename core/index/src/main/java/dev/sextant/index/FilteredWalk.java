package dev.sextant.index;

import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Prefetch;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Visited;
import java.util.Arrays;
import java.util.Optional;

/// A walk over a quantised graph whose filter rejects nodes. It goes outwards from the query, accepted or not, as far
/// as its [Extent]. Of the neighbours that a node names only the accepted ones are scored by their own rows, all that a
/// hop brings at once; rejected ones have their estimates and lead on. No node is offered twice. At the rim of the
/// extent it reads of a node only whom that names, which is a tenth of the block, and scores those that are accepted:
/// where few are, nearly all of what the blocks say would be of rejected ones.
///
/// Where the query lies outside of what the filter takes, or so much of it that a walk costs more than the scan of what
/// is accepted, it turns into that scan: it knows by the share that is accepted near the query, and by how many
/// rejected nodes are nearer than the nearest accepted one. So it leaves k rows wherever k are accepted.
final class FilteredWalk extends BlockWalk {
    /// Of the beam: so far reaches a walk that finds under a filter what the beam finds without.
    private static final double REACH = 0.8;
    /// Hops of a walk, of those that its reach would allow: nodes that are well known are passed over.
    private static final double FOLLOWED = 0.7;
    /// What a glance costs beside a hop that leads.
    private static final double GLANCED = 0.4;
    /// An estimate may be too large: accepted nodes up to so many times the limit are scored.
    private static final float SLACK = 1.1f;
    /// What was named so often besides the first time has neighbours that are named by others: it is not followed.
    private static final int WELL_KNOWN = 2;
    /// Nodes of the root that a walk begins with.
    private static final int ENTRIES = 8;
    /// So many times as many rejected nodes nearer than the nearest accepted one as there should be: then the query
    /// lies outside of what the filter takes.
    private static final double OUTSIDE = 8;
    /// How much larger such a hole is taken to be than what has been seen of it.
    private static final double HOLE = 4;
    /// Hops between two looks at what the walk will cost.
    private static final int LOOK_EVERY = 8;
    /// Where more are accepted than this, most of what a list names has to be scored: then estimates are cheaper.
    private static final double GLANCING = 0.15;
    /// A glance in codes, beside those that it scores: two lines of memory, and bits.
    private static final int GLANCE = 4;
    /// Lists that are on their way while others are read; a power of two.
    static final int RING = 16;
    /// Accepted nodes that are scored at once at the rim.
    private static final int AT_ONCE = 16;

    private final double overall; // share of accepted nodes
    private final int accepted;
    private final long scanCodes;
    private final Target target;
    private final Extent extent;
    private Visited visited;
    private int wanted; // beam that was asked for
    private boolean begun;
    private int followedRejected;
    private boolean outside;
    private int nearer; // rejected nodes, when last looked at
    private int untilLook;
    private int pending; // accepted nodes that are to be scored, in the buffers' rows
    private int ringFirst; // place of the list that was asked for longest ago
    private int ringed; // lists that are on their way
    private int glances;
    private Optional<BlockScan> instead = Optional.empty();

    FilteredWalk(QuantisedGraph graph, Target target, Scratch scratch) {
        super(graph, target, scratch);
        if (target.effort().beam() < 1)
            throw new IllegalArgumentException("a beam of " + target.effort().beam());
        this.target = target;
        extent = scratch.part(Extent.class, Extent::new);
        wanted = (int) Math.max(2L * Math.min(k, 1 << 28), target.effort().beam());
        accepted = accept.count(graph.count());
        overall = Math.max((double) accepted / Math.max(1, graph.count()), 1e-6);
        scanCodes = graph.scanCodes(accepted);
    }

    /// Goes on after a walk that believed its filter to take nearly everything; what has left there does not leave
    /// again.
    FilteredWalk(QuantisedWalk start, Target target) {
        this(start.graph, target, start.scratch);
        goOnAfter(start);
    }

    /// How many codes a walk scores, about, where accepted nodes lie anywhere.
    static long cost(QuantisedGraph graph, int beam, double share) {
        return (long) (Math.min(graph.count(), 12 + hops(REACH * beam, Extent.USUAL, Math.max(share, 1e-6)))
                * graph.hopCodes);
    }

    /// In hops that lead, of which some are passed over.
    private static double hops(double reach, int wanted, double share) {
        double hops = Extent.hops(reach, wanted, share);
        if (share >= GLANCING) return FOLLOWED * hops;
        double leading = Extent.leading(reach, hops);
        return FOLLOWED * leading + GLANCED * (hops - leading);
    }

    @Override
    boolean meetsCodes() {
        return true;
    }

    @Override
    public Step advance(int budget) {
        if (instead.isPresent()) return instead.get().advance(budget);
        buffers.hits.clear();
        long until = scored + budget;
        if (!begun) begin();
        while (scored < until) {
            if (!step()) {
                if (buffers.found.size() < Math.min(k, accepted)) {
                    beginScan();
                    return Step.MORE;
                }
                leave();
                return Step.DONE;
            }
            if (--untilLook == 0 && isDear()) {
                beginScan();
                return Step.MORE;
            }
        }
        return Step.MORE;
    }

    private int reach() {
        return (int) Math.ceil(REACH * wanted);
    }

    private void begin() {
        begun = true;
        visited = scratch.visited(graph.count());
        followedRejected = pending = ringFirst = ringed = glances = 0;
        outside = false;
        nearer = 0;
        untilLook = LOOK_EVERY;
        buffers.room(AT_ONCE + (NodeBlocks.FAN + 1) * graph.fans + ENTRIES);
        extent.begin(scratch, reach(), 1, k, accepted);
        buffers.found.begin(keep());
        enter();
    }

    private void enter() {
        var b = buffers;
        var root = graph.root;
        b.entries.begin(ENTRIES);
        float distance = Math.max(0, root.blocks.distance(query, root.address()));
        read += root.blocks.blockBytes();
        for (int fan = 0; fan < root.fans; fan++) {
            int below = root.blocks.scan(query, root.address(), fan, distance, b.entries.limit());
            for (; below != 0; below &= below - 1) {
                int slot = Integer.numberOfTrailingZeros(below);
                b.entries.offer(root.blocks.node(root.address(), fan, slot), NodeBlocks.estimate(query, slot));
            }
        }
        for (int i = 0; i < b.entries.size(); i++) {
            int node = b.entries.node(i);
            if (visited.visited(node)) continue;
            if (accept.test(node)) await(node);
            else reject(node, b.entries.distance(i), Float.MAX_VALUE);
        }
        accept();
    }

    private boolean step() {
        float limit = extent.limit();
        int node = extent.next(limit);
        if (node < 0) {
            if (ringed > 0) glance();
            else if (pending > 0) accept();
            else return false;
        } else if (extent.isRim(limit) && share() < GLANCING) glanceSoon(node);
        else if (visited.times(node) < WELL_KNOWN || limit == Float.MAX_VALUE) follow(node, limit);
        return true;
    }

    /// Asks for the list of a node, and reads that of the one that was asked for longest ago.
    private void glanceSoon(int node) {
        long block = graph.block(node);
        for (int fan = 0; fan < graph.fans; fan++) Prefetch.ask(blocks.nodes(block, fan), 4 * NodeBlocks.FAN);
        buffers.ring[ringFirst + ringed++ & RING - 1] = node;
        if (ringed == RING) glance();
    }

    private void glance() {
        long block = graph.block(buffers.ring[ringFirst++ & RING - 1]);
        ringed--;
        glances++;
        var rows = buffers.rows;
        for (int fan = 0; fan < graph.fans; fan++) {
            int from = pending, to = accept.bits().among(blocks.nodes(block, fan), NodeBlocks.FAN, rows, from);
            extent.saw(to - from, NodeBlocks.FAN);
            for (int i = from; i < to; i++)
                if (visited.visit(rows[i])) {
                    Prefetch.ask(graph.block(rows[i]), blocks.rowBytes());
                    rows[pending++] = rows[i];
                }
        }
        scored += GLANCE * graph.fans;
        read += 4L * NodeBlocks.FAN * graph.fans;
        if (pending >= AT_ONCE) {
            scored += pending;
            accept();
        }
    }

    private void follow(int node, float limit) {
        var b = buffers;
        long block = graph.block(node);
        int soon = extent.soon();
        if (soon >= 0) Prefetch.ask(graph.block(soon), Math.min(SOON, graph.blockBytes));
        float distance = Math.max(0, blocks.distance(query, block));
        if (!accept.test(node)) remember(distance);
        accept(); // what the last hop brought has come by now
        // An estimate may be too large: of accepted nodes some more are scored.
        float within = limit < Float.MAX_VALUE ? limit * SLACK : limit;
        b.room(NodeBlocks.FAN * graph.fans);
        for (int fan = 0; fan < graph.fans; fan++) {
            int below = blocks.scan(query, block, fan, distance, within);
            for (; below != 0; below &= below - 1) {
                int slot = Integer.numberOfTrailingZeros(below), neighbour = blocks.node(block, fan, slot);
                if (visited.visited(neighbour)) visited.again(neighbour);
                else if (accept.test(neighbour)) await(neighbour);
                else reject(neighbour, NodeBlocks.estimate(query, slot), limit);
            }
        }
        scored += graph.hopCodes;
        read += graph.blockBytes;
    }

    private void await(int node) {
        visited.visit(node);
        buffers.rows[pending++] = node;
        Prefetch.ask(graph.block(node), blocks.rowBytes());
        extent.saw(1, 1);
    }

    private void reject(int node, float estimate, float limit) {
        if (estimate >= limit) return;
        visited.visit(node);
        extent.reject(node, estimate);
        extent.saw(0, 1);
    }

    /// Scores the accepted nodes that were met.
    private void accept() {
        if (pending == 0) return;
        var b = buffers;
        blocks.distances(query, graph.block(0), b.rows, pending, b.scores);
        for (int i = 0; i < pending; i++) {
            float distance = Math.max(0, b.scores[i]);
            if (isNew(b.rows[i])) b.found.offer(b.rows[i], distance);
            extent.accept(b.rows[i], distance);
        }
        read += (long) pending * blocks.rowBytes();
        pending = 0;
    }

    private void remember(float distance) {
        var b = buffers;
        if (followedRejected == b.behind.length) {
            scratch.count(FilteredWalk.class, 8L * followedRejected);
            b.behind = Arrays.copyOf(b.behind, 2 * followedRejected);
        }
        b.behind[followedRejected++] = distance;
    }

    private double share() {
        return extent.share(overall);
    }

    /// Whether the scan costs less than what is left of this.
    private boolean isDear() {
        untilLook = LOOK_EVERY;
        float nearest = extent.near.size() == 0 ? Float.MAX_VALUE : extent.near.distance(0);
        nearer = extent.ahead.countBelow(nearest);
        var distances = buffers.behind;
        for (int i = 0; i < followedRejected; i++) if (distances[i] < nearest) nearer++;
        outside |= nearer > OUTSIDE / overall;
        return hopsLeft() > (double) scanCodes / graph.hopCodes;
    }

    private double hopsLeft() {
        double spent = extent.followed() - (1 - GLANCED) * glances;
        double left = Math.max(0, hops(reach(), Math.min(k, accepted), share()) - spent);
        return outside ? Math.max(left, HOLE * nearer) : left;
    }

    private void beginScan() {
        instead = Optional.of(new BlockScan(this, target));
    }

    @Override
    public boolean isScan() {
        return instead.isPresent();
    }

    @Override
    public void bound(float score) {
        super.bound(score);
        instead.ifPresent(scan -> scan.bound(score));
    }

    @Override
    public long scored() {
        return instead.map(Walk::scored).orElse(scored);
    }

    @Override
    public long bytesTouched() {
        return instead.map(Walk::bytesTouched).orElse(read);
    }

    @Override
    public long expected() {
        if (instead.isPresent()) return scored();
        if (!begun || extent.followed() < LOOK_EVERY) return scored;
        return scored + (long) (hopsLeft() * graph.hopCodes);
    }

    @Override
    public boolean widen(Effort wider) {
        if (instead.isPresent()) return instead.get().widen(wider);
        int n = buffers.found.size();
        if (!forgetFound() || wider.beam() <= wanted && n == 0) return false;
        wanted = Math.max(wanted, wider.beam());
        begun = false;
        return true;
    }
}
