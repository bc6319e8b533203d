package dev.sextant.index;

import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Floats;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;

/// Looks at all members once, chunk by chunk, before any becomes a point. Sums are kept for each chunk and added in
/// order, so that they do not depend on who came first.
final class Surveyor {
    private DenseRows rows; // moved where only some are in memory at a time
    private final Metric metric;
    private final Accept members;
    private final int chunkRows;
    private final Distance distance;
    private final int size;
    private final Chunk[] chunks;

    private record Chunk(int members, boolean whole, float low, float high, float longest, double[] sums) {}

    Surveyor(DenseRows rows, Metric metric, Accept members, int chunkRows) {
        this.rows = rows;
        this.metric = metric;
        this.members = members;
        this.chunkRows = chunkRows;
        distance = Distance.of(metric, rows.type(), rows.dimension());
        size = Points.size(rows.dimension());
        chunks = new Chunk[(rows.count() + chunkRows - 1) / chunkRows];
    }

    /// From now on rows are looked at here; those of the chunks that are asked for must be there.
    void moveTo(DenseRows window) {
        assert window.count() == rows.count() : window + " for " + rows;
        rows = window;
    }

    void chunk(int number, Scratch scratch) {
        int d = rows.dimension(), n = 0;
        long sums = scratch.room(12L * size + 64), point = sums + 8L * size, bounds = point + 4L * size;
        var floats = new float[d];
        Raw.fill(sums, 8L * size, (byte) 0);
        float low = Float.POSITIVE_INFINITY, high = Float.NEGATIVE_INFINITY, longest = 0;
        var whole = metric == Metric.L2;
        for (int row = number * chunkRows, end = Math.min(rows.count(), row + chunkRows); row < end; row++) {
            if (!members.test(row)) continue;
            Points.raw(distance, rows.address(row), floats, size, point);
            whole = Floats.bounds(point, d, bounds) && whole;
            low = Math.min(low, Raw.getFloat(bounds));
            high = Math.max(high, Raw.getFloat(bounds + 4));
            longest = Math.max(longest, Floats.squares(point, size));
            n++;
            Floats.sumUp(point, size, sums);
        }
        chunks[number] = new Chunk(n, whole, low, high, longest, doubles(sums));
    }

    private double[] doubles(long sums) {
        var doubles = new double[Points.components(metric, rows.dimension())];
        for (int c = 0; c < rows.dimension(); c++) doubles[c] = Double.longBitsToDouble(Raw.getLong(sums + 8L * c));
        return doubles;
    }

    /// How many there are.
    int members() {
        int n = 0;
        for (var chunk : chunks) n += chunk.members;
        return n;
    }

    Points.Survey survey() {
        int n = 0;
        float low = Float.POSITIVE_INFINITY, high = Float.NEGATIVE_INFINITY, longest = 0;
        var whole = metric == Metric.L2;
        var sums = new double[Points.components(metric, rows.dimension())];
        for (var chunk : chunks) {
            n += chunk.members;
            whole &= chunk.whole;
            low = Math.min(low, chunk.low);
            high = Math.max(high, chunk.high);
            longest = Math.max(longest, chunk.longest);
            for (int c = 0; c < sums.length; c++) sums[c] += chunk.sums[c];
        }
        var mean = new float[sums.length];
        for (int c = 0; c < mean.length; c++) mean[c] = n == 0 ? 0 : (float) (sums[c] / n);
        whole &= n > 0 && high - low <= 255;
        return new Points.Survey(whole, whole ? low : 0, longest, mean);
    }

    /// The members that pass, in a random order.
    int[] order(long seed, IntPredicate passes) {
        int n = 0;
        var order = new int[rows.count()];
        for (int row = 0; row < order.length; row++) if (members.test(row) && passes.test(row)) order[n++] = row;
        order = Arrays.copyOf(order, n);
        var random = new SplittableRandom(seed);
        for (int i = n - 1; i > 0; i--) {
            int j = random.nextInt(i + 1), row = order[i];
            order[i] = order[j];
            order[j] = row;
        }
        return order;
    }
}
