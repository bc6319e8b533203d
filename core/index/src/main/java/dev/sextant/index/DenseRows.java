package dev.sextant.index;

import dev.sextant.kernel.Distance;
import dev.sextant.model.VectorType;

/// Dense vectors at a native address that somebody else owns: row `i` begins at `base + i * stride`. Base and stride
/// are multiples of 64 bytes, the space behind each row's components is zero.
public record DenseRows(long base, long stride, int count, int dimension, VectorType type) implements VectorRows {
    public DenseRows {
        if (!type.isDense()) throw new IllegalArgumentException("sparse rows are SparseRows");
        if (dimension < 1 || count < 0) throw new IllegalArgumentException(count + " rows of dimension " + dimension);
        if ((base & 63) != 0 || (stride & 63) != 0 || stride < type.rowBytes(dimension))
            throw new IllegalArgumentException("rows at " + base + " with a stride of " + stride + " bytes");
    }

    /// Rows packed as tightly as the kernels allow.
    public static DenseRows packed(long base, int count, int dimension, VectorType type) {
        return new DenseRows(base, strideBytes(type, dimension), count, dimension, type);
    }

    /// Bytes from row to row when packed.
    public static long strideBytes(VectorType type, int dimension) {
        return Distance.strideBytes(type, dimension);
    }

    public long address(int row) {
        assert row >= 0 && row < count : row + " of " + count;
        return base + row * stride;
    }

    @Override
    public DenseRows withCount(int rows) {
        return new DenseRows(base, stride, rows, dimension, type);
    }
}
