package dev.sextant.cli.bench;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/// A matrix of numbers read from a file: NumPy's `.npy` (C order; u1, i4, i8, f4, f8), `.fvecs`/`.bvecs`/`.ivecs`
/// (corpus-texmex.irisa.fr), and `.fbin`/`.u8bin`/`.ibin` (big-ann-benchmarks.com); any of them gzip-compressed when
/// the name ends in `.gz`. Bytes stay bytes, so that a million SIFT rows take 128 MB.
///
/// @param bytes the rows, if the file holds bytes; else empty
/// @param floats the rows otherwise
public record VectorFile(int rows, int dimension, byte[] bytes, float[] floats) {
    private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(\\s*(\\d+)\\s*,\\s*(\\d+)\\s*,?\\s*\\)");
    private static final Pattern KIND = Pattern.compile("'descr':\\s*'([<>|=]?)([a-z]\\d+)'");

    /// Reads at most `mostRows` rows.
    public static VectorFile read(Path file, int mostRows) {
        if (!Files.isReadable(file))
            throw new IllegalArgumentException("there is no file " + file + " that can be read");
        var name = file.getFileName().toString();
        boolean packed = name.endsWith(".gz");
        var plain = packed ? name.substring(0, name.length() - 3) : name;
        try (var raw = new BufferedInputStream(Files.newInputStream(file), 1 << 20);
                var in = new DataInputStream(packed ? new GZIPInputStream(raw, 1 << 20) : raw)) {
            long size = packed ? -1 : Files.size(file);
            return switch (plain.substring(plain.lastIndexOf('.') + 1)) {
                case "npy" -> npy(in, file, mostRows);
                case "fvecs" -> vecs(in, 4, true, mostRows, size);
                case "ivecs" -> vecs(in, 4, false, mostRows, size);
                case "bvecs" -> vecs(in, 1, false, mostRows, size);
                case "fbin" -> bin(in, "f4", mostRows);
                case "u8bin" -> bin(in, "u1", mostRows);
                case "ibin" -> bin(in, "i4", mostRows);
                default ->
                    throw new IllegalArgumentException(file
                            + ": expected .npy, .fvecs, .bvecs, .ivecs, .fbin, .u8bin or .ibin, with or without .gz");
            };
        } catch (IOException failed) {
            throw new UncheckedIOException(file + ": " + failed.getMessage(), failed);
        }
    }

    public float value(int row, int column) {
        int at = row * dimension + column;
        return bytes.length > 0 ? bytes[at] & 255 : floats[at];
    }

    /// Row `row` as floats into `target`.
    public void copyRow(int row, float[] target, int at) {
        if (bytes.length > 0) {
            int from = row * dimension;
            for (int i = 0; i < dimension; i++) target[at + i] = bytes[from + i] & 255;
        } else System.arraycopy(floats, row * dimension, target, at, dimension);
    }

    public float[] row(int row) {
        var values = new float[dimension];
        copyRow(row, values, 0);
        return values;
    }

    private static VectorFile npy(DataInputStream in, Path file, int mostRows) throws IOException {
        var magic = in.readNBytes(8);
        if (magic.length < 8 || (magic[0] & 255) != 0x93) throw new IOException("not an .npy file");
        int length = magic[6] == 1 ? Short.reverseBytes(in.readShort()) & 0xffff : Integer.reverseBytes(in.readInt());
        if (length < 0 || length > 1 << 20) throw new IOException("a header of " + length + " bytes");
        var header = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
        var shape = SHAPE.matcher(header);
        var kind = KIND.matcher(header);
        if (!shape.find()
                || !kind.find()
                || header.contains("'fortran_order': True")
                || kind.group(1).equals(">"))
            throw new IOException("expected a little-endian matrix in C order, came " + header.strip());
        int rows = Math.min(mostRows, Integer.parseInt(shape.group(1)));
        return matrix(in, kind.group(2), rows, Integer.parseInt(shape.group(2)));
    }

    private static VectorFile bin(DataInputStream in, String kind, int mostRows) throws IOException {
        int rows = Integer.reverseBytes(in.readInt());
        int dimension = Integer.reverseBytes(in.readInt());
        return matrix(in, kind, Math.min(mostRows, rows), dimension);
    }

    private static VectorFile matrix(InputStream in, String kind, int rows, int dimension) throws IOException {
        if (rows < 0 || dimension <= 0) throw new IOException(rows + " rows of " + dimension);
        int count = Math.multiplyExact(rows, dimension);
        if (kind.equals("u1")) {
            var bytes = in.readNBytes(count);
            if (bytes.length < count) throw new EOFException("the file ends early");
            return new VectorFile(rows, dimension, bytes, new float[0]);
        }
        int width = Integer.parseInt(kind.substring(1));
        var floats = new float[count];
        var buffer = new byte[width * 8192];
        for (int at = 0; at < count; ) {
            int part = Math.min(8192, count - at);
            if (in.readNBytes(buffer, 0, part * width) < part * width) throw new EOFException("the file ends early");
            var numbers = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < part; i++)
                floats[at++] = switch (kind) {
                    case "f4" -> numbers.getFloat();
                    case "f8" -> (float) numbers.getDouble();
                    case "i4" -> numbers.getInt();
                    case "i8" -> numbers.getLong();
                    default -> throw new IOException("numbers of kind " + kind + "; expected u1, i4, i8, f4 or f8");
                };
        }
        return new VectorFile(rows, dimension, new byte[0], floats);
    }

    private static VectorFile vecs(DataInputStream in, int width, boolean real, int mostRows, long size)
            throws IOException {
        int dimension = Integer.reverseBytes(in.readInt());
        if (dimension <= 0 || dimension > 1 << 16) throw new IOException("rows of " + dimension);
        long known = size < 0 ? 1 << 16 : size / (4 + (long) dimension * width);
        int capacity = (int) Math.min(mostRows, known);
        var bytes = width == 1 ? new byte[capacity * dimension] : new byte[0];
        var floats = width == 4 ? new float[capacity * dimension] : new float[0];
        var row = new byte[dimension * width];
        int rows = 0;
        for (; rows < mostRows; rows++) {
            if (rows > 0) {
                var head = in.readNBytes(4);
                if (head.length == 0) break;
                int again = head.length < 4
                        ? -1
                        : ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt();
                if (again != dimension)
                    throw new IOException("row " + rows + " of " + again + ", expected " + dimension);
            }
            in.readFully(row);
            int at = rows * dimension;
            if (width == 1) {
                if (at + dimension > bytes.length)
                    bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, at + dimension));
                System.arraycopy(row, 0, bytes, at, dimension);
            } else {
                if (at + dimension > floats.length)
                    floats = Arrays.copyOf(floats, Math.max(2 * floats.length, at + dimension));
                var numbers = ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < dimension; i++) floats[at + i] = real ? numbers.getFloat() : numbers.getInt();
            }
        }
        return new VectorFile(
                rows,
                dimension,
                width == 1 ? Arrays.copyOf(bytes, rows * dimension) : bytes,
                width == 4 ? Arrays.copyOf(floats, rows * dimension) : floats);
    }
}
