package dev.sextant.geometry;

import dev.sextant.model.Wkb;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.io.ByteOrderValues;
import org.locationtech.jts.io.ParseException;
import org.locationtech.jts.io.WKBReader;
import org.locationtech.jts.io.WKBWriter;
import org.locationtech.jts.io.WKTReader;
import org.locationtech.jts.io.WKTWriter;

/// Figures as texts (WKT) and as bytes (WKB). What is kept is always written here: little-endian, without a reference
/// system, heights where they came.
public final class Shapes {
    private Shapes() {}

    /// The bytes of a text; [NotAShape] when it is none.
    public static byte[] wkb(String wkt) {
        return write(parse(wkt));
    }

    /// Foreign bytes as they are kept; [NotAShape] when they are no figure.
    public static byte[] kept(byte[] bytes, int from, int end) {
        return write(read(bytes, from, end));
    }

    /// The text of bytes that were written here.
    public static String wkt(byte[] bytes, int from, int end) {
        var shape = read(bytes, from, end);
        return new WKTWriter(hasHeights(shape) ? 3 : 2).write(shape);
    }

    static Geometry parse(String wkt) {
        checkDepth(wkt);
        try {
            var shape = new WKTReader().read(wkt);
            var bytes = write(shape);
            Wkb.box(bytes, 0, bytes.length);
            return shape;
        } catch (ParseException | IllegalArgumentException | Wkb.Malformed wrong) {
            throw new NotAShape(String.valueOf(wrong.getMessage()));
        }
    }

    static Geometry read(byte[] bytes, int from, int end) {
        try {
            Wkb.box(bytes, from, end);
            return new WKBReader().read(from == 0 && end == bytes.length ? bytes : cut(bytes, from, end));
        } catch (ParseException | IllegalArgumentException | Wkb.Malformed wrong) {
            throw new NotAShape(String.valueOf(wrong.getMessage()));
        }
    }

    private static byte[] cut(byte[] bytes, int from, int end) {
        return java.util.Arrays.copyOfRange(bytes, from, end);
    }

    private static byte[] write(Geometry shape) {
        return new WKBWriter(hasHeights(shape) ? 3 : 2, ByteOrderValues.LITTLE_ENDIAN).write(shape);
    }

    private static boolean hasHeights(Geometry shape) {
        Coordinate first = shape.getCoordinate();
        return first != null && !Double.isNaN(first.getZ());
    }

    /// The parser calls itself for each level.
    private static void checkDepth(String wkt) {
        int depth = 0;
        for (int i = 0; i < wkt.length(); i++) {
            char c = wkt.charAt(i);
            if (c == '(' && ++depth > Wkb.MOST_DEPTH)
                throw new NotAShape("figures inside of figures, deeper than " + Wkb.MOST_DEPTH);
            if (c == ')') depth--;
        }
    }
}
