package dev.sextant.transfer.parquet;

import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import dev.sextant.model.VectorType;
import dev.sextant.transfer.cell.Bytes;
import dev.sextant.transfer.cell.Cells;
import dev.sextant.transfer.cell.SparseCells;
import dev.sextant.transfer.cell.Unfit;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/// Reads the next rows of one field out of its stored columns.
interface Reading {
    /// A column of `rows` rows. Sets `at` of `where` to the row that it is at.
    Column read(int rows, Where where);

    /// The row that is being read, for whoever hears of a fault.
    final class Where {
        int row;
    }

    /// A sparse vector has fewer cells in any schema.
    int MOST_CELLS = 1 << 20;

    /// In the place of a text that is null.
    byte[] NOTHING = {};

    /// The way to read a field, or [Unfit] when it cannot take what is stored.
    static Reading of(FieldType type, boolean nullable, List<Leaf> leaves) {
        if (leaves.size() == 1) {
            var leaf = leaves.getFirst();
            if (type.isVectors() && NestedLists.fits(type.vector(), leaf))
                return NestedLists.of((FieldType.Array) type, leaf);
            if (leaf.column.getMaxRepetitionLevel() > 1) throw new Unfit("lists of lists are not read");
            var reading = single(type, nullable, leaf);
            if (reading != null) return reading;
        } else if (leaves.size() == 2 && isSparse(type)) return sparse(leaves);
        throw new Unfit("a column of " + describe(leaves) + " does not fit a field of type " + describe(type));
    }

    private static Reading single(FieldType type, boolean nullable, Leaf leaf) {
        boolean list = leaf.isList();
        return switch (type) {
            // Moments and geometries are told as texts.
            case Primitive primitive
            when primitive == Primitive.TIMESTAMPTZ && !list && isText(leaf) ->
                (rows, where) -> texts(leaf, rows, Cells.MOST_TEXT, where);
            case FieldType.Geometry _
            when !list && isText(leaf) -> (rows, where) -> texts(leaf, rows, Cells.MOST_TEXT, where);
            case FieldType.Text(var most) when !list && isText(leaf) -> (rows, where) -> texts(leaf, rows, most, where);
            case Primitive primitive when !list && Elements.fits(primitive, leaf.type()) -> scalars(primitive, leaf);
            case FieldType.Varchar(var most)
            when !list && isText(leaf) -> (rows, where) -> texts(leaf, rows, most, where);
            case FieldType.Json _ when !list && isText(leaf) -> (rows, where) -> jsons(leaf, rows, nullable, where);
            case FieldType.Array(var element, var most)
            when list && Elements.fits(element, leaf.type()) ->
                (rows, where) -> lists(leaf, element, most, rows, where);
            case FieldType.Vector(var vector, _)
            when vector == VectorType.SPARSE && !list && isText(leaf) ->
                (rows, where) -> sparseTexts(leaf, rows, where);
            case FieldType.Vector(var vector, var dimension)
            when vector != VectorType.SPARSE && list -> Dense.lists(vector, dimension, leaf);
            case FieldType.Vector(var vector, var dimension)
            when vector != VectorType.SPARSE && isBytes(leaf) -> Dense.bytes(vector, dimension, leaf);
            default -> null;
        };
    }

    private static boolean isSparse(FieldType type) {
        return type instanceof FieldType.Vector(var vector, _) && vector == VectorType.SPARSE;
    }

    private static boolean isText(Leaf leaf) {
        return leaf.type() == PrimitiveTypeName.BINARY;
    }

    private static boolean isBytes(Leaf leaf) {
        return leaf.type() == PrimitiveTypeName.BINARY || leaf.type() == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
    }

    private static String describe(List<Leaf> leaves) {
        if (leaves.size() != 1) return leaves.size() + " parts";
        var leaf = leaves.getFirst();
        return (leaf.isList() ? "lists of " : "") + leaf.type();
    }

    private static String describe(FieldType type) {
        return switch (type) {
            case Primitive primitive -> primitive.name();
            case FieldType.Varchar _ -> "VARCHAR";
            case FieldType.Text _ -> "TEXT";
            case FieldType.Geometry _ -> "GEOMETRY";
            case FieldType.Json _ -> "JSON";
            case FieldType.Array(var element, _) -> "ARRAY of " + describe(element);
            case FieldType.Vector(var vector, var dimension) ->
                vector + (vector.isDense() ? " of dimension " + dimension : "");
        };
    }

    private static Reading scalars(Primitive type, Leaf leaf) {
        return (rows, where) -> {
            var nulls = new BitSet();
            var elements = new Elements(type, rows);
            for (int row = 0; row < rows; row++) {
                where.row = row;
                if (leaf.isThere()) elements.add(leaf);
                else {
                    nulls.set(row);
                    elements.addNothing();
                }
                leaf.consume();
            }
            return elements.build(Nulls.of(nulls));
        };
    }

    private static Column texts(Leaf leaf, int rows, int most, Where where) {
        var nulls = new BitSet();
        return new Column.Texts(slices(leaf, rows, most, nulls, where), Nulls.of(nulls));
    }

    private static Slices slices(Leaf leaf, int rows, int most, BitSet nulls, Where where) {
        var texts = new Slices.Builder(rows);
        for (int row = 0; row < rows; row++) {
            where.row = row;
            if (leaf.isThere()) {
                var value = leaf.reader().getBinary().getBytesUnsafe();
                if (value.length > most)
                    throw new Unfit("the text has " + value.length + " bytes, max_length is " + most);
                texts.add(value);
            } else {
                nulls.set(row);
                texts.add(NOTHING);
            }
            leaf.consume();
        }
        return texts.build();
    }

    /// pymilvus writes what is absent as the text `null`.
    private static Column jsons(Leaf leaf, int rows, boolean nullable, Where where) {
        var nulls = new BitSet();
        var texts = slices(leaf, rows, Cells.MOST_TEXT, nulls, where);
        if (nullable) for (int row = 0; row < rows; row++) if (isNull(texts, row)) nulls.set(row);
        return new Column.Jsons(texts, Nulls.of(nulls));
    }

    private static boolean isNull(Slices texts, int row) {
        return texts.length(row) == 4 && texts.text(row).equals("null");
    }

    private static Column sparseTexts(Leaf leaf, int rows, Where where) {
        var nulls = new BitSet();
        var texts = slices(leaf, rows, Cells.MOST_TEXT, nulls, where);
        var cells = new SparseCells();
        for (int row = 0; row < rows; row++) {
            where.row = row;
            if (nulls.get(row) || isNull(texts, row)) cells.none();
            else cells.text(texts.text(row));
        }
        return cells.build();
    }

    private static Column lists(Leaf leaf, FieldType element, int most, int rows, Where where) {
        var nulls = new BitSet();
        var ends = new int[rows];
        var elements = new Elements(element, rows * 4);
        for (int row = 0; row < rows; row++) {
            where.row = row;
            int first = leaf.list();
            if (first < 0) nulls.set(row);
            if (first <= 0) leaf.consume();
            else {
                int count = 0;
                do {
                    if (count++ == most) throw new Unfit("the array has more elements than max_capacity, " + most);
                    elements.add(leaf);
                } while (leaf.next());
            }
            ends[row] = elements.count();
        }
        return new Column.Lists(ends, elements.build(Nulls.NONE), Nulls.of(nulls));
    }

    /// A struct of a list of indices and a list of values.
    private static Reading sparse(List<Leaf> leaves) {
        var indices = named(leaves, "indices");
        var values = named(leaves, "values");
        if (!Elements.fits(Primitive.INT64, indices.type()) || !Elements.fits(Primitive.DOUBLE, values.type()))
            throw new Unfit("a sparse vector needs integers as indices and numbers as values");
        return (rows, where) -> {
            var cells = new SparseCells();
            for (int row = 0; row < rows; row++) {
                where.row = row;
                var longs = longs(indices);
                var floats = floats(values);
                if (longs == null || floats == null) cells.none();
                else cells.row(longs, floats);
            }
            return cells.build();
        };
    }

    private static Leaf named(List<Leaf> leaves, String name) {
        return leaves.stream()
                .filter(leaf -> leaf.isList() && leaf.column.getPath()[1].equals(name))
                .findFirst()
                .orElseThrow(() -> new Unfit("a sparse vector needs lists called indices and values"));
    }

    /// Null when the row has none.
    private static long[] longs(Leaf leaf) {
        int first = leaf.list();
        if (first <= 0) {
            leaf.consume();
            return first < 0 ? null : new long[0];
        }
        boolean narrow = leaf.type() == PrimitiveTypeName.INT32;
        var values = new long[16];
        int count = 0;
        do {
            if (count == values.length) values = Arrays.copyOf(values, grown(count));
            values[count++] = narrow
                    ? Integer.toUnsignedLong(leaf.reader().getInteger())
                    : leaf.reader().getLong();
        } while (leaf.next());
        return Arrays.copyOf(values, count);
    }

    private static float[] floats(Leaf leaf) {
        int first = leaf.list();
        if (first <= 0) {
            leaf.consume();
            return first < 0 ? null : new float[0];
        }
        var values = new float[16];
        int count = 0;
        do {
            if (count == values.length) values = Arrays.copyOf(values, grown(count));
            values[count++] = Elements.number(leaf);
        } while (leaf.next());
        return Arrays.copyOf(values, count);
    }

    private static int grown(int count) {
        if (count > MOST_CELLS) throw new Unfit("the sparse vector has more than " + count + " cells");
        return 2 * count;
    }

    /// Dense vectors.
    final class Dense {
        private Dense() {}

        static Reading lists(VectorType type, int dimension, Leaf leaf) {
            boolean ints = leaf.type() == PrimitiveTypeName.INT32 || leaf.type() == PrimitiveTypeName.INT64;
            boolean reals = leaf.type() == PrimitiveTypeName.FLOAT || leaf.type() == PrimitiveTypeName.DOUBLE;
            return switch (type) {
                case FLOAT32 -> reals ? floats(dimension, leaf) : null;
                case FLOAT16, BFLOAT16 ->
                    reals
                            ? floats(dimension, leaf)
                            : ints ? (rows, where) -> small(type, dimension, leaf, rows, where) : null;
                case INT8, BINARY -> ints ? (rows, where) -> small(type, dimension, leaf, rows, where) : null;
                case SPARSE -> null;
            };
        }

        private static Reading floats(int dimension, Leaf leaf) {
            if (leaf.type() != PrimitiveTypeName.FLOAT) return (rows, where) -> floats(dimension, leaf, rows, where);
            var lists = leaf.floats();
            return (rows, where) -> {
                var nulls = new BitSet();
                var values = new Bytes(Math.multiplyExact(rows, 4 * dimension));
                for (int row = 0; row < rows; row++) {
                    where.row = row;
                    if (!lists.row(dimension, values)) nulls.set(row);
                }
                return new Column.Dense(VectorType.FLOAT32, dimension, values.segment(), Nulls.of(nulls));
            };
        }

        private static Column floats(int dimension, Leaf leaf, int rows, Where where) {
            var nulls = new BitSet();
            var values = new Bytes(Math.multiplyExact(rows, 4 * dimension));
            for (int row = 0; row < rows; row++) {
                where.row = row;
                int first = leaf.list();
                if (first <= 0) {
                    absent(first, row, dimension, nulls);
                    values.skip(4 * dimension);
                    leaf.consume();
                    continue;
                }
                int count = 0;
                do {
                    if (count++ == dimension) throw tooMany(leaf, dimension);
                    values.putFloat(Elements.number(leaf));
                } while (leaf.next());
                if (count != dimension) throw wrong(count, dimension);
            }
            return new Column.Dense(VectorType.FLOAT32, dimension, values.segment(), Nulls.of(nulls));
        }

        /// Bytes as small integers.
        private static Column small(VectorType type, int dimension, Leaf leaf, int rows, Where where) {
            int wanted = type.rowBytes(dimension);
            boolean wide = leaf.type() == PrimitiveTypeName.INT64;
            var nulls = new BitSet();
            var values = new Bytes(Math.multiplyExact(rows, wanted));
            for (int row = 0; row < rows; row++) {
                where.row = row;
                int first = leaf.list();
                if (first <= 0) {
                    absent(first, row, wanted, nulls);
                    values.skip(wanted);
                    leaf.consume();
                    continue;
                }
                int count = 0;
                do {
                    if (count++ == wanted) throw tooMany(leaf, wanted);
                    values.putSmall(
                            type, wide ? leaf.reader().getLong() : leaf.reader().getInteger());
                } while (leaf.next());
                if (count != wanted) throw wrong(count, wanted);
            }
            return new Column.Dense(type, dimension, values.segment(), Nulls.of(nulls));
        }

        static Reading bytes(VectorType type, int dimension, Leaf leaf) {
            if (type == VectorType.FLOAT32 || leaf.isList()) return null;
            int wanted = type.rowBytes(dimension);
            return (rows, where) -> {
                var nulls = new BitSet();
                var values = new Bytes(Math.multiplyExact(rows, wanted));
                for (int row = 0; row < rows; row++) {
                    where.row = row;
                    if (leaf.isThere()) {
                        var bytes = leaf.reader().getBinary().getBytesUnsafe();
                        if (bytes.length != wanted)
                            throw new Unfit("the vector has " + bytes.length + " bytes, its dimension needs " + wanted);
                        values.put(bytes, 0, wanted);
                    } else {
                        nulls.set(row);
                        values.skip(wanted);
                    }
                    leaf.consume();
                }
                return new Column.Dense(type, dimension, values.segment(), Nulls.of(nulls));
            };
        }

        private static void absent(int first, int row, int wanted, BitSet nulls) {
            if (first == 0) throw wrong(0, wanted);
            nulls.set(row);
        }

        private static Unfit tooMany(Leaf leaf, int wanted) {
            int count = wanted + 1;
            while (count < 1 << 20 && leaf.next()) count++;
            return wrong(count, wanted);
        }

        private static Unfit wrong(int numbers, int wanted) {
            return new Unfit("the vector has " + numbers + " numbers, its dimension needs " + wanted);
        }
    }
}
