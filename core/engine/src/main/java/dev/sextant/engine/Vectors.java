package dev.sextant.engine;

import dev.sextant.index.DenseRows;
import dev.sextant.index.SparseRows;
import dev.sextant.index.VectorRows;
import java.util.Optional;

/// The vectors of one field in one part. Nodes are numbered densely; a row without a vector (null) has no node.
public sealed interface Vectors {
    /// For each node its row; empty when node and row are the same.
    Optional<int[]> rowOfNode();

    VectorRows rows();

    record Dense(DenseRows rows, Optional<int[]> rowOfNode) implements Vectors {}

    record Sparse(SparseRows rows, Optional<int[]> rowOfNode) implements Vectors {}
}
