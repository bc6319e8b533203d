package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Products;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import java.lang.foreign.MemorySegment;

/// The trained parts of a product quantiser: `m` parts of nearly equal length, for each a table of `entries` centres
/// side by side ([Products]) and their squared lengths.
final class Books implements AutoCloseable {
    final int m;
    final int entries;
    final int columns;
    private final int dimension;
    private final Region region;

    Books(Memory memory, int dimension, int m, int entries) {
        if (m > dimension) throw new IllegalArgumentException(m + " parts of " + dimension + " components");
        this.dimension = dimension;
        this.m = m;
        this.entries = entries;
        columns = Products.columns(entries);
        region = memory.allocate("partition codes", bytes(dimension, m, entries));
    }

    private static long bytes(int dimension, int m, int entries) {
        return 4L * (dimension + m) * Products.columns(entries);
    }

    MemorySegment segment() {
        return region.segment().asSlice(0, bytes(dimension, m, entries));
    }

    /// The first component of a part.
    int from(int part) {
        return (int) ((long) part * dimension / m);
    }

    private int components(int part) {
        return from(part + 1) - from(part);
    }

    private long table(int part) {
        return region.address() + 4L * (from(part) + part) * columns;
    }

    private long norms(int part) {
        return table(part) + 4L * components(part) * columns;
    }

    float component(int part, int entry, int c) {
        return Raw.getFloat(table(part) + 4L * ((long) c * columns + entry));
    }

    /// Trains one part on `n` points of `stride` bytes; any number of parts at once. Entries that there are no points
    /// for repeat the last.
    void train(Memory memory, int part, long points, long stride, int n, int rounds, Scratch scratch) {
        for (int k = 0; k < columns; k++) Raw.putFloat(norms(part) + 4L * k, Float.MAX_VALUE);
        if (n == 0) return;
        int count = Math.min(n, entries), components = components(part);
        try (var centres = new Centres(memory, "training", count, components)) {
            new Lloyd(new FloatClustering(points + 4L * from(part), stride, centres), n).run(rounds, scratch);
            for (int k = 0; k < count; k++) {
                for (int c = 0; c < components; c++)
                    Raw.putFloat(table(part) + 4L * ((long) c * columns + k), centres.component(k, c));
                Raw.putFloat(norms(part) + 4L * k, centres.norm(k));
            }
        }
    }

    long roomBytes() {
        return 4L * columns;
    }

    /// The nearest entry for each part of a point.
    void encode(long point, int[] codes, long room) {
        for (int part = 0; part < m; part++) {
            Products.of(point + 4L * from(part), 0, 1, components(part), table(part), columns, room);
            codes[part] = Math.min(entries - 1, Products.nearest(room, norms(part), columns));
        }
    }

    long tableBytes() {
        return 4L * m * columns;
    }

    /// Products of the parts of a point with all entries: `columns` floats a part.
    void tables(long point, long out) {
        for (int part = 0; part < m; part++)
            Products.of(
                    point + 4L * from(part), 0, 1, components(part), table(part), columns, out + 4L * part * columns);
    }

    /// Σ of the entries that a code of bytes names; four sums, so that no addition waits for the one before.
    float sumBytes(long tables, long code) {
        float a = 0, b = 0, c = 0, d = 0;
        long line = 4L * columns, table = tables;
        int part = 0;
        for (; part + 4 <= m; part += 4, table += 4 * line) {
            int four = Raw.getInt(code + part);
            a += Raw.getFloat(table + 4L * (four & 255));
            b += Raw.getFloat(table + line + 4L * (four >>> 8 & 255));
            c += Raw.getFloat(table + 2 * line + 4L * (four >>> 16 & 255));
            d += Raw.getFloat(table + 3 * line + 4L * (four >>> 24));
        }
        for (; part < m; part++, table += line) a += Raw.getFloat(table + 4L * (Raw.getByte(code + part) & 255));
        return a + b + (c + d);
    }

    float sumShorts(long tables, long code) {
        float a = 0, b = 0;
        long line = 4L * columns, table = tables;
        int part = 0;
        for (; part + 2 <= m; part += 2, table += 2 * line) {
            a += Raw.getFloat(table + 4L * (Raw.getShort(code + 2L * part) & 0xffff));
            b += Raw.getFloat(table + line + 4L * (Raw.getShort(code + 2L * part + 2) & 0xffff));
        }
        if (part < m) a += Raw.getFloat(table + 4L * (Raw.getShort(code + 2L * part) & 0xffff));
        return a + b;
    }

    @Override
    public void close() {
        region.close();
    }
}
