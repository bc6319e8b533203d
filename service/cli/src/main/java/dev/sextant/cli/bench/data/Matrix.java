package dev.sextant.cli.bench.data;

/// A matrix of numbers, as a data set brings it: vectors a row each, or for each query the ids of its nearest rows.
/// Bytes stay bytes, so that a million SIFT rows take 128 MB; whole numbers stay whole, so that ids are exact.
///
/// @param bytes the values from 0 to 255, if the file holds bytes; else empty
/// @param longs the values, if the file holds larger whole numbers; else empty
/// @param floats the values otherwise
/// @param ids what the file calls its rows; empty when they are called by their places
public record Matrix(int rows, int dimension, byte[] bytes, long[] longs, float[] floats, long[] ids) {
    /// From here on floats stand for several whole numbers.
    private static final int EXACT = 1 << 24;

    private static final byte[] NO_BYTES = {};
    private static final long[] NO_LONGS = {};
    private static final float[] NO_FLOATS = {};

    public static Matrix of(int rows, int dimension, byte[] values) {
        return new Matrix(rows, dimension, values, NO_LONGS, NO_FLOATS, NO_LONGS);
    }

    public static Matrix of(int rows, int dimension, long[] values) {
        return new Matrix(rows, dimension, NO_BYTES, values, NO_FLOATS, NO_LONGS);
    }

    public static Matrix of(int rows, int dimension, float[] values) {
        return new Matrix(rows, dimension, NO_BYTES, NO_LONGS, values, NO_LONGS);
    }

    public Matrix called(long[] names) {
        return new Matrix(rows, dimension, bytes, longs, floats, names);
    }

    public float value(int row, int column) {
        int at = row * dimension + column;
        if (bytes.length > 0) return bytes[at] & 255;
        return longs.length > 0 ? longs[at] : floats[at];
    }

    /// The value as a whole number: for ids. What is none is refused, and so are floats that stand for several.
    public long whole(int row, int column) {
        int at = row * dimension + column;
        if (longs.length > 0) return longs[at];
        if (bytes.length > 0) return bytes[at] & 255;
        float value = floats[at];
        if (value != (long) value || Math.abs(value) >= EXACT)
            throw new IllegalArgumentException(
                    "%s stands for an id in row %d, column %d: ids are whole numbers, as floats below %d"
                            .formatted(value, row, column, EXACT));
        return (long) value;
    }

    /// The matrix whose rows are the first `most` columns of this one.
    Matrix turned(int most) {
        var turned = new Matrix(
                most,
                rows,
                new byte[bytes.length == 0 ? 0 : most * rows],
                new long[longs.length == 0 ? 0 : most * rows],
                new float[floats.length == 0 ? 0 : most * rows],
                NO_LONGS);
        for (int row = 0; row < most; row++)
            for (int column = 0; column < rows; column++) {
                int from = column * dimension + row, to = row * rows + column;
                if (bytes.length > 0) turned.bytes[to] = bytes[from];
                else if (longs.length > 0) turned.longs[to] = longs[from];
                else turned.floats[to] = floats[from];
            }
        return turned;
    }

    /// Row `row` as floats into `target`.
    public void copyRow(int row, float[] target, int at) {
        int from = row * dimension;
        if (bytes.length > 0) for (int i = 0; i < dimension; i++) target[at + i] = bytes[from + i] & 255;
        else if (longs.length > 0) for (int i = 0; i < dimension; i++) target[at + i] = longs[from + i];
        else System.arraycopy(floats, from, target, at, dimension);
    }

    public float[] row(int row) {
        var values = new float[dimension];
        copyRow(row, values, 0);
        return values;
    }

    /// Rows `from` to `to`, one after the other.
    public float[] rows(int from, int to) {
        var values = new float[(to - from) * dimension];
        for (int row = from; row < to; row++) copyRow(row, values, (row - from) * dimension);
        return values;
    }
}
