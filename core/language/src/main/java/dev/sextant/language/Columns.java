package dev.sextant.language;

import static java.util.stream.Collectors.joining;

import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// Data in statements: `longs [1, 2, 0] null (2)`. Rows that are null hold something all the same.
final class Columns {
    private static final HexFormat HEX = HexFormat.of();
    private static final int CELL_BYTES = 8;

    private Columns() {}

    // ---- written

    static String write(Column column) {
        var values = switch (column) {
            case Column.Bools(var all, _) -> "bools " + list(all.length, i -> Boolean.toString(all[i]));
            case Column.Ints(var all, _) -> "ints " + list(all.length, i -> Integer.toString(all[i]));
            case Column.Longs(var all, _) -> "longs " + list(all.length, i -> Long.toString(all[i]));
            case Column.Floats(var all, _) -> "floats " + list(all.length, i -> Float.toString(all[i]));
            case Column.Doubles(var all, _) -> "doubles " + list(all.length, i -> Double.toString(all[i]));
            case Column.Texts(var all, _) -> "texts " + list(all.count(), i -> Quoted.write(all.text(i)));
            case Column.Jsons(var all, _) -> "jsons " + list(all.count(), i -> Quoted.write(all.text(i)));
            case Column.Shapes(var all, _) -> "shapes " + list(all.count(), i -> hex(all.copy(i)));
            case Column.Lists(var ends, _, _) -> "lists " + list(ends.length, i -> Integer.toString(ends[i]));
            case Column.Dense dense ->
                "vectors (" + Clauses.words(dense.type()) + ", " + dense.dimension() + ") "
                        + list(dense.rows(), row -> row(dense, row));
            case Column.Sparse(var all, _) -> "sparse " + list(all.count(), i -> cells(all.copy(i)));
        };
        var nulls = column.nulls().none() ? "" : " null " + nulls(column.nulls());
        return values + nulls + (column instanceof Column.Lists lists ? " of " + write(lists.elements()) : "");
    }

    private static String list(int count, IntFunction<String> item) {
        return IntStream.range(0, count).mapToObj(item).collect(joining(", ", "[", "]"));
    }

    private static String nulls(Nulls nulls) {
        var rows = new ArrayList<String>();
        for (int row = nulls.next(0); row >= 0; row = nulls.next(row + 1)) rows.add(Integer.toString(row));
        return "(" + String.join(", ", rows) + ")";
    }

    private static String hex(byte[] bytes) {
        return Quoted.write(HEX.formatHex(bytes));
    }

    private static String row(Column.Dense dense, int row) {
        long from = (long) row * dense.rowBytes();
        if (dense.type() != VectorType.FLOAT32)
            return hex(dense.bytes().asSlice(from, dense.rowBytes()).toArray(ValueLayout.JAVA_BYTE));
        return list(dense.dimension(), i -> Float.toString(dense.bytes().get(Column.LITTLE_FLOAT, from + 4L * i)));
    }

    private static String cells(byte[] row) {
        var cells = ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN);
        var all = new ArrayList<String>();
        while (cells.remaining() >= CELL_BYTES)
            all.add(Integer.toUnsignedLong(cells.getInt()) + ": " + cells.getFloat());
        return "{" + String.join(", ", all) + "}";
    }

    // ---- read

    static Column read(Scanner scanner) {
        return scanner.nested(() -> {
            if (scanner.take("bools")) {
                var all = list(scanner, () -> scanner.needOf(Truth.class) == Truth.TRUE);
                var values = new boolean[all.size()];
                for (int i = 0; i < values.length; i++) values[i] = all.get(i);
                return new Column.Bools(values, nulls(scanner));
            }
            if (scanner.take("ints")) {
                var values = list(scanner, scanner::count).stream()
                        .mapToInt(Integer::intValue)
                        .toArray();
                return new Column.Ints(values, nulls(scanner));
            }
            if (scanner.take("longs")) {
                var values = list(scanner, scanner::whole).stream()
                        .mapToLong(Long::longValue)
                        .toArray();
                return new Column.Longs(values, nulls(scanner));
            }
            if (scanner.take("floats")) return new Column.Floats(floats(scanner), nulls(scanner));
            if (scanner.take("doubles")) {
                var values = list(scanner, scanner::real).stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray();
                return new Column.Doubles(values, nulls(scanner));
            }
            if (scanner.take("texts")) return new Column.Texts(texts(scanner), nulls(scanner));
            if (scanner.take("jsons")) return new Column.Jsons(texts(scanner), nulls(scanner));
            if (scanner.take("shapes"))
                return new Column.Shapes(slices(list(scanner, () -> hex(scanner))), nulls(scanner));
            if (scanner.take("lists")) {
                var ends = list(scanner, scanner::count).stream()
                        .mapToInt(Integer::intValue)
                        .toArray();
                var nulls = nulls(scanner);
                scanner.need("of");
                return new Column.Lists(ends, read(scanner), nulls);
            }
            if (scanner.take("vectors")) return dense(scanner);
            if (scanner.take("sparse"))
                return new Column.Sparse(slices(list(scanner, () -> cells(scanner))), nulls(scanner));
            throw scanner.wrong(
                    "a column: bools, ints, longs, floats, doubles, texts, jsons, shapes, lists, vectors, sparse");
        });
    }

    private enum Truth {
        TRUE,
        FALSE
    }

    private static <T> List<T> list(Scanner scanner, java.util.function.Supplier<T> item) {
        scanner.needSign('[');
        return scanner.until(']', item);
    }

    private static float[] floats(Scanner scanner) {
        var all = list(scanner, () -> (float) scanner.real());
        var values = new float[all.size()];
        for (int i = 0; i < values.length; i++) values[i] = all.get(i);
        return values;
    }

    private static Slices texts(Scanner scanner) {
        return Slices.ofTexts(list(scanner, scanner::text));
    }

    private static Slices slices(List<byte[]> all) {
        var slices = new Slices.Builder(all.size());
        all.forEach(slices::add);
        return slices.build();
    }

    private static Nulls nulls(Scanner scanner) {
        var rows = new BitSet();
        if (scanner.take("null")) scanner.listed(scanner::count).forEach(rows::set);
        return Nulls.of(rows);
    }

    private static byte[] hex(Scanner scanner) {
        try {
            return HEX.parseHex(scanner.text());
        } catch (IllegalArgumentException noHex) {
            throw scanner.wrong("bytes in hexadecimal digits before this");
        }
    }

    private static Column dense(Scanner scanner) {
        scanner.needSign('(');
        var type = scanner.needOf(VectorType.class);
        scanner.needSign(',');
        int dimension = scanner.count();
        scanner.needSign(')');
        boolean fits = type.isDense() && dimension > 0 && dimension <= 1 << 24 && type.rowBytes(dimension) > 0;
        if (!fits) throw scanner.wrong("a dimension of dense vectors before this");
        int rowBytes = type.rowBytes(dimension);
        var rows = list(scanner, () -> type == VectorType.FLOAT32 ? bytes(floats(scanner)) : hex(scanner));
        var all = ByteBuffer.allocate(Math.multiplyExact(rowBytes, rows.size()));
        for (var row : rows) {
            if (row.length != rowBytes) throw scanner.wrong("vectors of " + dimension + " components before this");
            all.put(row);
        }
        return new Column.Dense(type, dimension, MemorySegment.ofArray(all.array()), nulls(scanner));
    }

    private static byte[] bytes(float[] values) {
        var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) bytes.putFloat(value);
        return bytes.array();
    }

    private static byte[] cells(Scanner scanner) {
        scanner.needSign('{');
        var cells = scanner.until('}', () -> {
            long index = scanner.whole();
            scanner.needSign(':');
            float value = (float) scanner.real();
            if (index < 0 || index > 0xffffffffL) throw scanner.wrong("an index of 32 bits before this");
            return ByteBuffer.allocate(CELL_BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt((int) index)
                    .putFloat(value)
                    .array();
        });
        var all = ByteBuffer.allocate(CELL_BYTES * cells.size());
        cells.forEach(all::put);
        return all.array();
    }
}
