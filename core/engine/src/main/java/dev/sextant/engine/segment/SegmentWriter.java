package dev.sextant.engine.segment;

import dev.sextant.model.Column;
import dev.sextant.world.Disk;
import java.util.Map;

/// Writes one segment file, from the first row to the last. One thread; holds one chunk of rows, and every key, in memory. A writer
/// that is closed without [#finish] deletes what it wrote.
public final class SegmentWriter implements AutoCloseable {

    /// Begins `path`, which must not exist; its directory must.
    public static SegmentWriter create(Disk disk, String path, SegmentHead head) {
        throw new UnsupportedOperationException(disk + path + head);
    }

    /// Appends rows: a column for every field of the schema, all of equal length. Cheapest in whole chunks of 65,536 rows.
    ///
    /// @param timestamps of each row's insertion; one entry means all rows have it
    /// @param partitions of each row; one entry means all rows are there
    public void add(Map<Integer, Column> columns, long[] timestamps, long[] partitions) {
        throw new UnsupportedOperationException();
    }

    /// Completes the file and forces it and its directory.
    public Written finish() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
    }
}
