package dev.sextant.engine;

import dev.sextant.model.Column;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A change of rows, complete and checked: what to put and what to remove in which shard.
///
/// @param collection whose rows they are
/// @param catalogVersion [dev.sextant.catalog.Collection#altered] of the collection that this was checked against
/// @param deadlineNanos monotonic; after it the write is refused if it has not begun
public record Mutation(long collection, long catalogVersion, List<Part> parts, long deadlineNanos) {
    public Mutation {
        parts = List.copyOf(parts);
    }

    /// Bytes of its columns, about.
    long bytes() {
        long bytes = 0;
        for (var part : parts) {
            bytes += part.removal.map(removal -> Columns.bytes(removal.keys)).orElse(0L);
            bytes += part.insertion
                    .map(rows -> rows.columns.values().stream()
                            .mapToLong(Columns::bytes)
                            .sum())
                    .orElse(0L);
        }
        return bytes;
    }

    /// What changes in one shard. Removal comes first: it hits only rows inserted before this entry, so an upsert is
    /// one part.
    public record Part(long shard, Optional<Removal> removal, Optional<Insertion> insertion) {}

    /// All rows with these keys go, in one partition, or in all with partition 0.
    ///
    /// @param keys [Column.Longs] or [Column.Texts]
    public record Removal(Column keys, long partition) {}

    /// @param partitions of each row; one entry means all rows go there
    /// @param columns by field id: every field of the schema, of equal length, nulls only where they may be
    public record Insertion(int rows, long[] partitions, Map<Integer, Column> columns) {
        public Insertion {
            columns = Map.copyOf(columns);
        }

        public long partition(int row) {
            return partitions.length == 1 ? partitions[0] : partitions[row];
        }
    }
}
