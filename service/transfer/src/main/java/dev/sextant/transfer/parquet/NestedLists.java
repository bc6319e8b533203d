package dev.sextant.transfer.parquet;

import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.VectorType;
import dev.sextant.transfer.cell.Bytes;
import dev.sextant.transfer.cell.Unfit;
import java.util.BitSet;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/// Arrays of vectors: lists of structs with a list of numbers in each. A null struct, vector or number is a fault.
final class NestedLists implements Reading {
    private final Leaf leaf;
    private final FieldType.Vector type;
    private final int mostElements;
    private final int numbers; // of one vector as they are stored

    private NestedLists(Leaf leaf, FieldType.Vector type, int mostElements) {
        this.leaf = leaf;
        this.type = type;
        this.mostElements = mostElements;
        numbers = isReal(leaf) ? type.dimension() : type.type().rowBytes(type.dimension());
    }

    /// Whether vectors of a type can be made of what is stored.
    static boolean fits(FieldType.Vector type, Leaf leaf) {
        boolean whole = leaf.type() == PrimitiveTypeName.INT32 || leaf.type() == PrimitiveTypeName.INT64;
        return leaf.column.getMaxRepetitionLevel() == 2
                && switch (type.type()) {
                    case FLOAT32 -> isReal(leaf);
                    case FLOAT16, BFLOAT16 -> isReal(leaf) || whole;
                    case INT8, BINARY -> whole;
                    case SPARSE -> false;
                };
    }

    static Reading of(FieldType.Array array, Leaf leaf) {
        return new NestedLists(leaf, array.vector(), array.maxElements());
    }

    private static boolean isReal(Leaf leaf) {
        return leaf.type() == PrimitiveTypeName.FLOAT || leaf.type() == PrimitiveTypeName.DOUBLE;
    }

    @Override
    public Column read(int rows, Where where) {
        boolean real = isReal(leaf);
        int rowBytes = (real ? 4 : 1) * numbers;
        var values = new Bytes(Math.multiplyExact(Math.max(16, rows), rowBytes));
        var nulls = new BitSet();
        var ends = new int[rows];
        int total = 0;
        for (int row = 0; row < rows; row++) {
            where.row = row;
            int first = leaf.list();
            if (first < 0) nulls.set(row);
            if (first <= 0) leaf.consume();
            else total += vectors(values, real);
            ends[row] = total;
        }
        // 16-bit vectors that come as numbers are narrowed at the door, as those of other callers are.
        var kept = real ? VectorType.FLOAT32 : type.type();
        var elements = new Column.Dense(
                kept, type.dimension(), values.segment().asSlice(0, (long) total * rowBytes), Nulls.NONE);
        return new Column.Lists(ends, elements, Nulls.of(nulls));
    }

    /// Those of one row, to its end.
    private int vectors(Bytes values, boolean real) {
        int count = 1;
        int seen = 0;
        while (true) {
            if (++seen > numbers) throw wrong(seen);
            put(values, real);
            var next = leaf.nextNested();
            if (next == Leaf.Nested.SAME) continue;
            if (seen != numbers) throw wrong(seen);
            if (next == Leaf.Nested.ROW) return count;
            if (count++ == mostElements)
                throw new Unfit("the array has more elements than max_capacity, " + mostElements);
            seen = 0;
        }
    }

    private void put(Bytes values, boolean real) {
        if (real) {
            values.putFloat(Elements.number(leaf));
            return;
        }
        long value = leaf.type() == PrimitiveTypeName.INT64
                ? leaf.reader().getLong()
                : leaf.reader().getInteger();
        values.putSmall(type.type(), value);
    }

    private Unfit wrong(int seen) {
        return new Unfit("a vector has " + (seen > numbers ? "more than " + numbers : Integer.toString(seen))
                + " numbers, its dimension needs " + numbers);
    }
}
