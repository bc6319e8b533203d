package dev.sextant.engine.segment;

import java.util.Arrays;

/// One number for each row, as runs of equal ones: run `i` ends before row `ends[i]` and has `values[i]`.
public record Runs(int[] ends, long[] values) {
    public long of(int row) {
        int at = Arrays.binarySearch(ends, row + 1);
        return values[at >= 0 ? at : -at - 1];
    }

    public int rows() {
        return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    /// 0 when there are no rows.
    public long least() {
        return Arrays.stream(values).min().orElse(0);
    }

    public long most() {
        return Arrays.stream(values).max().orElse(0);
    }
}
