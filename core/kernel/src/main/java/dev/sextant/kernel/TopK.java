package dev.sextant.kernel;

import java.util.Arrays;

/// The best k of what it was offered, sorted: one `long` an entry, distance bits above, row below, so that order needs
/// one comparison and ties go to the smaller row. Reused between searches; one thread.
public final class TopK {
    private long[] entries = new long[16];
    private int size;
    private int k;
    private int sign; // 0 where smaller scores are better, otherwise the sign bit that turns them round
    private long worst;

    public TopK() {}

    /// Forgets everything and keeps the best `k` from now on.
    public void reset(int k, boolean largerIsBetter) {
        if (k < 1) throw new IllegalArgumentException("the best " + k);
        if (entries.length < k) entries = new long[Math.max(k, 2 * entries.length)];
        this.k = k;
        sign = largerIsBetter ? Integer.MIN_VALUE : 0;
        size = 0;
        worst = Long.MAX_VALUE;
    }

    /// Whether the row is now among the best.
    public boolean offer(int row, float score) {
        var entry = (long) order(score) << 32 | row & 0xffffffffL;
        if (entry >= worst) return false;
        int at = -1 - Arrays.binarySearch(entries, 0, size, entry);
        if (at < 0) return false;
        if (size < k) size++;
        System.arraycopy(entries, at, entries, at + 1, size - 1 - at);
        entries[at] = entry;
        if (size == k) worst = entries[k - 1];
        return true;
    }

    public void offer(int[] rows, float[] scores, int count) {
        for (int i = 0; i < count; i++) offer(rows[i], scores[i]);
    }

    public int size() {
        return size;
    }

    public boolean isFull() {
        return size == k;
    }

    public int row(int at) {
        return (int) entries[at];
    }

    public float score(int at) {
        return unorder((int) (entries[at] >> 32));
    }

    /// The score that a newcomer must beat or equal; the worst of all scores until k are here.
    public float bound() {
        if (size == k) return score(k - 1);
        return sign == 0 ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
    }

    private int order(float score) {
        return sortable(Float.floatToRawIntBits(score) ^ sign);
    }

    private float unorder(int order) {
        return Float.intBitsToFloat(sortable(order) ^ sign);
    }

    /// Maps the bits of a float to an int of the same order; its own inverse.
    public static int sortable(int bits) {
        return bits ^ bits >> 31 & 0x7fffffff;
    }
}
