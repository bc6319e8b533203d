package dev.sextant.transfer.parquet;

import dev.sextant.transfer.cell.Unfit;

/// Memory for the pages of a file that are open together, a page for each column. One thread.
final class Room {
    final long mostBytes;
    private long held;

    Room(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /// One page takes the place of another.
    void swap(long old, long fresh) {
        if (held - old + fresh > mostBytes)
            throw new Unfit("pages that are read together have " + (held - old + fresh)
                    + " bytes, the memory of an import allows for " + mostBytes
                    + ": write smaller pages, or raise import-memory");
        held += fresh - old;
    }
}
