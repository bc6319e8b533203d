package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Products;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;

/// Centres of clusters side by side, so that a point meets all of them in one pass ([Products]):
///
/// ```text
/// component 0 of every centre | component 1 of every centre | … | squared length of every centre
/// ```
///
/// each line `columns` floats. Behind the last centre stand zeros and lengths that no distance is below.
final class Centres implements AutoCloseable {
    final int count;
    final int components;
    final int columns;
    final Region region;
    private final long table;
    private final long norms;

    Centres(Memory memory, String what, int count, int components) {
        this.count = count;
        this.components = components;
        columns = Products.columns(count);
        region = memory.allocate(what, bytes(count, components));
        table = region.address();
        norms = table + 4L * components * columns;
        for (int k = count; k < columns; k++) Raw.putFloat(norms + 4L * k, Float.MAX_VALUE);
    }

    static long bytes(int count, int components) {
        return 4L * (components + 1) * Products.columns(count);
    }

    float component(int centre, int c) {
        return Raw.getFloat(table + 4L * ((long) c * columns + centre));
    }

    /// A centre as a point in straight form.
    void straight(int centre, Points points, long out) {
        Raw.fill(out, 4L * points.turned, (byte) 0);
        for (int c = 0; c < components; c++) Raw.putFloat(out + 4L * c, component(centre, c));
    }

    float norm(int centre) {
        return Raw.getFloat(norms + 4L * centre);
    }

    void put(int centre, int c, float value) {
        Raw.putFloat(table + 4L * ((long) c * columns + centre), value);
    }

    /// After the last component of a centre was put.
    void seal(int centre) {
        double norm = 0;
        for (int c = 0; c < components; c++) norm += (double) component(centre, c) * component(centre, c);
        Raw.putFloat(norms + 4L * centre, (float) Math.min(norm, Float.MAX_VALUE));
    }

    /// Products of `n` points with all centres at `out`: `columns` floats each.
    void products(long points, long stride, int n, long out) {
        Products.of(points, stride, n, components, table, columns, out);
    }

    int nearest(long products) {
        return Math.min(count - 1, Products.nearest(products, norms, columns)); // beyond only where all overflow
    }

    /// How many points to multiply at once.
    int few() {
        return Math.clamp((1 << 18) / columns, 4, 64);
    }

    /// What is behind the last centre must say so, or a list that is none would be the nearest.
    boolean isSound() {
        for (int k = 0; k < columns; k++) {
            float norm = norm(k);
            if (!(norm >= 0) || k >= count && norm != Float.MAX_VALUE) return false;
        }
        for (int c = 0; c < components; c++)
            for (int k = 0; k < columns; k++)
                if (!(k < count ? Float.isFinite(component(k, c)) : component(k, c) == 0)) return false;
        return true;
    }

    @Override
    public void close() {
        region.close();
    }
}
