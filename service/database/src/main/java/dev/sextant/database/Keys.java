package dev.sextant.database;

import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import java.util.Arrays;

/// Columns of keys: repetitions found and taken out without an object for each key.
final class Keys {
    private Keys() {}

    /// The first row whose key an earlier row has, or -1.
    static int firstRepeated(Column keys) {
        int rows = keys.rows();
        int mask = Integer.highestOneBit(Math.max(2, rows)) * 4 - 1;
        var seen = new int[mask + 1]; // row + 1, 0 where nothing is
        for (int row = 0; row < rows; row++) {
            int at = spread(hash(keys, row)) & mask;
            while (seen[at] != 0) {
                if (same(keys, seen[at] - 1, row)) return row;
                at = at + 1 & mask;
            }
            seen[at] = row + 1;
        }
        return -1;
    }

    /// Each key once, ascending.
    static Column distinct(Column keys) {
        return switch (keys) {
            case Column.Longs(var values, _) -> new Column.Longs(distinct(values), Nulls.NONE);
            case Column.Texts(var values, _) -> new Column.Texts(distinct(values), Nulls.NONE);
            default -> throw new IllegalStateException("keys are numbers or text");
        };
    }

    static String text(Column keys, int row) {
        return switch (keys) {
            case Column.Longs(var values, _) -> Long.toString(values[row]);
            case Column.Texts(var values, _) -> values.text(row);
            default -> throw new IllegalStateException("keys are numbers or text");
        };
    }

    private static long[] distinct(long[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        int count = 0;
        for (int i = 0; i < sorted.length; i++) if (i == 0 || sorted[i] != sorted[i - 1]) sorted[count++] = sorted[i];
        return Arrays.copyOf(sorted, count);
    }

    private static Slices distinct(Slices values) {
        var order = new Integer[values.count()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (left, right) -> values.compare(left, values, right));
        var once = new Slices.Builder(order.length);
        for (int i = 0; i < order.length; i++)
            if (i == 0 || values.compare(order[i], values, order[i - 1]) != 0)
                once.add(values.bytes(), values.start(order[i]), values.length(order[i]));
        return once.build();
    }

    private static int hash(Column keys, int row) {
        return switch (keys) {
            case Column.Longs(var values, _) -> Long.hashCode(values[row]);
            case Column.Texts(var values, _) -> {
                int hash = 1;
                for (int i = values.start(row); i < values.end(row); i++) hash = 31 * hash + values.bytes()[i];
                yield hash;
            }
            default -> throw new IllegalStateException("keys are numbers or text");
        };
    }

    private static boolean same(Column keys, int left, int right) {
        return switch (keys) {
            case Column.Longs(var values, _) -> values[left] == values[right];
            case Column.Texts(var values, _) -> values.compare(left, values, right) == 0;
            default -> throw new IllegalStateException("keys are numbers or text");
        };
    }

    private static int spread(int hash) {
        int mixed = hash * 0x9e3779b9;
        return mixed ^ mixed >>> 15;
    }
}
