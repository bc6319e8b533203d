package dev.sextant.engine;

import dev.sextant.kernel.Bits;
import dev.sextant.model.Column;
import dev.sextant.model.Value;
import java.util.Arrays;

/// The rows of a part that does not change any more whose own last moment is known, in the order of it. Immutable.
///
/// @param field that tells the moment
record Ends(int field, long[] moments, int[] rows) {
    /// What one row takes, while they are put in order and after that.
    static final long MAKING_BYTES = 28, KEPT_BYTES = 12;

    /// How many have come at a moment.
    int upTo(long micros) {
        int low = 0, high = moments.length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (moments[middle] <= micros) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// The first moment of all rows, as far as zones tell: none has come before.
    static long first(Part part, int field) {
        long first = Long.MAX_VALUE;
        for (int chunk = 0; (long) chunk * Bits.CHUNK_BITS < part.rows(); chunk++)
            switch (part.zone(field, chunk)) {
                case Zone.AllNull _ -> {}
                case Zone.Between(Value.Int(var least), _, _) -> first = Math.min(first, least);
                case Zone.Between _, Zone.Unknown _ -> {
                    return Long.MIN_VALUE;
                }
            }
        return first;
    }

    /// Looks at every row.
    static Ends of(Part part, int field) {
        var moments = new long[part.rows()];
        var order = new int[part.rows()];
        int n = 0;
        for (int chunk = 0; (long) chunk * Bits.CHUNK_BITS < part.rows(); chunk++) {
            int first = chunk * Bits.CHUNK_BITS;
            if (part.zone(field, chunk) instanceof Zone.AllNull) continue;
            if (!(part.chunk(field, chunk) instanceof Column.Longs longs)) continue;
            for (int i = 0; i < longs.values().length; i++)
                if (!longs.isNull(i)) {
                    moments[first + i] = longs.values()[i];
                    order[n++] = first + i;
                }
        }
        order = sorted(Arrays.copyOf(order, n), moments);
        var inOrder = new long[n];
        for (int i = 0; i < n; i++) inOrder[i] = moments[order[i]];
        return new Ends(field, inOrder, order);
    }

    /// Runs that are in order are merged until there is one: rows mostly come in the order of their moments.
    private static int[] sorted(int[] rows, long[] moments) {
        int[] from = rows, to = new int[rows.length];
        while (true) {
            int runs = 0;
            for (int at = 0; at < from.length; runs++) {
                int middle = endOfRun(from, at, moments), end = endOfRun(from, middle, moments);
                merge(from, at, middle, end, moments, to);
                at = end;
            }
            if (runs <= 1) return to;
            var other = from;
            from = to;
            to = other;
        }
    }

    private static int endOfRun(int[] rows, int from, long[] moments) {
        if (from >= rows.length) return from;
        int end = from + 1;
        while (end < rows.length && moments[rows[end - 1]] <= moments[rows[end]]) end++;
        return end;
    }

    private static void merge(int[] from, int at, int middle, int end, long[] moments, int[] to) {
        int left = at, right = middle;
        for (int i = at; i < end; i++)
            to[i] = right >= end || left < middle && moments[from[left]] <= moments[from[right]]
                    ? from[left++]
                    : from[right++];
    }
}
