package dev.sextant.kernel;

/// The sums that every distance is made of, in bulk over rows of one base address and stride. Two forms: [Plain], four
/// obvious lines each, and [Lanes], on the Vector API. Rows begin at multiples of 64 bytes, are padded with zeros to 64
/// and so is the query, so no form has a tail. `out[i]` belongs to `rows[i]`.
abstract class Arithmetic {
    abstract String description();

    /// `lines` = bytes of a row / 64, rounded up. The query is float32.
    abstract void l2F32(long query, long base, long stride, int lines, int[] rows, int n, float[] out);

    abstract void dotF32(long query, long base, long stride, int lines, int[] rows, int n, float[] out);

    /// Inner product over the row's own length; 0 for a row of zeros.
    abstract void cosF32(long query, long base, long stride, int lines, int[] rows, int n, float[] out);

    /// The same for `queries` of them, `apart` bytes from each other: `out[q][i]` is what query `q` gets alone, to the
    /// last bit once compiled.
    void l2F32(
            long query, long apart, int queries, long base, long stride, int lines, int[] rows, int n, float[][] out) {
        for (int q = 0; q < queries; q++) l2F32(query + q * apart, base, stride, lines, rows, n, out[q]);
    }

    void dotF32(
            long query, long apart, int queries, long base, long stride, int lines, int[] rows, int n, float[][] out) {
        for (int q = 0; q < queries; q++) dotF32(query + q * apart, base, stride, lines, rows, n, out[q]);
    }

    void cosF32(
            long query, long apart, int queries, long base, long stride, int lines, int[] rows, int n, float[][] out) {
        for (int q = 0; q < queries; q++) cosF32(query + q * apart, base, stride, lines, rows, n, out[q]);
    }

    /// Rows of 16-bit floats; the query is float32: the components at even places, then (32 · lines · 4 / 2 bytes on)
    /// those at odd places.
    abstract void l2Half(long query, long base, long stride, int lines, boolean brain, int[] rows, int n, float[] out);

    abstract void dotHalf(long query, long base, long stride, int lines, boolean brain, int[] rows, int n, float[] out);

    abstract void cosHalf(long query, long base, long stride, int lines, boolean brain, int[] rows, int n, float[] out);

    /// Signed bytes, query too; the sums are exact.
    abstract void l2I8(long query, long base, long stride, int lines, int[] rows, int n, float[] out);

    abstract void dotI8(long query, long base, long stride, int lines, int[] rows, int n, float[] out);

    abstract void cosI8(long query, long base, long stride, int lines, int[] rows, int n, float[] out);

    /// Bits that differ.
    abstract void hamming(long query, long base, long stride, int lines, int[] rows, int n, float[] out);

    /// 1 − |both| / |either|; 1 where nothing is common.
    abstract void jaccard(long query, long base, long stride, int lines, int[] rows, int n, float[] out);

    /// How many of the elements of `width` bytes, `bytes / width` of them, are equal.
    abstract void equal(long query, long base, long stride, int bytes, int width, int[] rows, int n, float[] out);

    /// Inner products of the first `dimension` bytes: rows of 7-bit codes, a query of unsigned bytes; exact. What lies
    /// behind them, in the row as in the query, may be anything.
    abstract void dotCodes(long query, long base, long stride, int dimension, int[] rows, int n, int[] out);

    /// Places of the int32 sums that are at least `least`, ascending; `count` is a multiple of 64. Returns how many.
    abstract int atLeast(long sums, int count, int least, int[] places);

    abstract int countAtLeast(long sums, int count, int least);
}
