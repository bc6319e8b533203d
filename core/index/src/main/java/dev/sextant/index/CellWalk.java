package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Sieve;
import java.util.Optional;

/// A walk through the [Cells] of a quantised graph, the nearest first: it tests the bits of all rows that a cell names,
/// estimates those that are accepted and scores what may be near, until the next cell is further than the k-th nearest
/// accepted row and the margin that the recall asks for ([Margins]). What it costs goes with how many are accepted near
/// the query.
///
/// Where most of the rows of the nearest cells are accepted the graph is quicker, and this gives way to a walk through
/// that. Where the query lies outside of what the filter takes, it gives way to the scan of what is accepted, as soon
/// as it has cost a part of that. So it leaves k rows wherever k are accepted.
final class CellWalk extends BeamWalk {
    /// Cells that are read at once; one at first, then twice as many each time, which tells better what may be near.
    private static final int AT_ONCE = 8;
    /// Rows of those, unless one cell has more.
    private static final int ROWS_AT_ONCE = 4096;
    /// Cells that are known before they are read, so that their lists can be asked for.
    private static final int AHEAD = 3;
    /// Of what the scan would cost, so much is risked on being done earlier, and so much where next to nothing is met.
    private static final double RISKED = 0.8;

    private static final double RISKED_OUTSIDE = 0.4;
    /// Next to nothing: of what should have been met, less than one in so many.
    private static final double OUTSIDE = 8;
    /// What is known of the share before anything is seen weighs as much as so many accepted rows.
    private static final double PRIOR = 1;
    /// What was met is half forgotten after so many rows that were tested.
    private static final int REMEMBERED = 4096;
    /// So many times the cells that are expected to be read are put in order at first.
    private static final double ORDERED = 1.5;
    /// Rows whose bits are tested, about, before it is decided who walks.
    private static final int PROBED = 256;

    /// What one thread keeps between walks.
    private static final class Room {
        private int[] places = {};
        private int[] rows = {};

        private void of(Cells cells, Scratch scratch) {
            int places = Sieve.places(cells.largest), rows = Math.max(ROWS_AT_ONCE, PROBED + cells.largest) + 1;
            if (this.places.length >= places && this.rows.length >= rows) return;
            scratch.count(Room.class, 4L * (places + rows));
            this.places = new int[places];
            this.rows = new int[rows];
        }
    }

    private final Cells cells;
    private final CellOrder order = scratch.part(CellOrder.class, CellOrder::new);
    private final Room space = scratch.part(Room.class, Room::new);
    private final Sieve sieve = sieve();
    private final Optional<Arranged> arranged = arranged();
    private final boolean isSure = isSure(); // what passes is accepted
    private final int accepted = accept.count(graph.count());
    private final double overall = Math.max((double) accepted / Math.max(1, graph.count()), 1e-6); // share of those
    private final double scan = graph.scanCodes(accepted); // what it would cost, in codes
    private final int[] ahead = new int[AT_ONCE + AHEAD]; // cells, the nearest first
    private final float[] keys = new float[AT_ONCE + AHEAD]; // what their order goes by
    private final float[] distances = new float[AT_ONCE]; // of their centres
    private double place; // of the recall that is owed
    private boolean probing; // whether the graph may be quicker
    private int known; // cells ahead
    private int atOnce;
    private double tested; // what is long ago counts for less
    private double met; // accepted ones of those
    private double inside; // rows of cells that are as near as the last of those wanted
    private double cost;

    CellWalk(QuantisedGraph graph, Cells cells, Target target, Scratch scratch) {
        this.cells = cells; // the room that is asked for goes by them
        super(graph, target, scratch);
        probing = true;
    }

    /// Goes on after a walk through the graph that found little accepted.
    CellWalk(QuantisedWalk start, Cells cells) {
        this.cells = cells;
        super(start);
        probing = false;
    }

    private Sieve sieve() {
        var heads = new Sieve.Heads(graph.block(0), graph.blockBytes, blocks.rowBytes());
        return new Sieve(cells.codes, passing(), turnedQuery(), cells.sieved, heads, room);
    }

    private boolean isSure() {
        return arranged.map(found -> found.isJust(accept.bits())).orElse(true);
    }

    @Override
    Optional<Cells> cells() {
        return Optional.of(cells);
    }

    @Override
    Step go(int budget) {
        long until = scored + budget;
        if (!begun) begin();
        if (probing && isForTheGraph()) return giveWayTo(new QuantisedWalk(this, share()));
        while (scored < until) {
            if (!step()) {
                leave();
                return Step.DONE;
            }
            if (isDear()) return giveWayTo(new BlockScan(this));
        }
        return Step.MORE;
    }

    private void begin() {
        begun = true;
        known = 0;
        atOnce = 1;
        tested = met = 0;
        cost = inside = 0;
        place = cells.place(wanted, k);
        order.begin(cells, ORDERED * cells.rows(wanted, overall) / Math.max(1, cells.lists.slots()), query, scratch);
        buffers.found.begin(keep());
        space.of(cells, scratch);
        read += cells.directory.bytes();
        scored += (long) cells.centreCodes();
    }

    /// Tests the bits of the nearest cells, which are read again if the walk goes on here.
    private boolean isForTheGraph() {
        probing = false;
        look(AT_ONCE, Float.MAX_VALUE);
        int n = 0, size = 0;
        while (n < Math.min(AT_ONCE, known) && size < PROBED) size += cells.lists.sizes[ahead[n++]];
        tested += size;
        met = sieve(n, Float.NEGATIVE_INFINITY) >>> 32;
        if (!graph.isByCells(wanted, share(), arranged.isPresent())) return true;
        tested = met = 0;
        return false;
    }

    private boolean step() {
        float limit = limit();
        look(atOnce, limit);
        int n = 0;
        for (int rows = 0; n < Math.min(atOnce, known) && keys[n] <= limit; n++) {
            rows += cells.lists.sizes[ahead[n]];
            if (n > 0 && rows >= space.rows.length) break;
        }
        if (n == 0) return false;
        read(n);
        known -= n;
        System.arraycopy(ahead, n, ahead, 0, known);
        System.arraycopy(keys, n, keys, 0, known);
        atOnce = Math.min(AT_ONCE, 2 * atOnce);
        return true;
    }

    /// So many cells are known, and some more, unless these are all up to the limit. Those of which no row is accepted
    /// are passed over.
    private void look(int n, float limit) {
        float last = last();
        while (known < n + AHEAD && order.ahead() <= limit) {
            float key = order.ahead();
            int cell = order.next();
            if (arranged.isPresent() && !arranged.get().takes(cell)) {
                saw(cell, key, last);
                continue;
            }
            keys[known] = key;
            ahead[known++] = cell;
        }
    }

    private void saw(int cell, float key, float last) {
        tested += cells.lists.sizes[cell];
        if (key <= last) inside += cells.lists.sizes[cell];
    }

    /// Reads the first cells of those ahead: what is accepted there and may be near is scored.
    private void read(int n) {
        float last = last();
        int size = 0;
        for (int i = 0; i < n; i++) {
            size += cells.lists.sizes[ahead[i]];
            saw(ahead[i], keys[i], last);
        }
        cells.blocks.distances(query, cells.centre(0), ahead, n, distances);
        for (int i = 0; i < n; i++) distances[i] = Math.max(0, distances[i]);
        long told = sieve(n, last);
        int passed = (int) (told >>> 32);
        met += passed;
        if (tested > REMEMBERED) { // the share matters where the walk is now
            tested /= 2;
            met /= 2;
        }
        score((int) told);
        long passing = arranged.isPresent() ? size / 8L : 4L * size; // bits, or numbers of rows
        read += passing + (long) n * blocks.rowBytes() + (long) passed * cells.codes.bytes();
        spend(cells.sifting(size, passed, arranged.isPresent()) + cells.scoring((int) told));
    }

    private long sieve(int n, float last) {
        return sieve.near(ahead, distances, n, known, space.places, space.rows, cells.margins.slack(), last);
    }

    /// How far the centre of a cell is.
    float distance(int cell) {
        return Math.max(0, blocks.distance(query, cells.centre(cell)));
    }

    /// Says about how far rows are.
    Sieve estimating() {
        return sieve.forEstimates();
    }

    private void spend(double codes) {
        cost += codes;
        scored += (long) Math.ceil(codes);
    }

    private void score(int passed) {
        int n = isSure ? passed : accepted(space.rows, passed);
        var b = buffers;
        b.room(n);
        blocks.distances(query, graph.block(0), space.rows, n, b.scores);
        float limit = b.found.limit();
        for (int i = 0; i < n; i++) {
            if (b.scores[i] >= limit || !isNew(space.rows[i])) continue;
            b.found.offer(space.rows[i], Math.max(0, b.scores[i]));
            limit = b.found.limit();
        }
        read += (long) n * blocks.rowBytes();
    }

    /// Moves those that are accepted to the front.
    private int accepted(int[] rows, int passed) {
        int n = 0;
        for (int i = 0; i < passed; i++) if (accept.test(rows[i])) rows[n++] = rows[i];
        return n;
    }

    /// Cells further than this are not read.
    private float limit() {
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
