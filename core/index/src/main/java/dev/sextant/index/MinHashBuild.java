package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Reservation;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Metric;
import java.util.Arrays;
import java.util.Optional;

/// Builds a [MinHashLsh], one table after the other. Entries are put into buckets by their first bits and each bucket
/// is sorted by itself, so that no step is long.
///
/// ```text
/// count     hash a piece of the rows, count what falls into which bucket
/// put       the same piece into the room of its buckets, rows in their order
/// sort      a bucket
/// ```
public final class MinHashBuild implements VectorBuild {
    private static final int CHUNK = 4096;
    private static final int BUCKET = 4096;

    private final Memory memory;
    private final DenseRows rows;
    private final Accept members;
    private final MinHashLsh index;
    private final int buckets;
    private final Progress progress;
    private final Phases phases;
    private Optional<Reservation> held = Optional.empty(); // for the arrays
    private int[] hashes = {}; // by row, of the band at hand
    private int[] places = {}; // by piece and bucket: how many, then where the next one goes
    private int[] ends = {}; // by bucket
    private boolean spent; // owner only

    MinHashBuild(Memory memory, DenseRows rows, Metric metric, MinHashParameters parameters, Accept members) {
        if (metric != Metric.MHJACCARD || !metric.fits(rows.type()))
            throw new IllegalArgumentException("no signatures: " + metric + " of " + rows.type());
        if (rows.dimension() % parameters.elementBits() != 0)
            throw new IllegalArgumentException(
                    "elements of " + parameters.elementBits() + " bits in signatures of " + rows.dimension());
        this.memory = memory;
        this.rows = rows;
        this.members = members;
        int entries = members.count(rows.count());
        buckets = Math.max(1, entries / BUCKET);
        index = new MinHashLsh(memory, rows, parameters, entries);
        progress = new Progress(index.bands());
        phases = new Phases(Phases.of(1, (_, _) -> makeRoom(), _ -> band(0)));
    }

    private int chunks() {
        return Phases.ranges(rows.count(), CHUNK);
    }

    private void makeRoom() {
        held = Optional.of(memory.reserve("training", 4L * rows.count() + 4L * buckets * (chunks() + 1)));
        hashes = new int[rows.count()];
        places = new int[Math.multiplyExact(chunks(), buckets)];
        ends = new int[buckets];
    }

    private Phases.Phase band(int band) {
        if (band == index.bands()) {
            giveBack();
            return Phases.END;
        }
        Arrays.fill(places, 0);
        return Phases.of(chunks(), (chunk, _) -> count(band, chunk), _ -> {
            divide();
            return Phases.of(
                    chunks(),
                    (chunk, _) -> put(band, chunk),
                    _ -> Phases.of(buckets, (bucket, _) -> sort(band, bucket), _ -> {
                        progress.add(1);
                        return band(band + 1);
                    }));
        });
    }

    /// Buckets are in the order of the hashes, which are signed.
    private int bucket(int hash) {
        return (int) (((hash ^ Integer.MIN_VALUE) & 0xFFFF_FFFFL) * buckets >>> 32);
    }

    private void count(int band, int chunk) {
        for (int row = chunk * CHUNK, end = Math.min(rows.count(), row + CHUNK); row < end; row++) {
            if (!members.test(row)) continue;
            hashes[row] = index.hash(rows.address(row), band);
            places[chunk * buckets + bucket(hashes[row])]++;
        }
    }

    private void divide() {
        int at = 0;
        for (int bucket = 0; bucket < buckets; bucket++) {
            for (int place = bucket; place < places.length; place += buckets) {
                int count = places[place];
                places[place] = at;
                at += count;
            }
            ends[bucket] = at;
        }
        assert at == index.entries : at + " of " + index.entries;
    }

    private void put(int band, int chunk) {
        for (int row = chunk * CHUNK, end = Math.min(rows.count(), row + CHUNK); row < end; row++) {
            if (!members.test(row)) continue;
            int at = places[chunk * buckets + bucket(hashes[row])]++;
            Raw.putLong(index.entry(band, at), (long) hashes[row] << 32 | row);
        }
    }

    /// Where many rows share one hash they stand in order already, and are only looked at.
    private void sort(int band, int bucket) {
        int from = bucket == 0 ? 0 : ends[bucket - 1];
        var entries = new long[ends[bucket] - from];
        for (int i = 0; i < entries.length; i++) entries[i] = Raw.getLong(index.entry(band, from + i));
        Arrays.sort(entries);
        for (int i = 0; i < entries.length; i++) Raw.putLong(index.entry(band, from + i), entries[i]);
    }

    private void giveBack() {
        held.ifPresent(Reservation::close);
        held = Optional.empty();
        hashes = places = ends = new int[0];
    }

    @Override
    public boolean work(Scratch scratch, Stop stop) {
        return phases.work(scratch, stop);
    }

    @Override
    public Progress progress() {
        return progress;
    }

    @Override
    public MinHashLsh finish() {
        phases.expectEnd();
        spent = true;
        return index;
    }

    @Override
    public void close() {
        giveBack();
        if (!spent) index.close();
        spent = true;
    }
}
