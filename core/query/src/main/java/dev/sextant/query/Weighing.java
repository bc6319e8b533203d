package dev.sextant.query;

import dev.sextant.index.Accept;
import dev.sextant.index.DenseRows;
import dev.sextant.index.Effort;
import dev.sextant.index.Flat;
import dev.sextant.index.Newcomer;
import dev.sextant.index.Step;
import dev.sextant.index.Target;
import dev.sextant.index.VectorIndex;
import dev.sextant.index.Walk;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.TopK;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongSupplier;

/// Times the walks and the scans of one part under filters that know nothing of the query and take one share of its
/// rows. Whatever makes them cost what they do on this machine is in it: caches, lanes, the tables of the index itself.
/// One thread at a time, in steps of one search, so that it can make way for others.
///
/// Sketch: [#QUERIES] newcomers as queries, each [#ROUNDS] times in every way, the ways in turn, each under a filter of
/// its own and always that: who has asked under a filter will ask again, and no way finds in the cache what another has
/// read. Of each query the median counts. 5 to 30 ms in all, once its code is compiled.
final class Weighing {
    private static final int QUERIES = 12;
    private static final int ROUNDS = 3;
    private static final int WANTED = 10;
    /// Full rows that a scan is timed by where there are codes to be scanned instead.
    private static final int FEW = 1024;
    /// Searches that take longer are not repeated for a measurement.
    private static final double MOST_NANOS = 5e6;

    private enum Way {
        WALK,
        CODES,
        ROWS
    }

    private static final int WAYS = Way.values().length;

    private static final int NEAR = 30;
    private static final double MOST_SHARE = 0.9;

    /// What is paid for a walk beyond what a scan costs, under filters that know nothing of the query: where they do
    /// know something a walk costs a half or less, and an index without codes is never tried where a scan is planned.
    private static final double LEANING = 1.5;

    /// What was found of a share of the rows, each for one query in nanoseconds.
    ///
    /// @param walk as far as it counts beside a scan
    /// @param scan that would be taken there
    /// @param codes how many times the fixed costs a scan of codes took, `rows` one of full rows
    record Found(double walk, double scan, double codes, double rows) {
        /// Whether another trial found about the same of scans: by then code is compiled.
        boolean agrees(Found other) {
            return near(codes, other.codes) && near(rows, other.rows);
        }

        private static boolean near(double one, double other) {
            return Math.max(one, other) <= SIMILAR * Math.min(one, other);
        }
    }

    private static final double SIMILAR = 1.5;

    private final VectorIndex index;
    private final DenseRows rows;
    private final Costs costs;
    private final LongSupplier nanos;
    private final Effort effort;
    private final double share;
    private final int matching;
    private final int scanned; // full rows are timed up to this one
    private final Random random;
    private final MemorySegment[] queries = new MemorySegment[QUERIES];
    private final Accept[] filters = new Accept[WAYS];
    private final TopK best = new TopK();
    private final long[][][] took = new long[WAYS][QUERIES][ROUNDS];
    private int step = -QUERIES;

    /// @param costs those that are fixed
    /// @param nanos the processor time of the thread
    Weighing(
            VectorIndex index,
            DenseRows rows,
            QueryConfig config,
            Costs costs,
            double share,
            LongSupplier nanos,
            long seed) {
        this.index = index;
        this.rows = rows.withCount(Math.min(rows.count(), index.count()));
        this.costs = costs;
        this.nanos = nanos;
        this.share = share;
        effort = effort(config);
        int count = this.rows.count();
        matching = (int) Math.max(1, share * count);
        scanned = hasCodes(index) ? (int) Math.min(count, FEW / share) : count;
        random = new Random(seed);
        for (var way : Way.values()) filters[way.ordinal()] = filter(count);
    }

    private static Effort effort(QueryConfig config) {
        return Effort.ofBeam(config.beam() + config.beam() / 4);
    }

    private static boolean hasCodes(VectorIndex index) {
        return index.scanBytes() > 0;
    }

    /// Where to begin: the share of which both cost the same by the fixed costs. Nothing where there is nothing to
    /// choose, or a trial would take long.
    static Optional<Crossing> begun(VectorIndex index, DenseRows rows, QueryConfig config, Costs costs) {
        int count = Math.min(rows.count(), index.count()), wanted = Math.max(config.scanRows(), 2 * WANTED) + 1;
        double least = (double) wanted / Math.max(1, count);
        if (least >= MOST_SHARE / 2) return Optional.empty();
        double low = Math.log(least), high = Math.log(MOST_SHARE);
        for (int i = 0; i < 24; i++) {
            double middle = (low + high) / 2, at = Math.exp(middle);
            if (walked(index, rows, config, costs, at, 1) < scanned(index, rows, costs, at, Prices.USUAL))
                high = middle;
            else low = middle;
        }
        double share = Math.exp(low);
        return scanned(index, rows, costs, share, Prices.USUAL) > MOST_NANOS
                ? Optional.empty()
                : Optional.of(Crossing.from(least, MOST_SHARE, share));
    }

    /// The prices by which both cost the same at a share.
    static Prices prices(
            VectorIndex index, DenseRows rows, QueryConfig config, Costs costs, double share, Found found) {
        var scans = new Prices(1, found.codes, found.rows, 0);
        double scanned = scanned(index, rows, costs, share, scans);
        double beside = walked(index, rows, config, costs, share, 0);
        double codes = walked(index, rows, config, costs, share, 1) - beside;
        return new Prices((scanned - scans.rows() * beside) / Math.max(1, codes), scans.codes(), scans.rows(), codes);
    }

    private static double walked(
            VectorIndex index, DenseRows rows, QueryConfig config, Costs costs, double share, double price) {
        double full = costs.rowNanos(rows.type(), rows.dimension());
        double codes = price * index.cost(effort(config), share) * costs.code();
        return Plan.walkedNanos(codes, (int) (share * index.count()), WANTED, full);
    }

    private static double scanned(VectorIndex index, DenseRows rows, Costs costs, double share, Prices prices) {
        int count = index.count(), matching = (int) (share * count);
        double full = costs.rowNanos(rows.type(), rows.dimension());
        double byRows = Plan.scannedNanos(count, matching, prices.rows() * full, costs);
        if (!hasCodes(index)) return byRows;
        double code = prices.codes() * costs.codeNanos(rows.type(), index.scanBytes());
        return Math.min(byRows, Plan.PREPARED_NANOS + Plan.scannedNanos(count, matching, code, costs));
    }

    private Accept filter(int count) {
        var bits = Bits.builder(count);
        for (int i = 0; i < matching; i++) bits.set(random.nextInt(count));
        return Accept.of(bits.build());
    }

    /// A point that could have been a row: rows are found more easily than others are.
    private MemorySegment query(Scratch scratch) {
        var point = row(random.nextInt(rows.count()));
        best.reset(NEAR, index.metric().largerIsBetter());
        walk(new Target(point, NEAR, effort, Accept.ALL, Optional.empty()), scratch);
        if (best.size() > 0)
            Newcomer.move(
                    point,
                    row(best.row(random.nextInt(best.size()))),
                    rows.dimension(),
                    rows.type(),
                    index.metric(),
                    random);
        return point;
    }

    private MemorySegment row(int row) {
        var bytes = MemorySegment.ofArray(new byte[rows.type().rowBytes(rows.dimension())]);
        Raw.copyOut(rows.address(row), bytes, 0, bytes.byteSize());
        return bytes;
    }

    /// One search more; whether that was all.
    boolean advance(Scratch scratch) {
        if (step < 0) {
            queries[step++ + QUERIES] = query(scratch);
            return false;
        }
        int search = step / WAYS, query = search % QUERIES, round = search / QUERIES;
        var way = Way.values()[step % WAYS];
        if (way != Way.CODES || hasCodes(index)) took[way.ordinal()][query][round] = time(way, queries[query], scratch);
        return ++step == WAYS * QUERIES * ROUNDS;
    }

    private long time(Way way, MemorySegment query, Scratch scratch) {
        var target = new Target(query, WANTED, effort, filters[way.ordinal()], Optional.empty());
        long begun = nanos.getAsLong();
        best.reset(WANTED, index.metric().largerIsBetter());
        switch (way) {
            case WALK -> walk(target, scratch);
            case CODES -> scan(index.scan(target, 0, rows.count(), scratch).orElseThrow());
            case ROWS -> scan(Flat.walk(rows.withCount(scanned), index.metric(), query, target.accept(), scratch));
        }
        return nanos.getAsLong() - begun;
    }

    private void walk(Target target, Scratch scratch) {
        var walk = index.walk(target, scratch);
        var wider = effort;
        do {
            while (!(walk.advance(4096) instanceof Step.Done)) take(walk);
            take(walk);
            wider = wider.doubled();
        } while (!best.isFull() && walk.widen(wider));
    }

    private void scan(Walk walk) {
        while (!(walk.advance(4096) instanceof Step.Done)) {
            take(walk);
            if (best.isFull()) walk.bound(best.bound());
        }
        take(walk);
    }

    private void take(Walk walk) {
        best.offer(walk.hits().rows(), walk.hits().scores(), walk.hits().count());
    }

    /// What was found, when [#advance] has said that that was all.
    Found found() {
        double full = costs.rowNanos(rows.type(), rows.dimension()), ofRows = nanos(Way.ROWS);
        double priceOfRows = ofRows / Plan.scannedNanos(scanned, (int) (share * scanned), full, costs);
        if (!hasCodes(index)) return new Found(nanos(Way.WALK) / LEANING, ofRows, 1, priceOfRows);
        double code = costs.codeNanos(rows.type(), index.scanBytes()), ofCodes = nanos(Way.CODES);
        double usual = Plan.PREPARED_NANOS + Plan.scannedNanos(rows.count(), matching, code, costs);
        return new Found(nanos(Way.WALK), ofCodes, ofCodes / usual, priceOfRows);
    }

    /// The mean of all queries.
    private double nanos(Way way) {
        return Arrays.stream(took[way.ordinal()])
                .mapToLong(each -> {
                    Arrays.sort(each);
                    return each[ROUNDS / 2];
                })
                .average()
                .orElseThrow();
    }
}
