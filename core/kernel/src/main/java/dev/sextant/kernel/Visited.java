package dev.sextant.kernel;

import java.util.Arrays;

/// Marks of the rows a walk has seen. A walk begins by taking a new epoch instead of clearing. One thread.
public final class Visited {
    private short[] marks = new short[0];
    private short epoch;

    public Visited() {}

    /// Nothing is visited any more among `rows` rows.
    public void begin(int rows) {
        if (marks.length < rows) {
            marks = new short[Math.max(rows, (int) Math.min(Integer.MAX_VALUE - 8, marks.length * 3L / 2))];
            epoch = 0;
        }
        if (++epoch == 0) {
            Arrays.fill(marks, (short) 0);
            epoch = 1;
        }
    }

    /// Marks the row; whether it was new.
    public boolean visit(int row) {
        if (marks[row] == epoch) return false;
        marks[row] = epoch;
        return true;
    }

    public boolean visited(int row) {
        return marks[row] == epoch;
    }

    public long bytes() {
        return 2L * marks.length;
    }
}
