package dev.sextant.index;

/// Vectors at native addresses that somebody else owns, numbered from 0.
public sealed interface VectorRows permits DenseRows, SparseRows {
    int count();

    /// The same place with more (or fewer) rows.
    VectorRows withCount(int rows);
}
