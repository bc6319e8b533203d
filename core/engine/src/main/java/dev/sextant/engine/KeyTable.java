package dev.sextant.engine;

import dev.sextant.model.Column;
import dev.sextant.model.Slices;
import java.util.Arrays;
import java.util.function.IntConsumer;

/// Rows by key: open addressing over row numbers, four bytes a slot; the keys themselves stay in their column. One writer; readers see
/// every row that was added before the rows they ask for were published.
final class KeyTable {
    private static final int[] NONE = {0};

    private volatile int[] slots = NONE; // row + 1; 0 is free

    /// Adds the keys of rows `[from, keys.rows())`.
    void add(Pieces keys, int from) {
        int rows = keys.rows();
        if (slots.length < 2L * rows) grow(keys, from, rows);
        for (int row = from; row < rows; row++) put(slots, keys, row);
    }

    private void grow(Pieces keys, int filled, int rows) {
        int size = Integer.highestOneBit(Math.max(8, rows - 1)) << 2;
        var larger = new int[size];
        for (int row = 0; row < filled; row++) put(larger, keys, row);
        slots = larger;
    }

    private static void put(int[] slots, Pieces keys, int row) {
        int piece = keys.pieceOf(row);
        int at = hash(keys.pieces()[piece], row - keys.start(piece)) & slots.length - 1;
        while (slots[at] != 0) at = at + 1 & slots.length - 1;
        slots[at] = row + 1;
    }

    /// Rows below `keys.rows()` that have key number `key` of `wanted`.
    void find(Pieces keys, Column wanted, int key, IntConsumer row) {
        var table = slots;
        int rows = keys.rows();
        if (rows == 0) return;
        for (int at = hash(wanted, key) & table.length - 1; table[at] != 0; at = at + 1 & table.length - 1) {
            int candidate = table[at] - 1;
            if (candidate < rows && equal(keys, candidate, wanted, key)) row.accept(candidate);
        }
    }

    long bytes() {
        return 16 + 4L * slots.length;
    }

    private static boolean equal(Pieces keys, int row, Column wanted, int key) {
        int piece = keys.pieceOf(row);
        int inner = row - keys.start(piece);
        return switch (keys.pieces()[piece]) {
            case Column.Longs longs -> longs.values()[inner] == ((Column.Longs) wanted).values()[key];
            case Column.Texts texts -> {
                Slices here = texts.values(), there = ((Column.Texts) wanted).values();
                yield Arrays.equals(here.bytes(), here.start(inner), here.end(inner), there.bytes(), there.start(key), there.end(key));
            }
            default -> throw new IllegalStateException("keys are INT64 or VARCHAR");
        };
    }

    static int hash(Column column, int row) {
        return switch (column) {
            case Column.Longs longs -> mixed(longs.values()[row]);
            case Column.Texts texts -> {
                long hash = 0;
                var bytes = texts.values().bytes();
                for (int i = texts.values().start(row); i < texts.values().end(row); i++) hash = 31 * hash + bytes[i];
                yield mixed(hash);
            }
            default -> throw new IllegalStateException("keys are INT64 or VARCHAR");
        };
    }

    private static int mixed(long key) {
        long z = (key ^ key >>> 32) * 0x9E3779B97F4A7C15L;
        return (int) (z >>> 32);
    }
}
