package dev.sextant.index;

import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Scratch;
import java.util.Arrays;

/// The cells of a search, the nearest first. Only as many as will be read, about, are put in order at once. One thread;
/// kept between searches, and what it grows to is taken from the budget of its scratch.
final class CellOrder {
    /// Cells by which it is guessed how far those are: some fans of the directory.
    private static final int SAMPLED_FANS = 2;

    /// Cells are thrown into so many equal ranges of distances, and hardly any is out of order then; a power of two.
    private static final int RANGES = 256;

    private final float[] sample = new float[SAMPLED_FANS * NodeBlocks.FAN];
    private final int[] ends = new int[RANGES + 1]; // of the ranges, as they fill
    private Directory directory;
    private long query;
    private float mean; // how far the mean of all cells is
    private long[] taken = {}; // bits of a distance above, the cell below: those from low to high
    private long[] sorted = {}; // the same in order
    private int size;
    private int at;
    private float low; // what is nearer is in order or gone
    private float high;
    private float next; // the next time as far as this

    /// @param part of the cells that will be read, about
    void begin(Cells cells, double part, long query, Scratch scratch) {
        directory = cells.directory;
        this.query = query;
        if (taken.length < directory.count) {
            scratch.count(CellOrder.class, 16L * directory.count);
            taken = new long[directory.count];
            sorted = new long[directory.count];
        }
        mean = directory.mean(query);
        int some = 0;
        for (int i = 0; i < SAMPLED_FANS; i++)
            some = directory.sample((int) ((long) i * directory.fans() / SAMPLED_FANS), query, mean, sample, some);
        Arrays.sort(sample, 0, some);
        float far = sample[(int) Math.clamp(Math.ceil(part * some), Math.min(1, some - 1), some - 1)];
        low = Float.NEGATIVE_INFINITY;
        high = far;
        next = far + (far - sample[0]);
        take();
    }

    /// Puts the cells from `low` to `high`, exclusive, in order.
    private void take() {
        int n = 0, least = Integer.MAX_VALUE, most = 0;
        for (int fan = 0; fan < directory.fans(); fan++) {
            int below = directory.scan(query, fan, mean, high);
            for (; below != 0; below &= below - 1) {
                int slot = Integer.numberOfTrailingZeros(below);
                float distance = NodeBlocks.estimate(query, slot);
                if (distance < low) continue;
                long key = taken[n++] = Pool.key(directory.cell(fan, slot), Math.max(0, distance));
                int bits = (int) (key >>> 32);
                least = Math.min(least, bits);
                most = Math.max(most, bits);
            }
        }
        int shift = 32 + Math.max(0, Integer.SIZE - Integer.numberOfLeadingZeros(most - least | 1) - 8);
        long from = (long) least << 32;
        Arrays.fill(ends, 0);
        for (int i = 0; i < n; i++) ends[1 + (int) (taken[i] - from >>> shift)]++;
        for (int range = 1; range < ends.length; range++) ends[range] += ends[range - 1];
        for (int i = 0; i < n; i++) sorted[ends[(int) (taken[i] - from >>> shift)]++] = taken[i];
        Pool.sort(sorted, n);
        size = n;
        at = 0;
    }

    /// The distance of the next cell; beyond every distance when there is none.
    float ahead() {
        while (at == size && high < Float.MAX_VALUE) {
            low = high;
            high = next > high ? next : Float.MAX_VALUE;
            next = 0;
            take();
        }
        return at == size ? Float.POSITIVE_INFINITY : Float.intBitsToFloat((int) (sorted[at] >>> 32));
    }

    /// Takes the next cell out; only where [#ahead()] said that there is one.
    int next() {
        return (int) sorted[at++];
    }
}
