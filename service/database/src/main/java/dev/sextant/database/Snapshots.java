package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.RestoreJob;
import dev.sextant.catalog.Snapshot;
import dev.sextant.model.Define;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import dev.sextant.model.Refused;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Decides on snapshots.
final class Snapshots {
    private Snapshots() {}

    static List<Change> create(Define.CreateSnapshot create, Scene scene) {
        checkName(create.name(), scene);
        if (create.protectSeconds() < 0)
            throw Scene.invalid("compaction_protection_seconds", "compaction_protection_seconds must be non-negative");
        long mostProtected = scene.config.snapshots().mostProtected().toSeconds();
        if (create.protectSeconds() > mostProtected)
            throw Scene.invalid(
                    "compaction_protection_seconds",
                    "compaction_protection_seconds must not exceed " + mostProtected
                            + " (setting snapshots.mostProtected)");
        Collections.checkDescription(create.description(), scene.config);
        var collection = scene.collection(create.collection());
        var there = scene.catalog.snapshots().of(collection.id());
        if (there.stream().anyMatch(snapshot -> snapshot.name().equals(create.name())))
            throw Scene.refused(new Refusal.AlreadyExists(Kind.SNAPSHOT, create.name(), collection.name(), ""));
        int most = scene.config.names().maxSnapshots();
        if (there.size() >= most)
            throw Scene.refused(new Refusal.LimitExceeded(
                    "snapshots of collection '" + collection.name() + "'",
                    there.size() + 1L,
                    most,
                    "names.maxSnapshots"));
        long until =
                create.protectSeconds() == 0 ? 0 : scene.nowMillis + TimeUnit.SECONDS.toMillis(create.protectSeconds());
        return List.of(new Change.CreateSnapshot(
                new Snapshot(scene.id(), create.name(), create.description(), collection, 0, until, Map.of())));
    }

    static List<Change> drop(String collection, String name, Scene scene) {
        checkName(name, scene);
        var of = scene.collection(collection);
        var snapshot = scene.catalog.snapshots().named(of.id(), name);
        if (snapshot.isEmpty()) return List.of();
        int pins = snapshot.get().pinnedAt(scene.nowMillis);
        if (pins > 0)
            throw Scene.refused(new Refusal.InUse(Kind.SNAPSHOT, name, pins + " active pins, unpin before dropping"));
        if (scene.catalog.snapshots().restores().values().stream()
                .filter(RestoreJob::isOpen)
                .anyMatch(job -> job.snapshot() == snapshot.get().id()))
            throw Scene.refused(new Refusal.InUse(Kind.SNAPSHOT, name, "it is being restored"));
        return List.of(new Change.DropSnapshot(snapshot.get().id()));
    }

    static List<Change> pin(Operate.PinSnapshot pin, long id, Scene scene) {
        checkName(pin.snapshot(), scene);
        if (pin.seconds() < 0) throw Scene.invalid("ttl_seconds", "ttl_seconds must be non-negative");
        var mostPinned = scene.config.snapshots().mostPinned();
        if (pin.seconds() > mostPinned.toSeconds())
            throw Scene.invalid(
                    "ttl_seconds",
                    "ttl_seconds exceeds maximum of " + mostPinned.toSeconds() + " (" + mostPinned.toDays()
                            + " days; setting snapshots.mostPinned)");
        var snapshot = named(scene.catalog, scene.collection(pin.collection()), pin.snapshot());
        long until =
                pin.seconds() == 0 ? Snapshot.FOR_EVER : scene.nowMillis + TimeUnit.SECONDS.toMillis(pin.seconds());
        return List.of(new Change.PinSnapshot(snapshot.id(), id, until));
    }

    /// What holds nothing any more is let go already.
    static List<Change> unpin(long pin, Scene scene) {
        if (pin == 0) throw Scene.refused(new Refusal.Missing("pin_id", "pin_id is required for unpin snapshot data"));
        return scene.catalog
                .snapshots()
                .pinnedBy(pin)
                .<List<Change>>map(snapshot -> List.of(new Change.UnpinSnapshot(snapshot.id(), pin)))
                .orElse(List.of());
    }

    static List<String> names(Catalog catalog, Collection collection) {
        return catalog.snapshots().of(collection.id()).stream()
                .map(Snapshot::name)
                .toList();
    }

    static Snapshot named(Catalog catalog, Collection collection, String name) {
        return catalog.snapshots()
                .named(collection.id(), name)
                .orElseThrow(() -> new Refused(new Refusal.NotFound(Kind.SNAPSHOT, name, collection.name())));
    }

    static void checkName(String name, Scene scene) {
        Names.checkSnapshot(name, scene.config.names().maxNameLength());
    }

    /// The collection that a restored snapshot becomes: everything of it is as it was but for its name, its place and
    /// its shards. Partitions and indexes keep their ids, for by these its files and those of its indexes are known.
    static Collection heir(Snapshot snapshot, long id, List<Long> shards, long database, String name) {
        var was = snapshot.collection();
        var heir = new Collection(
                id,
                database,
                name,
                was.description(),
                was.schema(),
                shards,
                was.consistency(),
                was.properties(),
                was.partitions(),
                was.indexes(),
                dev.sextant.catalog.Load.NOTHING,
                0,
                0);
        return was.external().map(heir::with).orElse(heir);
    }

    /// Refuses what a new collection of that name would be refused for.
    static void checkHeir(Scene scene, String database, String name, Snapshot snapshot) {
        Names.checkCollection(name, scene.config.names().maxNameLength());
        var into = Names.database(scene.catalog, database);
        if (scene.catalog.collection(into.id(), name).isPresent())
            throw Scene.refused(new Refusal.AlreadyExists(
                    Kind.COLLECTION,
                    name,
                    into.name(),
                    "a snapshot is restored into a collection that does not exist yet"));
        Collections.refuseAliasName(scene, into, name);
        Collections.checkNumbers(scene, into);
        var was = snapshot.collection();
        Collections.checkCapacity(scene, was.shards().size() * was.partitions().size());
    }

    static Optional<Snapshot> byId(Catalog catalog, long id) {
        return Optional.ofNullable(catalog.snapshots().all().get(id));
    }
}
