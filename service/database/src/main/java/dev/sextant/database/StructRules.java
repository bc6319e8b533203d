package dev.sextant.database;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.Refusal.InvalidSchema.Rule;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Struct;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The rules of structs: arrays of one length, of scalars or of vectors, that rows have or have not together.
final class StructRules {
    private StructRules() {}

    /// Names, parts and their types; sizes are those of fields.
    static void check(List<Struct> structs, List<Field> fields, DatabaseConfig config) {
        Set<String> seen = new HashSet<>();
        fields.forEach(field -> seen.add(field.name()));
        for (var struct : structs) {
            Names.checkNotReserved(struct.name());
            Names.checkField(struct.name(), config.names().maxNameLength());
            Collections.checkDescription(struct.description(), config);
            if (!seen.add(struct.name()))
                throw refused(struct.name(), Rule.DUPLICATE_FIELD, "duplicated field name " + struct.name());
            check(struct, fields.stream().filter(struct::owns).toList(), config);
        }
        for (var field : fields)
            if (Struct.isPart(field.name()) && structs.stream().noneMatch(struct -> struct.owns(field)))
                throw refused(field.name(), Rule.FIELD_NAME, "Invalid field name: " + field.name());
    }

    private static void check(Struct struct, List<Field> parts, DatabaseConfig config) {
        if (parts.isEmpty())
            throw refused(struct.name(), Rule.TYPE, "struct array field " + struct.name() + " has no sub-fields");
        int capacity = ((FieldType.Array) checkArray(struct, parts.getFirst()).type()).maxElements();
        for (var part : parts) {
            Names.checkField(struct.subOf(part.name()), config.names().maxNameLength());
            checkTraits(struct, part);
            var array = (FieldType.Array) checkArray(struct, part).type();
            if (array.maxElements() != capacity)
                throw refused(
                        part.name(),
                        Rule.CAPACITY,
                        "all sub-fields of struct array field " + struct.name()
                                + " should have the same max_capacity, but got " + capacity + " and "
                                + array.maxElements());
        }
    }

    private static Field checkArray(Struct struct, Field part) {
        if (part.type() instanceof FieldType.Array(var element, _)) {
            if (element instanceof FieldType.Vector(var type, _) && !type.isDense())
                throw refused(
                        part.name(),
                        Rule.ELEMENT_TYPE,
                        "only fixed dimension vector types are supported in struct array field " + struct.name()
                                + ", but got " + element.word());
            return part;
        }
        throw refused(
                part.name(),
                Rule.TYPE,
                "fields in struct array field " + struct.name() + " must be Array or ArrayOfVector, but field "
                        + part.name() + " is " + part.type().word());
    }

    private static void checkTraits(Struct struct, Field part) {
        for (var trait : List.of(Trait.PRIMARY_KEY, Trait.PARTITION_KEY, Trait.CLUSTERING_KEY, Trait.AUTO_ID))
            if (part.has(trait))
                throw refused(
                        part.name(),
                        Rule.TYPE,
                        "a field in struct array field " + struct.name() + " cannot be "
                                + trait.name()
                                        .toLowerCase(java.util.Locale.ROOT)
                                        .replace('_', ' ') + ": "
                                + part.name());
        if (part.defaultValue().isPresent())
            throw refused(
                    part.name(),
                    Rule.DEFAULT_VALUE,
                    "fields in struct array field " + struct.name() + " do not support default_value: " + part.name());
        if (part.isNullable() && !struct.nullable())
            throw refused(
                    part.name(),
                    Rule.NULLABLE,
                    "nullable is not supported for fields in struct array fields, only for the struct: " + part.name());
    }

    /// The fields in the order in which they get their ids: those of structs behind the others, all of a struct
    /// together, each nullable where its struct is.
    static List<Field> ordered(List<Field> fields, List<Struct> structs) {
        var ordered = new ArrayList<Field>();
        for (var field : fields) if (structs.stream().noneMatch(struct -> struct.owns(field))) ordered.add(field);
        for (var struct : structs) ordered.addAll(parts(struct, fields));
        return ordered;
    }

    private static List<Field> parts(Struct struct, List<Field> fields) {
        return fields.stream()
                .filter(struct::owns)
                .map(part -> struct.nullable() ? part.with(Trait.NULLABLE) : part)
                .toList();
    }

    static List<Change> add(Define.AddStruct add, Scene scene) {
        var collection = scene.own(add.collection(), "add field");
        var schema = collection.schema();
        var struct = add.struct();
        SchemaRules.checkRoom(schema, 1 + add.fields().size(), scene.config);
        if (!struct.nullable())
            throw refused(
                    struct.name(),
                    Rule.NULLABLE,
                    "Adding struct field to existing collection requires nullable=True: " + struct.name());
        if (schema.struct(struct.name()).isPresent()
                || schema.field(struct.name()).isPresent())
            throw refused(struct.name(), Rule.DUPLICATE_FIELD, "duplicated field name " + struct.name());
        SchemaRules.checkDistinct(add.fields());
        check(List.of(struct), add.fields(), scene.config);
        add.fields().forEach(field -> FieldRules.checkType(field));
        add.fields().forEach(field -> FieldRules.checkSizes(field, scene.config));
        var grown = with(schema, struct, add.fields(), collection);
        SchemaRules.checkVectorCount(grown.fields(), scene.config);
        return List.of(new Change.AlterSchema(collection.id(), grown));
    }

    private static Schema with(Schema schema, Struct struct, List<Field> fields, Collection collection) {
        int id = SchemaRules.highestId(schema, collection);
        var structs = new ArrayList<>(schema.structs());
        structs.add(struct.withId(++id));
        var all = new ArrayList<>(schema.fields());
        for (var part : parts(struct, fields)) all.add(part.withId(++id));
        return schema.with(all).withStructs(structs);
    }

    /// The fields that a name stands for: one, or all of a struct.
    static List<Field> named(String name, Schema schema) {
        return schema.struct(name)
                .map(schema::fieldsOf)
                .orElseGet(() -> schema.field(name).stream().toList());
    }

    private static Refused refused(String subject, Rule rule, String detail) {
        return SchemaRules.refused(subject, rule, detail);
    }
}
