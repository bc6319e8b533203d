package dev.sextant.engine.file;

import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/// A column as plain bytes: fast both ways, nothing packed. Drawn in docs/formats/column.md.
public final class ColumnCodec {
    static final int BOOLS = 1;
    static final int INTS = 2;
    static final int LONGS = 3;
    static final int FLOATS = 4;
    static final int DOUBLES = 5;
    static final int TEXTS = 6;
    static final int JSONS = 7;
    static final int LISTS = 8;
    static final int DENSE = 9;
    static final int SPARSE = 10;
    static final int SHAPES = 11;

    /// More components than any vector has.
    public static final int MAXIMUM_DIMENSION = 1 << 20;

    private static final VectorType[] VECTOR_TYPES = {
        VectorType.FLOAT32, VectorType.FLOAT16, VectorType.BFLOAT16, VectorType.INT8, VectorType.BINARY
    };

    private ColumnCodec() {}

    public static void write(Column column, ByteOutput out) {
        out.writeByte(kind(column));
        out.writeByte(column.nulls().none() ? 0 : 1);
        out.writeInt(column.rows());
        writeNulls(column.nulls(), column.rows(), out);
        switch (column) {
            case Column.Bools bools -> out.writeBytes(MemorySegment.ofArray(bytes(bools.values())));
            case Column.Ints ints -> out.writeInts(ints.values());
            case Column.Longs longs -> out.writeLongs(longs.values());
            case Column.Floats floats -> out.writeFloats(floats.values());
            case Column.Doubles doubles -> out.writeDoubles(doubles.values());
            case Column.Texts texts -> writeSlices(texts.values(), out);
            case Column.Jsons jsons -> writeSlices(jsons.values(), out);
            case Column.Shapes shapes -> writeSlices(shapes.values(), out);
            case Column.Lists lists -> {
                out.writeInts(lists.ends());
                write(lists.elements(), out);
            }
            case Column.Dense dense ->
                out.writeByte(vectorCode(dense.type()))
                        .writeInt(dense.dimension())
                        .writeBytes(dense.bytes());
            case Column.Sparse sparse -> writeSlices(sparse.cells(), out);
        }
    }

    public static Column read(ByteInput in) {
        return read(in, true);
    }

    private static Column read(ByteInput in, boolean mayNest) {
        int kind = in.readByte();
        int nullable = in.readByte();
        if (nullable != 0 && nullable != 1) throw in.damage("0 or 1", nullable);
        int rows = in.readInt();
        if (rows < 0) throw in.damage("a number of rows", rows);
        if (!mayNest && kind > TEXTS && kind != DENSE) throw in.damage("a kind that arrays can hold", kind);
        var nulls = nullable == 0 ? Nulls.NONE : readNulls(rows, in);
        return switch (kind) {
            case BOOLS -> new Column.Bools(booleans(in, rows), nulls);
            case INTS -> new Column.Ints(in.readInts(rows), nulls);
            case LONGS -> new Column.Longs(in.readLongs(rows), nulls);
            case FLOATS -> new Column.Floats(in.readFloats(rows), nulls);
            case DOUBLES -> new Column.Doubles(in.readDoubles(rows), nulls);
            case TEXTS -> new Column.Texts(readSlices(in, rows, 1), nulls);
            case JSONS -> new Column.Jsons(readSlices(in, rows, 1), nulls);
            case LISTS -> {
                var ends = readEnds(in, rows);
                var elements = read(in, false);
                int last = rows == 0 ? 0 : ends[rows - 1];
                if (elements.rows() != last) throw in.damage(last + " elements", elements.rows());
                yield new Column.Lists(ends, elements, nulls);
            }
            case DENSE -> {
                var type = vectorType(in, in.readByte());
                int dimension = in.readInt();
                checkDimension(in, type, dimension);
                yield new Column.Dense(type, dimension, in.slice((long) rows * type.rowBytes(dimension)), nulls);
            }
            case SPARSE -> new Column.Sparse(readSlices(in, rows, 8), nulls);
            case SHAPES -> new Column.Shapes(readSlices(in, rows, 1), nulls);
            default -> throw in.damage("a kind of column", kind);
        };
    }

    static int kind(Column column) {
        return switch (column) {
            case Column.Bools _ -> BOOLS;
            case Column.Ints _ -> INTS;
            case Column.Longs _ -> LONGS;
            case Column.Floats _ -> FLOATS;
            case Column.Doubles _ -> DOUBLES;
            case Column.Texts _ -> TEXTS;
            case Column.Jsons _ -> JSONS;
            case Column.Lists _ -> LISTS;
            case Column.Dense _ -> DENSE;
            case Column.Sparse _ -> SPARSE;
            case Column.Shapes _ -> SHAPES;
        };
    }

    public static int vectorCode(VectorType type) {
        return switch (type) {
            case FLOAT32 -> 0;
            case FLOAT16 -> 1;
            case BFLOAT16 -> 2;
            case INT8 -> 3;
            case BINARY -> 4;
            case SPARSE -> throw new IllegalArgumentException("sparse vectors are slices");
        };
    }

    public static VectorType vectorType(ByteInput in, int code) {
        if (code < 0 || code >= VECTOR_TYPES.length) throw in.damage("a type of vector", code);
        return VECTOR_TYPES[code];
    }

    public static void checkDimension(ByteInput in, VectorType type, int dimension) {
        if (dimension < 1 || dimension > MAXIMUM_DIMENSION || type == VectorType.BINARY && dimension % 8 != 0)
            throw in.damage("a dimension of " + type, dimension);
    }

    /// One bit a row, set for null; nothing when no row is.
    public static void writeNulls(Nulls nulls, int rows, ByteOutput out) {
        if (nulls.none()) return;
        var bits = new byte[(rows + 7) / 8];
        for (int row = nulls.next(0); row >= 0 && row < rows; row = nulls.next(row + 1))
            bits[row >> 3] |= (byte) (1 << (row & 7));
        out.writeBytes(MemorySegment.ofArray(bits));
    }

    public static Nulls readNulls(int rows, ByteInput in) {
        var bits = BitSet.valueOf(in.readBytes((int) ((rows + 7L) / 8)));
        if (bits.length() > rows) throw in.damage("nulls below " + rows, bits.length() - 1);
        return Nulls.of(bits);
    }

    public static void writeSlices(Slices slices, ByteOutput out) {
        out.writeInts(slices.ends());
        out.writeBytes(slices.bytes(), 0, slices.count() == 0 ? 0 : slices.end(slices.count() - 1));
    }

    public static Slices readSlices(ByteInput in, int count, int unit) {
        var ends = readEnds(in, count);
        if (unit > 1) for (int end : ends) if (end % unit != 0) throw in.damage("a multiple of " + unit, end);
        return new Slices(in.readBytes(count == 0 ? 0 : ends[count - 1]), ends);
    }

    public static int[] readEnds(ByteInput in, int count) {
        var ends = in.readInts(count);
        int before = 0;
        for (int end : ends) {
            if (end < before) throw in.damage("an end at or after " + before, end);
            before = end;
        }
        return ends;
    }

    private static byte[] bytes(boolean[] values) {
        var bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) (values[i] ? 1 : 0);
        return bytes;
    }

    private static boolean[] booleans(ByteInput in, int rows) {
        var bytes = in.readBytes(rows);
        var values = new boolean[rows];
        for (int i = 0; i < rows; i++) {
            if ((bytes[i] & ~1) != 0) throw in.damage("0 or 1", bytes[i]);
            values[i] = bytes[i] == 1;
        }
        return values;
    }
}
