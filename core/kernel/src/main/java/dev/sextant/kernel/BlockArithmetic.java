package dev.sextant.kernel;

/// The loops behind [NodeBlocks] and [ScanBlocks], over native addresses: codes that a block holds, tables of their
/// sums, estimates by these. Two forms: [PlainBlocks], a few obvious lines each, and [LaneBlocks], on the Vector API.
/// Float arrays are a multiple of 64 components long unless `n` says otherwise; everything begins at multiples of 64
/// bytes.
abstract class BlockArithmetic {
    static final BlockArithmetic PLAIN = new PlainBlocks();
    static final BlockArithmetic BEST = Kernels.accelerated() ? Accelerated.arithmetic() : PLAIN;

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
    /// 32 floats at `factors`, `b` the 32 behind them; the estimates go to `out`, and the 128 bytes behind them are
    /// scratch.
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

    /// For each 16 of `tables · 16` floats its least one is taken off, then all become bytes by one step, so that the
    /// bytes are at most 255 and their largest sum 65,535. At `out`: the step, then Σ of the least.
    abstract void bytes(long floats, int tables, long bytes, long out);

    private static final class Accelerated {
        static BlockArithmetic arithmetic() {
            return MachineBlocks.PRESENT ? new MachineBlocks() : new LaneBlocks();
        }
    }
}
