package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import java.util.Arrays;

/// The cells of a search, the nearest first. Only those of the nearest eighth, about, are put in order at once: hardly
/// a search reads more. One thread; kept between searches, and what it grows to is taken from the budget of its
/// scratch.
final class CellOrder {
    /// Cells by which the nearest eighth is guessed.
    private static final int SAMPLE = 64;

    /// What is further is no cell but an empty place.
    private static final int FARTHEST = Float.floatToIntBits(Float.MAX_VALUE) - 1;

    private final float[] sample = new float[SAMPLE];
    private Directory directory;
    private float[] distances = {}; // by place
    private long[] heap = {}; // bits of a distance above, the place below
    private int size;
    private int low; // bits of distances up to here are in order or gone
    private int high;
    private int next; // the next time as far as this

    void begin(Cells cells, long query, Scratch scratch) {
        directory = cells.directory;
        int places = directory.places();
        if (distances.length < places) {
            scratch.count(CellOrder.class, 12L * places);
            distances = new float[places];
            heap = new long[places + 1];
        }
        directory.distances(query, distances);
        int some = Math.min(cells.count(), SAMPLE);
        for (int i = 0; i < some; i++) sample[i] = distances[(int) ((long) i * places / some)];
        Arrays.sort(sample, 0, some);
        float eighth = sample[some / 8];
        low = -1;
        high = Math.min(bits(eighth), FARTHEST);
        next = bits(eighth + 2 * (eighth - sample[0]));
        take();
    }

    private static int bits(float distance) {
        return Float.floatToRawIntBits(Math.max(0, distance));
    }

    /// Puts the cells behind `low` and up to `high` in order. Nothing branches on which these are.
    private void take() {
        int n = 0;
        for (int place = 0, places = directory.places(); place < places; place++) {
            int bits = bits(distances[place]);
            heap[n] = (long) bits << 32 | place;
            n += (low - bits & ~(high - bits)) >>> 31;
        }
        size = n;
        for (int at = n / 2 - 1; at >= 0; at--) sink(at, heap[at]);
    }

    private void sink(int at, long key) {
        for (int below = 2 * at + 1; below < size; below = 2 * at + 1) {
            if (below + 1 < size && heap[below + 1] < heap[below]) below++;
            if (heap[below] >= key) break;
            heap[at] = heap[below];
            at = below;
        }
        heap[at] = key;
    }

    /// The distance of the next cell; beyond every distance when there is none.
    float ahead() {
        while (size == 0 && high < FARTHEST) {
            low = high;
            high = next > high ? Math.min(next, FARTHEST) : FARTHEST;
            next = 0;
            take();
        }
        return size == 0 ? Float.POSITIVE_INFINITY : Float.intBitsToFloat((int) (heap[0] >>> 32));
    }

    /// Takes the next cell out; only where [#ahead()] said that there is one.
    int next() {
        int place = (int) heap[0];
        long last = heap[--size];
        if (size > 0) sink(0, last);
        return directory.cell(place);
    }
}
