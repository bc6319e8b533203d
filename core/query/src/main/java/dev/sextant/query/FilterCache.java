package dev.sextant.query;

import dev.sextant.engine.Part;
import dev.sextant.index.Arranged;
import dev.sextant.index.VectorIndex;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Reservation;
import dev.sextant.model.Filter;
import dev.sextant.model.Value;
import dev.sextant.query.filter.Bound;
import dev.sextant.query.filter.Matching;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The rows of segments that filters take, kept for filters that come again: the same condition is put to many
/// searches. Segments never change, so what is kept never becomes wrong; who is visible is asked anew each time. Any
/// thread. The first time a filter comes is only noted; its bits are kept from the second time on, as long as the
/// budget has room, and once many walks through an index have asked for them also in the order of that index.
final class FilterCache implements AutoCloseable {
    static final FilterCache NONE = new FilterCache(Optional.empty(), 0);

    private static final int MOST_ENTRIES = 4_096;
    private static final int LONGEST_TEXT = 4_096;
    /// To put bits in the order of an index takes about as long as so many walks save by it.
    static final int WALKS = 24;

    private final Optional<Memory> memory;
    private final long mostBytes;
    // The lock of this object guards both, and what is kept.
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

    /// The rows that a filter takes.
    ///
    /// @param kept what is kept of that filter: it takes these rows, and maybe others that were not asked about
    record Taken(Bits rows, Optional<Kept> kept) {}

    /// All rows of a segment that a filter takes. The lock of the cache guards it.
    final class Kept {
        private final Bits bits;
        private final List<Reservation> rooms = new ArrayList<>(2);
        private final Map<VectorIndex, Walked> walked = new IdentityHashMap<>(2);
        private Bits others = Bits.ALL; // those that were asked about last
        private Bits rows; // of these
        private boolean dropped;

        private Kept(Bits bits) {
            this.bits = bits;
            rows = bits;
        }

        /// Those among others. What was found last is kept: until something is deleted the same is asked again.
        private Bits among(Bits asked) {
            if (asked.isAll()) return bits;
            synchronized (FilterCache.this) {
                if (asked == others) return rows;
            }
            var found = bits.and(asked);
            synchronized (FilterCache.this) {
                if (rows == bits && !makeRoom(this, bits.bytes()) || dropped) return found;
                others = asked;
                rows = found;
            }
            return found;
        }

        /// The same rows in the order of an index that is about to be walked, where it has one and it pays.
        Optional<Arranged> arranged(VectorIndex index) {
            Walked by;
            synchronized (FilterCache.this) {
                by = walked.computeIfAbsent(index, _ -> new Walked());
                if (++by.walks != WALKS) return by.arranged;
            }
            var made = index.arranged(bits); // takes a millisecond
            synchronized (FilterCache.this) {
                if (made.isPresent() && makeRoom(this, made.get().bytes())) by.arranged = made;
            }
            return made;
        }
    }

    /// What an index has asked for.
    private static final class Walked {
        private int walks;
        private Optional<Arranged> arranged = Optional.empty();
    }

    /// A filter that came; what is kept of it from the second time on.
    private record Entry(Optional<Kept> kept) {
        private static final Entry NOTED = new Entry(Optional.empty());
    }

    /// The rows among `among` that match.
    Taken rows(
            long shard,
            Part part,
            int schemaVersion,
            Filter filter,
            Bound bound,
            Bits among,
            long salt,
            Runnable between) {
        var known = Optional.<Entry>empty();
        var key = new Key(shard, part.id(), part.rows(), schemaVersion, filter);
        if (!part.growing() && !bound.isAll() && bound.sample().isEmpty() && mostBytes > 0 && !isLarge(filter))
            known = look(key);
        if (known.isEmpty()) return new Taken(Matching.rows(part, bound, among, salt, between), Optional.empty());
        var kept = known.get().kept;
        if (kept.isPresent()) return new Taken(kept.get().among(among), kept);
        var all = Matching.rows(part, bound, Bits.ALL, salt, between);
        return new Taken(all.and(among), keep(key, all));
    }

    /// Long lists would cost more to keep than their bits.
    private static boolean isLarge(Filter filter) {
        return filter.text().length() > LONGEST_TEXT
                || filter.values().values().stream()
                        .anyMatch(value -> value instanceof Value.Items(var items) && items.size() > 100
                                || value instanceof Value.Bytes(var bytes) && bytes.length > LONGEST_TEXT);
    }

    /// What is known of a filter that has come before.
    private synchronized Optional<Entry> look(Key key) {
        var entry = entries.get(key);
        if (entry == null) {
            entries.put(key, Entry.NOTED);
            if (entries.size() > MOST_ENTRIES) dropOldest();
        }
        return Optional.ofNullable(entry);
    }

    private synchronized Optional<Kept> keep(Key key, Bits bits) {
        var kept = new Kept(bits);
        if (!makeRoom(kept, bits.bytes())) return Optional.empty();
        var entry = new Entry(Optional.of(kept));
        drop(entries.put(key, entry));
        return entry.kept;
    }

    /// Whether there is room for so many bytes more, if need be instead of what was not asked for the longest.
    private boolean makeRoom(Kept kept, long size) {
        if (size > mostBytes / 4) return false;
        while (bytes + size > mostBytes && !entries.isEmpty()) dropOldest();
        var room = kept.dropped
                ? Optional.<Reservation>empty()
                : memory.orElseThrow().tryReserve("filters", size);
        if (room.isEmpty()) return false;
        kept.rooms.add(room.get());
        bytes += size;
        return true;
    }

    private void dropOldest() {
        var oldest = entries.pollFirstEntry();
        if (oldest != null) drop(oldest.getValue());
    }

    private void drop(Entry entry) {
        if (entry == null || entry.kept.isEmpty()) return;
        var kept = entry.kept.get();
        kept.dropped = true;
        while (!kept.rooms.isEmpty()) release(kept.rooms.removeLast());
    }

    private void release(Reservation room) {
        bytes -= room.bytes();
        room.close();
    }

    @Override
    public synchronized void close() {
        while (!entries.isEmpty()) dropOldest();
    }
}
