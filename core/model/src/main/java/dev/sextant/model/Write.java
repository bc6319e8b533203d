package dev.sextant.model;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Statements that change rows. Each is atomic in a shard, and one entry of the log.
public sealed interface Write extends Statement<Written> {
    String collection();

    /// None means the default partition, or the one that the partition key chooses.
    Optional<String> partition();

    /// @param schemaTimestamp the version of the schema that the caller knows; refused when another is current
    record Insert(String collection, Optional<String> partition, Rows rows, OptionalLong schemaTimestamp)
            implements Write {
        public static Insert of(String collection, Rows rows) {
            return new Insert(collection, Optional.empty(), rows, OptionalLong.empty());
        }
    }

    /// Inserts rows in place of those with equal keys.
    ///
    /// @param partial fields that did not come keep their stored values
    /// @param arrays fields whose stored arrays are changed by what came, and not replaced: then it is partial too
    record Upsert(
            String collection,
            Optional<String> partition,
            Rows rows,
            boolean partial,
            OptionalLong schemaTimestamp,
            Map<String, ArrayChange> arrays)
            implements Write {
        public Upsert {
            arrays = Map.copyOf(arrays);
            partial |= !arrays.isEmpty();
        }

        public Upsert(
                String collection,
                Optional<String> partition,
                Rows rows,
                boolean partial,
                OptionalLong schemaTimestamp) {
            this(collection, partition, rows, partial, schemaTimestamp, Map.of());
        }

        public static Upsert of(String collection, Rows rows) {
            return new Upsert(collection, Optional.empty(), rows, false, OptionalLong.empty());
        }
    }

    /// What elements that come do to an array that is there.
    enum ArrayChange {
        /// They follow those that are there.
        APPEND,
        /// Those that are equal to them go.
        REMOVE
    }

    /// Deletes the rows that match. A filter that only names keys (`pk == 1`, `pk in [...]`) needs no loaded collection
    /// and counts keys.
    record Delete(String collection, Optional<String> partition, Filter filter) implements Write {}

    /// Deletes by key: [Column.Longs] or [Column.Texts].
    record DeleteKeys(String collection, Optional<String> partition, Column keys) implements Write {}
}
