package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import java.util.Arrays;

/// The cells of a search, the nearest first. Only as many as will be read, about, are put in order at once. One thread; kept between searches, and what it grows to is taken from the budget of its
/// scratch.
final class CellOrder {
    /// Cells by which it is guessed how far those are.
    private static final int SAMPLE = 64;

    /// Cells are thrown into so many equal ranges of distances, and hardly any is out of order then.
    private static final int RANGES = 256;

    /// What is further is no cell but an empty place.
    private static final float FARTHEST = Math.nextDown(Float.MAX_VALUE);

    private final float[] sample = new float[SAMPLE];
    private final int[] ends = new int[RANGES + 1]; // of the ranges, as they fill
    private Directory directory;
    private float[] distances = {}; // by place
    private int[] taken = {}; // places between the low and the high
    private long[] sorted = {}; // bits of a distance above, the place below
    private int size;
    private int at;
    private float low; // distances up to here are in order or gone
    private float high;
    private float next; // the next time as far as this

    /// @param part of the cells that will be read, about
    void begin(Cells cells, double part, long query, Scratch scratch) {
        directory = cells.directory;
        int places = directory.places();
        if (distances.length < places) {
            scratch.count(CellOrder.class, 16L * places);
            distances = new float[places];
            taken = new int[places + 1];
            sorted = new long[places];
        }
        directory.distances(query, distances);
        int some = Math.min(cells.count(), SAMPLE);
        for (int i = 0; i < some; i++) sample[i] = distances[(int) ((long) i * places / some)];
        Arrays.sort(sample, 0, some);
        float far = sample[(int) Math.clamp(Math.ceil(part * some), Math.min(1, some - 1), some - 1)];
        low = Float.NEGATIVE_INFINITY;
        high = Math.min(far, FARTHEST);
        next = far + (far - sample[0]);
        take();
    }

    /// Puts the cells behind `low` and up to `high` in order. Nothing branches on which these are.
    private void take() {
        int n = 0;
        float least = Float.MAX_VALUE, most = -Float.MAX_VALUE;
        for (int place = 0, places = directory.places(); place < places; place++) {
            float distance = distances[place];
            taken[n] = place;
            if (distance > low & distance <= high) n++;
        }
        for (int i = 0; i < n; i++) {
            least = Math.min(least, distances[taken[i]]);
            most = Math.max(most, distances[taken[i]]);
        }
        float scale = most > least ? (RANGES - 1) / (most - least) : 0;
        Arrays.fill(ends, 0);
        for (int i = 0; i < n; i++) ends[1 + (int) ((distances[taken[i]] - least) * scale)]++;
        for (int range = 1; range < ends.length; range++) ends[range] += ends[range - 1];
        for (int i = 0; i < n; i++) {
            float distance = distances[taken[i]];
            sorted[ends[(int) ((distance - least) * scale)]++] = Pool.key(taken[i], Math.max(0, distance));
        }
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
            next = Float.NEGATIVE_INFINITY;
            take();
        }
        return at == size ? Float.POSITIVE_INFINITY : Pool.distance(sorted[at]);
    }

    /// Takes the next cell out; only where [#ahead()] said that there is one.
    int next() {
        return directory.cell((int) sorted[at++]);
    }
}
