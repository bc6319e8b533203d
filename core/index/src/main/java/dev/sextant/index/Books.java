package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Products;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// The trained parts of a product quantiser: `m` parts of nearly equal length, for each and for each level (the second
/// is of what the first leaves, and so on) a table of `entries` centres side by side ([Products]) and their squared
/// lengths. The numbers of a code go part by part, the levels of a part together, and so do tables of a query.
final class Books implements AutoCloseable {
    final int m;
    final int levels;
    final int entries;
    final int columns;
    /// Parts that are trained at a time: what each needs meanwhile is some bytes a point.
    private static final int AT_ONCE = 16;
    /// Products of a component with a component, in one piece of training: about a millisecond.
    private static final long STEP_PRODUCTS = 8 << 20;

    private final int dimension;
    private final Region region;
    private final List<Training> trainings = new ArrayList<>();

    Books(Memory memory, int dimension, int m, int levels, int entries) {
        if (m > dimension) throw new IllegalArgumentException(m + " parts of " + dimension + " components");
        this.dimension = dimension;
        this.m = m;
        this.levels = levels;
        this.entries = entries;
        columns = Products.columns(entries);
        region = memory.allocate("quantiser", bytes(dimension, m, levels, entries));
    }

    static long bytes(int dimension, int m, int levels, int entries) {
        return 4L * levels * (dimension + m) * Products.columns(entries);
    }

    MemorySegment segment() {
        return region.segment().asSlice(0, bytes(dimension, m, levels, entries));
    }

    long bytes() {
        return region.size();
    }

    /// Numbers that a code has.
    int numbers() {
        return m * levels;
    }

    /// The first component of a part.
    int from(int part) {
        return (int) ((long) part * dimension / m);
    }

    private int components(int part) {
        return from(part + 1) - from(part);
    }

    private long table(int part, int level) {
        return region.address()
                + 4L * ((long) (from(part) + part) * levels + level * (components(part) + 1L)) * columns;
    }

    private long norms(int part, int level) {
        return table(part, level) + 4L * components(part) * columns;
    }

    float component(int part, int level, int entry, int c) {
        return Raw.getFloat(table(part, level) + 4L * ((long) c * columns + entry));
    }

    /// Trains all parts on `n` points of `stride` bytes, which are spoiled where there are levels; some parts at a
    /// time, each a short piece after the other.
    Phases.Phase train(Memory memory, long points, long stride, int n, int rounds, Phases.Next then) {
        return train(0, new Samples(memory, points, stride, n, rounds), then);
    }

    /// What parts are trained on.
    private record Samples(Memory memory, long points, long stride, int n, int rounds) {}

    private Phases.Phase train(int from, Samples on, Phases.Next then) {
        if (from == m) return Phases.of(0, (_, _) -> {}, then);
        int to = Math.min(m, from + AT_ONCE);
        for (int part = from; part < to; part++) trainings.add(new Training(part, on));
        return step(to, on, then);
    }

    private Phases.Phase step(int to, Samples on, Phases.Next then) {
        var more = new AtomicBoolean();
        return Phases.of(
                trainings.size(),
                (i, scratch) -> {
                    if (trainings.get(i).step(scratch)) more.set(true);
                },
                _ -> {
                    if (more.get()) return step(to, on, then);
                    trainings.clear();
                    return train(to, on, then);
                });
    }

    /// One part, level by level.
    private final class Training {
        private final int part;
        private final Samples on;
        private final long own; // what the first point has of the part
        private int level = -1;
        private Centres centres;
        private Lloyd lloyd;
        private int round;
        private int chunk;

        Training(int part, Samples on) {
            this.part = part;
            this.on = on;
            own = on.points + 4L * from(part);
        }

        /// Works for about a millisecond; returns whether there is more to do.
        boolean step(Scratch scratch) {
            if (level == levels) return false;
            if (centres == null) begin();
            else if (!isDone(scratch)) return true;
            else end(scratch);
            return level < levels;
        }

        private void begin() {
            level++;
            for (int k = 0; level < levels && k < columns; k++)
                Raw.putFloat(norms(part, level) + 4L * k, Float.MAX_VALUE);
            if (level == levels || on.n == 0) return;
            centres = new Centres(on.memory, "training", Math.min(on.n, entries), components(part));
            lloyd = new Lloyd(new FloatClustering(own, on.stride, centres), on.n);
            round = chunk = 0;
        }

        /// One piece of a round; whether that was the last round.
        private boolean isDone(Scratch scratch) {
            long products = (long) Lloyd.POINTS * centres.columns * components(part);
            for (long left = STEP_PRODUCTS; left > 0 && chunk < lloyd.chunks(); left -= products)
                lloyd.assign(chunk++, scratch);
            if (chunk < lloyd.chunks()) return false;
            chunk = 0;
            if (!lloyd.group()) return true;
            for (int block = 0; block < lloyd.blocks(); block++) lloyd.update(block);
            return ++round == on.rounds;
        }

        private void end(Scratch scratch) {
            for (int k = 0; k < centres.count; k++) {
                for (int c = 0; c < centres.components; c++)
                    Raw.putFloat(table(part, level) + 4L * ((long) c * columns + k), centres.component(k, c));
                Raw.putFloat(norms(part, level) + 4L * k, centres.norm(k));
            }
            close();
            if (level + 1 < levels) {
                long room = scratch.room(roomBytes());
                for (int i = 0; i < on.n; i++) take(own + i * on.stride, part, level, room);
            } else level = levels;
        }

        void close() {
            if (centres != null) centres.close();
            centres = null;
        }
    }

    /// The number of the nearest entry, which is taken off the point.
    private int take(long point, int part, int level, long room) {
        int number = nearest(point, part, level, room);
        for (int c = 0; c < components(part); c++)
            Raw.putFloat(point + 4L * c, Raw.getFloat(point + 4L * c) - component(part, level, number, c));
        return number;
    }

    private int nearest(long point, int part, int level, long room) {
        Products.of(point, 0, 1, components(part), table(part, level), columns, room);
        return Math.min(entries - 1, Products.nearest(room, norms(part, level), columns));
    }

    long roomBytes() {
        return 4L * columns;
    }

    /// The nearest entry for each part of a point, level by level; the point is spoiled where there are levels.
    void encode(long point, int[] numbers, long room) {
        for (int part = 0, i = 0; part < m; part++) {
            long own = point + 4L * from(part);
            for (int level = 0; level < levels; level++)
                numbers[i++] = level + 1 < levels ? take(own, part, level, room) : nearest(own, part, level, room);
        }
    }

    /// The squared length of what the numbers stand for.
    float squares(int[] numbers) {
        double sum = 0;
        for (int part = 0; part < m; part++)
            for (int c = 0; c < components(part); c++) {
                double value = 0;
                for (int level = 0; level < levels; level++)
                    value += component(part, level, numbers[part * levels + level], c);
                sum += value * value;
            }
        return (float) sum;
    }

    long tableBytes() {
        return 4L * numbers() * columns;
    }

    /// Products of the parts of a point with all entries: `columns` floats for each number.
    void tables(long point, long out) {
        for (int part = 0; part < m; part++)
            for (int level = 0; level < levels; level++)
                Products.of(
                        point + 4L * from(part),
                        0,
                        1,
                        components(part),
                        table(part, level),
                        columns,
                        out + 4L * (part * levels + level) * columns);
    }

    /// Σ of the entries that a code of bytes names; four sums, so that no addition waits for the one before.
    float sumBytes(long tables, long code) {
        float a = 0, b = 0, c = 0, d = 0;
        long line = 4L * columns, table = tables;
        int i = 0, n = numbers();
        for (; i + 4 <= n; i += 4, table += 4 * line) {
            int four = Raw.getInt(code + i);
            a += Raw.getFloat(table + 4L * (four & 255));
            b += Raw.getFloat(table + line + 4L * (four >>> 8 & 255));
            c += Raw.getFloat(table + 2 * line + 4L * (four >>> 16 & 255));
            d += Raw.getFloat(table + 3 * line + 4L * (four >>> 24));
        }
        for (; i < n; i++, table += line) a += Raw.getFloat(table + 4L * (Raw.getByte(code + i) & 255));
        return a + b + (c + d);
    }

    float sumShorts(long tables, long code) {
        float a = 0, b = 0;
        long line = 4L * columns, table = tables;
        int i = 0, n = numbers();
        for (; i + 2 <= n; i += 2, table += 2 * line) {
            a += Raw.getFloat(table + 4L * (Raw.getShort(code + 2L * i) & 0xffff));
            b += Raw.getFloat(table + line + 4L * (Raw.getShort(code + 2L * i + 2) & 0xffff));
        }
        if (i < n) a += Raw.getFloat(table + 4L * (Raw.getShort(code + 2L * i) & 0xffff));
        return a + b;
    }

    /// The same of numbers of 4 bits, the first below; tables of 16 columns.
    float sumNibbles(long tables, long code) {
        float a = 0, b = 0;
        int i = 0, n = numbers();
        for (; i + 2 <= n; i += 2) {
            int two = Raw.getByte(code + i / 2);
            a += Raw.getFloat(tables + 64L * i + 4L * (two & 15));
            b += Raw.getFloat(tables + 64L * i + 64 + 4L * (two >> 4 & 15));
        }
        if (i < n) a += Raw.getFloat(tables + 64L * i + 4L * (Raw.getByte(code + i / 2) & 15));
        return a + b;
    }

    @Override
    public void close() {
        trainings.forEach(Training::close);
        region.close();
    }
}
