package dev.sextant.engine;

import dev.sextant.index.DenseRows;
import dev.sextant.index.SparseRows;
import dev.sextant.index.StoredRows;
import dev.sextant.index.VectorRows;
import java.util.Optional;

/// The vectors of one field in one part. Nodes are numbered densely; a row without a vector (null) has no node, one
/// with several has as many.
public sealed interface Vectors {
    /// For each node its row; empty when node and row are the same.
    Optional<int[]> rowOfNode();

    VectorRows rows();

    record Dense(DenseRows rows, Optional<int[]> rowOfNode) implements Vectors {}

    /// Vectors that stay on disk: whoever needs some reads them, off the workers.
    record Stored(StoredRows rows, Optional<int[]> rowOfNode) implements Vectors {}

    record Sparse(SparseRows rows, Optional<int[]> rowOfNode) implements Vectors {}

    /// The elements of arrays of vectors, row by row.
    ///
    /// @param rowOfElement for each node its row: ascending, as often as the row has elements
    record Lists(DenseRows rows, int[] rowOfElement) implements Vectors {
        @Override
        public Optional<int[]> rowOfNode() {
            return Optional.of(rowOfElement);
        }

        /// The first node of a row, or where it would be.
        public int first(int row) {
            return first(rowOfElement, rowOfElement.length, row);
        }

        /// The first of ascending numbers that is not below another, or how many there are.
        static int first(int[] ascending, int count, int least) {
            int from = 0, to = count;
            while (from < to) {
                int middle = from + to >>> 1;
                if (ascending[middle] < least) from = middle + 1;
                else to = middle;
            }
            return from;
        }
    }
}
