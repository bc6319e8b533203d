package dev.sextant.index;

import dev.sextant.kernel.Raw;
import dev.sextant.model.VectorType;

/// Dense vectors in a file, numbered from 0: kernels never reach them, whoever needs some reads them into memory of its
/// own first.
public record StoredRows(RowFile file, int count, int dimension, VectorType type) implements VectorRows {
    public StoredRows {
        if (!type.isDense()) throw new IllegalArgumentException("sparse rows are SparseRows");
        if (dimension < 1 || count < 0) throw new IllegalArgumentException(count + " rows of dimension " + dimension);
    }

    /// Rows in memory, as if they were in a file.
    public static StoredRows of(DenseRows rows) {
        return new StoredRows(new InMemory(rows), rows.count(), rows.dimension(), rows.type());
    }

    /// Bytes from row to row where they are copied to.
    public long strideBytes() {
        return DenseRows.strideBytes(type, dimension);
    }

    /// The rows that were copied to `address`.
    public DenseRows landed(long address, int rows) {
        return DenseRows.packed(address, rows, dimension, type);
    }

    @Override
    public StoredRows withCount(int rows) {
        return new StoredRows(file, rows, dimension, type);
    }

    private record InMemory(DenseRows rows) implements RowFile {
        @Override
        public void read(int from, int to, long address) {
            for (int row = from; row < to; row++) copy(row, address, row - from);
        }

        @Override
        public int read(int[] wanted, int n, long address) {
            for (int i = 0; i < n; i++) copy(wanted[i], address, i);
            return 0;
        }

        private void copy(int row, long address, int place) {
            long stride = DenseRows.strideBytes(rows.type(), rows.dimension());
            Raw.copy(rows.address(row), address + place * stride, stride);
        }
    }
}
