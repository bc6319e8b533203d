package dev.sextant.kernel;

import java.util.Arrays;

/// The rows a walk has seen: a bit a row. A million rows fit into a core's own cache so, where a walk that looks for a
/// number of each waits at every look. What was written is remembered, and taken back when the next walk begins. One
/// thread.
public final class Visited {
    private static final int FEW = 1024;

    private long[] seen = new long[0];
    private int[] written = new int[FEW]; // words of `seen` that are not 0
    private int count;

    public Visited() {}

    /// Room for `rows` rows, about.
    static long bytes(int rows) {
        return rows / 8;
    }

    /// Nothing is visited any more among `rows` rows.
    public void begin(int rows) {
        for (int i = 0; i < count; i++) seen[written[i]] = 0;
        count = 0;
        int words = (rows + 63) / 64;
        if (seen.length >= words) return;
        seen = new long[Math.max(words, seen.length * 3 / 2)];
    }

    /// Marks the row; whether it was new.
    public boolean visit(int row) {
        int at = row >>> 6;
        long word = seen[at], bit = 1L << row;
        if ((word & bit) != 0) return false;
        if (word == 0) remember(at);
        seen[at] = word | bit;
        return true;
    }

    /// Marks rows `rows[0] … rows[n − 1]` and adds those that were new to `fresh` from `at` on; returns how many there
    /// are then. Nobody can foresee which are new, so nothing waits for that.
    public int visit(int[] rows, int n, int[] fresh, int at) {
        if (written.length < count + n) written = Arrays.copyOf(written, 2 * (count + n));
        for (int i = 0; i < n; i++) {
            int row = rows[i], word = row >>> 6;
            long before = seen[word];
            seen[word] = before | 1L << row;
            written[count] = word;
            count += (int) ((before | -before) >>> 63) ^ 1;
            fresh[at] = row;
            at += (int) (before >>> row) & 1 ^ 1;
        }
        return at;
    }

    private void remember(int word) {
        if (count == written.length) written = Arrays.copyOf(written, 2 * count);
        written[count++] = word;
    }

    public boolean visited(int row) {
        return (seen[row >>> 6] >>> row & 1) != 0;
    }

    public long bytes() {
        return 8L * seen.length + 4L * written.length;
    }
}
