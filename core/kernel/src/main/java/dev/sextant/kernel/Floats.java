package dev.sextant.kernel;

/// Sums over float arrays at native addresses, multiples of 64 bytes; lengths are multiples of 64 components.
public final class Floats {
    private Floats() {}

    /// `x[i] -= y[i]`.
    public static void subtract(long x, long y, int n) {
        FloatArithmetic.BEST.subtract(x, y, n);
    }

    /// `x[i] *= by`.
    public static void scale(long x, float by, int n) {
        FloatArithmetic.BEST.scale(x, by, n);
    }

    /// Σ x².
    public static float squares(long x, int n) {
        return FloatArithmetic.BEST.squares(x, n);
    }

    /// `sums[i] += x[i]`, sums as doubles.
    public static void sumUp(long x, int n, long sums) {
        FloatArithmetic.BEST.sumUp(x, n, sums);
    }

    /// Writes the smallest and the largest of `n` floats (any n) at `out`; whether all are whole numbers.
    public static boolean bounds(long x, int n, long out) {
        return FloatArithmetic.BEST.bounds(x, n, out);
    }
}
