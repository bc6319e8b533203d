package dev.sextant.kernel;

/// The loops behind [Floats], [Rotation] and [Products], over native addresses. Two forms: [PlainFloats], a few obvious
/// lines each, and [LaneFloats], on the Vector API. Float arrays are a multiple of 64 components long unless `n` says
/// otherwise; everything begins at multiples of 64 bytes.
abstract class FloatArithmetic {
    static final FloatArithmetic PLAIN = new PlainFloats();
    static final FloatArithmetic BEST = Kernels.accelerated() ? Accelerated.arithmetic() : PLAIN;

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

    /// `sums[i] += x[i]`, sums as doubles; `n` is a multiple of 64.
    abstract void sumUp(long x, int n, long sums);

    /// `out[p · columns + k] = Σ point[p][c] · table[c · columns + k]`: the products of `n` points, `stride` bytes
    /// apart and of any length and alignment, with all columns of a table; `columns` is a multiple of 16.
    abstract void products(long points, long stride, int n, int components, long table, int columns, long out);

    /// The first `k` with the smallest `norms[k] − 2 · products[k]`; `columns` is a multiple of 16.
    abstract int nearest(long products, long norms, int columns);

    private static final class Accelerated {
        static FloatArithmetic arithmetic() {
            return MachinePasses.PRESENT ? new MachinePasses.ForFloats() : new LaneFloats();
        }
    }
}
