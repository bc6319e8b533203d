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

    /// As [#tables], for codes of two bits: for each two components of `x` the 16 sums of −3, −1, 1 or 3 times each,
    /// the first chosen by the lower two bits.
    abstract void fourTables(long x, int n, int levels, long room, long tables, long out);

    /// Two bits a component of `x` at `codes`, which say −3, −1, 1 or 3: of all ways to tell large components from
    /// small ones nearly the one whose direction is nearest to that of `x`. At `out`: Σ x², Σ code · x, Σ code · y.
    abstract void fours(long x, long y, int n, long codes, long out);

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

    /// For each row Σ codes · query over its `components` codes of 4 bits, two a byte, the first below; the query is
    /// spread to four shares of shorts (component c stands in share `c & 3` at place `c / 4`), zeros behind the last up
    /// to 128 components. What lies behind the codes may be anything.
    abstract void dotNibbles(long query, long base, long stride, int components, int[] rows, int n, int[] out);

    /// The same over codes of 2 bits, four a byte, with eight shares up to 256 components, times 16 and added to `out`.
    abstract void addPairs(long query, long base, long stride, int components, int[] rows, int n, int[] out);

    /// For each row of signs at `base + row · stride`: Σ of the query's four bits where a sign is set, and how many are
    /// set, as sum + (count << 32). The query has, for each 512 signs, four planes and a mask of 64 bytes each, zeros
    /// behind the last sign; what lies behind a row's signs up to the next 64 bytes may be anything.
    abstract void addSigns(long query, int groups, long base, long stride, int[] rows, int n, long[] out);

    private static final class Accelerated {
        static BlockArithmetic arithmetic() {
            return new LaneBlocks();
        }
    }
}
