package dev.sextant.model;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// The values of one field for some rows: what travels through the door, the log and the readers, without an object per
/// row. Immutable by agreement: whoever made the arrays hands them over. A null row holds a filler (0, empty).
public sealed interface Column {
    int rows();

    Nulls nulls();

    /// The rows `rows[0], rows[1] …`, in that order, as a column of its own.
    Column take(int[] rows);

    /// The rows `[from, to)`.
    Column slice(int from, int to);

    record Bools(boolean[] values, Nulls nulls) implements Column {
        @Override
        public int rows() {
            return values.length;
        }

        @Override
        public Bools take(int[] rows) {
            var taken = new boolean[rows.length];
            for (int i = 0; i < rows.length; i++) taken[i] = values[rows[i]];
            return new Bools(taken, nulls.take(rows));
        }

        @Override
        public Bools slice(int from, int to) {
            return new Bools(Arrays.copyOfRange(values, from, to), nulls.slice(from, to));
        }
    }

    /// INT8, INT16 and INT32.
    record Ints(int[] values, Nulls nulls) implements Column {
        @Override
        public int rows() {
            return values.length;
        }

        @Override
        public Ints take(int[] rows) {
            var taken = new int[rows.length];
            for (int i = 0; i < rows.length; i++) taken[i] = values[rows[i]];
            return new Ints(taken, nulls.take(rows));
        }

        @Override
        public Ints slice(int from, int to) {
            return new Ints(Arrays.copyOfRange(values, from, to), nulls.slice(from, to));
        }
    }

    /// INT64 and TIMESTAMPTZ.
    record Longs(long[] values, Nulls nulls) implements Column {
        @Override
        public int rows() {
            return values.length;
        }

        @Override
        public Longs take(int[] rows) {
            var taken = new long[rows.length];
            for (int i = 0; i < rows.length; i++) taken[i] = values[rows[i]];
            return new Longs(taken, nulls.take(rows));
        }

        @Override
        public Longs slice(int from, int to) {
            return new Longs(Arrays.copyOfRange(values, from, to), nulls.slice(from, to));
        }
    }

    record Floats(float[] values, Nulls nulls) implements Column {
        @Override
        public int rows() {
            return values.length;
        }

        @Override
        public Floats take(int[] rows) {
            var taken = new float[rows.length];
            for (int i = 0; i < rows.length; i++) taken[i] = values[rows[i]];
            return new Floats(taken, nulls.take(rows));
        }

        @Override
        public Floats slice(int from, int to) {
            return new Floats(Arrays.copyOfRange(values, from, to), nulls.slice(from, to));
        }
    }

    record Doubles(double[] values, Nulls nulls) implements Column {
        @Override
        public int rows() {
            return values.length;
        }

        @Override
        public Doubles take(int[] rows) {
            var taken = new double[rows.length];
            for (int i = 0; i < rows.length; i++) taken[i] = values[rows[i]];
            return new Doubles(taken, nulls.take(rows));
        }

        @Override
        public Doubles slice(int from, int to) {
            return new Doubles(Arrays.copyOfRange(values, from, to), nulls.slice(from, to));
        }
    }

    /// VARCHAR and TEXT, as UTF-8.
    record Texts(Slices values, Nulls nulls) implements Column {
        @Override
        public int rows() {
            return values.count();
        }

        @Override
        public Texts take(int[] rows) {
            return new Texts(values.take(rows), nulls.take(rows));
        }

        @Override
        public Texts slice(int from, int to) {
            return new Texts(values.slice(from, to), nulls.slice(from, to));
        }
    }

    /// JSON, as the UTF-8 text of each value.
    record Jsons(Slices values, Nulls nulls) implements Column {
        @Override
        public int rows() {
            return values.count();
        }

        @Override
        public Jsons take(int[] rows) {
            return new Jsons(values.take(rows), nulls.take(rows));
        }

        @Override
        public Jsons slice(int from, int to) {
            return new Jsons(values.slice(from, to), nulls.slice(from, to));
        }
    }

    /// Geometries, as well-known binary.
    record Shapes(Slices values, Nulls nulls) implements Column {
        @Override
        public int rows() {
            return values.count();
        }

        @Override
        public Shapes take(int[] rows) {
            return new Shapes(values.take(rows), nulls.take(rows));
        }

        @Override
        public Shapes slice(int from, int to) {
            return new Shapes(values.slice(from, to), nulls.slice(from, to));
        }
    }

    /// Arrays: row `i` is `elements[i == 0 ? 0 : ends[i - 1], ends[i])`. Elements are scalars or dense vectors, never
    /// null.
    record Lists(int[] ends, Column elements, Nulls nulls) implements Column {
        @Override
        public int rows() {
            return ends.length;
        }

        public int start(int row) {
            return row == 0 ? 0 : ends[row - 1];
        }

        /// Elements of a row; none of a null one.
        public int length(int row) {
            return ends[row] - start(row);
        }

        @Override
        public Lists take(int[] rows) {
            var takenEnds = new int[rows.length];
            int total = 0;
            for (int i = 0; i < rows.length; i++) {
                total += ends[rows[i]] - start(rows[i]);
                takenEnds[i] = total;
            }
            var inner = new int[total];
            int at = 0;
            for (int row : rows) for (int e = start(row); e < ends[row]; e++) inner[at++] = e;
            return new Lists(takenEnds, elements.take(inner), nulls.take(rows));
        }

        @Override
        public Lists slice(int from, int to) {
            int base = start(from);
            var cut = new int[to - from];
            for (int i = from; i < to; i++) cut[i - from] = ends[i] - base;
            int end = to == 0 ? 0 : ends[to - 1];
            return new Lists(cut, elements.slice(base, Math.max(base, end)), nulls.slice(from, to));
        }
    }

    /// Dense vectors, row-major, little-endian, `type.rowBytes(dimension)` bytes a row, heap or native memory.
    record Dense(VectorType type, int dimension, MemorySegment bytes, Nulls nulls) implements Column {
        public Dense {
            assert bytes.byteSize() % type.rowBytes(dimension) == 0 : bytes.byteSize() + " bytes of " + dimension;
        }

        /// Float vectors, `dimension` numbers a row.
        public static Dense of(int dimension, float[] values) {
            var bytes = MemorySegment.ofArray(new byte[4 * values.length]);
            MemorySegment.copy(values, 0, bytes, LITTLE_FLOAT, 0, values.length);
            return new Dense(VectorType.FLOAT32, dimension, bytes, Nulls.NONE);
        }

        public int rowBytes() {
            return type.rowBytes(dimension);
        }

        @Override
        public int rows() {
            return (int) (bytes.byteSize() / rowBytes());
        }

        @Override
        public Dense take(int[] rows) {
            int size = rowBytes();
            var taken = MemorySegment.ofArray(new byte[Math.multiplyExact(size, rows.length)]);
            for (int i = 0; i < rows.length; i++)
                MemorySegment.copy(bytes, (long) rows[i] * size, taken, (long) i * size, size);
            return new Dense(type, dimension, taken, nulls.take(rows));
        }

        @Override
        public Dense slice(int from, int to) {
            long size = rowBytes();
            return new Dense(type, dimension, bytes.asSlice(from * size, (to - from) * size), nulls.slice(from, to));
        }
    }

    /// Sparse vectors: ascending cells of (uint32 index, float32 value), little-endian.
    record Sparse(Slices cells, Nulls nulls) implements Column {
        @Override
        public int rows() {
            return cells.count();
        }

        @Override
        public Sparse take(int[] rows) {
            return new Sparse(cells.take(rows), nulls.take(rows));
        }

        @Override
        public Sparse slice(int from, int to) {
            return new Sparse(cells.slice(from, to), nulls.slice(from, to));
        }
    }

    java.lang.foreign.ValueLayout.OfFloat LITTLE_FLOAT =
            java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

    static Longs longs(long... values) {
        return new Longs(values, Nulls.NONE);
    }

    static Floats floats(float... values) {
        return new Floats(values, Nulls.NONE);
    }

    static Texts texts(List<String> values) {
        return new Texts(Slices.ofTexts(values), Nulls.NONE);
    }

    default boolean isNull(int row) {
        return nulls().isNull(row);
    }

    /// `rows` nulls of a type.
    static Column nulls(FieldType type, int rows) {
        return filled(type, rows, Nulls.all(rows));
    }

    /// No rows of a type: what an empty answer carries for each field.
    static Column empty(FieldType type) {
        return filled(type, 0, Nulls.NONE);
    }

    private static Column filled(FieldType type, int rows, Nulls nulls) {
        return switch (type) {
            case FieldType.Primitive primitive ->
                switch (primitive) {
                    case BOOL -> new Bools(new boolean[rows], nulls);
                    case INT8, INT16, INT32 -> new Ints(new int[rows], nulls);
                    case INT64, TIMESTAMPTZ -> new Longs(new long[rows], nulls);
                    case FLOAT -> new Floats(new float[rows], nulls);
                    case DOUBLE -> new Doubles(new double[rows], nulls);
                };
            case FieldType.Varchar _, FieldType.Text _ -> new Texts(new Slices(new byte[0], new int[rows]), nulls);
            case FieldType.Geometry _ -> new Shapes(new Slices(new byte[0], new int[rows]), nulls);
            case FieldType.Json _ -> new Jsons(new Slices(new byte[0], new int[rows]), nulls);
            case FieldType.Array(var element, _) -> new Lists(new int[rows], empty(element), nulls);
            case FieldType.Vector(var vectorType, var dimension) ->
                vectorType.isDense()
                        ? new Dense(
                                vectorType,
                                dimension,
                                MemorySegment.ofArray(
                                        new byte[Math.multiplyExact(rows, vectorType.rowBytes(dimension))]),
                                nulls)
                        : new Sparse(new Slices(new byte[0], new int[rows]), nulls);
        };
    }

    /// One column after the other; all of one kind, at least one.
    static Column concat(List<? extends Column> parts) {
        if (parts.size() == 1) return parts.getFirst();
        int rows = 0;
        for (var part : parts) rows += part.rows();
        var nulls = concatNulls(parts);
        return switch (parts.getFirst()) {
            case Bools _ -> {
                var all = new boolean[rows];
                int at = 0;
                for (var part : parts) at = put(((Bools) part).values, all, at);
                yield new Bools(all, nulls);
            }
            case Ints _ -> {
                var all = new int[rows];
                int at = 0;
                for (var part : parts) at = put(((Ints) part).values, all, at);
                yield new Ints(all, nulls);
            }
            case Longs _ -> {
                var all = new long[rows];
                int at = 0;
                for (var part : parts) at = put(((Longs) part).values, all, at);
                yield new Longs(all, nulls);
            }
            case Floats _ -> {
                var all = new float[rows];
                int at = 0;
                for (var part : parts) at = put(((Floats) part).values, all, at);
                yield new Floats(all, nulls);
            }
            case Doubles _ -> {
                var all = new double[rows];
                int at = 0;
                for (var part : parts) at = put(((Doubles) part).values, all, at);
                yield new Doubles(all, nulls);
            }
            case Texts _ ->
                new Texts(
                        concatSlices(parts.stream().map(p -> ((Texts) p).values).toList()), nulls);
            case Jsons _ ->
                new Jsons(
                        concatSlices(parts.stream().map(p -> ((Jsons) p).values).toList()), nulls);
            case Shapes _ ->
                new Shapes(
                        concatSlices(
                                parts.stream().map(p -> ((Shapes) p).values).toList()),
                        nulls);
            case Sparse _ ->
                new Sparse(
                        concatSlices(parts.stream().map(p -> ((Sparse) p).cells).toList()), nulls);
            case Lists _ -> {
                var ends = new int[rows];
                int at = 0;
                int base = 0;
                for (var part : parts) {
                    var array = (Lists) part;
                    for (int end : array.ends) ends[at++] = base + end;
                    base += array.elements.rows();
                }
                yield new Lists(
                        ends,
                        concat(parts.stream().map(p -> ((Lists) p).elements).toList()),
                        nulls);
            }
            case Dense first -> {
                var all = MemorySegment.ofArray(new byte[Math.multiplyExact(rows, first.rowBytes())]);
                long at = 0;
                for (var part : parts) {
                    var bytes = ((Dense) part).bytes;
                    MemorySegment.copy(bytes, 0, all, at, bytes.byteSize());
                    at += bytes.byteSize();
                }
                yield new Dense(first.type, first.dimension, all, nulls);
            }
        };
    }

    private static int put(Object from, Object to, int at) {
        int length = java.lang.reflect.Array.getLength(from);
        System.arraycopy(from, 0, to, at, length);
        return at + length;
    }

    private static Slices concatSlices(List<Slices> parts) {
        var builder = new Slices.Builder(parts.stream().mapToInt(Slices::count).sum());
        for (var part : parts)
            for (int i = 0; i < part.count(); i++) builder.add(part.bytes(), part.start(i), part.length(i));
        return builder.build();
    }

    private static Nulls concatNulls(List<? extends Column> parts) {
        if (parts.stream().allMatch(part -> part.nulls().none())) return Nulls.NONE;
        var bits = new BitSet();
        int base = 0;
        for (var part : parts) {
            for (int row = part.nulls().next(0); row >= 0; row = part.nulls().next(row + 1)) bits.set(base + row);
            base += part.rows();
        }
        return Nulls.of(bits);
    }
}
