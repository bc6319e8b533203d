package dev.sextant.catalog;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The snapshots of all collections, and the jobs that make collections of them.
///
/// @param all by id
/// @param restores jobs that are under way, and those that ended lately
public record Snapshots(Map<Long, Snapshot> all, Map<Long, RestoreJob> restores) {
    public static final Snapshots NONE = new Snapshots(Map.of(), Map.of());

    public Snapshots {
        all = java.util.Collections.unmodifiableMap(new TreeMap<>(all));
        restores = java.util.Collections.unmodifiableMap(new TreeMap<>(restores));
    }

    /// Oldest first.
    public List<Snapshot> of(long collection) {
        return all.values().stream()
                .filter(snapshot -> snapshot.collection().id() == collection)
                .toList();
    }

    public Optional<Snapshot> named(long collection, String name) {
        return of(collection).stream()
                .filter(snapshot -> snapshot.name().equals(name))
                .findFirst();
    }

    /// Whom a pin holds.
    public Optional<Snapshot> pinnedBy(long pin) {
        return all.values().stream()
                .filter(snapshot -> snapshot.pins().containsKey(pin))
                .findFirst();
    }

    Snapshots with(Snapshot snapshot) {
        var more = new TreeMap<>(all);
        more.put(snapshot.id(), snapshot);
        return new Snapshots(more, restores);
    }

    Snapshots without(long snapshot) {
        var fewer = new TreeMap<>(all);
        fewer.remove(snapshot);
        return new Snapshots(fewer, restores);
    }

    Snapshots forgetting(long collection) {
        var fewer = new TreeMap<>(all);
        fewer.values().removeIf(snapshot -> snapshot.collection().id() == collection);
        return new Snapshots(fewer, restores);
    }

    Snapshots pinning(long snapshot, long pin, long untilMillis) {
        var pins = new TreeMap<>(
                Optional.ofNullable(all.get(snapshot)).map(Snapshot::pins).orElse(Map.of()));
        pins.put(pin, untilMillis);
        return pinned(snapshot, pins);
    }

    Snapshots unpinning(long snapshot, long pin) {
        var pins = new TreeMap<>(
                Optional.ofNullable(all.get(snapshot)).map(Snapshot::pins).orElse(Map.of()));
        pins.remove(pin);
        return pinned(snapshot, pins);
    }

    private Snapshots pinned(long snapshot, Map<Long, Long> pins) {
        var there = all.get(snapshot);
        return there == null ? this : with(there.pinned(pins));
    }

    Snapshots with(RestoreJob job) {
        var more = new TreeMap<>(restores);
        more.put(job.id(), job);
        return new Snapshots(all, more);
    }

    Snapshots withoutRestore(long job) {
        var fewer = new TreeMap<>(restores);
        fewer.remove(job);
        return new Snapshots(all, fewer);
    }
}
