package dev.sextant.engine.segment;

import dev.sextant.engine.Zone;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Region;
import dev.sextant.model.Column;
import dev.sextant.world.Disk;
import java.util.Optional;

/// One segment file, open for reading; never changes. Any thread may read. Everything that is read is checked, and damage is a
/// [dev.sextant.engine.file.CorruptFile].
public final class SegmentFile implements AutoCloseable {
    /// Rows of a chunk.
    public static final int CHUNK_ROWS = 65_536;

    private SegmentFile() {}

    /// Checks footer and directory; reads no rows.
    public static SegmentFile open(Disk disk, String path) {
        throw new UnsupportedOperationException(disk + path);
    }

    public SegmentHead head() { throw new UnsupportedOperationException(); }

    /// What the writer's [Written] said.
    public Written written() { throw new UnsupportedOperationException(); }

    public int rows() { throw new UnsupportedOperationException(); }

    public int chunks() { throw new UnsupportedOperationException(); }

    public boolean knows(int field) { throw new UnsupportedOperationException(); }

    /// Rows `[chunk * CHUNK_ROWS, …)` of a field that it [#knows], decoded.
    public Column chunk(int field, int chunk) { throw new UnsupportedOperationException(); }

    /// The values of a few rows, in the order given; reads only the pages that hold them.
    public Column fetch(int field, int[] rows) { throw new UnsupportedOperationException(); }

    public Zone zone(int field, int chunk) { throw new UnsupportedOperationException(); }

    /// Rows that have these keys, of the key field's kind.
    public Found find(Column keys) { throw new UnsupportedOperationException(); }

    /// When rows were inserted.
    public Runs timestamps() { throw new UnsupportedOperationException(); }

    /// Where rows belong.
    public Runs partitions() { throw new UnsupportedOperationException(); }

    /// All vectors of a dense field in the kernels' layout: node `i` at `i * strideBytes`. The caller closes the region.
    public Region loadVectors(int field, Memory memory) { throw new UnsupportedOperationException(); }

    /// All vectors of a sparse field: `nodes + 1` offsets (int64), then the cells.
    public Region loadSparse(int field, Memory memory) { throw new UnsupportedOperationException(); }

    /// How many rows of a vector field are not null.
    public int nodes(int field) { throw new UnsupportedOperationException(); }

    /// For each node its row; empty when they are the same.
    public Optional<int[]> rowOfNode(int field) { throw new UnsupportedOperationException(); }

    /// Reads everything and checks every checksum and the digest.
    public void verify() { throw new UnsupportedOperationException(); }

    /// Bytes on the heap that an open file keeps: directory, filter, top of the key index.
    public long heapBytes() { throw new UnsupportedOperationException(); }

    @Override
    public void close() {}
}
