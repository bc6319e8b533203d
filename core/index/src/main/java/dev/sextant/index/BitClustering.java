package dev.sextant.index;

import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;

/// Binary rows and centres: the middle of rows has the bits that most of them have. Cost a round: rows · centres
/// distances of bits.
final class BitClustering implements Lloyd.Clustering {
    private final DenseRows rows;
    private final int[] sample;
    private final Guide.OfBits guide;

    /// The first rows of the sample become the centres.
    BitClustering(DenseRows rows, int[] sample, Guide.OfBits guide) {
        this.rows = rows;
        this.sample = sample;
        this.guide = guide;
        long bytes = DenseRows.strideBytes(rows.type(), rows.dimension());
        for (int k = 0; k < guide.lists(); k++) Raw.copy(rows.address(sample[k]), guide.address(k), bytes);
    }

    @Override
    public int centres() {
        return guide.lists();
    }

    @Override
    public void assign(int from, int to, int[] nearest, Scratch scratch) {
        var buffers = scratch.part(ListScan.class, ListScan::new);
        for (int i = from; i < to; i++) nearest[i] = guide.nearest(rows.address(sample[i]), buffers);
    }

    @Override
    public void update(int centre, int[] order, int from, int to) {
        int bytes = (rows.dimension() + 7) / 8;
        var counts = new int[8 * bytes];
        for (int i = from; i < to; i++)
            for (int b = 0; b < bytes; b++) {
                int eight = Raw.getByte(rows.address(sample[order[i]]) + b) & 255;
                for (; eight != 0; eight &= eight - 1) counts[8 * b + Integer.numberOfTrailingZeros(eight)]++;
            }
        // A bit that half of the rows have is taken from the first: else ties would make all centres alike.
        long first = rows.address(sample[order[from]]);
        for (int b = 0; b < bytes; b++) {
            int eight = 0;
            for (int bit = 0; bit < 8; bit++) {
                int twice = 2 * counts[8 * b + bit], n = to - from;
                if (twice > n || twice == n && (Raw.getByte(first + b) >> bit & 1) != 0) eight |= 1 << bit;
            }
            Raw.putByte(guide.address(centre) + b, (byte) eight);
        }
    }
}
