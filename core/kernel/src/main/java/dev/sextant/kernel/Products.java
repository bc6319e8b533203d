package dev.sextant.kernel;

/// Products of points with all columns of a table at once, which is how points find the nearest of many centres: a
/// table has the centres side by side, `table[c · columns + k]` being component `c` of centre `k`, and is read once for
/// several points. Floats at native addresses; tables, norms and results begin at multiples of 64 bytes.
public final class Products {
    private Products() {}

    /// Columns of a table for so many centres: the space behind the last is zeros, and its norms [Float#MAX_VALUE].
    public static int columns(int centres) {
        return (centres + 15) & -16;
    }

    /// `out[p · columns + k] = Σ point[p][c] · table[c · columns + k]` for `n` points `stride` bytes apart.
    public static void of(long points, long stride, int n, int components, long table, int columns, long out) {
        FloatArithmetic.BEST.products(points, stride, n, components, table, columns, out);
    }

    /// The first `k` with the smallest `norms[k] − 2 · products[k]`: the nearest centre, `norms` being squared lengths.
    public static int nearest(long products, long norms, int columns) {
        return FloatArithmetic.BEST.nearest(products, norms, columns);
    }
}
