package dev.sextant.cli.bench.data;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Rows that each begin with their length. The rows are taken as a matrix without these lengths.
final class Vecs {
    private static final int LONGEST_ROW = 1 << 20;

    private Vecs() {}

    static Matrix read(DataInputStream in, Numbers kind, long mostBytes, int mostRows) throws IOException {
        int dimension = Integer.reverseBytes(in.readInt());
        if (dimension <= 0 || dimension > LONGEST_ROW) throw new IOException("rows of " + dimension);
        // How many rows there are shows at the end only: parts of a growing size, so that nothing is copied twice.
        var parts = new java.util.ArrayList<Matrix>();
        int rows = 0;
        boolean first = true;
        while (rows < mostRows) {
            int wanted = (int) Math.min(mostRows - rows, Math.max(1, (64L << 20) / ((long) dimension * kind.width)));
            var part = part(in, kind, dimension, wanted, rows, first);
            first = false;
            if (part.rows() == 0) break;
            parts.add(part);
            rows += part.rows();
        }
        return joined(parts, rows, dimension);
    }

    private static Matrix part(InputStream in, Numbers kind, int dimension, int wanted, int before, boolean first)
            throws IOException {
        int stride = dimension * kind.width;
        var bytes = new java.io.ByteArrayOutputStream(stride);
        int rows = 0;
        for (; rows < wanted; rows++) {
            if (!(first && rows == 0)) {
                var head = in.readNBytes(4);
                if (head.length == 0) break;
                int again = head.length < 4
                        ? -1
                        : ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt();
                if (again != dimension)
                    throw new IOException("row " + (before + rows) + " of " + again + ", expected " + dimension);
            }
            var row = in.readNBytes(stride);
            if (row.length < stride) throw new EOFException("the file ends inside of row " + (before + rows));
            bytes.writeBytes(row);
        }
        if (rows == 0) return Matrix.of(0, dimension, new float[0]);
        return kind.matrix(new ByteArrayInputStream(bytes.toByteArray()), rows, dimension, bytes.size(), rows);
    }

    private static Matrix joined(java.util.List<Matrix> parts, int rows, int dimension) throws IOException {
        if (parts.size() == 1) return parts.getFirst();
        int count = Numbers.count(rows, dimension);
        boolean isBytes = !parts.isEmpty() && parts.getFirst().bytes().length > 0;
        boolean isWhole = !parts.isEmpty() && parts.getFirst().longs().length > 0;
        Object all = isBytes ? new byte[count] : isWhole ? new long[count] : new float[count];
        int at = 0;
        for (var part : parts) {
            int length = part.rows() * dimension;
            System.arraycopy(isBytes ? part.bytes() : isWhole ? part.longs() : part.floats(), 0, all, at, length);
            at += length;
        }
        return switch (all) {
            case byte[] values -> Matrix.of(rows, dimension, values);
            case long[] values -> Matrix.of(rows, dimension, values);
            case float[] values -> Matrix.of(rows, dimension, values);
            default -> throw new AssertionError("an array of something else");
        };
    }
}
