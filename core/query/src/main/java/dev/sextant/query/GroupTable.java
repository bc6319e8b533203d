package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Slices;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// Numbers the groups of an aggregation: the values of a row are written into one string of bytes, which is looked up
/// by hash. No object per row; null is a value of its own. Open addressing, at most half full. One thread.
///
/// ```text
///   a value:  0                      null
///             1  8 bytes             a number
///             1  4 bytes  bytes      a text
/// ```
final class GroupTable {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final List<Field> fields;
    private final int most;
    private final Room room;

    private int count;
    private int[] slots = filled(64);
    private int[] hashes = new int[16];
    private int[] ends = new int[16];
    private byte[] bytes = new byte[256];
    private byte[] row = new byte[64];
    private int rowEnd;

    GroupTable(List<Field> fields, int most, Room room) {
        this.fields = List.copyOf(fields);
        this.most = most;
        this.room = room;
        room.take(4L * slots.length + 8L * hashes.length + bytes.length);
    }

    private static int[] filled(int size) {
        var slots = new int[size];
        Arrays.fill(slots, -1);
        return slots;
    }

    int count() {
        return count;
    }

    /// The number of the group that a row belongs to; a new one when it is the first of it.
    int group(List<Column> columns, int at) {
        rowEnd = 0;
        for (var column : columns) write(column, at);
        int hash = hash();
        int slot = hash & slots.length - 1;
        for (; slots[slot] >= 0; slot = slot + 1 & slots.length - 1) {
            int group = slots[slot];
            if (hashes[group] == hash && Arrays.equals(row, 0, rowEnd, bytes, start(group), ends[group])) return group;
        }
        add(hash);
        slots[slot] = count - 1;
        if (2 * count > slots.length) rehash();
        return count - 1;
    }

    private int start(int group) {
        return group == 0 ? 0 : ends[group - 1];
    }

    private void write(Column column, int at) {
        if (rowEnd + 9 > row.length) row = Arrays.copyOf(row, 2 * row.length);
        if (column.isNull(at)) {
            row[rowEnd++] = 0;
            return;
        }
        row[rowEnd++] = 1;
        if (column instanceof Column.Texts(var texts, _)) {
            int length = texts.length(at);
            if (rowEnd + 4 + length > row.length) row = Arrays.copyOf(row, 2 * (rowEnd + 4 + length));
            INT.set(row, rowEnd, length);
            System.arraycopy(texts.bytes(), texts.start(at), row, rowEnd + 4, length);
            rowEnd += 4 + length;
            return;
        }
        LONG.set(row, rowEnd, number(column, at));
        rowEnd += 8;
    }

    private static long number(Column column, int at) {
        return switch (column) {
            case Column.Bools(var values, _) -> values[at] ? 1 : 0;
            case Column.Ints(var values, _) -> values[at];
            case Column.Longs(var values, _) -> values[at];
            default ->
                throw new IllegalArgumentException(
                        "no groups of " + column.getClass().getSimpleName());
        };
    }

    private int hash() {
        long hash = rowEnd;
        int at = 0;
        for (; at + 8 <= rowEnd; at += 8) hash = mixed(hash ^ (long) LONG.get(row, at));
        for (; at < rowEnd; at++) hash = mixed(hash ^ row[at]);
        return (int) (hash >>> 32);
    }

    private static long mixed(long value) {
        long mixed = value * 0x9e3779b97f4a7c15L;
        return mixed ^ mixed >>> 29;
    }

    private void add(int hash) {
        if (count == most)
            throw new Refused(new Refusal.LimitExceeded("groups of an aggregation", count + 1L, most, "maxGroups"));
        if (count == hashes.length) {
            room.take(8L * count);
            hashes = Arrays.copyOf(hashes, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
        }
        int from = count == 0 ? 0 : ends[count - 1];
        if (from + rowEnd > bytes.length) {
            int size = Math.max(2 * bytes.length, from + rowEnd);
            room.take(size - bytes.length);
            bytes = Arrays.copyOf(bytes, size);
        }
        System.arraycopy(row, 0, bytes, from, rowEnd);
        hashes[count] = hash;
        ends[count++] = from + rowEnd;
    }

    private void rehash() {
        room.take(4L * slots.length);
        slots = filled(2 * slots.length);
        for (int group = 0; group < count; group++) {
            int slot = hashes[group] & slots.length - 1;
            while (slots[slot] >= 0) slot = slot + 1 & slots.length - 1;
            slots[slot] = group;
        }
    }

    /// The values of all groups, a column for each field.
    List<Column> columns() {
        var at = new int[count];
        for (int group = 0; group < count; group++) at[group] = start(group);
        var columns = new ArrayList<Column>();
        for (var field : fields) columns.add(column(field.type(), at));
        return columns;
    }

    /// Reads one value of each group from `at`, which then stand behind it.
    private Column column(FieldType type, int[] at) {
        var nulls = new BitSet();
        var numbers = new long[count];
        var texts = new Slices.Builder(count);
        boolean text = type instanceof FieldType.Varchar;
        for (int group = 0; group < count; group++) {
            if (bytes[at[group]++] == 0) {
                nulls.set(group);
                texts.add(new byte[0]);
            } else if (text) {
                int length = (int) INT.get(bytes, at[group]);
                texts.add(bytes, at[group] + 4, length);
                at[group] += 4 + length;
            } else {
                numbers[group] = (long) LONG.get(bytes, at[group]);
                at[group] += 8;
            }
        }
        return text ? new Column.Texts(texts.build(), Nulls.of(nulls)) : whole(type, numbers, Nulls.of(nulls));
    }

    static Column whole(FieldType type, long[] numbers, Nulls nulls) {
        if (type == Primitive.BOOL) {
            var truths = new boolean[numbers.length];
            for (int i = 0; i < truths.length; i++) truths[i] = numbers[i] != 0;
            return new Column.Bools(truths, nulls);
        }
        if (type == Primitive.INT8 || type == Primitive.INT16 || type == Primitive.INT32) {
            var ints = new int[numbers.length];
            for (int i = 0; i < ints.length; i++) ints[i] = (int) numbers[i];
            return new Column.Ints(ints, nulls);
        }
        return new Column.Longs(numbers, nulls);
    }
}
