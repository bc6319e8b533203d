package dev.sextant.transfer.parquet;

import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import dev.sextant.transfer.cell.Unfit;
import java.util.Arrays;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/// Scalars out of a stored column, one after the other. Integers may come wider than their field, as long as they fit.
final class Elements {
    private final FieldType type;
    private final int most; // bytes of a text
    private boolean[] bools = {};
    private int[] ints = {};
    private long[] longs = {};
    private float[] floats = {};
    private double[] doubles = {};
    private final Slices.Builder texts;
    private int count;

    Elements(FieldType type, int expected) {
        this.type = type;
        int size = Math.max(16, expected);
        texts = new Slices.Builder(type instanceof FieldType.Varchar ? size : 0);
        most = type instanceof FieldType.Varchar(var bytes) ? bytes : 0;
        if (type instanceof Primitive primitive)
            switch (primitive) {
                case BOOL -> bools = new boolean[size];
                case INT8, INT16, INT32 -> ints = new int[size];
                case INT64, TIMESTAMPTZ -> longs = new long[size];
                case FLOAT -> floats = new float[size];
                case DOUBLE -> doubles = new double[size];
            }
    }

    static boolean fits(FieldType type, PrimitiveTypeName stored) {
        boolean whole = stored == PrimitiveTypeName.INT32 || stored == PrimitiveTypeName.INT64;
        return switch (type) {
            case Primitive primitive ->
                switch (primitive) {
                    case BOOL -> stored == PrimitiveTypeName.BOOLEAN;
                    case TIMESTAMPTZ -> false;
                    case INT8, INT16, INT32, INT64 -> whole;
                    case FLOAT, DOUBLE ->
                        whole || stored == PrimitiveTypeName.FLOAT || stored == PrimitiveTypeName.DOUBLE;
                };
            case FieldType.Varchar _ -> stored == PrimitiveTypeName.BINARY;
            case FieldType.Text _, FieldType.Geometry _, FieldType.Json _, FieldType.Array _, FieldType.Vector _ ->
                false;
        };
    }

    int count() {
        return count;
    }

    static float number(Leaf leaf) {
        return leaf.type() == PrimitiveTypeName.FLOAT
                ? leaf.reader().getFloat()
                : (float) leaf.reader().getDouble();
    }

    private static long whole(Leaf leaf) {
        return leaf.type() == PrimitiveTypeName.INT32
                ? leaf.reader().getInteger()
                : leaf.reader().getLong();
    }

    private static double real(Leaf leaf) {
        return switch (leaf.type()) {
            case FLOAT -> leaf.reader().getFloat();
            case DOUBLE -> leaf.reader().getDouble();
            default -> whole(leaf);
        };
    }

    void add(Leaf leaf) {
        if (type instanceof Primitive primitive)
            switch (primitive) {
                case BOOL -> put(leaf.reader().getBoolean());
                case INT8 -> put(ranged(whole(leaf), Byte.MIN_VALUE, Byte.MAX_VALUE));
                case INT16 -> put(ranged(whole(leaf), Short.MIN_VALUE, Short.MAX_VALUE));
                case INT32 -> put(ranged(whole(leaf), Integer.MIN_VALUE, Integer.MAX_VALUE));
                case INT64, TIMESTAMPTZ -> put(whole(leaf));
                case FLOAT -> put((float) real(leaf));
                case DOUBLE -> put(real(leaf));
            }
        else {
            var text = leaf.reader().getBinary().getBytesUnsafe();
            if (text.length > most) throw new Unfit("the text has " + text.length + " bytes, max_length is " + most);
            texts.add(text);
        }
        count++;
    }

    void addNothing() {
        if (type instanceof Primitive primitive)
            switch (primitive) {
                case BOOL -> put(false);
                case INT8, INT16, INT32 -> put(0);
                case INT64, TIMESTAMPTZ -> put(0L);
                case FLOAT -> put(0f);
                case DOUBLE -> put(0d);
            }
        else texts.add(new byte[0]);
        count++;
    }

    private int ranged(long value, int least, int greatest) {
        if (value < least || value > greatest) throw new Unfit(value + " is out of the range of " + type);
        return (int) value;
    }

    private void put(boolean value) {
        if (count == bools.length) bools = Arrays.copyOf(bools, 2 * count);
        bools[count] = value;
    }

    private void put(int value) {
        if (count == ints.length) ints = Arrays.copyOf(ints, 2 * count);
        ints[count] = value;
    }

    private void put(long value) {
        if (count == longs.length) longs = Arrays.copyOf(longs, 2 * count);
        longs[count] = value;
    }

    private void put(float value) {
        if (count == floats.length) floats = Arrays.copyOf(floats, 2 * count);
        floats[count] = value;
    }

    private void put(double value) {
        if (count == doubles.length) doubles = Arrays.copyOf(doubles, 2 * count);
        doubles[count] = value;
    }

    Column build(Nulls nulls) {
        if (!(type instanceof Primitive primitive)) return new Column.Texts(texts.build(), nulls);
        return switch (primitive) {
            case BOOL -> new Column.Bools(Arrays.copyOf(bools, count), nulls);
            case INT8, INT16, INT32 -> new Column.Ints(Arrays.copyOf(ints, count), nulls);
            case INT64, TIMESTAMPTZ -> new Column.Longs(Arrays.copyOf(longs, count), nulls);
            case FLOAT -> new Column.Floats(Arrays.copyOf(floats, count), nulls);
            case DOUBLE -> new Column.Doubles(Arrays.copyOf(doubles, count), nulls);
        };
    }
}
