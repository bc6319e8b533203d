package dev.sextant.index.scalar;

import dev.sextant.kernel.OutOfBudget;
import java.util.Arrays;

/// Numbers and what each belongs to, collected and then sorted by number; equal numbers stay as they came.
final class Pairs {
    private static final int DIGITS = 8;
    private static final int SMALL = 64;

    private final Heap heap;
    long[] keys = new long[0];
    int[] rows = new int[0];
    int size;
    private long[] otherKeys = new long[0];
    private int[] otherRows = new int[0];

    /// @param heap grows with this
    Pairs(Heap heap) {
        this.heap = heap;
    }

    void add(long key, int row) {
        if (size == keys.length) grow();
        keys[size] = key;
        rows[size++] = row;
    }

    private void grow() {
        if (size == Integer.MAX_VALUE - 8) throw new OutOfBudget("values of an index", 1, size, Integer.MAX_VALUE - 8);
        int larger = (int) Math.min(Integer.MAX_VALUE - 8, Math.max(1024, size * 2L));
        heap.grow(12L * larger);
        keys = Arrays.copyOf(keys, larger);
        rows = Arrays.copyOf(rows, larger);
        heap.shrink(12L * size);
    }

    void sort() {
        sort(0, size);
    }

    /// Sorts a part, digit by digit from the least; digits that all have in common cost nothing.
    void sort(int from, int to) {
        if (to - from < SMALL) {
            insert(from, to);
            return;
        }
        room();
        var counts = new int[DIGITS][256];
        for (int i = from; i < to; i++)
            for (int digit = 0; digit < DIGITS; digit++) counts[digit][digit(keys[i], digit)]++;
        var fromKeys = keys;
        var fromRows = rows;
        var toKeys = otherKeys;
        var toRows = otherRows;
        for (int digit = 0; digit < DIGITS; digit++) {
            var count = counts[digit];
            if (count[digit(fromKeys[from], digit)] == to - from) continue;
            int at = from;
            for (int i = 0; i < 256; i++) {
                int here = count[i];
                count[i] = at;
                at += here;
            }
            for (int i = from; i < to; i++) {
                int place = count[digit(fromKeys[i], digit)]++;
                toKeys[place] = fromKeys[i];
                toRows[place] = fromRows[i];
            }
            var keysBefore = fromKeys;
            var rowsBefore = fromRows;
            fromKeys = toKeys;
            fromRows = toRows;
            toKeys = keysBefore;
            toRows = rowsBefore;
        }
        if (fromKeys == keys) return;
        System.arraycopy(fromKeys, from, keys, from, to - from);
        System.arraycopy(fromRows, from, rows, from, to - from);
    }

    private static int digit(long key, int digit) {
        // Negative numbers come first.
        return (int) ((key ^ Long.MIN_VALUE) >>> 8 * digit) & 255;
    }

    private void insert(int from, int to) {
        for (int i = from + 1; i < to; i++) {
            long key = keys[i];
            int row = rows[i], at = i;
            for (; at > from && keys[at - 1] > key; at--) {
                keys[at] = keys[at - 1];
                rows[at] = rows[at - 1];
            }
            keys[at] = key;
            rows[at] = row;
        }
    }

    private void room() {
        if (otherKeys.length >= size) return;
        heap.grow(12L * (size - otherKeys.length));
        otherKeys = new long[size];
        otherRows = new int[size];
    }

    /// Takes repetitions of a row under a key out; sorted before, and rows came in order.
    void distinct() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (kept > 0 && keys[kept - 1] == keys[i] && rows[kept - 1] == rows[i]) continue;
            keys[kept] = keys[i];
            rows[kept++] = rows[i];
        }
        size = kept;
    }

    /// How many different keys there are; sorted before.
    int distinctKeys() {
        int count = 0;
        for (int i = 0; i < size; i++) if (i == 0 || keys[i] != keys[i - 1]) count++;
        return count;
    }
}
