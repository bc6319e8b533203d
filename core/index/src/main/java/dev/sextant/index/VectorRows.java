package dev.sextant.index;

/// Vectors that somebody else owns, numbered from 0: at native addresses, or in a file.
public sealed interface VectorRows permits DenseRows, SparseRows, StoredRows {
    int count();

    /// The same place with more (or fewer) rows.
    VectorRows withCount(int rows);
}
