package dev.sextant.engine;

import dev.sextant.engine.entry.SegmentFacts;
import dev.sextant.engine.segment.Found;
import dev.sextant.engine.segment.Runs;
import dev.sextant.engine.segment.SegmentFile;
import dev.sextant.index.Calibration;
import dev.sextant.index.Frozen;
import dev.sextant.index.Written;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Reservation;
import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import dev.sextant.model.Refused;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntPredicate;

/// Rows in a file that never changes, with what of it is in memory. Any thread may read.
final class Segment extends Store {
    private final long shard;
    private final SegmentFacts facts;
    private final SegmentFile file;
    private final Shelf shelf;
    private final Memory memory;
    private final Reservation heap;
    private final Visibility visibility;
    private final Expired expired;
    private final Reservation gone; // what deletions take: grown by the applier
    private final Runs times;
    private final Runs partitions;
    // Changed under the lock of this, looked at without: loading takes long, and whoever only asks must not wait for
    // it.
    private final Map<Integer, SegmentVectors> loaded = new ConcurrentHashMap<>();
    private final Map<Integer, FarVectors> far = new ConcurrentHashMap<>(); // by field: what stays on disk
    private final Map<Integer, Built> indexes = new ConcurrentHashMap<>(); // by field
    private final Map<Long, OnField> scalars = new ConcurrentHashMap<>(); // by index
    private final List<Written> retired = new ArrayList<>(); // indexes that a walk may still be in; guarded by this
    private final Map<Long, Cached> decoded = new ConcurrentHashMap<>(); // by field and chunk
    private final Map<Integer, LongAdder> scans = new ConcurrentHashMap<>(); // by field
    private volatile boolean hasRetired;
    private volatile boolean isSearched; // vectors have been asked for

    /// An index and the wish that it fulfils; walks use it while a view holds the segment.
    ///
    /// @param interim leads only until the index that was wished for is built
    /// @param calibration how much it finds, once that is known
    record Built(long index, Frozen frozen, boolean interim, Optional<Calibration> calibration) {}

    /// An index over the values of a field.
    private record OnField(int field, FieldIndex index) {}

    /// A decoded chunk of a column, as long as there is memory to spare.
    private record Cached(Column column, Reservation room) {}

    /// Takes the open file over.
    ///
    /// @param shard which holds it: a file that came from elsewhere names the one that it was written for
    Segment(long shard, SegmentFacts facts, SegmentFile file, Deletions deletions, Shelf shelf, Memory memory) {
        super(facts.id(), file.head().schema(), deletions);
        this.shard = shard;
        this.facts = facts;
        this.file = file;
        this.shelf = shelf;
        this.memory = memory;
        // What was adopted came when the state says, whatever its file tells.
        times = facts.leastInsert() == facts.mostInsert()
                ? new Runs(new int[] {facts.rows()}, new long[] {facts.mostInsert()})
                : file.timestamps();
        partitions = file.partitions();
        heap = shelf.room(memory, file.heapBytes() + 12L * (times.ends().length + partitions.ends().length));
        visibility = new Visibility(times, partitions, deletions, memory);
        expired = new Expired(memory);
        gone = memory.reserve("deletions", 0);
        countDeletions();
    }

    /// Takes over what is in memory of it before anybody can have asked for that.
    void take(Prepared ready) {
        ready.moveTo(loaded, far, indexes);
        isSearched = !loaded.isEmpty() || !far.isEmpty();
    }

    @Override
    void deleted() {
        super.deleted();
        countDeletions();
    }

    /// What is in the log cannot be refused any more.
    private void countDeletions() {
        long more = deletions().bytes() - gone.bytes();
        if (more > 0) gone.count(more);
    }

    /// The shard that holds it.
    long shard() {
        return shard;
    }

    SegmentFacts facts() {
        return facts;
    }

    SegmentFile file() {
        return file;
    }

    Runs times() {
        return times;
    }

    Runs partitions() {
        return partitions;
    }

    Visibility visibility() {
        return visibility;
    }

    Expired expired() {
        return expired;
    }

    @Override
    int rows() {
        return facts.rows();
    }

    @Override
    Found find(Column keys, IntPredicate wanted) {
        return file.find(keys, wanted);
    }

    @Override
    Found findToRemove(Column keys, boolean everywhere) {
        return file.findLeft(keys, row -> !deletions().has(row));
    }

    @Override
    long insertedAt(int row) {
        return times.of(row);
    }

    @Override
    long partitionOf(int row) {
        return partitions.of(row);
    }

    @Override
    Part part(Moment moment) {
        return new SegmentPart(this, moment);
    }

    Refused unreadable(RuntimeException why) {
        return shelf.unreadable(shard, facts, why);
    }

    /// The vectors of a field that is here; loads them if they are not in memory and do not belong on disk. They stay
    /// at least as long as the caller holds this.
    Vectors vectors(int field) {
        var there = loaded.get(field);
        if (there != null) return there.vectors();
        var stored = far.get(field);
        return stored == null ? load(field) : stored.vectors();
    }

    /// Whether the vectors of a field that is here have been asked for, so that nothing is loaded any more.
    boolean hasVectors(int field) {
        return loaded.containsKey(field) || far.containsKey(field);
    }

    /// The vectors of a field that stay on disk, once they were asked for.
    Optional<FarRows> far(int field) {
        return Optional.ofNullable(far.get(field)).map(FarVectors::rows);
    }

    /// The nodes of a field whose vectors have been asked for, of some rows.
    Bits nodes(int field, Bits rows, boolean again) {
        var here = vectors(field) instanceof Vectors.Stored
                ? far.get(field).nodes()
                : loaded.get(field).nodes();
        return here.map(nodes -> nodes.of(rows, again)).orElse(rows);
    }

    private synchronized Vectors load(int field) {
        isSearched = true;
        if (!loaded.containsKey(field) && !far.containsKey(field)) {
            var stored = shelf.stored(shard, facts, file, field);
            if (stored.isPresent()) far.put(field, FarVectors.of(file, field, stored.get(), memory));
            else
                loaded.put(
                        field, SegmentVectors.load(file, schema().field(field).orElseThrow(), memory));
        }
        return far.containsKey(field)
                ? far.get(field).vectors()
                : loaded.get(field).vectors();
    }

    /// A chunk of a column that is here; kept while memory is plentiful, because filters ask for the same ones again
    /// and again.
    Column chunk(int field, int chunk) {
        long key = (long) field << 32 | chunk;
        var there = decoded.get(key);
        if (there != null) return there.column;
        var column = file.chunk(field, chunk);
        if (schema().field(field).orElseThrow().isVector()) return column; // their chunks are large
        long bytes = Columns.bytes(column);
        if (memory.inUseBytes() + bytes > memory.limitBytes() / 10 * 8) return column;
        memory.tryReserve("columns", bytes).ifPresent(room -> {
            if (decoded.putIfAbsent(key, new Cached(column, room)) != null) room.close();
        });
        return column;
    }

    /// The values of a few rows of a column that is here: from decoded chunks where they are at hand, else page by page
    /// from the file.
    Column fetch(int field, int[] rows) {
        if (rows.length == 0) return file.fetch(field, rows);
        int first = rows[0] / SegmentFile.CHUNK_ROWS;
        boolean several = false;
        for (int row : rows) several |= row / SegmentFile.CHUNK_ROWS != first;
        var longs = new long[rows.length];
        if (longs(field, rows, rows.length, longs)) return new Column.Longs(longs, Nulls.NONE);
        if (!several) return fetch(field, first, rows);
        int[] chunks = Arrays.stream(rows)
                .map(row -> row / SegmentFile.CHUNK_ROWS)
                .distinct()
                .toArray();
        var parts = new ArrayList<Column>(chunks.length);
        var places = new int[rows.length];
        int placed = 0;
        for (int chunk : chunks) {
            var inside = new int[rows.length];
            int count = 0;
            for (int i = 0; i < rows.length; i++)
                if (rows[i] / SegmentFile.CHUNK_ROWS == chunk) {
                    places[i] = placed++;
                    inside[count++] = rows[i];
                }
            parts.add(fetch(field, chunk, Arrays.copyOf(inside, count)));
        }
        return Column.concat(parts).take(places);
    }

    /// Whole numbers of which all chunks are decoded, which the keys of winners nearly always are: one by one.
    boolean longs(int field, int[] rows, int count, long[] into) {
        long[] values = {};
        for (int i = 0, last = -1; i < count; i++) {
            int chunk = rows[i] / SegmentFile.CHUNK_ROWS;
            if (chunk != last) {
                var there = decoded.get((long) field << 32 | chunk);
                if (there == null || !(there.column instanceof Column.Longs(var longs, var nulls)) || !nulls.none())
                    return false;
                values = longs;
                last = chunk;
            }
            into[i] = values[rows[i] - chunk * SegmentFile.CHUNK_ROWS];
        }
        return true;
    }

    /// Rows of one chunk.
    private Column fetch(int field, int chunk, int[] rows) {
        var there = decoded.get((long) field << 32 | chunk);
        // Every search ends with the keys of its winners: where vectors are in memory their keys come along.
        boolean plenty = memory.inUseBytes() < memory.limitBytes() / 10 * 7;
        boolean wanted = there == null
                && isSearched
                && plenty
                && field == schema().primaryKey().id();
        if (there == null && !wanted) return file.fetch(field, rows);
        var column = there == null ? chunk(field, chunk) : there.column;
        int from = chunk * SegmentFile.CHUNK_ROWS;
        var inside = new int[rows.length];
        for (int i = 0; i < rows.length; i++) inside[i] = rows[i] - from;
        return column.take(inside);
    }

    /// Whether anything of it is in memory that is not needed to answer.
    boolean isResident() {
        return !loaded.isEmpty() || !far.isEmpty() || !decoded.isEmpty() || !scalars.isEmpty();
    }

    boolean isLoaded(int field) {
        return loaded.containsKey(field);
    }

    Optional<Built> index(int field) {
        return Optional.ofNullable(indexes.get(field));
    }

    /// Somebody looked for an index over a field, and there was none.
    void scanned(int field) {
        scans.computeIfAbsent(field, _ -> new LongAdder()).increment();
    }

    /// Whether that was so often that an index would have been cheaper.
    boolean isWorthAnIndex(int field) {
        var times = scans.get(field);
        return times != null && times.sum() >= Feeding.WORTHWHILE;
    }

    /// Takes an index over that was built or read for the vectors of this segment, in the place of an interim one;
    /// returns whether it is kept.
    synchronized boolean index(int field, Built built) {
        var there = indexes.get(field);
        if (there != null && (!there.interim || built.interim)) return false;
        indexes.put(field, built);
        if (there != null) {
            retired.add(there.frozen);
            hasRetired = true;
        }
        return true;
    }

    boolean hasScalar(long index) {
        return scalars.containsKey(index);
    }

    Set<Long> scalars() {
        return scalars.keySet();
    }

    /// Indexes over the values of a field.
    List<FieldIndex> indexes(int field) {
        if (scalars.isEmpty()) return List.of();
        return scalars.values().stream()
                .filter(on -> on.field == field)
                .map(OnField::index)
                .toList();
    }

    /// Takes an index over the values of a field over; returns whether it is kept.
    synchronized boolean scalar(long index, int field, FieldIndex built) {
        return scalars.putIfAbsent(index, new OnField(field, built)) == null;
    }

    /// Nobody who comes now finds this index any more; it is closed when those who found it are gone.
    synchronized void retire(long index) {
        var gone = scalars.remove(index);
        if (gone != null) {
            retired.add(gone.index.structure());
            hasRetired = true;
        }
    }

    /// Closes indexes that were replaced, if nobody holds this but the layout: whoever comes now finds their
    /// successors.
    void closeRetired() {
        if (hasRetired && holders() == 1) closeThem();
    }

    private synchronized void closeThem() {
        if (holders() > 1) return;
        hasRetired = false;
        retired.forEach(Written::close);
        retired.clear();
    }

    /// How much the index over a field finds, once that is measured.
    Optional<Calibration> calibration(int field) {
        return index(field).flatMap(Built::calibration);
    }

    /// Takes over what was measured of an index, if it is still there.
    synchronized void calibration(int field, Built of, Calibration measured) {
        indexes.replace(field, of, new Built(of.index, of.frozen, of.interim, Optional.of(measured)));
    }

    private synchronized void unload() {
        indexes.values().forEach(built -> built.frozen().close());
        indexes.clear();
        scalars.values().forEach(on -> on.index.structure().close());
        scalars.clear();
        retired.forEach(Written::close);
        retired.clear();
        loaded.values().forEach(SegmentVectors::close);
        loaded.clear();
        far.values().forEach(FarVectors::close);
        far.clear();
        decoded.values().forEach(cached -> cached.room.close());
        decoded.clear();
    }

    @Override
    synchronized long memoryBytes() {
        return heap.bytes()
                + gone.bytes()
                + visibility.bytes()
                + expired.bytes()
                + decoded.values().stream()
                        .mapToLong(cached -> cached.room.bytes())
                        .sum()
                + loaded.values().stream().mapToLong(SegmentVectors::held).sum()
                + far.values().stream()
                        .mapToLong(vectors -> vectors.room().bytes())
                        .sum()
                + indexes.values().stream()
                        .mapToLong(built -> built.frozen().bytes())
                        .sum()
                + scalars.values().stream()
                        .mapToLong(on -> on.index.structure().bytes())
                        .sum()
                + retired.stream().mapToLong(Written::bytes).sum();
    }

    @Override
    void dispose() {
        unload();
        heap.close();
        gone.close();
        visibility.close();
        expired.close();
        file.close();
        shelf.closed(facts);
    }
}
