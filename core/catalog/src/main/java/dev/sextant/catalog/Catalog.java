package dev.sextant.catalog;

import dev.sextant.model.ReplicationPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// What exists, as one value: the fold of all [Change]s. Never changed in place; a reader keeps the one it began with.
/// Keyed by ids that are never reused; names are looked up.
///
/// @param version number of entries folded so far
/// @param names of the collections, derived from `collections`: looked up at every call
/// @param imports jobs that are under way, and those that ended lately
/// @param refreshes of external collections, likewise
/// @param files by name
/// @param trash dropped collections that can still be restored
public record Catalog(
        long version,
        Map<Long, Database> databases,
        Map<Long, Collection> collections,
        Map<AliasKey, Long> aliases,
        Map<Long, Trashed> trash,
        Map<String, User> users,
        Rights rights,
        ResourceGroups groups,
        Map<Long, ImportJob> imports,
        Map<Long, RefreshJob> refreshes,
        Snapshots snapshots,
        Map<String, FileResource> files,
        ReplicationPlan replication,
        Map<AliasKey, Long> names) {

    public record AliasKey(long database, String alias) {}

    public record Trashed(Collection collection, long deadlineMillis) {}

    public static final Catalog EMPTY = new Catalog(
            0,
            Map.of(Database.DEFAULT_ID, new Database(Database.DEFAULT_ID, "default", 0, Map.of())),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Rights.NONE,
            ResourceGroups.NONE,
            Map.of(),
            Map.of(),
            Snapshots.NONE,
            Map.of(),
            ReplicationPlan.NONE,
            Map.of());

    /// The same with other rights and groups: they are written apart.
    public Catalog with(Rights others, ResourceGroups shares) {
        var draft = new Draft(this);
        draft.rights = others;
        draft.groups = shares;
        return draft.finish(version);
    }

    /// The same with other import jobs: they are written apart.
    public Catalog withImports(Map<Long, ImportJob> jobs) {
        var draft = new Draft(this);
        draft.imports.clear();
        draft.imports.putAll(jobs);
        return draft.finish(version);
    }

    /// The same with other refreshes: they are written apart.
    public Catalog withRefreshes(Map<Long, RefreshJob> jobs) {
        var draft = new Draft(this);
        draft.refreshes.clear();
        draft.refreshes.putAll(jobs);
        return draft.finish(version);
    }

    /// The same with other snapshots: they are written apart.
    public Catalog with(Snapshots others) {
        var draft = new Draft(this);
        draft.snapshots = others;
        return draft.finish(version);
    }

    /// The same with other files: they are written apart.
    public Catalog withFiles(Map<String, FileResource> others) {
        var draft = new Draft(this);
        draft.files.clear();
        draft.files.putAll(others);
        return draft.finish(version);
    }

    /// The same with another plan of who follows whom: it is written apart.
    public Catalog with(ReplicationPlan other) {
        var draft = new Draft(this);
        draft.replication = other;
        return draft.finish(version);
    }

    public Optional<Database> database(String name) {
        for (var database : databases.values()) if (database.name().equals(name)) return Optional.of(database);
        return Optional.empty();
    }

    /// By name, not by alias.
    public Optional<Collection> collection(long database, String name) {
        return of(names.get(new AliasKey(database, name)));
    }

    /// By name or alias.
    public Optional<Collection> resolve(long database, String name) {
        var key = new AliasKey(database, name);
        var named = of(names.get(key));
        return named.isPresent() ? named : of(aliases.get(key));
    }

    private Optional<Collection> of(Long id) {
        return id == null ? Optional.empty() : Optional.ofNullable(collections.get(id));
    }

    public Optional<Collection> collection(long id) {
        return Optional.ofNullable(collections.get(id));
    }

    public List<Collection> collectionsOf(long database) {
        return collections.values().stream()
                .filter(c -> c.databaseId() == database)
                .sorted(java.util.Comparator.comparingLong(Collection::created).thenComparing(Collection::name))
                .toList();
    }

    /// Names of the aliases of a collection, sorted.
    public List<String> aliasesOf(long collection) {
        return aliases.entrySet().stream()
                .filter(e -> e.getValue() == collection)
                .map(e -> e.getKey().alias())
                .sorted()
                .toList();
    }

    /// The catalog after one entry of changes, all stamped alike.
    public Catalog apply(List<Change> changes, long timestamp) {
        var next = new Draft(this);
        for (var change : changes) next.apply(change, timestamp);
        return next.finish(version + 1);
    }

    private static final class Draft {
        private final Map<Long, Database> databases;
        private final Map<Long, Collection> collections;
        private final Map<AliasKey, Long> aliases;
        private final Map<Long, Trashed> trash;
        private final Map<String, User> users;
        private Rights rights;
        private ResourceGroups groups;
        private final Map<Long, ImportJob> imports;
        private final Map<Long, RefreshJob> refreshes;
        private Snapshots snapshots;
        private final Map<String, FileResource> files;
        private ReplicationPlan replication;

        Draft(Catalog from) {
            databases = new TreeMap<>(from.databases);
            collections = new HashMap<>(from.collections);
            aliases = new HashMap<>(from.aliases);
            trash = new TreeMap<>(from.trash);
            users = new TreeMap<>(from.users);
            rights = from.rights;
            groups = from.groups;
            imports = new TreeMap<>(from.imports);
            refreshes = new TreeMap<>(from.refreshes);
            snapshots = from.snapshots;
            files = new TreeMap<>(from.files);
            replication = from.replication;
        }

        Catalog finish(long version) {
            var names = new HashMap<AliasKey, Long>();
            collections.values().forEach(c -> names.put(new AliasKey(c.databaseId(), c.name()), c.id()));
            return new Catalog(
                    version,
                    databases,
                    collections,
                    aliases,
                    trash,
                    users,
                    rights,
                    groups,
                    imports,
                    refreshes,
                    snapshots,
                    files,
                    replication,
                    names);
        }

        void apply(Change change, long at) {
            switch (change) {
                case Change.CreateDatabase(var d) ->
                    databases.put(d.id(), new Database(d.id(), d.name(), at, d.properties()));
                case Change.AlterDatabase(var id, var properties) ->
                    databases.computeIfPresent(id, (_, d) -> new Database(id, d.name(), d.created(), properties));
                case Change.DropDatabase(var id) -> databases.remove(id);
                case Change.CreateCollection(var c) -> collections.put(c.id(), stamped(c, at));
                case Change.RenameCollection(var id, var database, var name) ->
                    edit(id, c -> c.named(database, name, at));
                case Change.AlterCollection(var id, var properties, var level, var text) ->
                    edit(id, c -> c.with(properties, level, text, at));
                case Change.AlterSchema(var id, var schema) -> edit(id, c -> c.with(schema, at));
                case Change.DropCollection(var id, var deadline) -> {
                    var dropped = collections.remove(id);
                    if (dropped != null) trash.put(id, new Trashed(dropped.with(Load.NOTHING), deadline));
                    aliases.values().removeIf(owner -> owner == id);
                    groups = groups.forgetting(id);
                }
                case Change.RestoreCollection(var id, var name) -> {
                    var trashed = trash.remove(id);
                    if (trashed != null) {
                        var back = trashed.collection();
                        collections.put(id, back.named(back.databaseId(), name, at));
                    }
                }
                case Change.PurgeCollection(var id) -> {
                    trash.remove(id);
                    snapshots = snapshots.forgetting(id);
                }
                case Change.Truncate _ -> {} // rows are the shards' business
                case Change.CreatePartition(var id, var p) ->
                    edit(id, c -> {
                        var partitions = new ArrayList<>(c.partitions());
                        partitions.add(new Partition(p.id(), p.name(), at));
                        return c.withPartitions(partitions, c.load());
                    });
                case Change.DropPartition(var id, var partition) ->
                    edit(
                            id,
                            c -> c.withPartitions(
                                    c.partitions().stream()
                                            .filter(p -> p.id() != partition)
                                            .toList(),
                                    c.load()));
                case Change.SetAlias(var database, var alias, var collection) ->
                    aliases.put(new AliasKey(database, alias), collection);
                case Change.RemoveAlias(var database, var alias) -> aliases.remove(new AliasKey(database, alias));
                case Change.CreateIndex(var id, var index) ->
                    edit(id, c -> {
                        var indexes = new ArrayList<>(c.indexes());
                        indexes.add(new Index(index.id(), index.name(), index.field(), index.parameters(), at));
                        return c.withIndexes(indexes);
                    });
                case Change.AlterIndex(var id, var index, var parameters) ->
                    edit(
                            id,
                            c -> c.withIndexes(c.indexes().stream()
                                    .map(i -> i.id() == index
                                            ? new Index(i.id(), i.name(), i.field(), parameters, i.created())
                                            : i)
                                    .toList()));
                case Change.DropIndex(var id, var index) ->
                    edit(
                            id,
                            c -> c.withIndexes(c.indexes().stream()
                                    .filter(i -> i.id() != index)
                                    .toList()));
                case Change.SetLoad(var id, var load) -> edit(id, c -> c.with(load));
                case Change.PutUser(var user) -> users.put(user.name(), user);
                case Change.DropUser(var name) -> {
                    users.remove(name);
                    rights = rights.holding(name, Set.of());
                }
                case Change.PutRole(var role) -> rights = rights.with(role);
                case Change.DropRole(var name) -> rights = rights.withoutRole(name);
                case Change.SetRoles(var user, var roles) -> rights = rights.holding(user, roles);
                case Change.PutPrivilegeGroup(var name, var privileges) -> rights = rights.withGroup(name, privileges);
                case Change.DropPrivilegeGroup(var name) -> rights = rights.withoutGroup(name);
                case Change.PutResourceGroup(var group) -> groups = groups.with(group);
                case Change.DropResourceGroup(var name) -> groups = groups.without(name);
                case Change.Place(var id, var group) -> groups = groups.placing(id, group);
                case Change.PutFileResource(var file) -> files.put(file.name(), file);
                case Change.DropFileResource(var name) -> files.remove(name);
                case Change.PlanReplication(var plan) -> replication = plan;
                case Change.PutImport(var job) -> imports.put(job.id(), job);
                case Change.ForgetImport(var id) -> imports.remove(id);
                case Change.PutRefresh(var job) -> refreshes.put(job.id(), job);
                case Change.ForgetRefresh(var id) -> refreshes.remove(id);
                case Change.SetExternal(var id, var external) -> edit(id, c -> c.with(external));
                case Change.CreateSnapshot(var snapshot) -> snapshots = snapshots.with(snapshot.stamped(at));
                case Change.DropSnapshot(var id) -> snapshots = snapshots.without(id);
                case Change.PinSnapshot(var id, var pin, var until) -> snapshots = snapshots.pinning(id, pin, until);
                case Change.UnpinSnapshot(var id, var pin) -> snapshots = snapshots.unpinning(id, pin);
                case Change.PutRestore(var job) -> snapshots = snapshots.with(job);
                case Change.ForgetRestore(var id) -> snapshots = snapshots.withoutRestore(id);
            }
        }

        private void edit(long id, UnaryOperator<Collection> how) {
            collections.computeIfPresent(id, (_, c) -> how.apply(c));
        }

        private static Collection stamped(Collection c, long at) {
            var partitions = c.partitions().stream()
                    .map(p -> new Partition(p.id(), p.name(), at))
                    .toList();
            return new Collection(
                    c.id(),
                    c.databaseId(),
                    c.name(),
                    c.description(),
                    c.schema(),
                    c.shards(),
                    c.consistency(),
                    c.properties(),
                    partitions,
                    c.indexes(),
                    c.load(),
                    at,
                    at,
                    c.external());
        }
    }
}
