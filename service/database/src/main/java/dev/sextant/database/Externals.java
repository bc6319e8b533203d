package dev.sextant.database;

import dev.sextant.catalog.Collection;
import dev.sextant.model.Define;
import dev.sextant.model.External;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.Function;
import dev.sextant.model.Refusal.InvalidSchema.Rule;
import dev.sextant.model.Refused;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;

/// The rules of collections whose rows come out of files of somebody else, and are only read.
final class Externals {
    /// The key that rows are given which bring none.
    static final String VIRTUAL_KEY = "__virtual_pk__";

    private static final int LONGEST_SOURCE = 4096;

    private Externals() {}

    /// Refuses to change rows, or what they are, in a collection that is only read.
    static void refuse(Collection collection, String operation) {
        if (collection.external().isPresent())
            throw Scene.invalid(
                    "collection_name",
                    operation + " operation is not supported for external collection " + collection.name());
    }

    /// Where the rows of a collection come from.
    static External of(Collection collection) {
        return collection
                .external()
                .orElseThrow(() -> Scene.invalid(
                        "collection_name", "collection " + collection.name() + " is not an external collection"));
    }

    /// Refuses what cannot be the schema of an external collection; anything else passes.
    static void check(Define.CreateCollection create) {
        create.external().ifPresent(external -> check(create, external));
    }

    private static void check(Define.CreateCollection create, External external) {
        checkPlace(external);
        if (create.shards() > 1)
            throw SchemaRules.refused(
                    "shards",
                    Rule.SHARDS,
                    "external collection does not support multiple shards, got ShardsNum=" + create.shards());
        if (create.dynamic()) throw without("dynamic field");
        if (!create.structs().isEmpty()) throw without("struct array field");
        if (Names.isTrue(create.properties().getOrDefault(Properties.NAMESPACES, "false"))) throw without("namespace");
        create.fields().forEach(Externals::checkField);
        checkColumns(create, external);
    }

    private static void checkField(Field field) {
        if (field.has(Trait.AUTO_ID)) throw of(field, Rule.AUTO_ID, "auto id");
        if (field.has(Trait.PARTITION_KEY)) throw of(field, Rule.PARTITION_KEY, "partition key");
        if (field.has(Trait.CLUSTERING_KEY)) throw of(field, Rule.CLUSTERING_KEY, "clustering key");
        if (field.defaultValue().isPresent()) throw of(field, Rule.DEFAULT_VALUE, "default value");
    }

    private static Refused unmapped(Field field) {
        return SchemaRules.refused(
                field.name(),
                Rule.PROPERTY,
                "field '" + field.name() + "' in external collection must have external_field mapping");
    }

    private static Refused mappedTwice(Field field, String column) {
        return SchemaRules.refused(
                field.name(),
                Rule.PROPERTY,
                "duplicate external_field mapping '" + column + "' of field '" + field.name()
                        + "' in external collection");
    }

    static void checkPlace(External external) {
        if (external.source().isBlank() && !external.spec().isBlank())
            throw Scene.invalid("external_source", "external_source and external_spec must be given together");
        if (external.source().length() > LONGEST_SOURCE)
            throw Scene.invalid("external_source", "external_source has more than " + LONGEST_SOURCE + " characters");
        if (external.source().chars().anyMatch(c -> c < ' ' || c == 127))
            throw Scene.invalid("external_source", "external_source must not hold control characters");
    }

    private static void checkColumns(Define.CreateCollection create, External external) {
        var columns = new HashMap<>(external.columns());
        var seen = new HashSet<String>();
        for (var field : create.fields()) {
            var column = columns.remove(field.name());
            if (isMade(field, create.functions())) {
                if (column != null)
                    throw SchemaRules.refused(
                            field.name(),
                            Rule.FUNCTION,
                            "function output field '" + field.name()
                                    + "' in external collection must not have external_field mapping");
            } else if (column == null || column.isEmpty()) throw unmapped(field);
            else if (!seen.add(column)) throw mappedTwice(field, column);
        }
        if (!columns.isEmpty())
            throw Scene.invalid(
                    "external_field", "no field is called " + columns.keySet() + ", which columns stand for");
    }

    private static boolean isMade(Field field, List<Function> functions) {
        return functions.stream().anyMatch(function -> function.outputs().contains(field.name()));
    }

    private static Refused without(String what) {
        return SchemaRules.refused("", Rule.PROPERTY, "external collection does not support " + what);
    }

    private static Refused of(Field field, Rule rule, String what) {
        return SchemaRules.refused(
                field.name(), rule, "external collection does not support " + what + ", field name = " + field.name());
    }

    /// Where rows come from when one field more is read.
    static External reading(Collection collection, Field field, String column) {
        var external = of(collection);
        checkField(field);
        if (column.isEmpty()) throw unmapped(field);
        if (external.columns().containsValue(column)) throw mappedTwice(field, column);
        return external.with(field.name(), column);
    }

    /// The fields as they are kept: with a key where none comes with the rows, and nullable, since nobody here vouches
    /// for the files.
    static List<Field> completed(Define.CreateCollection create, List<Field> fields) {
        if (create.external().isEmpty()) return fields;
        var completed = new ArrayList<Field>();
        if (fields.stream().noneMatch(field -> field.has(Trait.PRIMARY_KEY)))
            completed.add(Field.of(VIRTUAL_KEY, FieldType.Primitive.INT64, Trait.PRIMARY_KEY, Trait.AUTO_ID));
        for (var field : fields)
            completed.add(mayBeNull(field, create.functions()) ? field.with(Trait.NULLABLE) : field);
        return completed;
    }

    /// What a model reads must be there.
    private static boolean mayBeNull(Field field, List<Function> functions) {
        return !field.has(Trait.PRIMARY_KEY)
                && !isMade(field, functions)
                && functions.stream()
                        .noneMatch(function -> function.kind() == Function.Kind.TEXT_EMBEDDING
                                && function.inputs().contains(field.name()));
    }
}
