package dev.sextant.model;

import java.util.List;
import java.util.Optional;

/// The fields of a collection at one version, and the functions that make some of them. Fields are found by id in
/// stored data and by name at the door.
public record Schema(int version, List<Field> fields, List<Function> functions) {
    public Schema {
        fields = List.copyOf(fields);
        functions = List.copyOf(functions);
    }

    public Schema(int version, List<Field> fields) {
        this(version, fields, List.of());
    }

    /// The next version, with these fields.
    public Schema with(List<Field> others) {
        return new Schema(version + 1, others, functions);
    }

    /// This version, with these functions.
    public Schema withFunctions(List<Function> others) {
        return new Schema(version, fields, others);
    }

    public Optional<Function> function(String name) {
        return functions.stream()
                .filter(function -> function.name().equals(name))
                .findFirst();
    }

    /// The function that makes a field.
    public Optional<Function> maker(Field field) {
        return functions.stream()
                .filter(function -> function.outputs().contains(field.name()))
                .findFirst();
    }

    public Optional<Field> field(String name) {
        return fields.stream().filter(field -> field.name().equals(name)).findFirst();
    }

    public Optional<Field> field(int id) {
        return fields.stream().filter(field -> field.id() == id).findFirst();
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

    public List<Field> vectors() {
        return fields.stream().filter(Field::isVector).toList();
    }

    private Optional<Field> withTrait(Field.Trait trait) {
        return fields.stream().filter(field -> field.has(trait)).findFirst();
    }
}
