package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Slices;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// One figure of all groups while it is added up, and as columns that another goes on from. Whole numbers are added in
/// 128 bits, so that the order in which rows come never decides whether a sum overflows. One thread.
///
/// @see Tally
abstract sealed class Sum {
    final Room room;

    private Sum(Room room) {
        this.room = room;
    }

    static Sum of(Read.Calculation calculation, FieldType type, Room room) {
        return switch (calculation) {
            case COUNT -> new Counted(room);
            case SUM, AVERAGE ->
                ((Primitive) type).isFloating()
                        ? new Reals(calculation == Read.Calculation.AVERAGE, room)
                        : new Wholes(calculation == Read.Calculation.AVERAGE, room);
            case LEAST, MOST -> new Extreme(type, calculation == Read.Calculation.MOST, room);
        };
    }

    abstract void grow(int groups);

    /// Takes a value that is not null in.
    abstract void add(int group, Column column, int row);

    /// Takes in what another sum came to.
    abstract void add(int group, List<Column> others, int row);

    /// What another can go on from.
    abstract List<Column> columns(int groups);

    /// The finished figure; null where there was no value.
    abstract Column figure(int groups);

    private static final class Counted extends Sum {
        private long[] counts = new long[0];

        private Counted(Room room) {
            super(room);
        }

        @Override
        void grow(int groups) {
            room.take(8L * (groups - counts.length));
            counts = Arrays.copyOf(counts, groups);
        }

        @Override
        void add(int group, Column column, int row) {
            counts[group]++;
        }

        @Override
        void add(int group, List<Column> others, int row) {
            counts[group] += ((Column.Longs) others.getFirst()).values()[row];
        }

        @Override
        List<Column> columns(int groups) {
            return List.of(figure(groups));
        }

        @Override
        Column figure(int groups) {
            return new Column.Longs(Arrays.copyOf(counts, groups), Nulls.NONE);
        }
    }

    private static Nulls none(long[] counts, int groups) {
        var nulls = new BitSet();
        for (int i = 0; i < groups; i++) if (counts[i] == 0) nulls.set(i);
        return Nulls.of(nulls);
    }

    private static final class Wholes extends Sum {
        private final boolean average;
        private long[] high = new long[0];
        private long[] low = new long[0];
        private long[] counts = new long[0];

        private Wholes(boolean average, Room room) {
            super(room);
            this.average = average;
        }

        @Override
        void grow(int groups) {
            room.take(24L * (groups - counts.length));
            high = Arrays.copyOf(high, groups);
            low = Arrays.copyOf(low, groups);
            counts = Arrays.copyOf(counts, groups);
        }

        @Override
        void add(int group, Column column, int row) {
            long value =
                    column instanceof Column.Ints(var ints, _) ? ints[row] : ((Column.Longs) column).values()[row];
            add(group, value >> 63, value, 1);
        }

        private void add(int group, long moreHigh, long moreLow, long count) {
            low[group] += moreLow;
            high[group] += moreHigh + (Long.compareUnsigned(low[group], moreLow) < 0 ? 1 : 0);
            counts[group] += count;
        }

        @Override
        void add(int group, List<Column> others, int row) {
            add(group, number(others, 0, row), number(others, 1, row), number(others, 2, row));
        }

        private static long number(List<Column> columns, int column, int row) {
            return ((Column.Longs) columns.get(column)).values()[row];
        }

        @Override
        List<Column> columns(int groups) {
            return List.of(
                    Column.longs(Arrays.copyOf(high, groups)),
                    Column.longs(Arrays.copyOf(low, groups)),
                    Column.longs(Arrays.copyOf(counts, groups)));
        }

        @Override
        Column figure(int groups) {
            var nulls = none(counts, groups);
            if (!average) {
                for (int i = 0; i < groups; i++) if (high[i] != low[i] >> 63) throw overflow();
                return new Column.Longs(Arrays.copyOf(low, groups), nulls);
            }
            var averages = new double[groups];
            for (int i = 0; i < groups; i++)
                if (counts[i] > 0) {
                    double unsigned = (low[i] >>> 1) * 2.0 + (low[i] & 1);
                    double sum = high[i] == low[i] >> 63 ? low[i] : high[i] * 0x1p64 + unsigned;
                    averages[i] = sum / counts[i];
                }
            return new Column.Doubles(averages, nulls);
        }

        private static Refused overflow() {
            return new Refused(new Refusal.InvalidParameter("output_fields", "the sum is no Int64: it overflows"));
        }
    }

    private static final class Reals extends Sum {
        private final boolean average;
        private double[] sums = new double[0];
        private long[] counts = new long[0];

        private Reals(boolean average, Room room) {
            super(room);
            this.average = average;
        }

        @Override
        void grow(int groups) {
            room.take(16L * (groups - counts.length));
            sums = Arrays.copyOf(sums, groups);
            counts = Arrays.copyOf(counts, groups);
        }

        @Override
        void add(int group, Column column, int row) {
            sums[group] += column instanceof Column.Floats(var floats, _)
                    ? floats[row]
                    : ((Column.Doubles) column).values()[row];
            counts[group]++;
        }

        @Override
        void add(int group, List<Column> others, int row) {
            sums[group] += ((Column.Doubles) others.getFirst()).values()[row];
            counts[group] += ((Column.Longs) others.getLast()).values()[row];
        }

        @Override
        List<Column> columns(int groups) {
            return List.of(
                    new Column.Doubles(Arrays.copyOf(sums, groups), Nulls.NONE),
                    Column.longs(Arrays.copyOf(counts, groups)));
        }

        @Override
        Column figure(int groups) {
            var figures = Arrays.copyOf(sums, groups);
            if (average) for (int i = 0; i < groups; i++) if (counts[i] > 0) figures[i] /= counts[i];
            return new Column.Doubles(figures, none(counts, groups));
        }
    }

    private static final class Extreme extends Sum {
        /// Of a text beside its characters.
        private static final int TEXT_BYTES = 16;

        private final FieldType type;
        private final boolean most;
        private long[] numbers = new long[0];
        private double[] reals = new double[0];
        private byte[][] texts = new byte[0][];
        private boolean[] some = new boolean[0];

        private Extreme(FieldType type, boolean most, Room room) {
            super(room);
            this.type = type;
            this.most = most;
        }

        private boolean isReal() {
            return type instanceof Primitive primitive && primitive.isFloating();
        }

        @Override
        void grow(int groups) {
            room.take(9L * (groups - some.length));
            some = Arrays.copyOf(some, groups);
            if (type instanceof FieldType.Varchar) texts = Arrays.copyOf(texts, groups);
            else if (isReal()) reals = Arrays.copyOf(reals, groups);
            else numbers = Arrays.copyOf(numbers, groups);
        }

        @Override
        void add(int group, Column column, int row) {
            switch (column) {
                case Column.Ints(var values, _) -> whole(group, values[row]);
                case Column.Longs(var values, _) -> whole(group, values[row]);
                case Column.Floats(var values, _) -> real(group, values[row]);
                case Column.Doubles(var values, _) -> real(group, values[row]);
                case Column.Texts(var values, _) -> text(group, values, row);
                default ->
                    throw new IllegalArgumentException(
                            "no least " + column.getClass().getSimpleName());
            }
            some[group] = true;
        }

        private void whole(int group, long value) {
            if (!some[group] || (most ? value > numbers[group] : value < numbers[group])) numbers[group] = value;
        }

        private void real(int group, double value) {
            int compared = Double.compare(value + 0d, reals[group] + 0d);
            if (!some[group] || (most ? compared > 0 : compared < 0)) reals[group] = value;
        }

        private void text(int group, Slices values, int row) {
            if (some[group]) {
                int compared = Arrays.compareUnsigned(
                        values.bytes(), values.start(row), values.end(row), texts[group], 0, texts[group].length);
                if (most ? compared <= 0 : compared >= 0) return;
                room.give(TEXT_BYTES + texts[group].length);
            }
            room.take(TEXT_BYTES + values.length(row));
            texts[group] = values.copy(row);
        }

        @Override
        void add(int group, List<Column> others, int row) {
            if (!others.getFirst().isNull(row)) add(group, others.getFirst(), row);
        }

        @Override
        List<Column> columns(int groups) {
            return List.of(figure(groups));
        }

        @Override
        Column figure(int groups) {
            var missing = new BitSet();
            for (int i = 0; i < groups; i++) if (!some[i]) missing.set(i);
            var nulls = Nulls.of(missing);
            if (type instanceof FieldType.Varchar) {
                var slices = new Slices.Builder(groups);
                for (int i = 0; i < groups; i++) slices.add(some[i] ? texts[i] : new byte[0]);
                return new Column.Texts(slices.build(), nulls);
            }
            if (type == Primitive.DOUBLE) return new Column.Doubles(Arrays.copyOf(reals, groups), nulls);
            if (type == Primitive.FLOAT) {
                var floats = new float[groups];
                for (int i = 0; i < groups; i++) floats[i] = (float) reals[i];
                return new Column.Floats(floats, nulls);
            }
            return GroupTable.whole(type, Arrays.copyOf(numbers, groups), nulls);
        }
    }

    /// Refuses a figure that its field cannot give.
    static void check(Read.Calculation calculation, Field field) {
        boolean fits = switch (calculation) {
            case COUNT -> !field.isVector();
            case SUM, AVERAGE ->
                field.type() instanceof Primitive type && type != Primitive.BOOL && type != Primitive.TIMESTAMPTZ;
            case LEAST, MOST ->
                field.type() instanceof FieldType.Varchar
                        || field.type() instanceof Primitive type && type != Primitive.BOOL;
        };
        if (!fits)
            throw new Refused(new Refusal.InvalidParameter(
                    "output_fields",
                    "aggregation operator " + calculation.word + " does not support data type "
                            + field.type().word()));
    }
}
