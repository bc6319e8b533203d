package dev.sextant.query.filter;

import java.util.Arrays;

/// Where a number stands in a list: open addressing, half empty. Immutable.
final class LongTable {
    private final long[] keys;
    private final int[] positions;

    LongTable(long[] values) {
        int slots = Integer.highestOneBit(Math.max(4, 2 * values.length)) << 1;
        keys = new long[slots];
        positions = new int[slots];
        Arrays.fill(positions, -1);
        for (int i = 0; i < values.length; i++) {
            int at = slot(values[i]);
            while (positions[at] >= 0) at = at + 1 & slots - 1;
            keys[at] = values[i];
            positions[at] = i;
        }
    }

    /// -1 when it is not in the list.
    int find(long value) {
        for (int at = slot(value); positions[at] >= 0; at = at + 1 & keys.length - 1)
            if (keys[at] == value) return positions[at];
        return -1;
    }

    private int slot(long value) {
        long mixed = value * 0x9e3779b97f4a7c15L;
        return (int) (mixed >>> 32) & keys.length - 1;
    }
}
