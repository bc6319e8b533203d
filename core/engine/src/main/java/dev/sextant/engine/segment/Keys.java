package dev.sextant.engine.segment;

import dev.sextant.model.Column;

/// Order among primary keys, which are [Column.Longs] or [Column.Texts]. Texts are ordered by unsigned bytes.
final class Keys {
    private Keys() {}

    static int compare(Column left, int i, Column right, int j) {
        return switch (left) {
            case Column.Longs longs -> Long.compare(longs.values()[i], ((Column.Longs) right).values()[j]);
            case Column.Texts texts -> texts.values().compare(i, ((Column.Texts) right).values(), j);
            default ->
                throw new IllegalArgumentException("no keys: " + left.getClass().getSimpleName());
        };
    }

    /// The rows in ascending order of their keys, equal keys in order of rows.
    static int[] order(Column keys) {
        var order = new int[keys.rows()];
        boolean ascending = true;
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
            ascending &= i == 0 || compare(keys, i - 1, keys, i) <= 0;
        }
        return ascending ? order : merge(keys, order, new int[order.length]);
    }

    private static int[] merge(Column keys, int[] from, int[] to) {
        for (int width = 1; width < from.length; width *= 2) {
            for (int low = 0; low < from.length; low += 2 * width) {
                int middle = Math.min(low + width, from.length);
                int high = Math.min(low + 2 * width, from.length);
                int left = low;
                int right = middle;
                for (int at = low; at < high; at++) {
                    boolean takeLeft =
                            left < middle && (right >= high || compare(keys, from[left], keys, from[right]) <= 0);
                    to[at] = takeLeft ? from[left++] : from[right++];
                }
            }
            var swap = from;
            from = to;
            to = swap;
            if (width > Integer.MAX_VALUE / 4) break;
        }
        return from;
    }
}
