package dev.sextant.database;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Load;
import dev.sextant.engine.Compaction;
import dev.sextant.model.Call;
import dev.sextant.model.Done;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.Operate;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.Kind;
import dev.sextant.model.Reply;
import dev.sextant.model.Watch;
import dev.sextant.query.Shards;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Runs what changes how data is kept.
final class Operating {
    private final Shards shards;
    private final Defining defining;
    private final LongJobs jobs;
    private final WordReading words;
    private final Consumer<Runnable> aside;

    Operating(Shards shards, Defining defining, LongJobs jobs, WordReading words, Consumer<Runnable> aside) {
        this.words = words;
        this.aside = aside;
        this.shards = shards;
        this.jobs = jobs;
        this.defining = defining;
    }

    void run(Call call, Operate<?> operate, Reply<Object> reply) {
        switch (operate) {
            case Operate.Load load -> defining.change(call, 0, scene -> load(load, scene), reply);
            case Operate.Release release -> defining.change(call, 0, scene -> release(release, scene), reply);
            case Operate.Flush(var names) -> flush(call, names, reply);
            case Operate.Compact compact -> compact(call, compact, reply);
            case Operate.CreateResourceGroup create ->
                defining.change(call, 0, scene -> Nodes.create(create, scene), reply);
            case Operate.AlterResourceGroups alter ->
                defining.change(call, 0, scene -> Nodes.alter(alter, scene), reply);
            case Operate.DropResourceGroup(var name) ->
                defining.change(call, 0, scene -> Nodes.drop(name, scene), reply);
            case Operate.TransferNodes transfer ->
                defining.change(call, 0, scene -> Nodes.transfer(transfer, scene), reply);
            case Operate.TransferReplicas transfer ->
                defining.change(call, 0, scene -> Nodes.transfer(transfer, scene), reply);
            case Operate.AddFileResource add -> add(call, add, reply);
            case Operate.RemoveFileResource(var name) ->
                defining.change(call, 0, scene -> FileResources.remove(name, scene), reply);
            case Operate.PlanReplication asked ->
                defining.change(call, 0, scene -> ReplicationRules.plan(asked, scene.catalog.replication()), reply);
            case Operate.Import asked -> jobs.imports().create(call, asked, reply);
            case Operate.RefreshExternal asked -> jobs.refreshes().create(call, asked, reply);
            case Operate.RestoreSnapshot restore -> jobs.restores().create(call, restore, reply);
            case Operate.PinSnapshot pin -> pin(call, pin, reply);
            case Operate.UnpinSnapshot(var pin) ->
                defining.change(call, 0, scene -> Snapshots.unpin(pin, scene), reply);
            case Operate.CommitImport(var job) -> jobs.imports().commit(job, reply);
            case Operate.AbortImport(var job) -> jobs.imports().abort(job, reply);
        }
    }

    private void add(Call call, Operate.AddFileResource add, Reply<Object> reply) {
        aside.accept(() -> {
            try {
                words.check(add);
                defining.change(call, 1, scene -> FileResources.add(add, scene), reply);
            } catch (Throwable refused) {
                reply.fail(refused);
            }
        });
    }

    private void pin(Call call, Operate.PinSnapshot pin, Reply<Object> reply) {
        long id = shards.allocateIds(1);
        defining.change(call, 0, scene -> Snapshots.pin(pin, id, scene), new Reply<>() {
            @Override
            public void complete(Done done) {
                reply.complete(new Operate.Pinned(id));
            }

            @Override
            public void fail(Throwable reason) {
                reply.fail(reason);
            }
        });
    }

    static List<Change> load(Operate.Load load, Scene scene) {
        var collection = scene.collection(load.collection());
        if (!load.partitions().isEmpty()) Partitions.refuseKeyed(collection, "load partitions");
        var partitions = Names.partitions(collection, load.partitions());
        var old = collection.load();
        if (load.refresh() && !old.wanted()) throw Scene.refused(new Refusal.NotLoaded(collection.name(), List.of()));
        checkIndexes(collection);
        var changes = new ArrayList<Change>(Nodes.place(collection, load, scene));
        var fields = fields(collection, load);
        var wanted = switch (old) {
            case Load.Everything _ -> new Load.Everything(fields, 1);
            case Load.Partitions(var ids, _, _)
            when !partitions.isEmpty() -> new Load.Partitions(union(ids, partitions), fields, 1);
            case Load.Partitions _, Load.Nothing _ ->
                partitions.isEmpty() ? new Load.Everything(fields, 1) : new Load.Partitions(partitions, fields, 1);
        };
        if (!wanted.equals(old)) changes.add(new Change.SetLoad(collection.id(), wanted));
        return changes;
    }

    private static void checkIndexes(Collection collection) {
        if (collection.indexes().isEmpty())
            throw Scene.refused(new Refusal.NotFound(Kind.INDEX, "", collection.name()));
        var bare = collection.schema().vectors().stream()
                .filter(field -> collection.indexOn(field.id()).isEmpty())
                .map(Field::name)
                .toList();
        if (!bare.isEmpty())
            throw Scene.invalid(
                    "index", "there is no vector index on field: " + bare + ", please create index firstly");
    }

    /// Ids of the fields to load; none means all that do not say otherwise.
    private static Set<Integer> fields(Collection collection, Operate.Load load) {
        var names = load.fields();
        var ids = new HashSet<Integer>();
        var schema = collection.schema();
        if (names.isEmpty()) {
            if (!load.withoutDynamic() || schema.dynamic().isEmpty()) return ids;
            for (var field : schema.fields())
                if (!field.has(Trait.DYNAMIC) && !SchemaRules.skipsLoad(field)) ids.add(field.id());
            return ids;
        }
        for (var name : names) {
            var named = StructRules.named(name, schema);
            if (named.isEmpty()) throw Scene.refused(new Refusal.NotFound(Kind.FIELD, name, collection.name()));
            named.forEach(field -> ids.add(field.id()));
        }
        schema.field(Field.NAMESPACE_NAME).ifPresent(hidden -> ids.add(hidden.id())); // which nobody can name
        for (var field : schema.fields()) {
            var needed = field.has(Trait.PRIMARY_KEY)
                    ? "primary key field"
                    : field.has(Trait.PARTITION_KEY)
                            ? "partition key field"
                            : field.has(Trait.CLUSTERING_KEY) ? "clustering key field" : "";
            if (!needed.isEmpty() && !ids.contains(field.id()))
                throw Scene.invalid(
                        "load_fields", "load field list " + names + " does not contain " + needed + " " + field.name());
        }
        if (schema.vectors().stream().noneMatch(field -> ids.contains(field.id())))
            throw Scene.invalid("load_fields", "load field list " + names + " does not contain vector field");
        if (!load.withoutDynamic()) schema.dynamic().ifPresent(field -> ids.add(field.id()));
        return ids;
    }

    private static Set<Long> union(Set<Long> left, Set<Long> right) {
        var both = new HashSet<>(left);
        both.addAll(right);
        return both;
    }

    static List<Change> release(Operate.Release release, Scene scene) {
        var collection = scene.collection(release.collection());
        if (!release.partitions().isEmpty()) Partitions.refuseKeyed(collection, "release partitions");
        var partitions = Names.partitions(collection, release.partitions());
        var wanted = partitions.isEmpty() ? Load.NOTHING : without(collection, partitions);
        return wanted.equals(collection.load()) ? List.of() : List.of(new Change.SetLoad(collection.id(), wanted));
    }

    private static Load without(Collection collection, Set<Long> gone) {
        var left = new HashSet<Long>();
        for (var partition : collection.partitions())
            if (collection.load().includes(partition.id()) && !gone.contains(partition.id())) left.add(partition.id());
        if (left.isEmpty()) return Load.NOTHING;
        return switch (collection.load()) {
            case Load.Nothing _ -> Load.NOTHING;
            case Load.Everything(var fields, var replicas) -> new Load.Partitions(left, fields, replicas);
            case Load.Partitions(_, var fields, var replicas) -> new Load.Partitions(left, fields, replicas);
        };
    }

    private void flush(Call call, List<String> names, Reply<Object> reply) {
        var catalog = shards.catalog();
        var collections = names.isEmpty()
                ? catalog.collectionsOf(Names.database(catalog, call).id())
                : names.stream()
                        .map(name -> Names.collection(catalog, call, name))
                        .toList();
        if (!names.isEmpty()) collections.forEach(collection -> Externals.refuse(collection, "flush"));
        var older = collections.stream().map(this::segmentsOnDisk).toList();
        var all = collections.stream().flatMap(c -> c.shards().stream()).toList();
        shards.seal(all, new Reply<>() {
            @Override
            public void complete(Map<Long, List<Long>> sealed) {
                reply.complete(flushed(collections, older, sealed));
            }

            @Override
            public void fail(Throwable reason) {
                reply.fail(reason);
            }
        });
    }

    private List<Long> segmentsOnDisk(Collection collection) {
        return shards.segments(collection.id()).stream()
                .filter(s -> !s.growing())
                .map(Watch.SegmentInfo::id)
                .toList();
    }

    private Operate.Flushed flushed(
            List<Collection> collections, List<List<Long>> older, Map<Long, List<Long>> sealed) {
        var told = new ArrayList<Operate.FlushedCollection>();
        for (int i = 0; i < collections.size(); i++) {
            var collection = collections.get(i);
            var segments = collection.shards().stream()
                    .flatMap(shard -> sealed.getOrDefault(shard, List.of()).stream())
                    .toList();
            told.add(new Operate.FlushedCollection(collection.name(), collection.id(), segments, older.get(i)));
        }
        return new Operate.Flushed(List.copyOf(told), shards.now());
    }

    private void compact(Call call, Operate.Compact asked, Reply<Object> reply) {
        var collection = Names.collection(shards.catalog(), call, asked.collection());
        Externals.refuse(collection, "manual compaction");
        var where = asked.shards().isEmpty()
                ? collection.shards()
                : asked.shards().stream()
                        .filter(number ->
                                number >= 0 && number < collection.shards().size())
                        .map(collection.shards()::get)
                        .toList();
        var what = new Compaction(asked.major(), new HashSet<>(asked.partitions()), new HashSet<>(asked.segments()));
        long job = where.isEmpty() ? -1 : shards.compact(where, what);
        reply.complete(new Operate.Started(job, job < 0 ? 0 : 1));
    }
}
