package dev.sextant.database;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.Moments;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.InvalidSchema.Rule;
import dev.sextant.model.Refusal.Kind;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Decides on changes of single fields.
final class FieldChanges {
    private static final String LENGTH = "max_length";
    private static final String CAPACITY = "max_capacity";
    private static final String DESCRIPTION = "field.description";
    private static final Set<String> SETTABLE = Set.of(LENGTH, CAPACITY, DESCRIPTION);

    private FieldChanges() {}

    static List<Change> add(Define.AddField add, Scene scene) {
        var collection = add.column().isPresent()
                ? scene.collection(add.collection())
                : scene.own(add.collection(), "add field");
        var field = Told.withDefault(add.field(), Moments.zoneOf(collection.properties()));
        var schema = collection.schema();
        if (!field.isNullable())
            throw refused(
                    field,
                    Rule.NULLABLE,
                    "added field must be nullable, please check it, field name = " + field.name());
        checkNew(field, schema, scene);
        var grown = SchemaRules.with(schema, field, collection);
        SchemaRules.checkVectorCount(grown.fields(), scene.config);
        TextRules.check(field, FunctionRules.byName(grown.fields()));
        var changes = new ArrayList<Change>(List.of(new Change.AlterSchema(collection.id(), grown)));
        add.column()
                .map(column -> Externals.reading(collection, field, column))
                .ifPresent(external -> changes.add(new Change.SetExternal(collection.id(), external)));
        return changes;
    }

    /// What no field may be that joins rows that are there.
    static void checkNew(Field field, Schema schema, Scene scene) {
        SchemaRules.checkRoom(schema, 1, scene.config);
        Names.checkNotReserved(field.name());
        Names.checkField(field.name(), scene.config.names().maxNameLength());
        if (field.has(Trait.PRIMARY_KEY))
            throw refused(
                    field, Rule.SEVERAL_PRIMARY_KEYS, "not support to add pk field, field name = " + field.name());
        if (field.has(Trait.AUTO_ID))
            throw refused(
                    field,
                    Rule.AUTO_ID,
                    "only primary field can speficy AutoID with true, field name = " + field.name());
        if (field.has(Trait.PARTITION_KEY))
            throw refused(
                    field, Rule.PARTITION_KEY, "not support to add partition key field, field name  = " + field.name());
        if (field.has(Trait.DYNAMIC))
            throw refused(field, Rule.DYNAMIC, "cannot explicitly set a field as a dynamic field: " + field.name());
        if (field.has(Trait.CLUSTERING_KEY) && schema.fields().stream().anyMatch(f -> f.has(Trait.CLUSTERING_KEY)))
            throw refused(
                    field, Rule.CLUSTERING_KEY, "already has another clutering key field, field name: " + field.name());
        FieldRules.checkType(field);
        FieldRules.checkSizes(field, scene.config);
        FieldRules.checkDefault(field);
        if (schema.field(field.name()).isPresent()
                || schema.struct(field.name()).isPresent())
            throw refused(field, Rule.DUPLICATE_FIELD, "duplicated field name " + field.name());
    }

    static List<Change> alter(Define.AlterField alter, Scene scene) {
        var collection = scene.own(alter.collection(), "alter field");
        var field = collection
                .schema()
                .field(alter.field())
                .orElseThrow(() -> Scene.refused(new Refusal.NotFound(Kind.FIELD, alter.field(), collection.name())));
        var set = new HashMap<String, String>();
        alter.set().forEach((key, value) -> set.put(key.equals("mmap_enabled") ? Properties.MMAP : key, value));
        if (set.isEmpty() && alter.unset().isEmpty())
            throw Scene.invalid("properties", "no properties or delete keys provided");
        checkKeys(set, alter.unset(), collection);
        var changed = changed(field, set, alter.unset(), scene.config);
        if (changed.equals(field)) return List.of();
        var fields = collection.schema().fields().stream()
                .map(f -> f.id() == field.id() ? changed : f)
                .toList();
        return List.of(
                new Change.AlterSchema(collection.id(), collection.schema().with(fields)));
    }

    private static void checkKeys(Map<String, String> set, Set<String> unset, Collection collection) {
        for (var key : set.keySet()) {
            if (!SETTABLE.contains(key) && !Properties.isResidency(key))
                throw Scene.invalid(key, key + " does not allow update in collection field param");
            if (Properties.isResidency(key)) Properties.checkOne(key, set.get(key));
        }
        for (var key : unset)
            if (!Properties.isResidency(key))
                throw Scene.invalid(key, key + " is not allowed to drop in collection field param");
        var residency = set.keySet().stream().anyMatch(Properties::isResidency) || !unset.isEmpty();
        if (residency && collection.load().wanted())
            throw Scene.refused(new Refusal.InUse(
                    Kind.COLLECTION,
                    collection.name(),
                    "can not alter collection field properties if collection loaded"));
    }

    private static Field changed(Field field, Map<String, String> set, Set<String> unset, DatabaseConfig config) {
        var type = field.type();
        var length = Optional.ofNullable(set.remove(LENGTH));
        if (length.isPresent()) type = withLength(field, number(LENGTH, length.get()), config);
        var capacity = Optional.ofNullable(set.remove(CAPACITY));
        if (capacity.isPresent()) type = withCapacity(field, type, number(CAPACITY, capacity.get()), config);
        var description = Optional.ofNullable(set.remove(DESCRIPTION)).orElse(field.description());
        Collections.checkDescription(description, config);
        return new Field(
                field.id(),
                field.name(),
                description,
                type,
                field.traits(),
                field.defaultValue(),
                Properties.edited(field.parameters(), set, unset),
                field.files());
    }

    private static FieldType withLength(Field field, int length, DatabaseConfig config) {
        if (field.type() instanceof FieldType.Text) {
            FieldRules.checkText(field.name(), length);
            return new FieldType.Text(length);
        }
        FieldRules.checkLength(field.name(), length, config);
        return switch (field.type()) {
            case FieldType.Varchar _ -> new FieldType.Varchar(length);
            case FieldType.Array(FieldType.Varchar _, var most) ->
                new FieldType.Array(new FieldType.Varchar(length), most);
            case FieldType.Primitive _,
                    FieldType.Text _,
                    FieldType.Geometry _,
                    FieldType.Json _,
                    FieldType.Array _,
                    FieldType.Vector _ ->
                throw Scene.invalid(LENGTH, "can not modify the maxlength for non-string types");
        };
    }

    private static FieldType withCapacity(Field field, FieldType type, int capacity, DatabaseConfig config) {
        FieldRules.checkCapacity(field.name(), capacity, config);
        if (Struct.isPart(field.name()))
            throw Scene.invalid(
                    CAPACITY, "can not modify the max_capacity of one field of a struct array: " + field.name());
        if (type instanceof FieldType.Array(var element, _)) return new FieldType.Array(element, capacity);
        throw Scene.invalid(CAPACITY, "can not modify the maxcapacity for non-array types");
    }

    private static int number(String key, String text) {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException _) {
            throw Scene.invalid(key, key + " should be an integer, but got " + text);
        }
    }

    private static Refused refused(Field field, Rule rule, String detail) {
        return SchemaRules.refused(field.name(), rule, detail);
    }
}
