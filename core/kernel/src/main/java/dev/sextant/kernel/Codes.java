package dev.sextant.kernel;

import dev.sextant.model.Metric;

/// Rows in a quarter of their size, for traversal: 7 bits a component between the row's own smallest and largest value,
/// so nothing is trained and rows can come one by one. Distances between codes estimate those between rows; smaller is
/// always nearer (`IP` is negated, `COSINE` is the squared distance of normalised rows). Results must be scored again
/// on the rows themselves.
///
/// ```text
/// | dimension × u7, padded with zeros | low f32 | step f32 | step · Σ codes f32 | squared length f32 |
/// ```
///
/// padded to a multiple of 64 bytes. A component is `low + step · code`; lengths are those of the decoded row, so that
/// distances of near rows do not suffer from the difference. A query has the same form with 8 bits, and so a stored
/// code serves as a query as it is.
public final class Codes {
    private static final int TRAILER = 16;
    /// How many choices a candidate is compared with at once: most fall to the first few.
    private static final int SOME = 4;

    private final int dimension;
    private final Metric metric;
    private final int stride;

    public Codes(int dimension, Metric metric) {
        if (dimension < 1 || dimension > 1 << 15) throw new IllegalArgumentException("codes of dimension " + dimension);
        this.dimension = dimension;
        this.metric = metric;
        stride = (dimension + TRAILER + 63) / 64 * 64;
    }

    /// Bytes of a code and of a query, a multiple of 64.
    public int strideBytes() {
        return stride;
    }

    /// Writes the code of a row; normalises `vector` in place for cosine.
    public void encode(float[] vector, byte[] buffer, long code) {
        write(vector, buffer, code, 127);
    }

    /// Writes the code of the row whose components stand at `row`, a multiple of 64; not for cosine, which normalises.
    public void encode(long row, long code) {
        assert metric != Metric.COSINE;
        Floats.bounds(row, dimension, code);
        float low = Raw.getFloat(code), high = Raw.getFloat(code + 4), step = step(low, high, 127);
        long sums = BlockArithmetic.BEST.quantise(row, dimension, low, step > 0 ? 1 / step : 0, code);
        Raw.fill(code + dimension, stride - TRAILER - dimension, (byte) 0);
        writeTrailer(code, low, step, (int) sums, sums >>> 32);
    }

    /// Writes the query for a vector; normalises `vector` in place for cosine.
    public void prepare(float[] vector, byte[] buffer, long query) {
        write(vector, buffer, query, 255);
    }

    /// Of the decoded row.
    public float squaredLength(long code) {
        return Raw.getFloat(code + stride - 4);
    }

    /// Distances of the query to the rows with codes at `base + row * strideBytes()`.
    public void score(long query, long base, int[] rows, int n, int[] sums, float[] out) {
        score(query, base, rows, n, sums, out, 0, 0);
    }

    /// The same, fetching `soonBytes` at `soon` into the cache on the way where that is possible: what will be read
    /// next.
    public void score(long query, long base, int[] rows, int n, int[] sums, float[] out, long soon, long soonBytes) {
        if (MachineCodes.PRESENT)
            MachineCodes.score(query, base, stride, dimension, metric == Metric.IP, rows, n, out, soon, soonBytes);
        else scoreBy(Kernels.BEST, query, base, rows, n, sums, out);
    }

    /// Distances of each of `m` codes to each of `n`, all of them at `base + number * strideBytes()`: of the first one
    /// to all, then of the second. As [#score] says them. Not for inner products.
    public void scoreAll(long base, int[] queries, int m, int[] rows, int n, int[] sums, float[] scores, float[] out) {
        if (MachineTiles.PRESENT) MachineTiles.score(base, stride, dimension, queries, m, rows, n, out);
        else scoreAllBy(Kernels.BEST, base, queries, m, rows, n, sums, scores, out);
    }

    void scoreAllBy(
            Arithmetic arithmetic,
            long base,
            int[] queries,
            int m,
            int[] rows,
            int n,
            int[] sums,
            float[] scores,
            float[] out) {
        for (int i = 0; i < m; i++) {
            scoreBy(arithmetic, base + (long) queries[i] * stride, base, rows, n, sums, scores);
            System.arraycopy(scores, 0, out, i * n, n);
        }
    }

    /// Keeps of candidates, nearest first, those that no earlier choice is nearer to, by the factor `slack` on squared
    /// distances, at most `most`; returns how many are in `kept`. A key of `order` has the bits of a distance above and
    /// the candidate below, whose code stands at `base + candidate * strideBytes()`. Not for inner products.
    public int apart(long base, long[] order, int n, int most, float slack, int[] kept, int[] sums, float[] scores) {
        return MachineApart.PRESENT
                ? MachineApart.choose(base, stride, dimension, order, n, most, slack, kept)
                : apartBy(Kernels.BEST, base, order, n, most, slack, kept, sums, scores);
    }

    int apartBy(
            Arithmetic arithmetic,
            long base,
            long[] order,
            int n,
            int most,
            float slack,
            int[] kept,
            int[] sums,
            float[] scores) {
        int count = 0;
        var some = new int[SOME];
        for (int i = 0; i < n && count < most; i++) {
            int candidate = (int) order[i];
            float limit = Float.intBitsToFloat((int) (order[i] >>> 32));
            var apart = true;
            for (int from = 0; from < count && apart; from += SOME) {
                int few = Math.min(SOME, count - from);
                System.arraycopy(kept, from, some, 0, few);
                scoreBy(arithmetic, base + (long) candidate * stride, base, some, few, sums, scores);
                for (int j = 0; j < few; j++) apart &= !(slack * scores[j] < limit);
            }
            if (apart) kept[count++] = candidate;
        }
        return count;
    }

    void scoreBy(Arithmetic arithmetic, long query, long base, int[] rows, int n, int[] sums, float[] out) {
        arithmetic.dotCodes(query, base, stride, dimension, rows, n, sums);
        finish(query, base, rows, n, sums, out);
    }

    private void finish(long query, long base, int[] rows, int n, int[] sums, float[] out) {
        long q = query + stride - TRAILER;
        float low = Raw.getFloat(q), step = Raw.getFloat(q + 4), norm = Raw.getFloat(q + 12);
        float all = dimension * low + Raw.getFloat(q + 8);
        boolean inner = metric == Metric.IP;
        for (int i = 0; i < n; i++) {
            long row = base + (long) rows[i] * stride + stride - TRAILER;
            float dot = Raw.getFloat(row) * all + low * Raw.getFloat(row + 8) + Raw.getFloat(row + 4) * step * sums[i];
            out[i] = inner ? 0 - dot : norm + Raw.getFloat(row + 12) - 2 * dot;
        }
    }

    private void write(float[] vector, byte[] buffer, long at, int levels) {
        if (metric == Metric.COSINE) normalise(vector, dimension);
        float low = Float.POSITIVE_INFINITY, high = Float.NEGATIVE_INFINITY;
        for (int c = 0; c < dimension; c++) {
            low = Math.min(low, vector[c]);
            high = Math.max(high, vector[c]);
        }
        float step = step(low, high, levels), scale = step > 0 ? 1 / step : 0;
        int sum = 0;
        long squares = 0;
        for (int c = 0; c < dimension; c++) {
            int code = Math.min(levels, (int) ((vector[c] - low) * scale + 0.5f));
            buffer[c] = (byte) code;
            sum += code;
            squares += (long) code * code;
        }
        Raw.copyIn(java.lang.foreign.MemorySegment.ofArray(buffer), 0, at, dimension);
        Raw.fill(at + dimension, stride - TRAILER - dimension, (byte) 0);
        writeTrailer(at, low, step, sum, squares);
    }

    /// 0 where all components are as good as one.
    private static float step(float low, float high, int levels) {
        float step = (high - low) / levels;
        return 1 / step < Float.POSITIVE_INFINITY ? step : 0;
    }

    private void writeTrailer(long at, float low, float step, int sum, long squares) {
        long trailer = at + stride - TRAILER;
        Raw.putFloat(trailer, low);
        Raw.putFloat(trailer + 4, step);
        Raw.putFloat(trailer + 8, step * sum);
        double norm = (double) dimension * low * low + 2.0 * low * step * sum + (double) step * step * squares;
        Raw.putFloat(trailer + 12, (float) norm);
    }

    static void normalise(float[] vector, int dimension) {
        double norm = 0;
        for (int c = 0; c < dimension; c++) norm += (double) vector[c] * vector[c];
        float scale = norm > 0 ? (float) (1 / Math.sqrt(norm)) : 0;
        for (int c = 0; c < dimension; c++) vector[c] *= scale;
    }
}
