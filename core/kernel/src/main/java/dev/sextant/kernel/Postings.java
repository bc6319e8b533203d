package dev.sextant.kernel;

/// Sums of posting lists over a window of rows. A piece of a list is two arrays at native addresses: places of rows,
/// ascending, as uint16 or int32, and a code of one byte each; sums are int32, one for each row of the window. What a
/// posting adds is at least 1, so a sum of 0 means that no list has the row.
public final class Postings {
    /// Sums lie in windows of a multiple of this many rows, so that no scan has a tail.
    public static final int ROUND = 64;

    private Postings() {}

    /// Adds `weight * code` to the sum of each row, which stands at `base + place`.
    public static void add(long places, boolean wide, long codes, int n, int base, int weight, long sums) {
        long origin = sums + 4L * base;
        if (wide)
            for (int i = 0; i < n; i++) {
                long at = origin + 4L * Raw.getInt(places + 4L * i);
                Raw.putInt(at, Raw.getInt(at) + weight * (Raw.getByte(codes + i) & 255));
            }
        else
            for (int i = 0; i < n; i++) {
                long at = origin + 4L * (Raw.getShort(places + 2L * i) & 0xffff);
                Raw.putInt(at, Raw.getInt(at) + weight * (Raw.getByte(codes + i) & 255));
            }
    }

    /// As [#add], where a posting adds `low + step * code`, but no less than 1.
    public static void addClipped(
            long places, boolean wide, long codes, int n, int base, int low, int step, long sums) {
        long origin = sums + 4L * base;
        for (int i = 0; i < n; i++) {
            long at = origin + 4L * place(places, wide, i);
            Raw.putInt(at, Raw.getInt(at) + Math.max(1, low + step * (Raw.getByte(codes + i) & 255)));
        }
    }

    /// Writes down the rows of these postings whose sums are at least `least`, from `found` on, and sets the sums of
    /// all to 0; returns how many are written down.
    public static int take(
            long places, boolean wide, int n, int base, long sums, int least, int[] rows, int[] values, int found) {
        long origin = sums + 4L * base;
        for (int i = 0; i < n; i++) {
            int place = place(places, wide, i);
            long at = origin + 4L * place;
            int sum = Raw.getInt(at);
            Raw.putInt(at, 0);
            if (sum < least) continue;
            rows[found] = base + place;
            values[found++] = sum;
        }
        return found;
    }

    /// Writes down all rows of a window of `count` rows whose sums are at least `least`, ascending, and sets all sums
    /// to 0; returns how many.
    public static int collect(long sums, int count, int least, int[] rows, int[] values) {
        int rounded = (count + ROUND - 1) & -ROUND;
        int found = Kernels.BEST.atLeast(sums, rounded, least, rows);
        for (int i = 0; i < found; i++) values[i] = Raw.getInt(sums + 4L * rows[i]);
        Raw.fill(sums, 4L * rounded, (byte) 0);
        return found;
    }

    /// The first of `n` postings, from `from` on, whose place is at least `place`; `n` when there is none.
    public static int seek(long places, boolean wide, int from, int n, int place) {
        int low = from, high = n;
        while (low < high) {
            int middle = low + high >>> 1;
            if (place(places, wide, middle) < place) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    public static int place(long places, boolean wide, int i) {
        return wide ? Raw.getInt(places + 4L * i) : Raw.getShort(places + 2L * i) & 0xffff;
    }
}
