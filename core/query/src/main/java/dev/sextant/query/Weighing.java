package dev.sextant.query;

import dev.sextant.index.Accept;
import dev.sextant.index.DenseRows;
import dev.sextant.index.Effort;
import dev.sextant.index.Flat;
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

/// Times the walks and the scans of one part under filters that know nothing of the query and take such a share of the
/// rows that both should cost the same: there the planner has to choose, and there what it takes them for must be
/// right. Whatever makes them cost what they do on this machine is in it: caches, lanes, the tables of the index
/// itself. One thread at a time, in steps of one search, so that it can make way for others.
///
/// Sketch: [#QUERIES] rows as queries, each [#ROUNDS] times in every way, the ways in turn, all under one filter, since
/// who has asked under one will ask again; of each query the median counts. 5 to 40 ms in all, once its code is
/// compiled.
final class Weighing {
    private static final int QUERIES = 12;
    private static final int ROUNDS = 3;
    private static final int WANTED = 10;
    /// Full rows that a scan is timed by where there are codes to be scanned instead.
    private static final int FEW = 1024;
    /// Searches that take longer are not repeated for a measurement.
    private static final double MOST_NANOS = 5e6;

    private enum Way {
        OPEN, // a walk without a filter
        WALK,
        CODES,
        ROWS
    }

    private static final int WAYS = Way.values().length;

    private final VectorIndex index;
    private final DenseRows rows;
    private final Costs costs;
    private final LongSupplier nanos;
    private final Effort effort;
    private final double share;
    private final int matching;
    private final int scanned; // full rows are timed up to this one
    private final boolean possible;
    private final MemorySegment[] queries = new MemorySegment[QUERIES];
    private final Accept filter;
    private final TopK best = new TopK();
    private final long[][][] took = new long[WAYS][QUERIES][ROUNDS];
    private long counted; // codes of a round of walks without a filter
    private int step;

    /// @param costs those that are fixed
    /// @param before what was found, which says where both cost the same
    /// @param nanos the processor time of the thread
    Weighing(
            VectorIndex index,
            DenseRows rows,
            QueryConfig config,
            Costs costs,
            Prices before,
            LongSupplier nanos,
            long seed) {
        this.index = index;
        this.rows = rows.withCount(Math.min(rows.count(), index.count()));
        this.costs = costs;
        this.nanos = nanos;
        effort = Effort.ofBeam(config.beam() + config.beam() / 4);
        int count = this.rows.count(), least = Math.max(config.scanRows(), 2 * WANTED) + 1;
        possible = count > 2 * least;
        share = possible ? even((double) least / count, before) : 1;
        matching = (int) Math.max(1, share * count);
        scanned = hasCodes() ? (int) Math.min(count, FEW / share) : count;
        var random = new Random(seed);
        filter = filter(count, random);
        for (int i = 0; possible && i < QUERIES; i++) queries[i] = query(random.nextInt(count));
    }

    private boolean hasCodes() {
        return index.scanBytes() > 0;
    }

    /// Whether there is anything to choose, and it takes little to try.
    boolean isPossible() {
        return possible && Math.max(walked(share, Prices.USUAL), scanned(share, Prices.USUAL)) <= MOST_NANOS;
    }

    /// The share of which both cost the same.
    private double even(double least, Prices prices) {
        double low = Math.log(least), high = Math.log(0.9);
        for (int i = 0; i < 24; i++) {
            double middle = (low + high) / 2, at = Math.exp(middle);
            if (walked(at, prices) < scanned(at, prices)) high = middle;
            else low = middle;
        }
        return Math.exp(low);
    }

    private double full() {
        return costs.rowNanos(rows.type(), rows.dimension());
    }

    private double walked(double at, Prices prices) {
        int covered = (int) (at * rows.count());
        return Plan.walkedNanos(
                index.cost(effort, at), covered, WANTED, prices.rows() * full(), prices.walk() * costs.code());
    }

    private double scanned(double at, Prices prices) {
        int covered = (int) (at * rows.count());
        double byRows = Plan.scannedNanos(rows.count(), covered, prices.rows() * full(), costs);
        if (!hasCodes()) return byRows;
        double code = prices.codes() * costs.codeNanos(rows.type(), index.scanBytes());
        return Math.min(byRows, Plan.PREPARED_NANOS + Plan.scannedNanos(rows.count(), covered, code, costs));
    }

    private Accept filter(int count, Random random) {
        var bits = Bits.builder(count);
        for (int i = 0; possible && i < matching; i++) bits.set(random.nextInt(count));
        return Accept.of(bits.build());
    }

    private MemorySegment query(int row) {
        var bytes = MemorySegment.ofArray(new byte[rows.type().rowBytes(rows.dimension())]);
        Raw.copyOut(rows.address(row), bytes, 0, bytes.byteSize());
        return bytes;
    }

    /// One search more; whether that was all.
    boolean advance(Scratch scratch) {
        int search = step / WAYS, query = search % QUERIES, round = search / QUERIES;
        var way = Way.values()[step % WAYS];
        if (way != Way.CODES || hasCodes()) took[way.ordinal()][query][round] = time(way, queries[query], scratch);
        return ++step == WAYS * QUERIES * ROUNDS;
    }

    private long time(Way way, MemorySegment query, Scratch scratch) {
        var target = new Target(query, WANTED, effort, filter, Optional.empty());
        long begun = nanos.getAsLong();
        best.reset(WANTED, index.metric().largerIsBetter());
        switch (way) {
            case OPEN -> counted += walk(new Target(query, WANTED, effort, Accept.ALL, Optional.empty()), scratch);
            case WALK -> walk(target, scratch);
            case CODES -> scan(index.scan(target, 0, rows.count(), scratch).orElseThrow());
            case ROWS -> scan(Flat.walk(rows.withCount(scanned), index.metric(), query, filter, scratch));
        }
        return nanos.getAsLong() - begun;
    }

    private long walk(Target target, Scratch scratch) {
        var walk = index.walk(target, scratch);
        var wider = effort;
        do {
            while (!(walk.advance(4096) instanceof Step.Done)) take(walk);
            take(walk);
            wider = wider.doubled();
        } while (!best.isFull() && walk.widen(wider));
        return walk.scored();
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

    /// What was found, believable or not, when [#advance] has said that that was all.
    Prices found() {
        double codes = costs.codeNanos(rows.type(), index.scanBytes());
        int few = (int) (share * scanned);
        return new Prices(
                ROUNDS * QUERIES * nanos(Way.OPEN) / (Math.max(1, counted) * costs.code()),
                nanos(Way.WALK) / walked(share, Prices.USUAL),
                hasCodes()
                        ? nanos(Way.CODES)
                                / (Plan.PREPARED_NANOS + Plan.scannedNanos(rows.count(), matching, codes, costs))
                        : 1,
                nanos(Way.ROWS) / Plan.scannedNanos(scanned, few, full(), costs));
    }

    /// The mean of all queries in nanoseconds.
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
