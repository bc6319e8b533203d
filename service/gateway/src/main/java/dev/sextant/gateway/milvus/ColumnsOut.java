package dev.sextant.gateway.milvus;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.sextant.geometry.Shapes;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.Slices;
import dev.sextant.wire.milvus.ArrayArray;
import dev.sextant.wire.milvus.BoolArray;
import dev.sextant.wire.milvus.DataType;
import dev.sextant.wire.milvus.DoubleArray;
import dev.sextant.wire.milvus.FieldData;
import dev.sextant.wire.milvus.FloatArray;
import dev.sextant.wire.milvus.GeometryWktArray;
import dev.sextant.wire.milvus.IDs;
import dev.sextant.wire.milvus.IntArray;
import dev.sextant.wire.milvus.JSONArray;
import dev.sextant.wire.milvus.LongArray;
import dev.sextant.wire.milvus.PackedFloats;
import dev.sextant.wire.milvus.ScalarField;
import dev.sextant.wire.milvus.SparseFloatArray;
import dev.sextant.wire.milvus.StringArray;
import dev.sextant.wire.milvus.VectorArray;
import dev.sextant.wire.milvus.VectorField;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.List;

/// Columns as clients read them. Null scalars are sent with a filler, null vectors not at all; `valid_data` tells which
/// they are. A column without rows is sent too: clients learn its type from it.
final class ColumnsOut {
    private ColumnsOut() {}

    static List<FieldData> fields(Schema schema, Rows rows) {
        return Structs.fields(schema, rows);
    }

    static FieldData field(Schema schema, String name, Column column) {
        var known = schema.field(name);
        if (known.isPresent()) return field(known.get(), column);
        // A key of the dynamic field that stands for itself (grouping): its values tell its type.
        return fill(FieldData.newBuilder().setFieldName(name).setType(type(column)), typeOf(column), column)
                .build();
    }

    static FieldData field(Field field, Column column) {
        // Moments may be told as numbers.
        var type = field.type() == FieldType.Primitive.TIMESTAMPTZ && column instanceof Column.Lists
                ? typeOf(column)
                : field.type();
        var wire = FieldData.newBuilder()
                .setType(Types.of(type))
                .setFieldName(field.name())
                .setFieldId(field.id())
                .setIsDynamic(field.has(Trait.DYNAMIC));
        if (field.isNullable() || !column.nulls().none()) {
            for (int i = 0; i < column.rows(); i++) wire.addValidData(!column.isNull(i));
        }
        return fill(wire, type, column).build();
    }

    private static FieldData.Builder fill(FieldData.Builder wire, FieldType type, Column column) {
        return switch (column) {
            case Column.Dense dense -> wire.setVectors(vectors(type, dense));
            case Column.Sparse sparse -> wire.setVectors(sparse(sparse));
            case Column.Lists(_, Column.Dense elements, _) ->
                wire.setVectors(lists(elements, (Column.Lists) column));
            default -> wire.setScalars(scalars(type, column));
        };
    }

    static IDs ids(Column keys) {
        return switch (keys) {
            case Column.Longs(var values, _) ->
                IDs.newBuilder().setIntId(longs(values)).build();
            case Column.Texts(var values, _) ->
                IDs.newBuilder().setStrId(strings(values)).build();
            default ->
                throw new IllegalArgumentException(
                        "keys are numbers or texts, not " + keys.getClass().getSimpleName());
        };
    }

    private static ScalarField scalars(FieldType type, Column column) {
        var wire = ScalarField.newBuilder();
        switch (column) {
            case Column.Bools(var values, _) -> {
                var array = BoolArray.newBuilder();
                for (boolean value : values) array.addData(value);
                wire.setBoolData(array);
            }
            case Column.Ints(var values, _) -> {
                var array = IntArray.newBuilder();
                for (int value : values) array.addData(value);
                wire.setIntData(array);
            }
            case Column.Longs(var values, _) -> wire.setLongData(longs(values));
            case Column.Floats(var values, _) -> {
                var array = FloatArray.newBuilder();
                for (float value : values) array.addData(value);
                wire.setFloatData(array);
            }
            case Column.Doubles(var values, _) -> {
                var array = DoubleArray.newBuilder();
                for (double value : values) array.addData(value);
                wire.setDoubleData(array);
            }
            case Column.Texts(var values, _) -> wire.setStringData(strings(values));
            case Column.Jsons(var values, _) -> {
                var array = JSONArray.newBuilder();
                for (int i = 0; i < values.count(); i++) array.addData(bytes(values, i));
                wire.setJsonData(array);
            }
            case Column.Shapes(var values, _) -> wire.setGeometryWktData(geometries(values));
            case Column.Lists lists -> wire.setArrayData(arrays(type, lists));
            case Column.Dense _, Column.Sparse _ -> throw new IllegalArgumentException("a vector is no scalar");
        }
        return wire.build();
    }

    private static GeometryWktArray geometries(Slices values) {
        var array = GeometryWktArray.newBuilder();
        for (int i = 0; i < values.count(); i++)
            array.addData(values.length(i) == 0 ? "" : Shapes.wkt(values.bytes(), values.start(i), values.end(i)));
        return array.build();
    }

    private static ArrayArray arrays(FieldType type, Column.Lists lists) {
        var element = type instanceof FieldType.Array(var inner, _) ? inner : typeOf(lists.elements());
        var wire = ArrayArray.newBuilder().setElementType(Types.of(element));
        for (int row = 0; row < lists.rows(); row++)
            wire.addData(scalars(element, lists.elements().slice(lists.start(row), lists.ends()[row])));
        return wire.build();
    }

    /// Null rows are sent with an empty piece.
    private static VectorField lists(Column.Dense elements, Column.Lists lists) {
        var type = new FieldType.Vector(elements.type(), elements.dimension());
        var wire = VectorArray.newBuilder().setDim(elements.dimension()).setElementType(Types.of(elements.type()));
        for (int row = 0; row < lists.rows(); row++)
            wire.addData(vectors(type, elements.slice(lists.start(row), lists.ends()[row])));
        return VectorField.newBuilder()
                .setDim(elements.dimension())
                .setVectorArray(wire)
                .build();
    }

    static LongArray longs(int[] values) {
        var array = LongArray.newBuilder();
        for (int value : values) array.addData(value);
        return array.build();
    }

    private static LongArray longs(long[] values) {
        var array = LongArray.newBuilder();
        for (long value : values) array.addData(value);
        return array.build();
    }

    private static StringArray strings(Slices values) {
        var array = StringArray.newBuilder();
        for (int i = 0; i < values.count(); i++) array.addDataBytes(bytes(values, i));
        return array.build();
    }

    private static VectorField vectors(FieldType type, Column.Dense column) {
        var bytes = bytes(present(column).bytes());
        // The schema's dimension, so that an empty column tells it too.
        int dimension = type instanceof FieldType.Vector(_, int known) && known > 0 ? known : column.dimension();
        var wire = VectorField.newBuilder().setDim(dimension);
        return switch (column.type()) {
            case FLOAT32 ->
                wire.setFloatVector(PackedFloats.newBuilder().setData(bytes)).build();
            case FLOAT16 -> wire.setFloat16Vector(bytes).build();
            case BFLOAT16 -> wire.setBfloat16Vector(bytes).build();
            case INT8 -> wire.setInt8Vector(bytes).build();
            case BINARY -> wire.setBinaryVector(bytes).build();
            case SPARSE -> throw new IllegalArgumentException("a sparse vector is not dense");
        };
    }

    private static Column.Dense present(Column.Dense column) {
        return column.nulls().none() ? column : column.take(presentRows(column));
    }

    private static VectorField sparse(Column.Sparse column) {
        var kept = column.nulls().none() ? column : column.take(presentRows(column));
        var contents = SparseFloatArray.newBuilder();
        long dimension = 0;
        for (int i = 0; i < kept.rows(); i++) {
            contents.addContents(bytes(kept.cells(), i));
            dimension = Math.max(dimension, afterLast(kept.cells(), i));
        }
        return VectorField.newBuilder()
                .setDim(dimension)
                .setSparseFloatVector(contents.setDim(dimension))
                .build();
    }

    private static long afterLast(Slices cells, int row) {
        if (cells.length(row) < 8) return 0;
        int last = cells.end(row) - 8;
        var bytes = java.nio.ByteBuffer.wrap(cells.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        return Integer.toUnsignedLong(bytes.getInt(last)) + 1;
    }

    private static int[] presentRows(Column column) {
        var rows = new int[column.rows() - column.nulls().count()];
        for (int i = 0, to = 0; i < column.rows(); i++) if (!column.isNull(i)) rows[to++] = i;
        return rows;
    }

    /// A reply owns its columns, so their bytes can leave as they are.
    private static ByteString bytes(MemorySegment segment) {
        return UnsafeByteOperations.unsafeWrap(segment.asByteBuffer());
    }

    private static ByteString bytes(Slices slices, int i) {
        return UnsafeByteOperations.unsafeWrap(slices.bytes(), slices.start(i), slices.length(i));
    }

    private static DataType type(Column column) {
        return Types.of(typeOf(column));
    }

    private static FieldType typeOf(Column column) {
        return switch (column) {
            case Column.Bools _ -> FieldType.Primitive.BOOL;
            case Column.Ints _ -> FieldType.Primitive.INT32;
            case Column.Longs _ -> FieldType.Primitive.INT64;
            case Column.Floats _ -> FieldType.Primitive.FLOAT;
            case Column.Doubles _ -> FieldType.Primitive.DOUBLE;
            case Column.Texts _ -> new FieldType.Varchar(65_535);
            case Column.Jsons _ -> new FieldType.Json();
            case Column.Shapes _ -> new FieldType.Geometry();
            case Column.Lists lists -> new FieldType.Array(typeOf(lists.elements()), 4096);
            case Column.Dense dense -> new FieldType.Vector(dense.type(), dense.dimension());
            case Column.Sparse _ -> new FieldType.Vector(dev.sextant.model.VectorType.SPARSE, 0);
        };
    }
}
