package dev.sextant.cli.bench.data;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// NumPy's format (numpy.org, `numpy.lib.format`): a head that describes the array in Python's words, then its bytes.
/// Little-endian matrices in C order; objects, which would have to be unpickled, are refused with the rest.
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
        if (!shape.find()
                || !kind.find()
                || head.contains("'fortran_order': True")
                || kind.group(1).equals(">"))
            throw new IOException("expected a little-endian matrix in C order, came " + head.strip());
        return numbers(kind.group(2))
                .matrix(in, Integer.parseInt(shape.group(1)), Integer.parseInt(shape.group(2)), mostBytes, mostRows);
    }

    private static Numbers numbers(String kind) throws IOException {
        return switch (kind) {
            case "u1" -> Numbers.U1;
            case "i1" -> Numbers.I1;
            case "i4" -> Numbers.I4;
            case "i8" -> Numbers.I8;
            case "f2" -> Numbers.F2;
            case "f4" -> Numbers.F4;
            case "f8" -> Numbers.F8;
            default -> throw new IOException("numbers of kind " + kind + "; expected u1, i1, i4, i8, f2, f4 or f8");
        };
    }
}
