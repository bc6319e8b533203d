package dev.sextant.database;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Database;
import dev.sextant.catalog.Load;
import dev.sextant.catalog.Partition;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Moments;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.InvalidSchema;
import dev.sextant.model.Refusal.InvalidSchema.Rule;
import dev.sextant.model.Refusal.Kind;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Struct;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Decides on collections.
final class Collections {
    private Collections() {}

    static List<Change> create(Define.CreateCollection create, Scene scene) {
        checkShards(create.shards(), scene);
        var schema = SchemaRules.schema(create, zone(create, scene), scene.config);
        checkPartitionCount(create, schema, scene);
        Properties.checkCollection(create.properties(), schema);
        var database = scene.database();
        var collection = drawn(create, schema, database, scene);
        var existing = scene.catalog.collection(database.id(), collection.name());
        if (existing.isPresent()) {
            var difference = difference(existing.get(), collection);
            if (difference.isEmpty()) return List.of();
            throw Scene.refused(
                    new Refusal.AlreadyExists(Kind.COLLECTION, collection.name(), database.name(), difference.get()));
        }
        refuseAliasName(scene, database, collection.name());
        checkNumbers(scene, database);
        checkCapacity(
                scene, collection.shards().size() * collection.partitions().size());
        return List.of(new Change.CreateCollection(collection));
    }

    /// The zone in which its moments will be read.
    private static ZoneId zone(Define.CreateCollection create, Scene scene) {
        return Moments.zoneOf(
                create.properties().containsKey(Properties.TIMEZONE)
                        ? create.properties()
                        : scene.database().properties());
    }

    private static Collection drawn(Define.CreateCollection create, Schema schema, Database database, Scene scene) {
        long id = scene.id();
        var shards = new ArrayList<Long>();
        for (int i = 0; i < Math.max(1, create.shards()); i++) shards.add(scene.id());
        var partitions = new ArrayList<Partition>();
        if (schema.partitionKey().isEmpty()) partitions.add(new Partition(scene.id(), Partition.DEFAULT_NAME, 0));
        else
            for (int i = 0; i < keyPartitions(create, scene); i++)
                partitions.add(new Partition(scene.id(), Partition.DEFAULT_NAME + "_" + i, 0));
        var properties = new HashMap<>(create.properties());
        properties.remove(SchemaRules.HIGHEST_FIELD_ID); // copied from another collection, whose ids these are not
        properties.putIfAbsent(Properties.TIMEZONE, database.properties().getOrDefault(Properties.TIMEZONE, "UTC"));
        var drawn = new Collection(
                id,
                database.id(),
                create.name().strip(),
                create.description(),
                schema,
                shards,
                create.consistency(),
                properties,
                partitions,
                List.of(),
                Load.NOTHING,
                0,
                0);
        return create.external().map(drawn::with).orElse(drawn);
    }

    private static int keyPartitions(Define.CreateCollection create, Scene scene) {
        return create.partitionCount() == 0 ? scene.config.names().defaultKeyPartitions() : create.partitionCount();
    }

    private static void checkShards(int shards, Scene scene) {
        int most = scene.config.names().maxShards();
        if (shards > most)
            throw schema(
                    "shards", Rule.SHARDS, "maximum shards's number should be limited to " + most + ", got " + shards);
        if (shards < 0) throw schema("shards", Rule.SHARDS, "the number of shards must not be negative, got " + shards);
    }

    private static void checkPartitionCount(Define.CreateCollection create, Schema schema, Scene scene) {
        if (create.partitionCount() == 0) return;
        if (schema.partitionKey().isEmpty())
            throw schema(
                    "num_partitions",
                    Rule.PARTITIONS,
                    "num_partitions should only be specified with partition key field enabled");
        int most = scene.config.names().maxPartitions();
        if (create.partitionCount() < 1 || create.partitionCount() > most)
            throw schema(
                    "num_partitions",
                    Rule.PARTITIONS,
                    "partition number (" + create.partitionCount() + ") exceeds max configuration (" + most + ")");
    }

    /// What makes two definitions differ, if anything does: ids, properties that were added here, and what was read out
    /// of files don't.
    private static Optional<String> difference(Collection old, Collection asked) {
        if (!named(old.schema()).equals(named(asked.schema()))) return Optional.of("the fields differ");
        if (!structs(old.schema()).equals(structs(asked.schema()))) return Optional.of("the structs differ");
        if (!old.schema().functions().equals(asked.schema().functions())) return Optional.of("the functions differ");
        if (old.shards().size() != asked.shards().size())
            return Optional.of("it has " + old.shards().size() + " shards");
        if (old.consistency() != asked.consistency()) return Optional.of("its consistency is " + old.consistency());
        if (!old.description().equals(asked.description())) return Optional.of("the descriptions differ");
        if (!old.external().equals(asked.external())) return Optional.of("their rows come from elsewhere");
        if (!properties(old).equals(properties(asked))) return Optional.of("the properties differ");
        if (Scene.isKeyed(old) && old.partitions().size() != asked.partitions().size())
            return Optional.of("it has " + old.partitions().size() + " partitions");
        return Optional.empty();
    }

    private static Map<String, String> properties(Collection collection) {
        var properties = new HashMap<>(collection.properties());
        properties.remove(SchemaRules.HIGHEST_FIELD_ID);
        return properties;
    }

    private static Map<String, Field> named(Schema schema) {
        var fields = new HashMap<String, Field>();
        schema.fields()
                .forEach(field -> fields.put(field.name(), field.withId(0).withFiles(List.of())));
        return fields;
    }

    private static Set<Struct> structs(Schema schema) {
        return schema.structs().stream().map(struct -> struct.withId(0)).collect(Collectors.toSet());
    }

    static void refuseAliasName(Scene scene, Database database, String name) {
        var owner = scene.catalog.aliases().get(new Catalog.AliasKey(database.id(), name));
        if (owner != null)
            throw Scene.refused(new Refusal.NameTaken(
                    database.name(),
                    name,
                    Kind.ALIAS,
                    scene.catalog.collection(owner).map(Collection::name).orElse("")));
    }

    static void checkNumbers(Scene scene, Database database) {
        var limits = scene.config.names();
        int here = scene.catalog.collectionsOf(database.id()).size();
        int all = scene.catalog.collections().size();
        var own = Optional.ofNullable(database.properties().get(Properties.DATABASE_COLLECTIONS))
                .map(Properties::number)
                .filter(most -> most >= 0);
        if (own.isPresent() && here >= own.get())
            throw Scene.refused(new Refusal.LimitExceeded(
                    "collections in database '" + database.name() + "'",
                    here + 1L,
                    own.get().longValue(),
                    Properties.DATABASE_COLLECTIONS));
        if (here >= limits.maxCollectionsPerDatabase())
            throw Scene.refused(new Refusal.LimitExceeded(
                    "collections in database '" + database.name() + "'",
                    here + 1L,
                    limits.maxCollectionsPerDatabase(),
                    "names.maxCollectionsPerDatabase"));
        if (all >= limits.maxCollections())
            throw Scene.refused(new Refusal.LimitExceeded(
                    "collections", all + 1L, limits.maxCollections(), "names.maxCollections"));
    }

    /// Shards times partitions is what costs memory and files, whoever owns them.
    static void checkCapacity(Scene scene, int more) {
        long now = 0;
        for (var c : scene.catalog.collections().values())
            now += (long) c.shards().size() * c.partitions().size();
        int most = scene.config.names().maxCapacity();
        if (now + more > most)
            throw Scene.refused(new Refusal.LimitExceeded(
                    "capacity (shards times partitions of all collections)", now + more, most, "names.maxCapacity"));
    }

    static List<Change> drop(String given, Scene scene) {
        var name = given.strip();
        var database = scene.catalog.database(scene.call.database().isEmpty() ? "default" : scene.call.database());
        if (database.isEmpty()) return List.of(); // nothing is left to drop
        if (scene.catalog
                .aliases()
                .containsKey(new Catalog.AliasKey(database.get().id(), name)))
            throw Scene.invalid("collection_name", "cannot drop the collection via alias = " + name);
        var collection = scene.catalog.collection(database.get().id(), name);
        if (collection.isEmpty()) return List.of();
        var aliases = scene.catalog.aliasesOf(collection.get().id());
        if (!aliases.isEmpty())
            throw Scene.invalid(
                    "collection_name",
                    "unable to drop the collection [" + name + "] because it has associated aliases " + aliases
                            + ", please remove all aliases before dropping the collection");
        return List.of(new Change.DropCollection(
                collection.get().id(), scene.nowMillis + scene.config.trashFor().toMillis()));
    }

    static List<Change> truncate(String name, Scene scene) {
        var collection = scene.own(name, "truncate");
        return List.of(new Change.Truncate(collection.id()));
    }

    static List<Change> rename(Define.RenameCollection rename, Scene scene) {
        var newName = rename.newName().strip();
        Names.checkCollection(newName, scene.config.names().maxNameLength());
        var from = scene.database();
        var to = rename.newDatabase()
                .filter(name -> !name.isEmpty())
                .map(name -> Names.database(scene.catalog, name))
                .orElse(from);
        if (scene.catalog
                .aliases()
                .containsKey(new Catalog.AliasKey(from.id(), rename.name().strip())))
            throw Scene.invalid(
                    "collection_name", "unsupported use an alias to rename collection, alias:" + rename.name());
        var collection = scene.collection(rename.name());
        if (scene.catalog.resolve(to.id(), newName).isPresent())
            throw Scene.invalid("new_name", "duplicated new collection name " + newName + " in database " + to.name());
        if (to.id() != from.id()) {
            if (!scene.catalog.aliasesOf(collection.id()).isEmpty())
                throw Scene.invalid(
                        "new_database",
                        "fail to rename db name, must drop all aliases of this collection before rename");
            checkNumbers(scene, to);
        }
        return List.of(new Change.RenameCollection(collection.id(), to.id(), newName));
    }

    static List<Change> alter(Define.AlterCollection alter, Scene scene) {
        Properties.checkOneKindOfEdit(alter.set(), alter.unset());
        var collection = scene.collection(alter.name());
        if (alter.unset().contains(Properties.DYNAMIC))
            throw Scene.invalid(Properties.DYNAMIC, "cannot delete key dynamicfield.enabled");
        if (alter.set().containsKey(Properties.DYNAMIC)) return alterDynamic(alter.set(), collection, scene);
        alter.set().forEach(Properties::checkOne);
        checkAlterable(alter, collection);
        Properties.checkTtlChange(collection.properties(), alter.set());
        var set = new HashMap<>(alter.set());
        var description =
                Optional.ofNullable(set.remove(Properties.DESCRIPTION)).orElse(collection.description());
        var level = Optional.ofNullable(set.remove(Properties.CONSISTENCY))
                .map(Properties::level)
                .orElse(collection.consistency());
        checkDescription(description, scene.config);
        var properties = Properties.edited(collection.properties(), set, alter.unset());
        Properties.checkCollection(properties, collection.schema());
        var same = properties.equals(collection.properties())
                && description.equals(collection.description())
                && level == collection.consistency();
        return same ? List.of() : List.of(new Change.AlterCollection(collection.id(), properties, level, description));
    }

    private static void checkAlterable(Define.AlterCollection alter, Collection collection) {
        var keys = new ArrayList<>(alter.set().keySet());
        keys.addAll(alter.unset());
        for (var key : keys) {
            if (key.equals(SchemaRules.HIGHEST_FIELD_ID))
                throw Scene.invalid(key, "can not alter " + key + ", which the server keeps");
            boolean ofNamespaces = key.equals(Properties.NAMESPACES)
                    || key.equals(Properties.NAMESPACE_MODE)
                    || key.equals(Properties.NAMESPACE_SHARDS);
            if (ofNamespaces
                    && !java.util.Objects.equals(
                            alter.set().get(key), collection.properties().get(key)))
                throw Scene.invalid(key, "can not alter " + key + ": whether a collection has namespaces is said once");
            if (Properties.isExternal(key))
                throw Scene.invalid(key, "cannot alter " + key + ": only a refresh changes where rows come from");
            if (Properties.isResidency(key) && collection.load().wanted())
                throw Scene.refused(new Refusal.InUse(
                        Kind.COLLECTION, collection.name(), "can not alter mmap properties if collection loaded"));
            if ((key.equals(Properties.ISOLATION) || key.equals(Properties.QUERY_MODE)) && hasVectorIndex(collection))
                throw Scene.refused(new Refusal.InUse(
                        Kind.INDEX,
                        collection.name(),
                        "can not alter " + key
                                + " if the collection already has a vector index. Please drop the index first"));
        }
    }

    private static boolean hasVectorIndex(Collection collection) {
        return collection.indexes().stream().anyMatch(index -> Scene.isOnVector(collection, index));
    }

    private static List<Change> alterDynamic(Map<String, String> set, Collection collection, Scene scene) {
        if (set.size() > 1)
            throw Scene.invalid(
                    Properties.DYNAMIC, "cannot alter dynamic schema with other properties at the same time");
        Externals.refuse(collection, "alter collection schema");
        var value = set.get(Properties.DYNAMIC);
        if (!Names.isBoolean(value))
            throw Scene.invalid(Properties.DYNAMIC, "invalid dynamicfield.enabled value: " + value);
        var schema = collection.schema();
        if (Names.isTrue(value) == schema.dynamic().isPresent()) return List.of();
        if (!Names.isTrue(value))
            throw Scene.invalid(Properties.DYNAMIC, "dynamic schema cannot be disabled once it is enabled");
        SchemaRules.checkRoom(schema, 1, scene.config);
        return List.of(new Change.AlterSchema(
                collection.id(), SchemaRules.with(schema, SchemaRules.dynamicField(), collection)));
    }

    static void checkDescription(String description, DatabaseConfig config) {
        int bytes = description.getBytes(StandardCharsets.UTF_8).length;
        int most = config.names().maxDescriptionBytes();
        if (bytes > most)
            throw Scene.refused(
                    new Refusal.LimitExceeded("bytes of a description", bytes, most, "names.maxDescriptionBytes"));
    }

    private static Refused schema(String subject, Rule rule, String detail) {
        return Scene.refused(new InvalidSchema(subject, rule, detail));
    }
}
