package dev.sextant.kernel;

/// Inner products of sparse rows: ascending cells of (uint32 index, float32 value), 8 bytes each.
public final class Sparse {
    private Sparse() {}

    /// Scores rows whose cells lie at `cells + offset[row] … offset[row + 1]`, with `offsets` an array of int64 byte
    /// offsets at a native address. Rows without a common index score 0.
    public static void score(long query, int queryCells, long offsets, long cells, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) {
            long from = Raw.getLong(offsets + 8L * rows[i]), to = Raw.getLong(offsets + 8L * rows[i] + 8);
            out[i] = dot(query, queryCells, cells + from, (int) (to - from >> 3));
        }
    }

    /// Merges two ascending lists; values are read only where the indexes meet.
    public static float dot(long left, int leftCells, long right, int rightCells) {
        long leftEnd = left + 8L * leftCells, rightEnd = right + 8L * rightCells;
        float sum = 0;
        while (left < leftEnd && right < rightEnd) {
            int order = Integer.compareUnsigned(Raw.getInt(left), Raw.getInt(right));
            if (order == 0) sum += Raw.getFloat(left + 4) * Raw.getFloat(right + 4);
            left += order <= 0 ? 8 : 0;
            right += order >= 0 ? 8 : 0;
        }
        return sum;
    }
}
