package dev.sextant.world;

import java.lang.foreign.MemorySegment;

/// An open file. Reads and writes name their place; several threads may read, one writes.
public interface DiskFile extends AutoCloseable {
    String path();

    long size();

    /// Fills `target` from `offset` on; fails when the file ends before.
    void read(long offset, MemorySegment target);

    /// Writes all of `source` at `offset`; a gap before it reads as zeros.
    void write(long offset, MemorySegment source);

    /// Returns when every byte written so far would survive a loss of power.
    void force();

    void truncate(long size);

    @Override
    void close();
}
