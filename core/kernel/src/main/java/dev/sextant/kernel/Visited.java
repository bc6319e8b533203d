package dev.sextant.kernel;

import java.util.Arrays;

/// Marks of the rows a walk has seen, and how often, as far as 7. A walk begins by taking a new epoch instead of
/// clearing. One thread.
public final class Visited {
    private static final int OFTEN = 7;
    private static final int STEP = OFTEN + 1;

    private short[] marks = new short[0]; // epoch above, times below
    private short epoch;

    public Visited() {}

    /// Nothing is visited any more among `rows` rows.
    public void begin(int rows) {
        if (marks.length < rows) {
            marks = new short[Math.max(rows, (int) Math.min(Integer.MAX_VALUE - 8, marks.length * 3L / 2))];
            epoch = 0;
        }
        epoch += STEP;
        if (epoch == 0) {
            Arrays.fill(marks, (short) 0);
            epoch = STEP;
        }
    }

    /// Marks the row; whether it was new.
    public boolean visit(int row) {
        if (visited(row)) return false;
        marks[row] = epoch;
        return true;
    }

    public boolean visited(int row) {
        return (marks[row] & ~OFTEN) == epoch;
    }

    /// Counts one more time for a row that is visited.
    public void again(int row) {
        if ((marks[row] & OFTEN) < OFTEN) marks[row]++;
    }

    /// How often a visited row was counted besides its visit.
    public int times(int row) {
        return marks[row] & OFTEN;
    }

    public long bytes() {
        return 2L * marks.length;
    }
}
