package dev.sextant.engine.segment;

import dev.sextant.engine.file.ByteInput;
import dev.sextant.engine.file.ByteOutput;
import dev.sextant.model.Column;
import dev.sextant.model.Slices;
import dev.sextant.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// What is known of a chunk: found when it is written, kept in the directory.
final class Zones {
    private static final int UNKNOWN = 0;
    private static final int ALL_NULL = 1;
    private static final int BETWEEN = 2;

    private static final int INT = 0;
    private static final int REAL = 1;
    private static final int TEXT = 2;
    private static final int BOOL = 3;

    /// Bounds of texts are cut to about this.
    private static final int TEXT_BYTES = 64;

    private Zones() {}

    static Bounds of(Column column) {
        int nulls = column.nulls().count();
        if (nulls == column.rows()) return new Bounds.AllNull();
        return switch (column) {
            case Column.Bools bools -> {
                boolean any = false;
                boolean all = true;
                for (int i = 0; i < bools.rows(); i++) {
                    if (bools.isNull(i)) continue;
                    any |= bools.values()[i];
                    all &= bools.values()[i];
                }
                yield new Bounds.Between(Value.of(all), Value.of(any), nulls);
            }
            case Column.Ints ints -> {
                int least = Integer.MAX_VALUE;
                int most = Integer.MIN_VALUE;
                for (int i = 0; i < ints.rows(); i++) {
                    if (ints.isNull(i)) continue;
                    least = Math.min(least, ints.values()[i]);
                    most = Math.max(most, ints.values()[i]);
                }
                yield new Bounds.Between(Value.of(least), Value.of(most), nulls);
            }
            case Column.Longs longs -> {
                long least = Long.MAX_VALUE;
                long most = Long.MIN_VALUE;
                for (int i = 0; i < longs.rows(); i++) {
                    if (longs.isNull(i)) continue;
                    least = Math.min(least, longs.values()[i]);
                    most = Math.max(most, longs.values()[i]);
                }
                yield new Bounds.Between(Value.of(least), Value.of(most), nulls);
            }
            case Column.Floats floats -> ofReals(floats.rows(), row -> floats.values()[row], floats, nulls);
            case Column.Doubles doubles -> ofReals(doubles.rows(), row -> doubles.values()[row], doubles, nulls);
            case Column.Texts texts -> ofTexts(texts, nulls);
            case Column.Jsons _, Column.Shapes _, Column.Lists _, Column.Dense _, Column.Sparse _ -> Bounds.UNKNOWN;
        };
    }

    private interface Reals {
        double at(int row);
    }

    private static Bounds ofReals(int rows, Reals values, Column column, int nulls) {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < rows; i++) {
            if (column.isNull(i)) continue;
            double value = values.at(i);
            if (Double.isNaN(value)) return Bounds.UNKNOWN; // compares with nothing, so no bounds hold it
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        // 0 and -0 are equal to a reader, whichever way it compares bounds.
        return new Bounds.Between(Value.of(least == 0 ? -0.0 : least), Value.of(most == 0 ? 0.0 : most), nulls);
    }

    private static Bounds ofTexts(Column.Texts texts, int nulls) {
        Slices values = texts.values();
        int least = -1;
        int most = -1;
        for (int i = 0; i < texts.rows(); i++) {
            if (texts.isNull(i)) continue;
            if (least < 0 || values.compare(i, values, least) < 0) least = i;
            if (most < 0 || values.compare(i, values, most) > 0) most = i;
        }
        var low = text(values.copy(least));
        var high = text(values.copy(most));
        if (low.isEmpty() || high.isEmpty()) return Bounds.UNKNOWN;
        var bound = high.get().getBytes(StandardCharsets.UTF_8).length <= TEXT_BYTES ? high : raised(cut(high.get()));
        return bound.<Bounds>map(top -> new Bounds.Between(Value.of(cut(low.get())), Value.of(top), nulls))
                .orElse(Bounds.UNKNOWN);
    }

    /// None when the bytes are no UTF-8: a bound that is shown as something else does not bound.
    private static Optional<String> text(byte[] bytes) {
        var text = new String(bytes, StandardCharsets.UTF_8);
        return Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes) ? Optional.of(text) : Optional.empty();
    }

    private static String cut(String text) {
        int bytes = 0;
        int at = 0;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
            if (bytes > TEXT_BYTES) break;
            at += Character.charCount(point);
        }
        return text.substring(0, at);
    }

    /// The least text that is above every text which begins with this one.
    private static Optional<String> raised(String prefix) {
        for (int end = prefix.length(); end > 0; ) {
            int point = prefix.codePointBefore(end);
            end -= Character.charCount(point);
            if (point == Character.MAX_CODE_POINT) continue;
            int next = point + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : point + 1;
            return Optional.of(prefix.substring(0, end) + Character.toString(next));
        }
        return Optional.empty();
    }

    static void write(Bounds zone, ByteOutput out) {
        switch (zone) {
            case Bounds.Unknown _ -> out.writeByte(UNKNOWN);
            case Bounds.AllNull _ -> out.writeByte(ALL_NULL);
            case Bounds.Between(var least, var most, int nulls) -> {
                out.writeByte(BETWEEN).writeInt(nulls);
                write(least, out);
                write(most, out);
            }
        }
    }

    static Bounds read(ByteInput in) {
        int kind = in.readByte();
        return switch (kind) {
            case UNKNOWN -> Bounds.UNKNOWN;
            case ALL_NULL -> new Bounds.AllNull();
            case BETWEEN -> {
                int nulls = in.readInt();
                yield new Bounds.Between(readValue(in), readValue(in), nulls);
            }
            default -> throw in.damage("a kind of zone", kind);
        };
    }

    private static void write(Value value, ByteOutput out) {
        switch (value) {
            case Value.Int(long number) -> out.writeByte(INT).writeLong(number);
            case Value.Real(double number) -> out.writeByte(REAL).writeDouble(number);
            case Value.Bool(boolean truth) -> out.writeByte(BOOL).writeByte(truth ? 1 : 0);
            case Value.Text(String text) -> {
                out.writeByte(TEXT);
                Directory.writeText(text, out);
            }
            case Value.Null _, Value.Items _, Value.Bytes _ -> throw new AssertionError("no bound: " + value);
        }
    }

    private static Value readValue(ByteInput in) {
        int kind = in.readByte();
        return switch (kind) {
            case INT -> Value.of(in.readLong());
            case REAL -> Value.of(in.readDouble());
            case TEXT -> Value.of(Directory.readText(in));
            case BOOL -> Value.of(in.readByte() != 0);
            default -> throw in.damage("a kind of bound", kind);
        };
    }
}
