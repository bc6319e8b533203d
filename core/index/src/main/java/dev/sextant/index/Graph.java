package dev.sextant.index;

/// A graph over dense rows in which near rows are neighbours: [Draft] while it grows, [Hnsw] when it is frozen. Node
/// numbers are row numbers. Any number of threads may walk it at once, each with its own scratch.
public sealed interface Graph extends VectorIndex permits Draft, Hnsw {
    HnswParameters parameters();
}
