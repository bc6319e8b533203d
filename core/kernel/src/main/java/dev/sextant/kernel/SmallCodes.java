package dev.sextant.kernel;

import dev.sextant.model.Metric;

/// Rows in 4 or 6 bits a component, between the row's own smallest and largest value; otherwise like [Codes]: nothing
/// is trained, distances estimate those between rows, smaller is nearer.
///
/// ```text
/// | lower 4 bits, two components a byte | upper 2 bits, four a byte (of 6) | zeros | low | step | step · Σ | length² |
/// ```
///
/// The trailer is four floats, a code a multiple of 16 bytes. A query has 8 bits a component, spread to shorts as the
/// kernels meet them; it is not a code.
public final class SmallCodes {
    /// A kernel may read so many bytes behind the last code.
    public static final int BEHIND = 128;

    private static final int TRAILER = 16;

    private final int dimension;
    private final int bits;
    private final Metric metric;
    private final int stride;
    private final int pairsAt;
    private final int nibbleShare;
    private final int pairShare;
    private final CodeArithmetic arithmetic;

    public SmallCodes(int dimension, int bits, Metric metric) {
        this(dimension, bits, metric, CodeArithmetic.BEST);
    }

    SmallCodes(int dimension, int bits, Metric metric, CodeArithmetic arithmetic) {
        if (dimension < 1 || dimension > 1 << 15) throw new IllegalArgumentException("codes of dimension " + dimension);
        if (bits != 4 && bits != 6) throw new IllegalArgumentException("codes of " + bits + " bits");
        this.dimension = dimension;
        this.bits = bits;
        this.metric = metric;
        this.arithmetic = arithmetic;
        pairsAt = (dimension + 1) / 2;
        int codes = pairsAt + (bits == 6 ? (dimension + 3) / 4 : 0);
        stride = (codes + TRAILER + 15) / 16 * 16;
        nibbleShare = (dimension + 127) / 128 * 64;
        pairShare = (dimension + 255) / 256 * 64;
    }

    public int bits() {
        return bits;
    }

    /// Bytes of a code, a multiple of 16.
    public int strideBytes() {
        return stride;
    }

    /// Bytes of a prepared query, a multiple of 64.
    public int queryBytes() {
        return 64 + 4 * nibbleShare + (bits == 6 ? 8 * pairShare : 0);
    }

    /// Writes the code of a row; normalises `vector` in place for cosine.
    public void encode(float[] vector, byte[] buffer, long code) {
        Raw.fill(code, stride, (byte) 0);
        quantise(vector, buffer, (1 << bits) - 1, code + stride - TRAILER);
        for (int c = 0; c < dimension; c++) {
            long nibble = code + c / 2, pair = code + pairsAt + c / 4;
            Raw.putByte(nibble, (byte) (Raw.getByte(nibble) | (buffer[c] & 15) << (c & 1) * 4));
            if (bits == 6) Raw.putByte(pair, (byte) (Raw.getByte(pair) | buffer[c] >> 4 << (c & 3) * 2));
        }
    }

    /// Writes the query for a vector; normalises `vector` in place for cosine.
    public void prepare(float[] vector, byte[] buffer, long query) {
        Raw.fill(query, queryBytes(), (byte) 0);
        quantise(vector, buffer, 255, query);
        long nibbles = query + 64, pairs = nibbles + 4L * nibbleShare;
        for (int c = 0; c < dimension; c++) {
            short value = (short) (buffer[c] & 255);
            Raw.putShort(nibbles + (c & 3) * nibbleShare + c / 4 * 2L, value);
            if (bits == 6) Raw.putShort(pairs + (c & 7) * pairShare + c / 8 * 2L, value);
        }
    }

    /// Distances of the query to the rows with codes at `base + row * strideBytes()`.
    public void score(long query, long base, int[] rows, int n, int[] sums, float[] out) {
        float low = Raw.getFloat(query), step = Raw.getFloat(query + 4), norm = Raw.getFloat(query + 12);
        float all = dimension * low + Raw.getFloat(query + 8);
        long nibbles = query + 64, pairs = nibbles + 4L * nibbleShare;
        arithmetic.dotNibbles(nibbles, base, stride, dimension, rows, n, sums);
        if (bits == 6) arithmetic.addPairs(pairs, base + pairsAt, stride, dimension, rows, n, sums);
        for (int i = 0; i < n; i++) {
            long row = base + (rows[i] + 1L) * stride - TRAILER;
            float dot = Raw.getFloat(row) * all + low * Raw.getFloat(row + 8) + Raw.getFloat(row + 4) * step * sums[i];
            out[i] = metric == Metric.IP ? 0 - dot : norm + Raw.getFloat(row + 12) - 2 * dot;
        }
    }

    private void quantise(float[] vector, byte[] buffer, int levels, long trailer) {
        if (metric == Metric.COSINE) Codes.normalise(vector, dimension);
        float low = Float.POSITIVE_INFINITY, high = Float.NEGATIVE_INFINITY;
        for (int c = 0; c < dimension; c++) {
            low = Math.min(low, vector[c]);
            high = Math.max(high, vector[c]);
        }
        float step = (high - low) / levels, scale = step > 0 ? 1 / step : 0;
        if (!(scale < Float.POSITIVE_INFINITY)) scale = step = 0;
        long sum = 0, squares = 0;
        for (int c = 0; c < dimension; c++) {
            int code = Math.min(levels, (int) ((vector[c] - low) * scale + 0.5f));
            buffer[c] = (byte) code;
            sum += code;
            squares += (long) code * code;
        }
        Raw.putFloat(trailer, low);
        Raw.putFloat(trailer + 4, step);
        Raw.putFloat(trailer + 8, step * sum);
        double length = (double) dimension * low * low + 2.0 * low * step * sum + (double) step * step * squares;
        Raw.putFloat(trailer + 12, (float) length);
    }
}
