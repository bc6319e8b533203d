package dev.sextant.database;

import dev.sextant.catalog.Collection;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.Function;
import dev.sextant.model.Refusal.InvalidSchema;
import dev.sextant.model.Refusal.InvalidSchema.Rule;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Struct;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// The rules of a schema, in the order in which callers of Milvus learn of them.
final class SchemaRules {
    /// The property in which a collection remembers ids of fields that are gone, so that none is given twice.
    static final String HIGHEST_FIELD_ID = "max_field_id";

    /// So many fields no collection has ever had.
    private static final int MOST_PLAUSIBLE_ID = 1 << 30;

    private SchemaRules() {}

    /// The schema that was asked for, with ids and the dynamic field, or a refusal.
    static Schema schema(Define.CreateCollection create, ZoneId zone, DatabaseConfig config) {
        Externals.check(create);
        var told = create.fields().stream()
                .map(field -> Told.withDefault(field, zone))
                .toList();
        checkCounts(told, create.structs().size() + (create.dynamic() ? 1 : 0), config);
        if (told.stream().noneMatch(Field::isVector))
            throw refused("", Rule.NO_VECTOR, "schema does not contain vector field");
        Names.checkCollection(create.name(), config.names().maxNameLength());
        Collections.checkDescription(create.description(), config);
        told.forEach(field -> Names.checkNotReserved(field.name()));
        var fields = Externals.completed(create, told);
        checkPrimaryKey(fields);
        for (var field : fields)
            if (field.has(Trait.DYNAMIC))
                throw refused(
                        field.name(),
                        Rule.DYNAMIC,
                        "cannot explicitly set a field as a dynamic field: " + field.name());
        checkAutoId(fields);
        fields.forEach(FieldRules::checkType);
        checkPartitionKey(fields);
        checkClusteringKey(fields);
        checkNames(fields, config);
        StructRules.check(create.structs(), fields, config);
        fields.forEach(field -> FieldRules.checkSizes(field, config));
        fields.forEach(field -> FieldRules.checkDefault(field));
        checkSkipLoad(fields);
        var functions = FunctionRules.checked(create);
        var all = new ArrayList<>(fields);
        Namespaces.field(create).ifPresent(all::add);
        return numbered(all, create, functions);
    }

    /// A struct takes its id before its fields.
    private static Schema numbered(List<Field> fields, Define.CreateCollection create, List<Function> functions) {
        var numbered = new ArrayList<Field>();
        var structs = new ArrayList<Struct>();
        int id = Field.FIRST_ID;
        for (var field : StructRules.ordered(fields, create.structs())) {
            if (structs.size() < create.structs().size()
                    && create.structs().get(structs.size()).owns(field))
                structs.add(create.structs().get(structs.size()).withId(id++));
            numbered.add(FunctionRules.marked(field, functions).withId(id++));
        }
        if (create.dynamic()) numbered.add(dynamicField().withId(id));
        return new Schema(0, numbered, functions, structs);
    }

    /// Nullable, because rows that were there before it read as null.
    static Field dynamicField() {
        return Field.of(Field.DYNAMIC_NAME, new FieldType.Json(), Trait.DYNAMIC, Trait.NULLABLE);
    }

    /// The schema after one more field. The ids of fields that were taken out are remembered.
    static Schema with(Schema schema, Field field, Collection collection) {
        var fields = new ArrayList<>(schema.fields());
        fields.add(field.withId(highestId(schema, collection) + 1));
        return schema.with(fields);
    }

    /// That any field ever had.
    static int highestId(Schema schema, Collection collection) {
        int highest = schema.fields().stream().mapToInt(Field::id).max().orElse(Field.FIRST_ID - 1);
        return Math.max(highest, remembered(collection));
    }

    /// Collections made before nobody but the server could write it may have anything there.
    private static int remembered(Collection collection) {
        try {
            int id = Integer.parseInt(collection.properties().getOrDefault(HIGHEST_FIELD_ID, "0"));
            return id <= MOST_PLAUSIBLE_ID ? id : 0;
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    static void checkRoom(Schema schema, int more, DatabaseConfig config) {
        int most = config.fields().maxFields();
        if (schema.fields().size() + schema.structs().size() + more > most)
            throw refused("", Rule.TOO_MANY_FIELDS, "The number of fields has reached the maximum value " + most);
    }

    private static void checkCounts(List<Field> fields, int hidden, DatabaseConfig config) {
        var limits = config.fields();
        if (fields.size() + hidden > limits.maxFields())
            throw refused(
                    "", Rule.TOO_MANY_FIELDS, "maximum field's number should be limited to " + limits.maxFields());
        checkVectorCount(fields, config);
    }

    static void checkVectorCount(List<Field> fields, DatabaseConfig config) {
        int most = config.fields().maxVectors();
        if (fields.stream().filter(Field::isVector).count() > most)
            throw refused("", Rule.TOO_MANY_VECTORS, "maximum vector field's number should be limited to " + most);
    }

    private static void checkPrimaryKey(List<Field> fields) {
        var keys = having(fields, Trait.PRIMARY_KEY);
        if (keys.isEmpty()) throw refused("", Rule.NO_PRIMARY_KEY, "primary key is not specified");
        if (keys.size() > 1)
            throw refused(
                    keys.get(1).name(),
                    Rule.SEVERAL_PRIMARY_KEYS,
                    "there are more than one primary key, field name = "
                            + keys.get(0).name() + ", " + keys.get(1).name());
        var key = keys.getFirst();
        if (!isKeyType(key.type()))
            throw refused(key.name(), Rule.PRIMARY_KEY_TYPE, "the data type of primary key should be Int64 or VarChar");
        if (key.isNullable())
            throw refused(key.name(), Rule.NULLABLE, "primary field not support null, field name = " + key.name());
        if (key.defaultValue().isPresent())
            throw refused(
                    key.name(),
                    Rule.DEFAULT_VALUE,
                    "primary field not support default_value, field name = " + key.name());
    }

    private static void checkAutoId(List<Field> fields) {
        for (var field : having(fields, Trait.AUTO_ID))
            if (!field.has(Trait.PRIMARY_KEY))
                throw refused(
                        field.name(),
                        Rule.AUTO_ID,
                        "only primary field can speficy AutoID with true, field name = " + field.name());
    }

    private static void checkPartitionKey(List<Field> fields) {
        var keys = having(fields, Trait.PARTITION_KEY);
        if (keys.isEmpty()) return;
        if (keys.size() > 1)
            throw refused(
                    keys.get(1).name(),
                    Rule.PARTITION_KEY,
                    "there are more than one partition key, field name = "
                            + keys.get(0).name() + ", " + keys.get(1).name());
        var key = keys.getFirst();
        if (key.has(Trait.PRIMARY_KEY))
            throw refused(key.name(), Rule.PARTITION_KEY, "the partition key field must not be primary field");
        if (!isKeyType(key.type()))
            throw refused(key.name(), Rule.PARTITION_KEY, "the data type of partition key should be Int64 or VarChar");
        if (key.isNullable())
            throw refused(
                    key.name(),
                    Rule.PARTITION_KEY,
                    "partition key field not support nullable: field name = " + key.name());
    }

    private static void checkClusteringKey(List<Field> fields) {
        var keys = having(fields, Trait.CLUSTERING_KEY);
        if (keys.size() > 1)
            throw refused(
                    keys.get(1).name(),
                    Rule.CLUSTERING_KEY,
                    "there are more than one clustering key, field name = "
                            + keys.get(0).name() + ", " + keys.get(1).name());
        for (var key : keys) {
            if (key.isVector())
                throw refused(
                        key.name(),
                        Rule.CLUSTERING_KEY,
                        "vector clustering key not allowed, field name = " + key.name());
            var fits = key.type() instanceof FieldType.Varchar
                    || key.type() instanceof FieldType.Primitive primitive
                            && (primitive.isInteger() || primitive.isFloating());
            if (!fits)
                throw refused(
                        key.name(),
                        Rule.CLUSTERING_KEY,
                        "the data type of clustering key should be an integer, Float, Double or VarChar, field name = "
                                + key.name());
        }
    }

    private static void checkNames(List<Field> fields, DatabaseConfig config) {
        for (var field : fields) {
            if (!Struct.isPart(field.name()))
                Names.checkField(field.name(), config.names().maxNameLength());
            Collections.checkDescription(field.description(), config);
        }
        checkDistinct(fields);
    }

    static void checkDistinct(List<Field> fields) {
        Set<String> seen = new HashSet<>();
        for (var field : fields)
            if (!seen.add(field.name()))
                throw refused(field.name(), Rule.DUPLICATE_FIELD, "duplicated field name " + field.name());
    }

    /// Whether the field is loaded only where it is named.
    static boolean skipsLoad(Field field) {
        return Names.isTrue(field.parameters().getOrDefault("field.skipLoad", "false"));
    }

    private static void checkSkipLoad(List<Field> fields) {
        Predicate<Field> skipped = SchemaRules::skipsLoad;
        if (fields.stream().filter(Field::isVector).allMatch(skipped))
            throw refused("", Rule.PROPERTY, "cannot config all vector field(s) skip loading");
        for (var field : fields)
            if (skipped.test(field)
                    && (field.has(Trait.PRIMARY_KEY)
                            || field.has(Trait.PARTITION_KEY)
                            || field.has(Trait.CLUSTERING_KEY)))
                throw refused(
                        field.name(),
                        Rule.PROPERTY,
                        "cannot config a key field to skip loading, field name = " + field.name());
    }

    private static boolean isKeyType(FieldType type) {
        return type == FieldType.Primitive.INT64 || type instanceof FieldType.Varchar;
    }

    private static List<Field> having(List<Field> fields, Trait trait) {
        return fields.stream().filter(field -> field.has(trait)).toList();
    }

    static Refused refused(String subject, Rule rule, String detail) {
        return new Refused(new InvalidSchema(subject, rule, detail));
    }
}
