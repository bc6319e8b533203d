package dev.sextant.cli.bench.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// How numbers lie in a file: whole ones without and with a sign, and others.
enum Numbers {
    U1(1),
    I1(1),
    U2(2),
    I2(2),
    U4(4),
    I4(4),
    I8(8),
    F2(2),
    F4(4),
    F8(8);

    private static final int PIECE = 8192;

    final int width;

    Numbers(int width) {
        this.width = width;
    }

    /// The first `mostRows` of `rows` rows, which lie one after the other, their numbers little-endian.
    ///
    /// @param mostBytes that can still come: a file that promises more is damaged
    Matrix matrix(InputStream in, int rows, int dimension, long mostBytes, int mostRows) throws IOException {
        return matrix(in, ByteOrder.LITTLE_ENDIAN, rows, dimension, mostBytes, mostRows);
    }

    Matrix matrix(InputStream in, ByteOrder order, int rows, int dimension, long mostBytes, int mostRows)
            throws IOException {
        if (rows < 0 || dimension <= 0) throw new IOException("a matrix of " + rows + " rows of " + dimension);
        if ((long) rows * dimension > mostBytes / width)
            throw new EOFException(
                    "the file promises " + rows + " rows of " + dimension + " and is too short for them");
        int taken = Math.min(rows, mostRows);
        int count = count(taken, dimension);
        return switch (this) {
            case U1 -> {
                var bytes = in.readNBytes(count);
                if (bytes.length < count) throw new EOFException("the file ends early");
                yield Matrix.of(taken, dimension, bytes);
            }
            case U4, I4, I8 -> {
                var values = new long[count];
                for (int at = 0; at < count; at += PIECE) wholes(piece(in, order, count - at), values, at);
                yield Matrix.of(taken, dimension, values);
            }
            case I1, U2, I2, F2, F4, F8 -> {
                var values = new float[count];
                for (int at = 0; at < count; at += PIECE) reals(piece(in, order, count - at), values, at);
                yield Matrix.of(taken, dimension, values);
            }
        };
    }

    static int count(int rows, int dimension) throws IOException {
        long count = (long) rows * dimension;
        if (count > Integer.MAX_VALUE - 16)
            throw new IOException(rows + " rows of " + dimension + " do not fit one array; take fewer with --rows");
        return (int) count;
    }

    private ByteBuffer piece(InputStream in, ByteOrder order, int left) throws IOException {
        int numbers = Math.min(PIECE, left);
        var bytes = in.readNBytes(numbers * width);
        if (bytes.length < numbers * width) throw new EOFException("the file ends early");
        return ByteBuffer.wrap(bytes).order(order);
    }

    private void wholes(ByteBuffer from, long[] values, int at) {
        while (from.hasRemaining())
            values[at++] = switch (this) {
                case U4 -> Integer.toUnsignedLong(from.getInt());
                case I4 -> from.getInt();
                case I8 -> from.getLong();
                case U1, I1, U2, I2, F2, F4, F8 -> throw new AssertionError(this + " is read elsewhere");
            };
    }

    private void reals(ByteBuffer from, float[] values, int at) {
        while (from.hasRemaining())
            values[at++] = switch (this) {
                case I1 -> from.get();
                case U2 -> Short.toUnsignedInt(from.getShort());
                case I2 -> from.getShort();
                case F2 -> Float.float16ToFloat(from.getShort());
                case F4 -> from.getFloat();
                case F8 -> (float) from.getDouble();
                case U1, U4, I4, I8 -> throw new AssertionError(this + " is read elsewhere");
            };
    }
}
