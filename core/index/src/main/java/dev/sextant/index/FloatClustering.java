package dev.sextant.index;

import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;

/// Points of floats and centres under squared distance. Cost a round: points · centres · components multiplications, at
/// about 20 a nanosecond where centres fit the cache.
final class FloatClustering implements Lloyd.Clustering {
    private final long points;
    private final long stride;
    private final Centres centres;

    /// The first points become the centres: the caller has put them in a random order.
    FloatClustering(long points, long stride, Centres centres) {
        this.points = points;
        this.stride = stride;
        this.centres = centres;
        for (int k = 0; k < centres.count; k++) {
            for (int c = 0; c < centres.components; c++) centres.put(k, c, component(k, c));
            centres.seal(k);
        }
    }

    private float component(int point, int c) {
        return Raw.getFloat(points + point * stride + 4L * c);
    }

    @Override
    public int centres() {
        return centres.count;
    }

    @Override
    public void assign(int from, int to, int[] nearest, Scratch scratch) {
        int few = centres.few();
        long products = scratch.room(4L * few * centres.columns);
        for (int at = from; at < to; at += few) {
            int n = Math.min(few, to - at);
            centres.products(points + at * stride, stride, n, products);
            for (int i = 0; i < n; i++) nearest[at + i] = centres.nearest(products + 4L * i * centres.columns);
        }
    }

    @Override
    public void update(int centre, int[] order, int from, int to) {
        var sums = new double[centres.components];
        for (int i = from; i < to; i++) for (int c = 0; c < sums.length; c++) sums[c] += component(order[i], c);
        for (int c = 0; c < sums.length; c++) centres.put(centre, c, (float) (sums[c] / (to - from)));
        centres.seal(centre);
    }
}
