package dev.sextant.index;

import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Prefetch;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Sieve;

/// A walk through the [Cells] of a quantised graph, the nearest first: it tests the bits of all rows that a cell names
/// and scores those that are accepted, until the next cell is further than the k-th nearest accepted row and the margin
/// that the recall asks for ([Margins]). What it costs goes with how many are accepted near the query.
///
/// Where most of the rows of the nearest cells are accepted the graph is quicker, and this gives way to a walk through
/// that. Where the query lies outside of what the filter takes, it gives way to the scan of what is accepted, as soon
/// as it has cost a part of that. So it leaves k rows wherever k are accepted.
final class CellWalk extends BeamWalk {
    /// Lists that are on their way while one is read; a power of two.
    private static final int AHEAD = 8;
    /// Accepted rows that are scored at once, about.
    private static final int AT_ONCE = 48;
    /// Of what the scan would cost, so much is risked on being done earlier, and so much where next to nothing is met.
    private static final double RISKED = 0.8;

    private static final double RISKED_OUTSIDE = 0.4;
    /// Next to nothing: of what should have been met, less than one in so many.
    private static final double OUTSIDE = 8;
    /// What is known of the share before anything is seen weighs as much as so many accepted rows.
    private static final double PRIOR = 4;
    /// What was met is half forgotten after so many rows that were tested.
    private static final int REMEMBERED = 4096;
    /// Rows whose bits are tested before it is decided who walks.
    private static final int PROBED = 256;
    /// What is asked for of a list.
    private static final int LIST_BYTES = 1024;

    private static final int FANS_BYTES = 4096;
    /// Rows that may be near and are scored at once, about.
    private static final int FEW = 16;

    private final Cells cells;
    private final CellOrder order;
    private final int accepted;
    private final double overall; // share of accepted rows
    private final double scan; // what it would cost, in codes
    private final int[] ahead = new int[AHEAD];
    private final float[] distances = new float[AHEAD]; // of those
    private double place;
    private boolean probing; // whether the graph may be quicker
    private int first; // place of the list that was asked for longest ago
    private int asked; // lists that are on their way
    private int pending; // accepted rows that are to be scored, in the buffers' rows
    private double tested; // what is long ago counts for less
    private double met; // accepted ones of those
    private double inside; // rows of cells that are as near as the last of those wanted
    private double cost;
    private float limit; // cells further than this are not read
    private boolean stale; // whether the limit is no longer what is known

    CellWalk(QuantisedGraph graph, Cells cells, Target target, Scratch scratch) {
        super(graph, target, scratch);
        this.cells = cells;
        order = scratch.part(CellOrder.class, CellOrder::new);
        accepted = accept.count(graph.count());
        overall = Math.max((double) accepted / Math.max(1, graph.count()), 1e-6);
        scan = graph.scanCodes(accepted);
        probing = true;
    }

    /// Goes on after a walk through the graph that found little accepted; what has left there does not leave again.
    CellWalk(QuantisedWalk start, Cells cells, Target target) {
        this(start.graph, cells, target, start.scratch);
        goOnAfter(start);
        probing = false;
    }

    @Override
    long extraBytes() {
        return Sieve.bytes(graph.count());
    }

    @Override
    Step go(int budget) {
        long until = scored + budget;
        if (!begun) begin();
        while (scored < until) {
            if (!step()) {
                leave();
                return Step.DONE;
            }
            if (isDear()) return giveWayTo(new BlockScan(this, target));
            if (probing && tested >= PROBED) {
                probing = false;
                if (!graph.isByCells(wanted, share())) return giveWayTo(new QuantisedWalk(this, target, share()));
            }
        }
        return Step.MORE;
    }

    private void begin() {
        begun = true;
        first = asked = pending = 0;
        tested = met = 0;
        cost = inside = 0;
        stale = true;
        place = cells.place(wanted, k);
        Sieve.prepare(accept.bits(), graph.count(), room);
        order.begin(cells, query, scratch);
        buffers.found.begin(keep());
        buffers.room(AT_ONCE + Math.max(NodeBlocks.FAN, cells.largest) + Sieve.SLACK);
        read += cells.directory.bytes();
        scored += (long) cells.centreCodes();
    }

    private boolean step() {
        if (stale) limit = limit();
        while (asked < AHEAD && order.ahead() <= limit) ask();
        if (asked > 0 && distances[first] <= limit) read();
        else if (pending > 0) score();
        else return false;
        return true;
    }

    private void ask() {
        int at = first + asked++ & AHEAD - 1;
        distances[at] = order.ahead();
        ahead[at] = order.next();
        int rows = cells.lists.sizes[ahead[at]];
        if (isByCodes()) {
            Prefetch.ask(cells.block(ahead[at]), Math.min(FANS_BYTES, cells.blockBytes(ahead[at])));
        } else Prefetch.ask(cells.lists.rows(ahead[at]), Math.min(LIST_BYTES, 4 * rows));
    }

    private void read() {
        int cell = ahead[first];
        if (distances[first] <= last()) inside += cells.lists.sizes[cell];
        first = first + 1 & AHEAD - 1;
        asked--;
        if (isByCodes()) estimate(cell);
        else sift(cell);
    }

    /// Whether so many are accepted near the query that estimates come before bits.
    private boolean isByCodes() {
        return !probing && cells.isByCodes(share());
    }

    /// Estimates all rows of the cell; scores those that may be near and are accepted.
    private void estimate(int cell) {
        var rows = buffers.rows;
        long block = cells.block(cell);
        float distance = Math.max(0, blocks.distance(query, block));
        float slack = cells.margins.slack();
        int fans = cells.fans(cell);
        for (int fan = 0; fan < fans; fan++) {
            float last = last(), limit = last < Float.MAX_VALUE ? last + slack * distance : last;
            int below = blocks.scan(query, block, fan, distance, limit);
            for (; below != 0; below &= below - 1) {
                int row = blocks.node(block, fan, Integer.numberOfTrailingZeros(below));
                tested++;
                if (!accept.test(row)) continue;
                met++;
                rows[pending++] = row;
                Prefetch.ask(graph.block(row), blocks.rowBytes());
            }
            if (pending >= FEW || pending > 0 && last == Float.MAX_VALUE) score();
        }
        forget();
        spend(cells.estimating(cells.lists.sizes[cell]));
        read += blocks.rowBytes() + (long) fans * blocks.fanBytes();
    }

    /// The share matters where the walk is now.
    private void forget() {
        if (tested <= REMEMBERED) return;
        tested /= 2;
        met /= 2;
    }

    private void spend(double codes) {
        cost += codes;
        scored += (long) Math.ceil(codes);
    }

    /// Tests all rows of the cell; scores those that are accepted.
    private void sift(int cell) {
        int size = cells.lists.sizes[cell], from = pending;
        pending = Sieve.among(
                accept.bits(),
                room,
                cells.lists.rows(cell),
                size,
                buffers.rows,
                pending,
                graph.block(0),
                graph.blockBytes,
                blocks.rowBytes());
        tested += size;
        met += pending - from;
        forget();
        spend(cells.sifting(size, (double) (pending - from) / Math.max(1, size)));
        read += 4L * size;
        if (pending >= AT_ONCE && !probing) score();
    }

    private void score() {
        var b = buffers;
        blocks.distances(query, graph.block(0), b.rows, pending, b.scores);
        float limit = b.found.limit();
        for (int i = 0; i < pending; i++) {
            if (b.scores[i] >= limit || !isNew(b.rows[i])) continue;
            b.found.offer(b.rows[i], Math.max(0, b.scores[i]));
            limit = b.found.limit();
        }
        read += (long) pending * blocks.rowBytes();
        pending = 0;
        stale = true;
    }

    private float limit() {
        stale = false;
        float last = last();
        if (last == Float.MAX_VALUE) return last;
        double near = share() * Margins.K / k, within = Math.min(near, Margins.K / Math.max(1, inside));
        var margins = cells.margins;
        double margin = Math.max(margins.margin(place, near), margins.margin(place, within));
        return (float) (last + Math.max(0, margin));
    }

    /// How far the last of those is that are wanted, as far as is known.
    private float last() {
        var found = buffers.found;
        int most = Math.min(k, accepted);
        return found.size() < most ? Float.MAX_VALUE : found.distance(most - 1);
    }

    /// The share that is accepted near the query, as far as it is known.
    private double share() {
        return (met + PRIOR) / (tested + PRIOR / overall);
    }

    /// Whether to go on would cost more than the scan: what is near the query tells little of where the accepted are.
    private boolean isDear() {
        return cost > RISKED * scan || cost > RISKED_OUTSIDE * scan && OUTSIDE * met < overall * tested;
    }
}
