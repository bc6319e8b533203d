package dev.sextant.engine.entry;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Database;
import dev.sextant.catalog.FileResource;
import dev.sextant.catalog.Index;
import dev.sextant.catalog.Load;
import dev.sextant.catalog.Partition;
import dev.sextant.catalog.ResourceGroups;
import dev.sextant.catalog.Rights;
import dev.sextant.catalog.Snapshots;
import dev.sextant.catalog.User;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Function;
import dev.sextant.model.ReplicationPlan;
import dev.sextant.model.Schema;
import dev.sextant.model.Struct;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;
import dev.sextant.model.WordFile;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The catalog, its changes and schemas as bytes: one codec for the log and for checkpoints.
public final class CatalogCodec {
    /// The highest bit of a schema's version says that functions follow its fields.
    private static final int WITH_FUNCTIONS = 0x8000_0000;

    /// The bit below says that structs follow those.
    private static final int WITH_STRUCTS = 0x4000_0000;

    /// And the next one that what files of words held follows those.
    private static final int WITH_FILES = 0x2000_0000;

    /// A bit of a collection's load state, which says that where its rows come from stands behind all else.
    private static final int WITH_EXTERNAL = 8;

    private static final int LOCAL = 1;
    private static final int REMOTE = 2;

    private CatalogCodec() {}

    public static void catalog(Out out, Catalog catalog) {
        out.i64(catalog.version());
        out.each(catalog.databases().values(), CatalogCodec::database);
        out.each(sorted(catalog.collections()), CatalogCodec::collection);
        out.each(
                catalog.aliases().entrySet().stream()
                        .sorted(Comparator.comparing((Map.Entry<Catalog.AliasKey, Long> e) ->
                                        e.getKey().database())
                                .thenComparing(e -> e.getKey().alias()))
                        .toList(),
                (o, e) -> o.i64(e.getKey().database()).text(e.getKey().alias()).i64(e.getValue()));
        out.each(sorted(catalog.trash()), (o, trashed) -> {
            collection(o, trashed.collection());
            o.i64(trashed.deadlineMillis());
        });
        out.each(catalog.users().values(), CatalogCodec::user);
    }

    private static <T> java.util.List<T> sorted(Map<Long, T> map) {
        return map.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .toList();
    }

    public static Catalog catalog(In in) {
        long version = in.i64();
        var databases = new TreeMap<Long, Database>();
        in.each(CatalogCodec::database).forEach(d -> databases.put(d.id(), d));
        var collections = new HashMap<Long, Collection>();
        in.each(CatalogCodec::collection).forEach(c -> collections.put(c.id(), c));
        var aliases = new HashMap<Catalog.AliasKey, Long>();
        in.each(i -> {
            var key = new Catalog.AliasKey(i.i64(), i.text());
            aliases.put(key, i.i64());
            return key;
        });
        var trash = new TreeMap<Long, Catalog.Trashed>();
        in.each(i -> new Catalog.Trashed(collection(i), i.i64()))
                .forEach(t -> trash.put(t.collection().id(), t));
        var users = new TreeMap<String, User>();
        in.each(CatalogCodec::user).forEach(u -> users.put(u.name(), u));
        var names = new HashMap<Catalog.AliasKey, Long>();
        collections.values().forEach(c -> names.put(new Catalog.AliasKey(c.databaseId(), c.name()), c.id()));
        return new Catalog(
                version,
                databases,
                collections,
                aliases,
                trash,
                users,
                Rights.NONE,
                ResourceGroups.NONE,
                Map.of(),
                Map.of(),
                Snapshots.NONE,
                Map.of(),
                ReplicationPlan.NONE,
                names);
    }

    static void change(Out out, Change change) {
        switch (change) {
            case Change.CreateDatabase(var d) -> database(out.i8(1), d);
            case Change.AlterDatabase(var id, var properties) ->
                out.i8(2).i64(id).texts(properties);
            case Change.DropDatabase(var id) -> out.i8(3).i64(id);
            case Change.CreateCollection(var c) -> collection(out.i8(4), c);
            case Change.RenameCollection(var id, var database, var name) ->
                out.i8(5).i64(id).i64(database).text(name);
            case Change.AlterCollection(var id, var properties, var level, var text) ->
                out.i8(6).i64(id).texts(properties).text(level.name()).text(text);
            case Change.AlterSchema(var id, var schema) -> schema(out.i8(7).i64(id), schema);
            case Change.DropCollection(var id, var deadline) ->
                out.i8(8).i64(id).i64(deadline);
            case Change.RestoreCollection(var id, var name) -> out.i8(9).i64(id).text(name);
            case Change.PurgeCollection(var id) -> out.i8(10).i64(id);
            case Change.Truncate(var id) -> out.i8(11).i64(id);
            case Change.CreatePartition(var id, var p) -> partition(out.i8(12).i64(id), p);
            case Change.DropPartition(var id, var partition) ->
                out.i8(13).i64(id).i64(partition);
            case Change.SetAlias(var database, var alias, var collection) ->
                out.i8(14).i64(database).text(alias).i64(collection);
            case Change.RemoveAlias(var database, var alias) ->
                out.i8(15).i64(database).text(alias);
            case Change.CreateIndex(var id, var index) -> index(out.i8(16).i64(id), index);
            case Change.AlterIndex(var id, var index, var parameters) ->
                out.i8(17).i64(id).i64(index).texts(parameters);
            case Change.DropIndex(var id, var index) -> out.i8(18).i64(id).i64(index);
            case Change.SetLoad(var id, var load) -> load(out.i8(19).i64(id), load, 0);
            case Change.PutUser(var user) -> user(out.i8(20), user);
            case Change.DropUser(var name) -> out.i8(21).text(name);
            case Change.PutRole(var role) -> RightsCodec.role(out.i8(40), role);
            case Change.DropRole(var name) -> out.i8(41).text(name);
            case Change.SetRoles(var user, var roles) ->
                RightsCodec.set(out.i8(42).text(user), roles);
            case Change.PutPrivilegeGroup(var name, var privileges) ->
                RightsCodec.set(out.i8(43).text(name), privileges);
            case Change.DropPrivilegeGroup(var name) -> out.i8(44).text(name);
            case Change.PutResourceGroup(var group) -> RightsCodec.group(out.i8(45), group);
            case Change.DropResourceGroup(var name) -> out.i8(46).text(name);
            case Change.Place(var id, var group) -> out.i8(47).i64(id).text(group);
            case Change.PutFileResource(var file) -> file(out.i8(62), file);
            case Change.DropFileResource(var name) -> out.i8(63).text(name);
            case Change.SetExternal(var id, var external) ->
                ExternalCodec.external(out.i8(64).i64(id), external);
            case Change.PutRefresh(var job) -> ExternalCodec.job(out.i8(65), job);
            case Change.ForgetRefresh(var id) -> out.i8(66).i64(id);
            case Change.PlanReplication(var plan) -> replication(out.i8(80), plan);
            case Change.PutImport(var job) -> ImportCodec.job(out.i8(60), job);
            case Change.ForgetImport(var id) -> out.i8(61).i64(id);
            case Change.CreateSnapshot(var snapshot) -> SnapshotCodec.snapshot(out.i8(70), snapshot);
            case Change.DropSnapshot(var id) -> out.i8(71).i64(id);
            case Change.PinSnapshot(var id, var pin, var until) ->
                out.i8(72).i64(id).i64(pin).i64(until);
            case Change.UnpinSnapshot(var id, var pin) -> out.i8(73).i64(id).i64(pin);
            case Change.PutRestore(var job) -> SnapshotCodec.job(out.i8(74), job);
            case Change.ForgetRestore(var id) -> out.i8(75).i64(id);
        }
    }

    static Change change(In in) {
        int kind = in.i8();
        return switch (kind) {
            case 1 -> new Change.CreateDatabase(database(in));
            case 2 -> new Change.AlterDatabase(in.i64(), in.texts());
            case 3 -> new Change.DropDatabase(in.i64());
            case 4 -> new Change.CreateCollection(collection(in));
            case 5 -> new Change.RenameCollection(in.i64(), in.i64(), in.text());
            case 6 -> new Change.AlterCollection(in.i64(), in.texts(), named(ConsistencyLevel.class, in), in.text());
            case 7 -> new Change.AlterSchema(in.i64(), schema(in));
            case 8 -> new Change.DropCollection(in.i64(), in.i64());
            case 9 -> new Change.RestoreCollection(in.i64(), in.text());
            case 10 -> new Change.PurgeCollection(in.i64());
            case 11 -> new Change.Truncate(in.i64());
            case 12 -> new Change.CreatePartition(in.i64(), partition(in));
            case 13 -> new Change.DropPartition(in.i64(), in.i64());
            case 14 -> new Change.SetAlias(in.i64(), in.text(), in.i64());
            case 15 -> new Change.RemoveAlias(in.i64(), in.text());
            case 16 -> new Change.CreateIndex(in.i64(), index(in));
            case 17 -> new Change.AlterIndex(in.i64(), in.i64(), in.texts());
            case 18 -> new Change.DropIndex(in.i64(), in.i64());
            case 19 -> new Change.SetLoad(in.i64(), load(in.i8(), in));
            case 20 -> new Change.PutUser(user(in));
            case 21 -> new Change.DropUser(in.text());
            case 60 -> new Change.PutImport(ImportCodec.job(in));
            case 61 -> new Change.ForgetImport(in.i64());
            case 62 -> new Change.PutFileResource(file(in));
            case 63 -> new Change.DropFileResource(in.text());
            case 64 -> new Change.SetExternal(in.i64(), ExternalCodec.external(in));
            case 65 -> new Change.PutRefresh(ExternalCodec.job(in));
            case 66 -> new Change.ForgetRefresh(in.i64());
            case 80 -> new Change.PlanReplication(replication(in));
            default -> {
                if (kind < RightsCodec.FIRST_KIND) throw in.corrupt("a kind of change", kind);
                yield kind < SnapshotCodec.FIRST_KIND ? RightsCodec.change(kind, in) : SnapshotCodec.change(kind, in);
            }
        };
    }

    private static void database(Out out, Database database) {
        out.i64(database.id()).text(database.name()).i64(database.created()).texts(database.properties());
    }

    private static Database database(In in) {
        return new Database(in.i64(), in.text(), in.i64(), in.texts());
    }

    static void collection(Out out, Collection c) {
        out.i64(c.id()).i64(c.databaseId()).text(c.name()).text(c.description());
        schema(out, c.schema());
        out.each(c.shards(), Out::i64).text(c.consistency().name()).texts(c.properties());
        out.each(c.partitions(), CatalogCodec::partition).each(c.indexes(), CatalogCodec::index);
        load(out, c.load(), c.external().isPresent() ? WITH_EXTERNAL : 0);
        out.i64(c.created()).i64(c.altered());
        c.external().ifPresent(external -> ExternalCodec.external(out, external));
    }

    static Collection collection(In in) {
        long id = in.i64(), database = in.i64();
        var name = in.text();
        var description = in.text();
        var schema = schema(in);
        var shards = in.each(In::i64);
        var consistency = named(ConsistencyLevel.class, in);
        var properties = in.texts();
        var partitions = in.each(CatalogCodec::partition);
        var indexes = in.each(CatalogCodec::index);
        int kind = in.i8();
        return new Collection(
                id,
                database,
                name,
                description,
                schema,
                shards,
                consistency,
                properties,
                partitions,
                indexes,
                load(kind & ~WITH_EXTERNAL, in),
                in.i64(),
                in.i64(),
                (kind & WITH_EXTERNAL) == 0 ? Optional.empty() : Optional.of(ExternalCodec.external(in)));
    }

    private static void partition(Out out, Partition p) {
        out.i64(p.id()).text(p.name()).i64(p.created());
    }

    private static Partition partition(In in) {
        return new Partition(in.i64(), in.text(), in.i64());
    }

    private static void index(Out out, Index index) {
        out.i64(index.id())
                .text(index.name())
                .i32(index.field())
                .texts(index.parameters())
                .i64(index.created());
    }

    private static Index index(In in) {
        return new Index(in.i64(), in.text(), in.i32(), in.texts(), in.i64());
    }

    /// @param flag in the kind
    private static void load(Out out, Load load, int flag) {
        switch (load) {
            case Load.Nothing _ -> out.i8(flag);
            case Load.Everything(var fields, var replicas) ->
                out.i8(1 | flag).each(sorted(fields), Out::i32).i32(replicas);
            case Load.Partitions(var ids, var fields, var replicas) ->
                out.i8(2 | flag)
                        .each(sorted(ids), Out::i64)
                        .each(sorted(fields), Out::i32)
                        .i32(replicas);
        }
    }

    private static <T extends Comparable<T>> java.util.List<T> sorted(Set<T> set) {
        return set.stream().sorted().toList();
    }

    private static Load load(int kind, In in) {
        return switch (kind) {
            case 0 -> Load.NOTHING;
            case 1 -> new Load.Everything(Set.copyOf(in.each(In::i32)), in.i32());
            case 2 -> new Load.Partitions(Set.copyOf(in.each(In::i64)), Set.copyOf(in.each(In::i32)), in.i32());
            default -> throw in.corrupt("a load state", kind);
        };
    }

    private static void user(Out out, User user) {
        out.text(user.name()).text(user.passwordHash()).text(user.description()).i64(user.created());
    }

    private static User user(In in) {
        return new User(in.text(), in.text(), in.text(), in.i64());
    }

    public static void schema(Out out, Schema schema) {
        boolean functions = !schema.functions().isEmpty();
        boolean structs = !schema.structs().isEmpty();
        var reading = schema.fields().stream()
                .filter(field -> !field.files().isEmpty())
                .toList();
        out.i32(schema.version()
                        | (functions ? WITH_FUNCTIONS : 0)
                        | (structs ? WITH_STRUCTS : 0)
                        | (reading.isEmpty() ? 0 : WITH_FILES))
                .each(schema.fields(), CatalogCodec::field);
        if (functions) out.each(schema.functions(), CatalogCodec::function);
        if (structs) out.each(schema.structs(), CatalogCodec::struct);
        if (!reading.isEmpty())
            out.each(reading, (o, field) -> o.i32(field.id()).each(field.files(), CatalogCodec::wordFile));
    }

    public static Schema schema(In in) {
        int version = in.i32();
        var fields = in.each(CatalogCodec::field);
        var functions = (version & WITH_FUNCTIONS) == 0 ? List.<Function>of() : in.each(CatalogCodec::function);
        var structs = (version & WITH_STRUCTS) == 0 ? List.<Struct>of() : in.each(CatalogCodec::struct);
        if ((version & WITH_FILES) != 0) {
            var files = new HashMap<Integer, List<WordFile>>();
            in.each(i -> files.put(i.i32(), i.each(CatalogCodec::wordFile)));
            fields.replaceAll(field -> field.withFiles(files.getOrDefault(field.id(), List.of())));
        }
        return new Schema(version & ~(WITH_FUNCTIONS | WITH_STRUCTS | WITH_FILES), fields, functions, structs);
    }

    private static void wordFile(Out out, WordFile file) {
        switch (file.source()) {
            case WordFile.Local(var path) -> out.i8(LOCAL).text(path);
            case WordFile.Remote(var resource, var name) ->
                out.i8(REMOTE).text(resource).text(name);
        }
        out.once(file.digest(), file.text());
    }

    private static WordFile wordFile(In in) {
        int kind = in.i8();
        var source = switch (kind) {
            case LOCAL -> new WordFile.Local(in.text());
            case REMOTE -> new WordFile.Remote(in.text(), in.text());
            default -> throw in.corrupt("where a file lies", kind);
        };
        var held = in.once();
        return new WordFile(source, held.key(), held.text());
    }

    public static void files(Out out, Map<String, FileResource> files) {
        out.each(files.values(), CatalogCodec::file);
    }

    public static Map<String, FileResource> files(In in) {
        var files = new TreeMap<String, FileResource>();
        in.each(CatalogCodec::file).forEach(file -> files.put(file.name(), file));
        return files;
    }

    private static void file(Out out, FileResource file) {
        out.i64(file.id()).text(file.name()).text(file.path());
    }

    private static FileResource file(In in) {
        return new FileResource(in.i64(), in.text(), in.text());
    }

    public static void replication(Out out, ReplicationPlan plan) {
        out.each(
                        plan.clusters(),
                        (o, cluster) -> o.text(cluster.id()).text(cluster.uri()).each(cluster.channels(), Out::text))
                .each(plan.ways(), (o, way) -> o.text(way.source()).text(way.target()));
    }

    public static ReplicationPlan replication(In in) {
        return new ReplicationPlan(
                in.each(i -> new ReplicationPlan.Cluster(i.text(), i.text(), i.each(In::text))),
                in.each(i -> new ReplicationPlan.Way(i.text(), i.text())));
    }

    private static void struct(Out out, Struct struct) {
        out.i32(struct.id())
                .text(struct.name())
                .text(struct.description())
                .flag(struct.nullable())
                .texts(struct.parameters());
    }

    private static Struct struct(In in) {
        return new Struct(in.i32(), in.text(), in.text(), in.flag(), in.texts());
    }

    private static void function(Out out, Function function) {
        out.i32(function.id())
                .text(function.name())
                .text(function.description())
                .text(function.kind().name())
                .each(function.inputs(), Out::text)
                .each(function.outputs(), Out::text)
                .texts(function.parameters());
    }

    private static Function function(In in) {
        return new Function(
                in.i32(),
                in.text(),
                in.text(),
                named(Function.Kind.class, in),
                in.each(In::text),
                in.each(In::text),
                in.texts());
    }

    private static void field(Out out, Field field) {
        out.i32(field.id()).text(field.name()).text(field.description());
        type(out, field.type());
        out.each(sorted(field.traits()), (o, trait) -> o.text(trait.name()));
        out.maybe(field.defaultValue(), CatalogCodec::value).texts(field.parameters());
    }

    private static Field field(In in) {
        return new Field(
                in.i32(),
                in.text(),
                in.text(),
                type(in),
                Set.copyOf(in.each(i -> named(Field.Trait.class, i))),
                in.maybe(CatalogCodec::value),
                in.texts());
    }

    private static void type(Out out, FieldType type) {
        switch (type) {
            case FieldType.Primitive primitive -> out.i8(1).text(primitive.name());
            case FieldType.Varchar(var bytes) -> out.i8(2).i32(bytes);
            case FieldType.Json _ -> out.i8(3);
            case FieldType.Text(var bytes) -> out.i8(6).i32(bytes);
            case FieldType.Geometry _ -> out.i8(7);
            case FieldType.Array(var element, var most) -> type(out.i8(4).i32(most), element);
            case FieldType.Vector(var vector, var dimension) ->
                out.i8(5).text(vector.name()).i32(dimension);
        }
    }

    private static FieldType type(In in) {
        int kind = in.i8();
        return switch (kind) {
            case 1 -> named(FieldType.Primitive.class, in);
            case 2 -> new FieldType.Varchar(in.i32());
            case 3 -> new FieldType.Json();
            case 4 -> {
                int most = in.i32();
                yield new FieldType.Array(type(in), most);
            }
            case 5 -> new FieldType.Vector(named(VectorType.class, in), in.i32());
            case 6 -> new FieldType.Text(in.i32());
            case 7 -> new FieldType.Geometry();
            default -> throw in.corrupt("a field type", kind);
        };
    }

    private static void value(Out out, Value value) {
        switch (value) {
            case Value.Null _ -> out.i8(0);
            case Value.Bool(var b) -> out.i8(1).flag(b);
            case Value.Int(var i) -> out.i8(2).i64(i);
            case Value.Real(var r) -> out.i8(3).f64(r);
            case Value.Text(var text) -> out.i8(4).text(text);
            case Value.Items(var items) -> out.i8(5).each(items, CatalogCodec::value);
            case Value.Bytes bytes -> throw new IllegalArgumentException(bytes + " are no default");
        }
    }

    private static Value value(In in) {
        int kind = in.i8();
        return switch (kind) {
            case 0 -> Value.NULL;
            case 1 -> new Value.Bool(in.flag());
            case 2 -> new Value.Int(in.i64());
            case 3 -> new Value.Real(in.f64());
            case 4 -> new Value.Text(in.text());
            case 5 -> new Value.Items(in.each(CatalogCodec::value));
            default -> throw in.corrupt("a value", kind);
        };
    }

    static <E extends Enum<E>> E named(Class<E> kind, In in) {
        var name = in.text();
        for (E constant : kind.getEnumConstants()) if (constant.name().equals(name)) return constant;
        throw in.corrupt("a " + kind.getSimpleName(), name);
    }
}
