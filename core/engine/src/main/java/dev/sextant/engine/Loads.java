package dev.sextant.engine;

import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Load;
import dev.sextant.engine.entry.SegmentFacts;
import dev.sextant.model.Field;
import dev.sextant.model.Schema;
import java.util.List;

/// What of a collection is wanted in memory.
final class Loads {
    private Loads() {}

    static boolean field(Load load, int field) {
        return switch (load) {
            case Load.Nothing _ -> false;
            case Load.Everything(var fields, _) -> fields.isEmpty() || fields.contains(field);
            case Load.Partitions(_, var fields, _) -> fields.isEmpty() || fields.contains(field);
        };
    }

    /// A field of a segment: also its partitions must be wanted.
    static boolean field(Collection collection, SegmentFacts facts, int field) {
        return field(collection.load(), field) && facts.partitions().stream().anyMatch(collection.load()::includes);
    }

    /// The fields of a segment whose vectors are wanted.
    ///
    /// @param schema of the segment
    static List<Field> vectors(Collection collection, SegmentFacts facts, Schema schema) {
        return schema.vectors().stream()
                .filter(field ->
                        collection.schema().field(field.id()).isPresent() && field(collection, facts, field.id()))
                .toList();
    }
}
