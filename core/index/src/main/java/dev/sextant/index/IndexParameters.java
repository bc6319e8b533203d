package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;
import java.util.Map;
import java.util.Optional;

/// Which structure to build over vectors, and how. What a user asks for by name becomes one of these
/// ([#of(FieldType.Vector, Metric, Map, long)]); equal parameters over equal rows build equal structures.
public sealed interface IndexParameters
        permits HnswParameters,
                CodedHnswParameters,
                QuantisedParameters,
                LeanParameters,
                PartitionParameters,
                MinHashParameters,
                AnnoyParameters,
                SparseParameters {

    /// Begins to build over rows that are all there and stay at their address until the build is closed and the index
    /// too. Rows outside `members` are never found: rows without a vector, or deleted before. Throws
    /// [IllegalArgumentException] for rows that it does not fit, [dev.sextant.kernel.OutOfBudget].
    VectorBuild begin(Memory memory, VectorRows rows, Metric metric, Accept members);

    /// As [#begin(Memory, VectorRows, Metric, Accept)], from an index over some of the rows where that saves work; it
    /// stays untouched and must stay open until the build is finished or closed. `newOf[i]` is the row that row `i` of
    /// it has become, or -1 when it is gone.
    default VectorBuild beginFrom(
            Memory memory, VectorRows rows, Metric metric, Frozen old, int[] newOf, Accept members) {
        return begin(memory, rows, metric, members);
    }

    /// What the structure takes in memory for each row, about; the rows themselves not included.
    long bytesPerRow(FieldType.Vector type, Metric metric);

    /// Whether the rows stay on disk: builds and searches read what they need.
    default boolean leavesRowsOnDisk() {
        return false;
    }

    /// The most that building takes in memory for each row, about, what becomes the structure included and the rows
    /// not; 0 where nobody has worked it out.
    default long buildBytesPerRow(FieldType.Vector type, Metric metric) {
        return 0;
    }

    /// The structure that an index of these parameters has over such vectors: `index_type` and its parameters under the
    /// names of Milvus, checked before; empty for those that are scanned. Unknown types get what AUTOINDEX would.
    static Optional<IndexParameters> of(
            FieldType.Vector type, Metric metric, Map<String, String> parameters, long seed) {
        return Choice.of(type, metric, parameters, seed);
    }
}
