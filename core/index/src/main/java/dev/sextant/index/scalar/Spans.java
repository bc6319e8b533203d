package dev.sextant.index.scalar;

import java.util.Arrays;

/// Runs of keys: `from` to `to`, exclusive, in order.
final class Spans {
    private int[] bounds = new int[8];
    private int size;

    Spans add(int from, int to) {
        if (from >= to) return this;
        if (size > 0 && bounds[size - 1] == from) {
            bounds[size - 1] = to;
            return this;
        }
        if (size == bounds.length) bounds = Arrays.copyOf(bounds, 2 * size);
        bounds[size++] = from;
        bounds[size++] = to;
        return this;
    }

    int count() {
        return size / 2;
    }

    int from(int span) {
        return bounds[2 * span];
    }

    int to(int span) {
        return bounds[2 * span + 1];
    }

    /// The keys below `keys` that are in none of these.
    Spans rest(int keys) {
        var rest = new Spans();
        int at = 0;
        for (int span = 0; span < count(); at = to(span++)) rest.add(at, from(span));
        return rest.add(at, keys);
    }
}
