package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import java.util.Arrays;

/// The cells of a search, the nearest first. Only as many as will be read, about, are put in order at once. One thread;
/// kept between searches, and what it grows to is taken from the budget of its scratch.
final class CellOrder {
    /// Cells by which it is guessed how far those are.
    private static final int SAMPLE = 64;

    /// Cells are thrown into so many equal ranges of distances, and hardly any is out of order then; a power of two.
    private static final int RANGES = 256;

    /// What is further is no cell but an empty place.
    private static final int FARTHEST = Float.floatToIntBits(Float.MAX_VALUE) - 1;

    private final float[] sample = new float[SAMPLE];
    private final int[] ends = new int[RANGES + 1]; // of the ranges, as they fill
    private Directory directory;
    private float[] distances = {}; // by place
    private long[] taken = {}; // bits of a distance above, the place below: those between the low and the high
    private long[] sorted = {}; // the same in order
    private int size;
    private int at;
    private int low; // bits of distances up to here are in order or gone
    private int high;
    private int next; // the next time as far as this

    /// @param part of the cells that will be read, about
    void begin(Cells cells, double part, long query, Scratch scratch) {
        directory = cells.directory;
        int places = directory.places();
        if (distances.length < places) {
            scratch.count(CellOrder.class, 20L * places);
            distances = new float[places];
            taken = new long[places + 1];
            sorted = new long[places];
        }
        directory.distances(query, distances);
        int some = Math.min(cells.count(), SAMPLE);
        for (int i = 0; i < some; i++) sample[i] = distances[(int) ((long) i * places / some)];
        Arrays.sort(sample, 0, some);
        float far = sample[(int) Math.clamp(Math.ceil(part * some), Math.min(1, some - 1), some - 1)];
        low = -1;
        high = Math.min(bits(far), FARTHEST);
        next = bits(far + (far - sample[0]));
        take();
    }

    private static int bits(float distance) {
        return Float.floatToRawIntBits(Math.max(0, distance));
    }

    /// Puts the cells behind `low` and up to `high` in order. Nothing branches on which these are.
    private void take() {
        int n = 0, least = Integer.MAX_VALUE, most = 0;
        for (int place = 0, places = directory.places(); place < places; place++) {
            int bits = bits(distances[place]);
            taken[n] = (long) bits << 32 | place;
            n += (low - bits & ~(high - bits)) >>> 31;
        }
        for (int i = 0; i < n; i++) {
            int bits = (int) (taken[i] >>> 32);
            least = Math.min(least, bits);
            most = Math.max(most, bits);
        }
        int shift = 32 + Math.max(0, Integer.SIZE - Integer.numberOfLeadingZeros(most - least | 1) - 8);
        long from = (long) least << 32;
        Arrays.fill(ends, 0);
        for (int i = 0; i < n; i++) ends[1 + (int) (taken[i] - from >>> shift)]++;
        for (int range = 1; range < ends.length; range++) ends[range] += ends[range - 1];
        for (int i = 0; i < n; i++) sorted[ends[(int) (taken[i] - from >>> shift)]++] = taken[i];
        for (int i = 1; i < n; i++) {
            long key = sorted[i];
            int to = i;
            for (; to > 0 && sorted[to - 1] > key; to--) sorted[to] = sorted[to - 1];
            sorted[to] = key;
        }
        size = n;
        at = 0;
    }

    /// The distance of the next cell; beyond every distance when there is none.
    float ahead() {
        while (at == size && high < FARTHEST) {
            low = high;
            high = next > high ? Math.min(next, FARTHEST) : FARTHEST;
            next = 0;
            take();
        }
        return at == size ? Float.POSITIVE_INFINITY : Float.intBitsToFloat((int) (sorted[at] >>> 32));
    }

    /// Takes the next cell out; only where [#ahead()] said that there is one.
    int next() {
        return directory.cell((int) sorted[at++]);
    }
}
