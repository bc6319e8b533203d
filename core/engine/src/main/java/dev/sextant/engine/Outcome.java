package dev.sextant.engine;

/// @param timestamp of the entry; reads at or after it see the write
/// @param inserted rows put
/// @param removed tombstones written, one for each key named
public record Outcome(long timestamp, long inserted, long removed) {}
