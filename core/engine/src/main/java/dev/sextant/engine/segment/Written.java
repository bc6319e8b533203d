package dev.sextant.engine.segment;

/// A segment file that is complete, forced, and named in its directory.
///
/// @param digest SHA-256 of all bytes before the footer; equal rows in equal order give equal digests
/// @param minTimestamp,maxTimestamp of the rows' insertion
public record Written(String path, long bytes, byte[] digest, int rows, long minTimestamp, long maxTimestamp) {}
