package dev.sextant.model;

import java.util.List;
import java.util.Optional;

/// The fields of a collection at one version, the functions that make some of them, and the structs that some of them
/// are parts of. Fields are found by id in stored data and by name at the door.
public record Schema(int version, List<Field> fields, List<Function> functions, List<Struct> structs) {
    public Schema {
        fields = List.copyOf(fields);
        functions = List.copyOf(functions);
        structs = List.copyOf(structs);
    }

    public Schema(int version, List<Field> fields) {
        this(version, fields, List.of(), List.of());
    }

    /// The next version, with these fields.
    public Schema with(List<Field> others) {
        return new Schema(version + 1, others, functions, structs);
    }

    /// This version, with these functions.
    public Schema withFunctions(List<Function> others) {
        return new Schema(version, fields, others, structs);
    }

    /// This version, with these structs.
    public Schema withStructs(List<Struct> others) {
        return new Schema(version, fields, functions, others);
    }

    public Optional<Struct> struct(String name) {
        return structs.stream().filter(struct -> struct.name().equals(name)).findFirst();
    }

    /// The struct that a field is a part of.
    public Optional<Struct> structOf(Field field) {
        return structs.stream().filter(struct -> struct.owns(field)).findFirst();
    }

    /// The sub-fields of a struct.
    public List<Field> fieldsOf(Struct struct) {
        return fields.stream().filter(struct::owns).toList();
    }

    /// Fields that are no part of a struct.
    public List<Field> plainFields() {
        return structs.isEmpty()
                ? fields
                : fields.stream().filter(field -> structOf(field).isEmpty()).toList();
    }

    public Optional<Function> function(String name) {
        return functions.stream()
                .filter(function -> function.name().equals(name))
                .findFirst();
    }

    /// The function that makes a field.
    public Optional<Function> maker(Field field) {
        for (var function : functions) if (function.outputs().contains(field.name())) return Optional.of(function);
        return Optional.empty();
    }

    // These are asked some ten times a call: each a loop of its own, since one for all would call what it tests.

    public Optional<Field> field(String name) {
        for (var field : fields) if (field.name().equals(name)) return Optional.of(field);
        return Optional.empty();
    }

    public Optional<Field> field(int id) {
        for (var field : fields) if (field.id() == id) return Optional.of(field);
        return Optional.empty();
    }

    public Field primaryKey() {
        return withTrait(Field.Trait.PRIMARY_KEY).orElseThrow(() -> new IllegalStateException("no primary key"));
    }

    public Optional<Field> dynamic() {
        return withTrait(Field.Trait.DYNAMIC);
    }

    public Optional<Field> partitionKey() {
        return withTrait(Field.Trait.PARTITION_KEY);
    }

    /// Fields whose vectors can be searched for, those inside structs included.
    public List<Field> vectors() {
        return fields.stream().filter(Field::isVector).toList();
    }

    private Optional<Field> withTrait(Field.Trait trait) {
        for (var field : fields) if (field.has(trait)) return Optional.of(field);
        return Optional.empty();
    }
}
