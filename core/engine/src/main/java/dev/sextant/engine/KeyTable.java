package dev.sextant.engine;

import dev.sextant.model.Column;
import dev.sextant.model.Slices;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntConsumer;

/// Rows by key: open addressing over the newest row of each key, and from each row the next older one with its key; the
/// keys themselves stay in their column. A key with many versions thus costs no more than one with few. One writer;
/// readers see every row that was added before the rows they ask for were published.
final class KeyTable {
    private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);

    /// @param slots newest row of a key + 1; 0 is free. A row is put in only after its link to the next older one.
    /// @param older the row + 1 before each row that has the same key; 0 ends
    private record Table(int[] slots, int[] older) {
        int newest(int at) {
            return (int) INTS.getAcquire(slots, at);
        }
    }

    private volatile Table table = new Table(new int[8], new int[8]);
    private int distinct; // writer only, like all below
    private final BitSet over = new BitSet(0); // rows that went away, as did all older ones with their key

    /// Adds the keys of rows `[from, keys.rows())`.
    void add(Pieces keys, int from) {
        int rows = keys.rows();
        var now = table;
        if (now.older.length < rows)
            table = now = new Table(
                    now.slots, Arrays.copyOf(now.older, Math.max(rows, now.older.length + (now.older.length >> 1))));
        for (int piece = from < rows ? keys.pieceOf(from) : 0; from < rows; piece++)
            for (int start = keys.start(piece); from < keys.ends()[piece]; from++) {
                if (now.slots.length < 2 * (distinct + 1)) table = now = grown(now, keys);
                put(now, keys, keys.pieces()[piece], from - start, from);
            }
    }

    private static Table grown(Table now, Pieces keys) {
        var larger = new int[2 * now.slots.length];
        for (int newest : now.slots) {
            if (newest == 0) continue;
            int piece = keys.pieceOf(newest - 1);
            int at = hash(keys.pieces()[piece], newest - 1 - keys.start(piece)) & larger.length - 1;
            while (larger[at] != 0) at = at + 1 & larger.length - 1;
            larger[at] = newest;
        }
        return new Table(larger, now.older);
    }

    private void put(Table into, Pieces keys, Column column, int inner, int row) {
        int at = hash(column, inner) & into.slots.length - 1;
        while (into.slots[at] != 0 && !equal(keys, into.slots[at] - 1, column, inner))
            at = at + 1 & into.slots.length - 1;
        if (into.slots[at] == 0) distinct++;
        into.older[row] = into.slots[at];
        INTS.setRelease(into.slots, at, row + 1);
    }

    /// Rows below `keys.rows()` that have key number `key` of `wanted`, newest first.
    void find(Pieces keys, Column wanted, int key, IntConsumer row) {
        int newest = newest(keys, wanted, key);
        var older = table.older;
        for (int at = newest; at != 0; at = older[at - 1]) row.accept(at - 1);
    }

    /// Like [#find], by the writer, for a removal: leaves out rows that were found by an earlier one of every
    /// partition.
    ///
    /// @param everywhere whether this removal is one of every partition
    void findToRemove(Pieces keys, Column wanted, int key, boolean everywhere, IntConsumer row) {
        int newest = newest(keys, wanted, key);
        var older = table.older;
        for (int at = newest; at != 0 && !over.get(at - 1); at = older[at - 1]) row.accept(at - 1);
        if (everywhere && newest != 0) over.set(newest - 1);
    }

    /// The newest such row + 1; 0 when there is none.
    private int newest(Pieces keys, Column wanted, int key) {
        int rows = keys.rows();
        if (rows == 0) return 0;
        var now = table;
        for (int at = hash(wanted, key) & now.slots.length - 1; ; at = at + 1 & now.slots.length - 1) {
            int candidate = now.newest(at);
            if (candidate == 0) return 0;
            if (candidate > rows) { // added since, with the key of those before it
                var older = table.older; // asked after the slot, which may be newer than `now`
                do candidate = older[candidate - 1];
                while (candidate > rows);
            }
            if (candidate != 0 && equal(keys, candidate - 1, wanted, key)) return candidate;
        }
    }

    long bytes() {
        return 16 + 4L * (table.slots.length + table.older.length);
    }

    private static boolean equal(Pieces keys, int row, Column wanted, int key) {
        int piece = keys.pieceOf(row);
        int inner = row - keys.start(piece);
        return switch (keys.pieces()[piece]) {
            case Column.Longs longs -> longs.values()[inner] == ((Column.Longs) wanted).values()[key];
            case Column.Texts texts -> {
                Slices here = texts.values(), there = ((Column.Texts) wanted).values();
                yield Arrays.equals(
                        here.bytes(),
                        here.start(inner),
                        here.end(inner),
                        there.bytes(),
                        there.start(key),
                        there.end(key));
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
