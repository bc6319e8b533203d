package dev.sextant.engine.log;

import java.util.UUID;

/// What a file of the log says of itself, and where it ends.
///
/// @param first position in it
/// @param end position after its last; equal to `first` in an empty file
public record LogFile(
        String path, UUID cluster, long timeline, long epoch, long number, long first, long end, byte[] note) {}
