package dev.sextant.engine;

import java.util.Arrays;

/// One number for each row, as runs of equal ones, growing at the end. Immutable up to `count`: adding shares the
/// arrays and writes behind what readers look at.
record RunLog(int[] starts, long[] values, int count) {
    static final RunLog EMPTY = new RunLog(new int[0], new long[0], 0);

    /// Rows from `row` on have this value.
    RunLog add(int row, long value) {
        if (count > 0 && values[count - 1] == value) return this;
        int room = count < starts.length ? starts.length : Math.max(4, 2 * count);
        var grownStarts = room == starts.length ? starts : Arrays.copyOf(starts, room);
        var grownValues = room == values.length ? values : Arrays.copyOf(values, room);
        grownStarts[count] = row;
        grownValues[count] = value;
        return new RunLog(grownStarts, grownValues, count + 1);
    }

    int runOf(int row) {
        int at = Arrays.binarySearch(starts, 0, count, row);
        return at >= 0 ? at : -at - 2;
    }

    long of(int row) {
        return values[runOf(row)];
    }

    int end(int run, int rows) {
        return run + 1 < count ? Math.min(rows, starts[run + 1]) : rows;
    }
}
