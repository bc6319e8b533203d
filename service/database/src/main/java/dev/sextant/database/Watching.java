package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Database;
import dev.sextant.catalog.Index;
import dev.sextant.catalog.Partition;
import dev.sextant.model.Call;
import dev.sextant.model.Done;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Moments;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import dev.sextant.query.Shards;
import dev.sextant.world.Clock;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/// Tells what exists and how it fares: from the catalog, and from figures that are at hand. Nothing here waits, but for
/// what [#works].
final class Watching {
    private final Shards shards;
    private final Permission permission;
    private final Quotas quotas;
    private final LongJobs jobs;
    private final Vitals vitals;
    private final Analyzing analyzing;
    private final Clock clock;

    Watching(
            Shards shards,
            Permission permission,
            Quotas quotas,
            LongJobs jobs,
            Vitals vitals,
            Analyzing analyzing,
            Clock clock) {
        this.shards = shards;
        this.permission = permission;
        this.quotas = quotas;
        this.jobs = jobs;
        this.vitals = vitals;
        this.analyzing = analyzing;
        this.clock = clock;
    }

    Object answer(Call call, Watch<?> watch) {
        var catalog = shards.catalog();
        return switch (watch) {
            case Watch.DescribeCollection(var name, var id) -> info(catalog, described(catalog, call, name, id));
            case Watch.DescribeSchema(var name) -> {
                var collection = Names.collection(catalog, call, name);
                yield new Watch.SchemaInfo(
                        collection.id(),
                        collection.name(),
                        collection.schema(),
                        Moments.zoneOf(collection.properties()));
            }
            case Watch.ListCollections _ -> {
                var database = Names.database(catalog, call);
                yield catalog.collectionsOf(database.id()).stream()
                        .filter(c -> permission.sees(call, database.name(), c))
                        .map(c -> info(catalog, c))
                        .toList();
            }
            case Watch.ListPartitions(var name) -> partitions(Names.collection(catalog, call, name));
            case Watch.HasPartition(var name, var partition) ->
                Names.collection(catalog, call, name)
                        .partition(partition.strip())
                        .isPresent();
            case Watch.ListDatabases _ ->
                catalog.databases().values().stream()
                        .filter(d -> permission.sees(call, d.name()))
                        .map(Watching::info)
                        .toList();
            case Watch.DescribeDatabase(var name) -> info(Names.database(catalog, name));
            case Watch.ListAliases(var name) -> aliases(catalog, call, name);
            case Watch.DescribeAlias(var alias) -> alias(catalog, call, alias);
            case Watch.DescribeIndexes(var name, var index) -> indexes(Names.collection(catalog, call, name), index);
            case Watch.Statistics(var name, var partition) ->
                statistics(Names.collection(catalog, call, name), partition);
            case Watch.LoadState(var name, var names) -> {
                var collection = Names.collection(catalog, call, name);
                yield loading(collection, Names.partitions(collection, names));
            }
            case Watch.Analyze analyze -> analyzing.words(catalog, call, analyze);
            case Watch.Highlight highlight -> analyzing.fragments(catalog, call, highlight);
            case Watch.PhraseSlops slops -> analyzing.slops(call, slops);
            case Watch.FlushState(var name, var segments, var timestamp) ->
                isFlushed(catalog, call, name, segments, timestamp);
            case Watch.Segments(var name) -> segments(catalog, call, name);
            case Watch.JobState(var id) ->
                shards.job(id).orElseThrow(() -> new Refused(new Refusal.NotFound(Kind.JOB, Long.toString(id), "")));
            case Watch.ListJobs _ -> shards.jobs();
            case Watch.ImportState(var id) -> jobs.imports().state(id);
            case Watch.ListImports(var name) -> jobs.imports().list(call, name, may(call, Privilege.LIST_IMPORT));
            case Watch.RefreshState(var id) -> jobs.refreshes().state(id);
            case Watch.ListRefreshes(var name) -> jobs.refreshes().list(call, name, may(call, Privilege.SIGHT));
            case Watch.ListSnapshots(var name) -> Snapshots.names(catalog, Names.collection(catalog, call, name));
            case Watch.DescribeSnapshot(var collection, var name) -> snapshot(catalog, call, collection, name);
            case Watch.RestoreState(var id) -> jobs.restores().state(id);
            case Watch.ListRestores(var name) ->
                jobs.restores().list(call, name, may(call, Privilege.RESTORE_SNAPSHOT));
            case Watch.Health _ -> vitals.health();
            case Watch.Timestamp _ -> new Done(shards.now());
            case Watch.Resources _ -> vitals.resources();
            case Watch.Quotas _ -> quotas.told();
            case Watch.Enter _ -> {
                Names.database(catalog, call);
                yield new Done(shards.now());
            }
            case Watch.Replicas(var name, var id) -> Nodes.replicas(described(catalog, call, name, id), catalog);
            case Watch.ListResourceGroups _ -> Nodes.names(catalog);
            case Watch.DescribeResourceGroup(var name) -> Nodes.describe(name, catalog);
            case Watch.ListFileResources _ -> FileResources.told(catalog);
            case Watch.ShowReplication _ -> catalog.replication();
        };
    }

    private BiPredicate<String, String> may(Call call, Privilege privilege) {
        return (database, collection) -> permission.allows(call, privilege, database, collection);
    }

    private Watch.SnapshotInfo snapshot(Catalog catalog, Call call, String collection, String name) {
        var of = Names.collection(catalog, call, collection);
        var snapshot = Snapshots.named(catalog, of, name);
        return new Watch.SnapshotInfo(
                snapshot.id(),
                snapshot.name(),
                snapshot.description(),
                of.name(),
                snapshot.collection().partitions().stream().map(Partition::name).toList(),
                snapshot.created(),
                snapshot.protectedUntilMillis(),
                snapshot.pinnedAt(clock.wallMillis()),
                shards.isKept(snapshot.id()));
    }

    /// Whether the answer takes more than a look: then it is not for the caller's thread.
    static boolean works(Watch<?> watch) {
        return watch instanceof Watch.Analyze || watch instanceof Watch.Highlight || watch instanceof Watch.PhraseSlops;
    }

    private static Collection described(Catalog catalog, Call call, String name, long id) {
        if (!name.isEmpty()) return Names.collection(catalog, call, name);
        return catalog.collection(id)
                .orElseThrow(() -> new Refused(new Refusal.NotFound(
                        Kind.COLLECTION,
                        Long.toString(id),
                        Names.database(catalog, call).name())));
    }

    private Watch.CollectionInfo info(Catalog catalog, Collection c) {
        var database = Optional.ofNullable(catalog.databases().get(c.databaseId()))
                .map(Database::name)
                .orElse("");
        return new Watch.CollectionInfo(
                c.id(),
                database,
                c.databaseId(),
                c.name(),
                c.description(),
                c.schema(),
                c.shards().size(),
                c.consistency(),
                c.properties(),
                catalog.aliasesOf(c.id()),
                partitions(c),
                c.created(),
                c.altered(),
                progress(c, Set.of()),
                c.external().map(ExternalSpec::shown));
    }

    private static Watch.DatabaseInfo info(Database database) {
        return new Watch.DatabaseInfo(database.id(), database.name(), database.created(), database.properties());
    }

    private List<Watch.PartitionInfo> partitions(Collection collection) {
        return collection.partitions().stream()
                .map(p -> new Watch.PartitionInfo(p.id(), p.name(), p.created(), percent(collection, p)))
                .toList();
    }

    private int percent(Collection collection, Partition partition) {
        return collection.load().includes(partition.id())
                ? shards.loadedPercent(collection.id(), Set.of(partition.id()))
                : -1;
    }

    /// Whoever waits for the end hears of what keeps it from coming.
    private Watch.LoadProgress loading(Collection collection, Set<Long> partitions) {
        var progress = progress(collection, partitions);
        if (progress.wanted())
            shards.loadTrouble(collection.id(), partitions).ifPresent(trouble -> {
                throw new Refused(trouble);
            });
        return progress;
    }

    private Watch.LoadProgress progress(Collection collection, Set<Long> partitions) {
        var wanted = partitions.isEmpty()
                ? collection.load().wanted()
                : partitions.stream().allMatch(collection.load()::includes);
        return new Watch.LoadProgress(wanted, wanted ? shards.loadedPercent(collection.id(), partitions) : 0);
    }

    private List<Watch.AliasInfo> aliases(Catalog catalog, Call call, Optional<String> name) {
        var database = Names.database(catalog, call);
        var only = name.filter(n -> !n.isEmpty())
                .map(n -> Names.collection(catalog, call, n).id());
        return catalog.aliases().entrySet().stream()
                .filter(e -> e.getKey().database() == database.id())
                .filter(e -> only.isEmpty() || only.get().equals(e.getValue()))
                .map(e -> aliasInfo(catalog, database, e.getKey().alias(), e.getValue()))
                .filter(info -> only.isPresent()
                        || permission.allows(call, Privilege.LIST_ALIASES, database.name(), info.collection()))
                .sorted(Comparator.comparing(Watch.AliasInfo::alias))
                .toList();
    }

    private static Watch.AliasInfo alias(Catalog catalog, Call call, String alias) {
        var database = Names.database(catalog, call);
        var owner = catalog.aliases().get(new Catalog.AliasKey(database.id(), alias));
        if (owner == null) throw new Refused(new Refusal.NotFound(Kind.ALIAS, alias, database.name()));
        return aliasInfo(catalog, database, alias, owner);
    }

    private static Watch.AliasInfo aliasInfo(Catalog catalog, Database database, String alias, long owner) {
        return new Watch.AliasInfo(
                alias,
                database.name(),
                catalog.collection(owner).map(Collection::name).orElse(""));
    }

    private List<Watch.IndexInfo> indexes(Collection collection, Optional<String> name) {
        var found = collection.indexes().stream()
                .filter(i -> name.isEmpty()
                        || name.get().isEmpty()
                        || i.name().equals(name.get())
                        || onField(collection, i, name.get()))
                .map(i -> info(collection, i))
                .toList();
        if (found.isEmpty()) throw new Refused(new Refusal.NotFound(Kind.INDEX, name.orElse(""), collection.name()));
        return found;
    }

    private static boolean onField(Collection collection, Index index, String name) {
        return fieldName(collection, index).equals(name)
                && collection.index(name).isEmpty();
    }

    private Watch.IndexInfo info(Collection collection, Index index) {
        var progress = shards.indexProgress(collection.id(), index.id());
        var state = progress.failed()
                ? Watch.IndexState.FAILED
                : progress.indexedRows() >= progress.totalRows()
                        ? Watch.IndexState.FINISHED
                        : Watch.IndexState.BUILDING;
        return new Watch.IndexInfo(
                index.id(),
                index.name(),
                fieldName(collection, index),
                index.parameters(),
                state,
                progress.trouble(),
                progress.indexedRows(),
                progress.totalRows(),
                Math.max(0, progress.totalRows() - progress.indexedRows()));
    }

    /// An index over a key of the dynamic field names the key.
    private static String fieldName(Collection collection, Index index) {
        var field = collection.schema().field(index.field());
        var hidden = field.filter(f -> f.has(Field.Trait.DYNAMIC) && f.type() instanceof FieldType.Json);
        return hidden.flatMap(_ -> index.parameter("json_path"))
                .map(path -> path.replaceAll("\\[.*", ""))
                .or(() -> field.map(f -> f.name()))
                .orElse("");
    }

    private Watch.StatisticsInfo statistics(Collection collection, Optional<String> name) {
        var partition = name.filter(n -> !n.isEmpty())
                .map(n -> Names.partition(collection, n).id())
                .orElse(0L);
        long inMemory = 0;
        long onDisk = 0;
        for (var segment : shards.segments(collection.id())) {
            if (partition != 0 && segment.partitionId() != partition) continue;
            if (segment.growing()) inMemory += segment.bytes();
            else onDisk += segment.bytes();
        }
        return new Watch.StatisticsInfo(shards.rowCount(collection.id(), partition), inMemory, onDisk);
    }

    private boolean isFlushed(Catalog catalog, Call call, Optional<String> name, List<Long> segments, long timestamp) {
        var database = Names.database(catalog, call);
        var collections = name.filter(n -> !n.isEmpty())
                .map(n ->
                        catalog.resolve(database.id(), n).stream().toList()) // a dropped one has nothing left to flush
                .orElseGet(() -> catalog.collectionsOf(database.id()));
        var asked = new HashSet<>(segments);
        for (var collection : collections) {
            if (timestamp > 0 && !shards.flushed(collection.shards(), timestamp)) return false;
            for (var segment : shards.segments(collection.id()))
                if (segment.growing() && asked.contains(segment.id())) return false;
        }
        return true;
    }

    private List<Watch.SegmentInfo> segments(Catalog catalog, Call call, String name) {
        var database = Names.database(catalog, call);
        return name.isEmpty()
                ? catalog.collectionsOf(database.id()).stream()
                        .filter(c -> permission.sees(call, database.name(), c))
                        .flatMap(c -> shards.segments(c.id()).stream())
                        .toList()
                : shards.segments(Names.collection(catalog, call, name).id());
    }
}
