package dev.sextant.model;

import java.util.List;
import java.util.Optional;

/// The fields of a collection at one version. Fields are found by id in stored data and by name at the door.
public record Schema(int version, List<Field> fields) {
    public Schema {
        fields = List.copyOf(fields);
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
