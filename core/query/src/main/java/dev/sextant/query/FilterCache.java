package dev.sextant.query;

import dev.sextant.engine.Part;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Reservation;
import dev.sextant.model.Filter;
import dev.sextant.model.Value;
import dev.sextant.query.filter.Bound;
import dev.sextant.query.filter.Matching;
import java.util.LinkedHashMap;
import java.util.Optional;

/// The rows of segments that filters take, kept for filters that come again: the same condition is put to many
/// searches. Segments never change, so what is kept never becomes wrong; who is visible is asked anew each time. Any
/// thread. The first time a filter comes is only noted; its bits are kept from the second time on, as long as the
/// budget has room.
final class FilterCache implements AutoCloseable {
    static final FilterCache NONE = new FilterCache(Optional.empty(), 0);

    private static final int MOST_ENTRIES = 4_096;
    private static final int LONGEST_TEXT = 4_096;

    private final Optional<Memory> memory;
    private final long mostBytes;
    // The lock of this object guards both.
    private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;

    FilterCache(Optional<Memory> memory, long mostBytes) {
        this.memory = memory;
        this.mostBytes = mostBytes;
    }

    /// The text decides nearly always and is quick to hash; the rest is compared, because texts are not promised to be
    /// unique. A restored collection has the segments of its source under their numbers, and a schema of its own: so
    /// the shard belongs to it.
    private record Key(long shard, long part, int rows, int schemaVersion, Filter filter) {
        @Override
        public int hashCode() {
            return (int) ((shard * 31 + part) * 31 + filter.text().hashCode());
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key that
                    && shard == that.shard
                    && part == that.part
                    && rows == that.rows
                    && schemaVersion == that.schemaVersion
                    && filter.text().equals(that.filter.text())
                    && filter.values().equals(that.filter.values())
                    && filter.zone().equals(that.filter.zone())
                    && filter.root().equals(that.filter.root());
        }
    }

    private record Entry(Optional<Bits> bits, Optional<Reservation> room) {}

    private static final Entry NOTED = new Entry(Optional.empty(), Optional.empty());

    /// The rows among `among` that match.
    Bits rows(
            long shard,
            Part part,
            int schemaVersion,
            Filter filter,
            Bound bound,
            Bits among,
            long salt,
            Runnable between) {
        if (part.growing() || bound.isAll() || bound.sample().isPresent() || mostBytes == 0 || isLarge(filter))
            return Matching.rows(part, bound, among, salt, between);
        var key = new Key(shard, part.id(), part.rows(), schemaVersion, filter);
        var known = look(key);
        if (known.isEmpty()) return Matching.rows(part, bound, among, salt, between);
        if (known.get().bits.isPresent()) return known.get().bits.get().and(among);
        var all = Matching.rows(part, bound, Bits.ALL, salt, between);
        keep(key, all);
        return all.and(among);
    }

    /// Long lists would cost more to keep than their bits.
    private static boolean isLarge(Filter filter) {
        return filter.text().length() > LONGEST_TEXT
                || filter.values().values().stream()
                        .anyMatch(value -> value instanceof Value.Items(var items) && items.size() > 100
                                || value instanceof Value.Bytes(var bytes) && bytes.length > LONGEST_TEXT);
    }

    private synchronized Optional<Entry> look(Key key) {
        var entry = entries.get(key);
        if (entry == null) {
            entries.put(key, NOTED);
            if (entries.size() > MOST_ENTRIES) dropOldest();
        }
        return Optional.ofNullable(entry);
    }

    private synchronized void keep(Key key, Bits bits) {
        long size = bits.bytes();
        if (size > mostBytes / 4) return;
        while (bytes + size > mostBytes && !entries.isEmpty()) dropOldest();
        var room = memory.orElseThrow().tryReserve("filters", size);
        if (room.isEmpty()) return;
        release(entries.put(key, new Entry(Optional.of(bits), room)));
        bytes += size;
    }

    private void dropOldest() {
        var oldest = entries.pollFirstEntry();
        if (oldest != null) release(oldest.getValue());
    }

    private void release(Entry entry) {
        if (entry == null || entry.room.isEmpty()) return;
        bytes -= entry.room.get().bytes();
        entry.room.get().close();
    }

    @Override
    public synchronized void close() {
        while (!entries.isEmpty()) dropOldest();
    }
}
