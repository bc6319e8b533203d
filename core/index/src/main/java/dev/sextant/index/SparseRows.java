package dev.sextant.index;

/// Sparse vectors at native addresses that somebody else owns: the cells of row `i` (uint32 index ascending, float32
/// value; 8 bytes each) lie from `cells + offset[i]` to `cells + offset[i + 1]`, `offsets` being int64 bytes, count + 1
/// of them.
public record SparseRows(long offsets, long cells, int count) implements VectorRows {
    public SparseRows {
        if (count < 0) throw new IllegalArgumentException(count + " rows");
    }

    @Override
    public SparseRows withCount(int rows) {
        return new SparseRows(offsets, cells, rows);
    }
}
