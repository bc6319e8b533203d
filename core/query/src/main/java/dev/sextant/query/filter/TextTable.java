package dev.sextant.query.filter;

import dev.sextant.model.Slices;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Where a text stands in a list: open addressing, half empty. Immutable.
final class TextTable {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final Slices values;
    private final int[] positions;

    TextTable(Slices values) {
        this.values = values;
        positions = new int[Integer.highestOneBit(Math.max(4, 2 * values.count())) << 1];
        Arrays.fill(positions, -1);
        for (int i = 0; i < values.count(); i++) {
            int at = slot(values.bytes(), values.start(i), values.end(i));
            while (positions[at] >= 0) at = at + 1 & positions.length - 1;
            positions[at] = i;
        }
    }

    /// -1 when it is not in the list.
    int find(byte[] bytes, int from, int to) {
        for (int at = slot(bytes, from, to), found; (found = positions[at]) >= 0; at = at + 1 & positions.length - 1)
            if (Arrays.equals(values.bytes(), values.start(found), values.end(found), bytes, from, to)) return found;
        return -1;
    }

    private int slot(byte[] bytes, int from, int to) {
        long hash = to - from;
        int at = from;
        for (; at + 8 <= to; at += 8) hash = (hash ^ (long) LONG.get(bytes, at)) * 0x9e3779b97f4a7c15L;
        for (; at < to; at++) hash = (hash ^ bytes[at]) * 0x9e3779b97f4a7c15L;
        return (int) (hash >>> 32) & positions.length - 1;
    }
}
