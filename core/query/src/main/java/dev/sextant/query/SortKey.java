package dev.sextant.query;

import dev.sextant.engine.Zone;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import dev.sextant.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Values of one field for some rows, held so that they compare fast: numbers and truths as longs in their own order,
/// texts as bytes. What comes first in the order is the smaller. One thread.
final class SortKey {
    /// Of a text beside its characters.
    private static final int TEXT_BYTES = 16;

    private final boolean text;
    private final boolean descending;
    private final boolean nullsFirst;
    private final Room room;
    private long[] numbers = new long[0];
    private byte[][] texts = new byte[0][];
    private boolean[] nulls = new boolean[0];

    SortKey(FieldType type, boolean descending, boolean nullsFirst, Room room) {
        text = type instanceof FieldType.Varchar;
        this.descending = descending;
        this.nullsFirst = nullsFirst;
        this.room = room;
    }

    void grow(int size) {
        room.take(9L * (size - nulls.length));
        nulls = Arrays.copyOf(nulls, size);
        if (text) texts = Arrays.copyOf(texts, size);
        else numbers = Arrays.copyOf(numbers, size);
    }

    void put(int slot, Column column, int row) {
        nulls[slot] = column.isNull(row);
        if (nulls[slot]) return;
        if (!text) {
            numbers[slot] = number(column, row);
            return;
        }
        var bytes = ((Column.Texts) column).values().copy(row);
        room.take(TEXT_BYTES + bytes.length);
        texts[slot] = bytes;
    }

    int compare(int left, int right) {
        if (nulls[left] || nulls[right]) return nulls(nulls[left], nulls[right]);
        return directed(
                text ? Arrays.compareUnsigned(texts[left], texts[right]) : Long.compare(numbers[left], numbers[right]));
    }

    /// A row that is not held, and one that is.
    int compare(Column column, int row, int right) {
        boolean none = column.isNull(row);
        if (none || nulls[right]) return nulls(none, nulls[right]);
        if (!text) return directed(Long.compare(number(column, row), numbers[right]));
        var values = ((Column.Texts) column).values();
        return directed(Arrays.compareUnsigned(
                values.bytes(), values.start(row), values.end(row), texts[right], 0, texts[right].length));
    }

    private int directed(int compared) {
        return descending ? -compared : compared;
    }

    private int nulls(boolean left, boolean right) {
        return nullsFirst ? Boolean.compare(right, left) : Boolean.compare(left, right);
    }

    /// Whether every value of a chunk comes behind a row that is held.
    boolean isBehind(Zone zone, int right) {
        return switch (zone) {
            case Zone.Unknown _ -> false;
            case Zone.AllNull _ -> nulls(true, nulls[right]) > 0;
            case Zone.Between(var least, var most, var nullCount) -> {
                if (nullCount > 0 && nulls(true, nulls[right]) <= 0) yield false;
                if (nulls[right]) yield nulls(false, true) > 0;
                yield compare(descending ? most : least, right) > 0;
            }
        };
    }

    /// 0 where it cannot be told.
    private int compare(Value value, int right) {
        return switch (value) {
            case Value.Int(var number) when !text -> directed(Long.compare(number, numbers[right]));
            case Value.Real(var number) when !text -> directed(Long.compare(ordered(number), numbers[right]));
            case Value.Bool(var truth) when !text -> directed(Long.compare(truth ? 1 : 0, numbers[right]));
            case Value.Text(var bytes)
            when text -> directed(Arrays.compareUnsigned(bytes.getBytes(StandardCharsets.UTF_8), texts[right]));
            default -> 0;
        };
    }

    private static long number(Column column, int row) {
        return switch (column) {
            case Column.Bools(var values, _) -> values[row] ? 1 : 0;
            case Column.Ints(var values, _) -> values[row];
            case Column.Longs(var values, _) -> values[row];
            case Column.Floats(var values, _) -> ordered(values[row]);
            case Column.Doubles(var values, _) -> ordered(values[row]);
            default ->
                throw new IllegalArgumentException(
                        "no order of " + column.getClass().getSimpleName());
        };
    }

    /// Bits that compare as the numbers do. Adding zero makes -0.0 and 0.0 one.
    private static long ordered(double value) {
        long bits = Double.doubleToLongBits(value + 0d);
        return bits ^ bits >> 63 & Long.MAX_VALUE;
    }

    /// Keeps the rows at some of the first `count` slots, in that order.
    void keep(int[] at, int count) {
        var oldNulls = Arrays.copyOf(nulls, count);
        for (int i = 0; i < at.length; i++) nulls[i] = oldNulls[at[i]];
        if (!text) {
            var old = Arrays.copyOf(numbers, count);
            for (int i = 0; i < at.length; i++) numbers[i] = old[at[i]];
            return;
        }
        var old = Arrays.copyOf(texts, count);
        long held = bytes(count);
        for (int i = 0; i < at.length; i++) texts[i] = old[at[i]];
        Arrays.fill(texts, at.length, count, null);
        room.give(held - bytes(at.length));
    }

    private long bytes(int count) {
        long bytes = 0;
        for (int i = 0; i < count; i++) if (texts[i] != null) bytes += TEXT_BYTES + texts[i].length;
        return bytes;
    }

    /// Keys at some slots, as a column.
    Column column(int[] at) {
        if (!text) {
            var values = new long[at.length];
            for (int i = 0; i < at.length; i++) values[i] = numbers[at[i]];
            return new Column.Longs(values, Nulls.NONE);
        }
        var slices = new Slices.Builder(at.length);
        for (int slot : at) slices.add(texts[slot]);
        return new Column.Texts(slices.build(), Nulls.NONE);
    }
}
