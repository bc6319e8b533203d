package dev.sextant.engine;

import dev.sextant.model.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a shard consists of: segments and frozen memtables, the memtable, and what hides rows wholesale. Immutable; the
/// applier replaces it, readers keep the one they began with.
///
/// @param truncated moments at which all earlier rows went, ascending
/// @param dropped partitions that went, and when
record Layout(Schema schema, List<Store> stores, Memtable active, List<Long> truncated, Map<Long, Long> dropped) {
    Layout {
        stores = List.copyOf(stores);
        truncated = List.copyOf(truncated);
        dropped = Map.copyOf(dropped);
    }

    /// All that holds rows, the memtable last.
    List<Store> all() {
        var all = new ArrayList<>(stores);
        all.add(active);
        return all;
    }

    Optional<Store> store(long id) {
        return stores.stream().filter(store -> store.id() == id).findFirst();
    }

    List<Memtable> frozen() {
        return stores.stream()
                .filter(Memtable.class::isInstance)
                .map(Memtable.class::cast)
                .toList();
    }

    List<Segment> segments() {
        return stores.stream()
                .filter(Segment.class::isInstance)
                .map(Segment.class::cast)
                .toList();
    }

    /// What a view at `t` shows, when rows go by themselves.
    Moment moment(long t, Expiry expiry) {
        long least = expiry.ttlMillis() <= 0 ? Long.MIN_VALUE : HybridClock.minus(t, expiry.ttlMillis());
        for (long cut : truncated) if (cut <= t) least = Math.max(least, cut);
        var gone = dropped.isEmpty()
                ? java.util.Set.<Long>of()
                : dropped.entrySet().stream()
                        .filter(e -> e.getValue() <= t)
                        .map(Map.Entry::getKey)
                        .collect(java.util.stream.Collectors.toSet());
        return new Moment(t, least, gone, expiry.field(), schema);
    }

    Layout with(List<Store> newStores) {
        return new Layout(schema, newStores, active, truncated, dropped);
    }

    Layout with(Schema newSchema, List<Store> newStores, Memtable newActive) {
        return new Layout(newSchema, newStores, newActive, truncated, dropped);
    }

    /// Moments that hide nothing any more are forgotten: with each truncation there would be one more to look at.
    Layout truncatedAt(long t) {
        long oldest = oldestInsert();
        var cuts = new ArrayList<>(truncated);
        cuts.removeIf(cut -> cut <= oldest);
        cuts.add(t);
        return new Layout(schema, stores, active, cuts, dropped);
    }

    /// No row of a store was inserted before; the memtable is newer than every truncation.
    private long oldestInsert() {
        long oldest = Long.MAX_VALUE;
        for (var store : stores)
            oldest = switch (store) {
                case Segment segment -> Math.min(oldest, segment.facts().leastInsert());
                case Memtable memtable -> Math.min(oldest, memtable.rows() == 0 ? oldest : memtable.insertedAt(0));
            };
        return oldest;
    }

    /// The same with what hid rows wholesale where its segments come from.
    Layout hiding(List<Long> cuts, Map<Long, Long> partitions) {
        var all = new TreeMap<>(partitions);
        all.putAll(dropped);
        return new Layout(
                schema,
                stores,
                active,
                java.util.stream.Stream.concat(cuts.stream(), truncated.stream())
                        .sorted()
                        .toList(),
                all);
    }

    Layout dropped(long partition, long t) {
        var more = new TreeMap<>(dropped);
        more.putIfAbsent(partition, t);
        return new Layout(schema, stores, active, truncated, more);
    }
}
