package dev.sextant.catalog;

import java.util.Map;

/// A collection as it was at one moment, by name: its definition stands here, its rows are kept by its shards under the
/// snapshot's id. It belongs to its collection and goes with it.
///
/// @param collection as it was, loaded or not
/// @param created hybrid timestamp: what was acknowledged before is in it, what came after is not
/// @param protectedUntilMillis until then (milliseconds since 1970) its files are merged with no others, so that they
///     are stored once
/// @param pins who holds it, and until when, in milliseconds since 1970
public record Snapshot(
        long id,
        String name,
        String description,
        Collection collection,
        long created,
        long protectedUntilMillis,
        Map<Long, Long> pins) {

    /// The deadline of what is held until it is let go.
    public static final long FOR_EVER = Long.MAX_VALUE;

    public Snapshot {
        pins = Map.copyOf(pins);
    }

    /// How many hold it.
    public int pinnedAt(long millis) {
        return (int) pins.values().stream().filter(until -> until > millis).count();
    }

    Snapshot stamped(long at) {
        return new Snapshot(id, name, description, collection, at, protectedUntilMillis, pins);
    }

    Snapshot pinned(Map<Long, Long> others) {
        return new Snapshot(id, name, description, collection, created, protectedUntilMillis, others);
    }
}
