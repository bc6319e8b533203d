package dev.sextant.database;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Index;
import dev.sextant.index.scalar.JsonPath;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.InvalidIndex;
import dev.sextant.model.Refusal.InvalidIndex.Rule;
import dev.sextant.model.Refusal.Kind;
import dev.sextant.model.Refused;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Decides on indexes. An index is a wish; what is built for it is told truthfully in docs/compatibility/indexes.md.
final class Indexes {
    private static final Set<String> ALTERABLE = Set.of(Properties.MMAP, "indexoffsetcache.enabled", "warmup");

    private Indexes() {}

    static List<Change> create(Define.CreateIndex create, Scene scene) {
        return create(create, scene.collection(create.collection()), scene);
    }

    /// On a collection that may not be in the catalog as it is here.
    static List<Change> create(Define.CreateIndex create, Collection collection, Scene scene) {
        var field = indexed(collection, create.field());
        checkSize(create, scene);
        create.parameters().forEach((key, value) -> {
            if (ALTERABLE.contains(key)) Properties.checkOne(key, value);
        });
        var name = nameOf(create, field);
        var parameters = withPath(create.field(), field, IndexRules.checked(field, create.parameters()));
        if (!create.name().isEmpty() || !isPath(create, field))
            Names.checkIndex(name, scene.config.names().maxNameLength());
        var sameName = collection.index(name);
        if (sameName.isPresent()) {
            if (sameName.get().field() == field.id() && sameWish(sameName.get().parameters(), parameters))
                return List.of();
            throw refused(create.field(), Rule.SAME_NAME, "at most one distinct index is allowed per field");
        }
        if (!(field.type() instanceof FieldType.Json)
                && collection.indexOn(field.id()).isPresent())
            throw refused(
                    create.field(),
                    Rule.ANOTHER_EXISTS,
                    "CreateIndex failed: creating multiple indexes on same field is not supported");
        return List.of(new Change.CreateIndex(collection.id(), new Index(scene.id(), name, field.id(), parameters, 0)));
    }

    /// A field, or a key of the dynamic field for an index over JSON.
    private static Field indexed(Collection collection, String name) {
        var schema = collection.schema();
        return schema.field(name)
                .or(schema::dynamic)
                .orElseThrow(() -> refused(name, Rule.FIELD_TYPE, "cannot create index on non-exist field: " + name));
    }

    /// An index over a key of the dynamic field remembers the key: the field alone would not tell.
    private static Map<String, String> withPath(String asked, Field field, Map<String, String> parameters) {
        return field.name().equals(asked) || parameters.containsKey("json_path")
                ? parameters
                : Properties.edited(parameters, Map.of("json_path", asked), Set.of());
    }

    private static void checkSize(Define.CreateIndex create, Scene scene) {
        long size = create.parameters().entrySet().stream()
                .mapToLong(e -> e.getKey().length() + e.getValue().length())
                .sum();
        int most = scene.config.fields().maxParametersBytes();
        if (size > most)
            throw Scene.refused(
                    new Refusal.LimitExceeded("bytes of index parameters", size, most, "fields.maxParametersBytes"));
    }

    private static String nameOf(Define.CreateIndex create, Field field) {
        if (!create.name().isEmpty()) return create.name();
        return isPath(create, field) ? create.field() + pointer(path(create)) : create.field();
    }

    private static String path(Define.CreateIndex create) {
        return create.parameters().getOrDefault("json_path", "");
    }

    private static boolean isPath(Define.CreateIndex create, Field field) {
        return field.type() instanceof FieldType.Json && path(create).contains("[");
    }

    /// `f["a"][0]` as `/a/0`; what is no path is refused before its name matters.
    private static String pointer(String path) {
        var root = path.substring(0, path.indexOf('['));
        var pointer = new StringBuilder();
        JsonPath.parse(path, root, false)
                .ifPresent(parsed -> parsed.steps()
                        .forEach(step -> pointer.append('/')
                                .append(
                                        switch (step) {
                                            case JsonPath.Key(var utf8) -> new String(utf8, StandardCharsets.UTF_8);
                                            case JsonPath.Index(var index) -> Integer.toString(index);
                                        })));
        return pointer.toString();
    }

    private static boolean sameWish(Map<String, String> left, Map<String, String> right) {
        return without(left).equals(without(right));
    }

    /// What only says where an index lies is no difference.
    private static Map<String, String> without(Map<String, String> parameters) {
        return Properties.edited(parameters, Map.of(), ALTERABLE);
    }

    static List<Change> drop(Define.DropIndex drop, Scene scene) {
        var collection = scene.collection(drop.collection());
        var index = chosen(collection, drop.name());
        if (index.isEmpty()) return List.of();
        if (Scene.isOnVector(collection, index.get()) && collection.load().wanted())
            throw refused(
                    fieldName(collection, index.get()),
                    Rule.LOADED,
                    "vector index cannot be dropped on loaded collection: " + collection.id());
        return List.of(new Change.DropIndex(collection.id(), index.get().id()));
    }

    /// By the name of the index, or of its field; without a name the only one.
    private static Optional<Index> chosen(Collection collection, String name) {
        if (name.isEmpty()) {
            if (collection.indexes().size() > 1)
                throw Scene.refused(new Refusal.AlreadyExists(
                        Kind.INDEX, "", collection.name(), "ambiguous: it has several indexes, say which"));
            return collection.indexes().stream().findFirst();
        }
        return collection
                .index(name)
                .or(() -> collection.schema().field(name).flatMap(field -> collection.indexOn(field.id())));
    }

    static List<Change> alter(Define.AlterIndex alter, Scene scene) {
        if (alter.name().isEmpty()) throw Scene.invalid("index_name", "index name is empty");
        Properties.checkOneKindOfEdit(alter.set(), alter.unset());
        var collection = scene.collection(alter.collection());
        for (var key : alter.set().keySet()) checkAlterable(collection, key);
        for (var key : alter.unset()) checkAlterable(collection, key);
        alter.set().forEach(Properties::checkOne);
        var index = collection
                .index(alter.name())
                .orElseThrow(() -> Scene.refused(new Refusal.NotFound(Kind.INDEX, alter.name(), collection.name())));
        if (collection.load().wanted())
            throw Scene.refused(new Refusal.InUse(
                    Kind.COLLECTION,
                    collection.name(),
                    "can't alter index on loaded collection, please release the collection first"));
        var parameters = Properties.edited(index.parameters(), alter.set(), alter.unset());
        return parameters.equals(index.parameters())
                ? List.of()
                : List.of(new Change.AlterIndex(collection.id(), index.id(), parameters));
    }

    private static void checkAlterable(Collection collection, String key) {
        if (!ALTERABLE.contains(key))
            throw refused(collection.name(), Rule.PROPERTY, key + " is not a configable index property");
    }

    static String fieldName(Collection collection, Index index) {
        return collection.schema().field(index.field()).map(Field::name).orElse("");
    }

    static Refused refused(String field, Rule rule, String detail) {
        return new Refused(new InvalidIndex(field, rule, detail));
    }
}
