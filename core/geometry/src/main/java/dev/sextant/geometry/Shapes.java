package dev.sextant.geometry;

import dev.sextant.model.Wkb;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.io.ByteOrderValues;
import org.locationtech.jts.io.ParseException;
import org.locationtech.jts.io.WKBReader;
import org.locationtech.jts.io.WKBWriter;
import org.locationtech.jts.io.WKTReader;
import org.locationtech.jts.io.WKTWriter;

/// Geometries as texts (WKT) and as bytes (WKB). What is kept is always written here: little-endian, without a
/// reference system, heights where they came.
public final class Shapes {
    private Shapes() {}

    /// The bytes of a text; [NotAShape] when it is none.
    public static byte[] wkb(String wkt) {
        return write(parse(wkt));
    }

    /// Foreign bytes as they are kept; [NotAShape] when they are no geometry.
    public static byte[] kept(byte[] bytes, int from, int end) {
        return write(read(bytes, from, end));
    }

    /// The text of bytes that were written here.
    public static String wkt(byte[] bytes, int from, int end) {
        var shape = stored(bytes, from, end);
        var text = new Brief();
        try {
            new WKTWriter(hasHeights(shape) ? 3 : 2).write(shape, text);
        } catch (IOException unheardOf) {
            throw new UncheckedIOException(unheardOf); // it writes to memory
        }
        return text.toString();
    }

    /// Has numbers with many noughts in powers of ten: eight bytes would become three hundred digits otherwise, and who
    /// counted the bytes would be wrong by that.
    private static final class Brief extends StringWriter {
        /// No number in powers of ten is longer, and no word.
        private static final int LONGEST = 24;

        @Override
        public void write(String piece) {
            super.write(
                    piece.length() > LONGEST
                            ? Arrays.stream(piece.split(" ", -1))
                                    .map(Brief::word)
                                    .collect(Collectors.joining(" "))
                            : piece);
        }

        private static String word(String word) {
            return word.length() > LONGEST ? Double.toString(Double.parseDouble(word)) : word;
        }
    }

    static Geometry parse(String wkt) {
        checkFrame(wkt);
        try {
            var shape = new WKTReader().read(wkt);
            var bytes = write(shape);
            Wkb.box(bytes, 0, bytes.length);
            return shape;
        } catch (ParseException | IllegalArgumentException | Wkb.Malformed wrong) {
            throw new NotAShape(String.valueOf(wrong.getMessage()));
        }
    }

    private static Geometry read(byte[] bytes, int from, int end) {
        try {
            Wkb.box(bytes, from, end);
        } catch (Wkb.Malformed wrong) {
            throw new NotAShape(wrong.getMessage());
        }
        return stored(bytes, from, end);
    }

    /// What was written here needs no second look.
    static Geometry stored(byte[] bytes, int from, int end) {
        try {
            return new WKBReader().read(from == 0 && end == bytes.length ? bytes : cut(bytes, from, end));
        } catch (ParseException | IllegalArgumentException wrong) {
            throw new NotAShape(String.valueOf(wrong.getMessage()));
        }
    }

    private static byte[] cut(byte[] bytes, int from, int end) {
        return Arrays.copyOfRange(bytes, from, end);
    }

    private static byte[] write(Geometry shape) {
        return new WKBWriter(hasHeights(shape) ? 3 : 2, ByteOrderValues.LITTLE_ENDIAN).write(shape);
    }

    private static boolean hasHeights(Geometry shape) {
        Coordinate first = shape.getCoordinate();
        return first != null && !Double.isNaN(first.getZ());
    }

    /// What the parser does not see to: it calls itself for each level, stops behind the geometry, and reads `NaN` as a
    /// number.
    private static void checkFrame(String wkt) {
        int depth = 0;
        for (int i = 0; i < wkt.length(); i++) {
            char c = wkt.charAt(i);
            if (c == '(' && ++depth > Wkb.MOST_DEPTH)
                throw new NotAShape("geometries inside of geometries, deeper than " + Wkb.MOST_DEPTH);
            if (c == ')' && --depth == 0 && !wkt.substring(i + 1).isBlank())
                throw new NotAShape("more behind the end of the geometry: "
                        + wkt.substring(i + 1).strip());
        }
        if (wkt.toLowerCase(Locale.ROOT).contains("nan")) throw new NotAShape("a coordinate that is no finite number");
    }
}
