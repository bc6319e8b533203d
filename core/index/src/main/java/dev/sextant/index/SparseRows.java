package dev.sextant.index;

import dev.sextant.kernel.Raw;

/// Sparse vectors at native addresses that somebody else owns: the cells of row `i` (uint32 index ascending, float32
/// value; 8 bytes each) lie from `cells + offset[i]` to `cells + offset[i + 1]`, `offsets` being int64 bytes, count + 1
/// of them.
public record SparseRows(long offsets, long cells, int count) implements VectorRows {
    public SparseRows {
        if (count < 0) throw new IllegalArgumentException(count + " rows");
    }

    /// What the cells of a row take, and where they lie.
    long bytes(int row) {
        long at = offsets + 8L * row;
        return 16 + Raw.getLong(at + 8) - Raw.getLong(at);
    }

    long bytes(int[] rows, int n) {
        long bytes = 0;
        for (int i = 0; i < n; i++) bytes += bytes(rows[i]);
        return bytes;
    }

    @Override
    public SparseRows withCount(int rows) {
        return new SparseRows(offsets, cells, rows);
    }
}
