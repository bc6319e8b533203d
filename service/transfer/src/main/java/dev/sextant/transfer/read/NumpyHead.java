package dev.sextant.transfer.read;

import dev.sextant.transfer.cell.Unfit;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the head of a `.npy` file says. It is a Python literal; of those only the one form that is written is read.
///
/// @param kind of numbers: b, i, u, f, U, S
/// @param width bytes of a number, characters of a text
/// @param bigEndian order of the bytes in a number
/// @param shape of the array: rows first
/// @param bytes of the head
record NumpyHead(char kind, int width, boolean bigEndian, List<Long> shape, long bytes) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MOST_HEAD = 64 << 10;
    private static final Pattern DESCRIPTION = Pattern.compile("'descr'\\s*:\\s*'([<>|=]?)([a-zA-Z?])(\\d{0,9})'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9, L]*)\\)");

    static NumpyHead read(InputStream in) throws IOException {
        var magic = in.readNBytes(8);
        for (int i = 0; i < MAGIC.length; i++)
            if (magic.length < 8 || magic[i] != MAGIC[i]) throw new Unfit("the file is no NumPy array");
        int lengthBytes = switch (magic[6]) {
            case 1 -> 2;
            case 2, 3 -> 4;
            default -> throw new Unfit("NumPy files of version " + magic[6] + " are not known");
        };
        var size = in.readNBytes(lengthBytes);
        if (size.length < lengthBytes) throw new EOFException("the file ends in its head");
        long length = 0;
        for (int i = lengthBytes - 1; i >= 0; i--) length = length << 8 | size[i] & 0xFF;
        if (length > MOST_HEAD) throw new Unfit("the head of the NumPy file has " + length + " bytes");
        var text = in.readNBytes((int) length);
        if (text.length < length) throw new EOFException("the file ends in its head");
        return parse(new String(text, StandardCharsets.ISO_8859_1), 8L + lengthBytes + length);
    }

    private static NumpyHead parse(String head, long bytes) {
        var type = find(DESCRIPTION, head, "a plain type of numbers or texts");
        if (find(ORDER, head, "an order").group(1).equals("True"))
            throw new Unfit("arrays in FORTRAN order are not read");
        var shape = new ArrayList<Long>();
        for (var part : find(SHAPE, head, "a shape").group(1).split(",")) {
            var digits = part.strip().replace("L", "");
            if (digits.length() > 15) throw new Unfit("the shape of the array is " + part.strip());
            if (!digits.isEmpty()) shape.add(Long.parseLong(digits));
        }
        if (shape.isEmpty()) throw new Unfit("the array has no dimension");
        char kind = type.group(2).charAt(0);
        if (kind == '?') kind = 'b';
        if ("biufUS".indexOf(kind) < 0)
            throw new Unfit(
                    kind == 'O'
                            ? "arrays of Python objects are not read: save plain numbers or texts"
                            : "arrays of type '" + type.group(2) + type.group(3) + "' are not read");
        int width = type.group(3).isEmpty() ? 1 : Integer.parseInt(type.group(3));
        boolean text = kind == 'U' || kind == 'S';
        if (!text && (width > 8 || Integer.bitCount(width) != 1))
            throw new Unfit("arrays of type '" + kind + width + "' are not read");
        return new NumpyHead(kind, width, type.group(1).equals(">"), List.copyOf(shape), bytes);
    }

    private static Matcher find(Pattern pattern, String head, String what) {
        var matcher = pattern.matcher(head);
        if (!matcher.find()) throw new Unfit("the head of the NumPy file does not tell " + what);
        return matcher;
    }

    long rows() {
        return shape.getFirst();
    }

    /// Values of a row.
    long values() {
        long values = 1;
        for (int i = 1; i < shape.size(); i++) {
            values *= shape.get(i);
            if (values > 1 << 24) throw new Unfit("a row of the array has too many values: shape " + shape);
        }
        return values;
    }

    long valueBytes() {
        return kind == 'U' ? 4L * width : width;
    }

    String type() {
        return "'" + kind + width + "'";
    }
}
