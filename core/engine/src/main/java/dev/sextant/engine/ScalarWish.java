package dev.sextant.engine;

import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Index;
import dev.sextant.index.scalar.JsonPath;
import dev.sextant.index.scalar.ScalarParameters;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import java.util.List;
import java.util.Optional;

/// A structure that the catalog wants over the values of a field that is no vector.
record ScalarWish(long index, String name, int field, ScalarParameters parameters) {
    static List<ScalarWish> of(Collection collection) {
        return collection.indexes().stream()
                .flatMap(index ->
                        collection.schema().field(index.field()).stream().flatMap(field -> of(field, index).stream()))
                .toList();
    }

    private static Optional<ScalarWish> of(Field field, Index index) {
        if (field.type().isVector()) return Optional.empty();
        var path = field.type() instanceof FieldType.Json
                ? JsonPath.parse(
                        index.parameters().getOrDefault("json_path", ""), field.name(), field.has(Trait.DYNAMIC))
                : Optional.of(JsonPath.ROOT);
        return path.flatMap(found -> ScalarParameters.of(field.type(), found, index.parameters()))
                .map(parameters -> new ScalarWish(index.id(), index.name(), field.id(), parameters));
    }
}
