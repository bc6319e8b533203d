package dev.sextant.model;

/// What a write did.
///
/// @param keys of the rows written, in the order in which they came; for a delete, an empty column
/// @param timestamp of the write; a read at or after it sees the write
public record Written(Column keys, long inserted, long deleted, long upserted, long timestamp) {}
