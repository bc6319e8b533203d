package dev.sextant.cli.bench.data;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// NumPy's format (numpy.org, `numpy.lib.format`): a head that describes the array in Python's words, then its bytes.
/// Matrices in either order of bytes, row by row (C) or column by column (Fortran); objects, which would have to be
/// unpickled, are refused with the rest.
final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LONGEST_HEAD = 1 << 16;
    private static final Pattern SHAPE =
            Pattern.compile("'shape':\\s*\\(\\s*(\\d{1,9})\\s*,\\s*(\\d{1,9})\\s*,?\\s*\\)");
    private static final Pattern KIND = Pattern.compile("'descr':\\s*'([<>|=]?)([a-zA-Z]\\d{1,2})'");

    private Npy() {}

    static Matrix read(DataInputStream in, long mostBytes, int mostRows) throws IOException {
        var start = in.readNBytes(8);
        for (int i = 0; i < MAGIC.length; i++)
            if (start.length < 8 || start[i] != MAGIC[i]) throw new IOException("not an .npy file");
        int length = start[6] == 1 ? Short.reverseBytes(in.readShort()) & 0xffff : Integer.reverseBytes(in.readInt());
        if (length < 0 || length > LONGEST_HEAD) throw new IOException("a head of " + length + " bytes");
        var head = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
        var shape = SHAPE.matcher(head);
        var kind = KIND.matcher(head);
        if (!shape.find() || !kind.find())
            throw new IOException("expected a matrix of numbers, with two dimensions, came " + head.strip());
        int rows = Integer.parseInt(shape.group(1)), dimension = Integer.parseInt(shape.group(2));
        var order = kind.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        var numbers = numbers(kind.group(2));
        return head.contains("'fortran_order': True")
                ? numbers.matrix(in, order, dimension, rows, mostBytes, dimension)
                        .turned(Math.min(rows, mostRows))
                : numbers.matrix(in, order, rows, dimension, mostBytes, mostRows);
    }

    private static Numbers numbers(String kind) throws IOException {
        return switch (kind) {
            case "u1" -> Numbers.U1;
            case "i1" -> Numbers.I1;
            case "u2" -> Numbers.U2;
            case "i2" -> Numbers.I2;
            case "u4" -> Numbers.U4;
            case "i4" -> Numbers.I4;
            case "u8", "i8" -> Numbers.I8; // nobody has 2^63 rows
            case "f2" -> Numbers.F2;
            case "f4" -> Numbers.F4;
            case "f8" -> Numbers.F8;
            default ->
                throw new IOException(
                        "numbers of kind " + kind + "; expected u1, i1, u2, i2, u4, i4, u8, i8, f2, f4 or f8");
        };
    }
}
