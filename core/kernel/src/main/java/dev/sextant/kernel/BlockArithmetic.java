package dev.sextant.kernel;

/// The loops behind [Rotation] and [NodeBlocks], over native addresses. Two forms: [PlainBlocks], a few obvious lines
/// each, and [LaneBlocks], on the Vector API. Float arrays are a multiple of 64 components long unless `n` says
/// otherwise; everything begins at multiples of 64 bytes.
abstract class BlockArithmetic {
    static final BlockArithmetic PLAIN = new PlainBlocks();
    static final BlockArithmetic BEST = Kernels.accelerated() ? Accelerated.arithmetic() : PLAIN;

    /// `x[i] *= y[i]`.
    abstract void multiply(long x, long y, int n);

    /// `x[i] *= by`.
    abstract void scale(long x, float by, int n);

    /// `x[i] -= y[i]`.
    abstract void subtract(long x, long y, int n);

    /// The Walsh–Hadamard transform of `n` floats in place, `n` a power of two from 64 on, scaled to keep lengths.
    abstract void hadamard(long x, int n);

    /// Σ x².
    abstract float squares(long x, int n);

    /// Writes the smallest and the largest of `x[0] … x[n − 1]` at `out` and returns whether all are whole numbers. Any
    /// n.
    abstract boolean bounds(long x, int n, long out);

    /// Writes `n` bytes `(x − low) · scale`, rounded and kept within 0 … 255; returns Σ c² << 32 | Σ c. Any n.
    abstract long quantise(long x, int n, float low, float scale, long out);

    /// Spreads bytes to shorts: those at even places, those at odd places. `n` is a multiple of 64.
    abstract void split(long bytes, int n, long even, long odd);

    /// Σ row · query over unsigned bytes, the query split; `n` is a multiple of 64. Exact.
    abstract int dot(long row, long even, long odd, int n);

    /// For each four components of `x` the 16 sums of any of them, less the smallest, in bytes: `levels` is the largest
    /// of all. `room` is scratch of n floats. At `out`: the value of one step, then Σ of the smallest sums, then Σ x.
    abstract void tables(long x, int n, int levels, long room, long tables, long out);

    /// One bit a component of `x` at `bits`, set where it is not negative; at `out`: Σ x², Σ |x|, Σ ± y with the sign
    /// of x.
    abstract void signs(long x, long y, int n, long bits, long out);

    /// 32 sums of table entries: `codes` hold, for each four sub-quantisers, 64 bytes; the byte at 16 · sub-quantiser +
    /// row has the entry of that row below and of row + 16 above. Estimate i, in the order [NodeBlocks#slot(int)], is
    /// max(0, base + a[i] + b[i] · (scale · sum + shift)); the result has bit i set where it is below `limit`. `a` is
    /// 32 floats at `factors`, `b` the 32 behind them; the estimates go to `out`.
    abstract int estimate(
            long codes,
            long tables,
            int bytes,
            long factors,
            float base,
            float scale,
            float shift,
            float limit,
            long out);

    /// `out[p · columns + k] = Σ point[p][c] · table[c · columns + k]`: the products of `n` points, `stride` bytes
    /// apart and of any length and alignment, with all columns of a table; `columns` is a multiple of 16.
    abstract void products(long points, long stride, int n, int components, long table, int columns, long out);

    /// The first `k` with the smallest `norms[k] − 2 · products[k]`; `columns` is a multiple of 16.
    abstract int nearest(long products, long norms, int columns);

    /// For each 16 of `tables · 16` floats its least one is taken off, then all become bytes by one step, so that the
    /// bytes are at most 255 and their largest sum 65,535. At `out`: the step, then Σ of the least.
    abstract void bytes(long floats, int tables, long bytes, long out);

    /// Σ codes · query over `n` codes of 4 bits, two a byte, the first below; the query as [#spread] leaves it for 4
    /// shares, zeros behind the last code up to 128. What lies behind the codes may be anything.
    abstract int dotNibbles(long codes, long query, int n);

    /// The same over codes of 2 bits, four a byte, for 8 shares, up to 256.
    abstract int dotPairs(long codes, long query, int n);

    private static final class Accelerated {
        static BlockArithmetic arithmetic() {
            return new LaneBlocks();
        }
    }
}
