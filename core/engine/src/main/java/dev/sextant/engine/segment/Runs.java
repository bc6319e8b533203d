package dev.sextant.engine.segment;

/// One number for each row, as runs of equal ones: run `i` ends before row `ends[i]` and has `values[i]`.
public record Runs(int[] ends, long[] values) {
    public long of(int row) {
        int at = java.util.Arrays.binarySearch(ends, row + 1);
        return values[at >= 0 ? at : -at - 1];
    }
}
