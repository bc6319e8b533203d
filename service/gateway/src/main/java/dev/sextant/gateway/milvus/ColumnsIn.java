package dev.sextant.gateway.milvus;

import com.google.protobuf.ByteString;
import dev.sextant.gateway.exchange.HalfFloats;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Nulls;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.InvalidRow;
import dev.sextant.model.Refusal.InvalidRow.Fault;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Slices;
import dev.sextant.model.VectorType;
import dev.sextant.wire.milvus.DataType;
import dev.sextant.wire.milvus.FieldData;
import dev.sextant.wire.milvus.IDs;
import dev.sextant.wire.milvus.ScalarField;
import dev.sextant.wire.milvus.VectorField;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;

/// Columns as clients send them. Rows that are null take no room in what comes: `valid_data` tells where they belong.
/// Vectors are not copied, unless some are null.
final class ColumnsIn {
    private ColumnsIn() {}

    static Rows rows(List<FieldData> fields, int count) {
        var rows = Rows.of(count);
        var seen = new java.util.HashSet<String>();
        for (var field : fields) {
            var name = field.getIsDynamic() ? Field.DYNAMIC_NAME : field.getFieldName();
            if (!seen.add(name)) throw refused(name, Fault.DUPLICATE_COLUMN, name, "one column");
            if (field.getType() == DataType.ArrayOfStruct || field.hasStructArrays())
                Structs.columns(name, field, count, rows);
            else rows.with(name, column(name, field, count));
        }
        return rows.build();
    }

    /// The keys of a list: numbers or texts.
    static Column keys(IDs ids) {
        return switch (ids.getIdFieldCase()) {
            case INT_ID -> {
                var keys = new long[ids.getIntId().getDataCount()];
                for (int i = 0; i < keys.length; i++) keys[i] = ids.getIntId().getData(i);
                yield Column.longs(keys);
            }
            case STR_ID -> Column.texts(ids.getStrId().getDataList());
            case IDFIELD_NOT_SET -> throw new Refused(new Refusal.Missing("ids", "a list of primary keys is needed"));
        };
    }

    static Column column(String name, FieldData field, int rows) {
        var nulls = nulls(name, field, rows);
        int present = rows - nulls.count();
        return switch (field.getFieldCase()) {
            case SCALARS -> scalars(name, field.getType(), field.getScalars(), nulls, rows, present);
            case VECTORS -> vectors(name, field.getType(), field.getVectors(), nulls, rows, present);
            case STRUCT_ARRAYS ->
                throw new Refused(
                        new Refusal.WrongType("field '" + name + "'", "an array", "a struct inside a struct"));
            case FIELD_NOT_SET -> {
                if (present > 0) throw refused(name, Fault.ROW_COUNT, "0", "" + rows);
                yield nothing(name, field.getType(), nulls, rows);
            }
        };
    }

    /// Where every row is null some clients send nothing but that, and the type.
    private static Column nothing(String name, DataType type, Nulls nulls, int rows) {
        return switch (type) {
            case FloatVector,
                    Float16Vector,
                    BFloat16Vector,
                    Int8Vector,
                    BinaryVector,
                    SparseFloatVector,
                    ArrayOfVector -> vectors(name, type, VectorField.getDefaultInstance(), nulls, rows, 0);
            default -> scalars(name, type, ScalarField.getDefaultInstance(), nulls, rows, 0);
        };
    }

    private static Nulls nulls(String name, FieldData field, int rows) {
        int told = field.getValidDataCount();
        if (told == 0) return Nulls.NONE;
        if (told != rows) throw refused(name, Fault.ROW_COUNT, "" + told, "" + rows);
        var nulls = new BitSet(rows);
        for (int i = 0; i < rows; i++) if (!field.getValidData(i)) nulls.set(i);
        return Nulls.of(nulls);
    }

    private static Column scalars(String name, DataType type, ScalarField data, Nulls nulls, int rows, int present) {
        return switch (type) {
            case Bool -> {
                expect(name, type, data, ScalarField.DataCase.BOOL_DATA, present);
                count(name, data.getBoolData().getDataCount(), present);
                var values = new boolean[rows];
                for (int i = 0, from = 0; i < rows; i++)
                    if (!nulls.isNull(i)) values[i] = data.getBoolData().getData(from++);
                yield new Column.Bools(values, nulls);
            }
            case Int8, Int16, Int32 -> {
                expect(name, type, data, ScalarField.DataCase.INT_DATA, present);
                count(name, data.getIntData().getDataCount(), present);
                var values = new int[rows];
                for (int i = 0, from = 0; i < rows; i++)
                    if (!nulls.isNull(i)) values[i] = data.getIntData().getData(from++);
                yield new Column.Ints(values, nulls);
            }
            case Int64 -> {
                expect(name, type, data, ScalarField.DataCase.LONG_DATA, present);
                count(name, data.getLongData().getDataCount(), present);
                var values = new long[rows];
                for (int i = 0, from = 0; i < rows; i++)
                    if (!nulls.isNull(i)) values[i] = data.getLongData().getData(from++);
                yield new Column.Longs(values, nulls);
            }
            case Float -> {
                expect(name, type, data, ScalarField.DataCase.FLOAT_DATA, present);
                count(name, data.getFloatData().getDataCount(), present);
                var values = new float[rows];
                for (int i = 0, from = 0; i < rows; i++)
                    if (!nulls.isNull(i)) values[i] = data.getFloatData().getData(from++);
                yield new Column.Floats(values, nulls);
            }
            case Double -> {
                expect(name, type, data, ScalarField.DataCase.DOUBLE_DATA, present);
                count(name, data.getDoubleData().getDataCount(), present);
                var values = new double[rows];
                for (int i = 0, from = 0; i < rows; i++)
                    if (!nulls.isNull(i)) values[i] = data.getDoubleData().getData(from++);
                yield new Column.Doubles(values, nulls);
            }
            case VarChar, String, Text -> {
                expect(name, type, data, ScalarField.DataCase.STRING_DATA, present);
                count(name, data.getStringData().getDataCount(), present);
                var values = new Slices.Builder(rows);
                for (int i = 0, from = 0; i < rows; i++)
                    values.add(
                            nulls.isNull(i)
                                    ? NOTHING
                                    : data.getStringData().getDataBytes(from++).toByteArray());
                yield new Column.Texts(values.build(), nulls);
            }
            case Timestamptz ->
                data.getDataCase() == ScalarField.DataCase.TIMESTAMPTZ_DATA
                        ? moments(name, data, nulls, rows, present)
                        : scalars(name, DataType.VarChar, data, nulls, rows, present);
            case Geometry ->
                switch (data.getDataCase()) {
                    case GEOMETRY_WKT_DATA -> {
                        var texts = data.getGeometryWktData();
                        yield new Column.Texts(
                                slices(name, texts.getDataCount(), i -> texts.getDataBytes(i), nulls, rows), nulls);
                    }
                    case GEOMETRY_DATA -> {
                        var geometries = data.getGeometryData();
                        yield new Column.Shapes(
                                slices(name, geometries.getDataCount(), geometries::getData, nulls, rows), nulls);
                    }
                    default -> scalars(name, DataType.VarChar, data, nulls, rows, present);
                };
            case JSON -> {
                expect(name, type, data, ScalarField.DataCase.JSON_DATA, present);
                count(name, data.getJsonData().getDataCount(), present);
                var values = new Slices.Builder(rows);
                for (int i = 0, from = 0; i < rows; i++)
                    values.add(
                            nulls.isNull(i)
                                    ? NOTHING
                                    : data.getJsonData().getData(from++).toByteArray());
                yield new Column.Jsons(values.build(), nulls);
            }
            case Array -> {
                expect(name, type, data, ScalarField.DataCase.ARRAY_DATA, present);
                count(name, data.getArrayData().getDataCount(), present);
                yield arrays(name, data, nulls, rows);
            }
            default ->
                throw new Refused(
                        new Refusal.WrongType("field '" + name + "'", "a supported scalar type", type.name()));
        };
    }

    private static final byte[] NOTHING = {};
    /// Where there are no vectors nobody need tell how long they are; the door knows.
    private static final int LEAST_DIMENSION = 8;

    private static final Column.Dense NO_VECTORS =
            new Column.Dense(VectorType.FLOAT32, LEAST_DIMENSION, MemorySegment.ofArray(NOTHING), Nulls.NONE);

    private static Column moments(String name, ScalarField data, Nulls nulls, int rows, int present) {
        count(name, data.getTimestamptzData().getDataCount(), present);
        var values = new long[rows];
        for (int i = 0, from = 0; i < rows; i++)
            if (!nulls.isNull(i)) values[i] = data.getTimestamptzData().getData(from++);
        return new Column.Longs(values, nulls);
    }

    private static Slices slices(String name, int count, IntFunction<ByteString> data, Nulls nulls, int rows) {
        count(name, count, rows - nulls.count());
        var values = new Slices.Builder(rows);
        for (int i = 0, from = 0; i < rows; i++)
            values.add(nulls.isNull(i) ? NOTHING : data.apply(from++).toByteArray());
        return values.build();
    }

    /// One list a row on the wire; one column of elements here.
    private static Column arrays(String name, ScalarField data, Nulls nulls, int rows) {
        var lists = data.getArrayData();
        var elements = ScalarField.newBuilder();
        var ends = new int[rows];
        int total = 0;
        for (int i = 0, from = 0; i < rows; i++) {
            if (!nulls.isNull(i)) {
                var list = lists.getData(from++);
                total += size(name, list);
                elements.mergeFrom(list);
            }
            ends[i] = total;
        }
        var element = elements.build();
        return new Column.Lists(
                ends,
                scalars(name, elementType(lists.getElementType(), element), element, Nulls.NONE, total, total),
                nulls);
    }

    /// Clients may leave the type of the elements out; their holder tells enough, since the door checks ranges against
    /// the schema.
    private static DataType elementType(DataType told, ScalarField elements) {
        if (told != DataType.None && told != DataType.UNRECOGNIZED) return told;
        return switch (elements.getDataCase()) {
            case BOOL_DATA -> DataType.Bool;
            case LONG_DATA -> DataType.Int64;
            case FLOAT_DATA -> DataType.Float;
            case DOUBLE_DATA -> DataType.Double;
            case STRING_DATA -> DataType.VarChar;
            default -> DataType.Int32;
        };
    }

    private static int size(String name, ScalarField list) {
        return switch (list.getDataCase()) {
            case BOOL_DATA -> list.getBoolData().getDataCount();
            case INT_DATA -> list.getIntData().getDataCount();
            case LONG_DATA -> list.getLongData().getDataCount();
            case FLOAT_DATA -> list.getFloatData().getDataCount();
            case DOUBLE_DATA -> list.getDoubleData().getDataCount();
            case STRING_DATA -> list.getStringData().getDataCount();
            case DATA_NOT_SET -> 0;
            default ->
                throw new Refused(new Refusal.WrongType(
                        "the elements of field '" + name + "'",
                        "scalars",
                        list.getDataCase().name()));
        };
    }

    private static Column vectors(String name, DataType type, VectorField data, Nulls nulls, int rows, int present) {
        return switch (type) {
            case FloatVector -> floats(name, data, nulls, rows, present);
            case Float16Vector -> {
                if (data.hasFloatVector())
                    yield HalfFloats.of(floats(name, data, nulls, rows, present), VectorType.FLOAT16);
                expect(name, data, VectorField.DataCase.FLOAT16_VECTOR, present);
                yield dense(name, VectorType.FLOAT16, data, data.getFloat16Vector(), nulls, rows, present);
            }
            case BFloat16Vector -> {
                if (data.hasFloatVector())
                    yield HalfFloats.of(floats(name, data, nulls, rows, present), VectorType.BFLOAT16);
                expect(name, data, VectorField.DataCase.BFLOAT16_VECTOR, present);
                yield dense(name, VectorType.BFLOAT16, data, data.getBfloat16Vector(), nulls, rows, present);
            }
            case Int8Vector -> {
                expect(name, data, VectorField.DataCase.INT8_VECTOR, present);
                yield dense(name, VectorType.INT8, data, data.getInt8Vector(), nulls, rows, present);
            }
            case BinaryVector -> {
                expect(name, data, VectorField.DataCase.BINARY_VECTOR, present);
                yield dense(name, VectorType.BINARY, data, data.getBinaryVector(), nulls, rows, present);
            }
            case ArrayOfVector -> {
                expect(name, data, VectorField.DataCase.VECTOR_ARRAY, present);
                yield lists(name, data, nulls, rows, present);
            }
            case SparseFloatVector -> {
                expect(name, data, VectorField.DataCase.SPARSE_FLOAT_VECTOR, present);
                var contents = data.getSparseFloatVector().getContentsList();
                count(name, contents.size(), present);
                var cells = new Slices.Builder(rows);
                for (int i = 0, from = 0; i < rows; i++)
                    cells.add(nulls.isNull(i) ? NOTHING : contents.get(from++).toByteArray());
                yield new Column.Sparse(cells.build(), nulls);
            }
            default ->
                throw new Refused(
                        new Refusal.WrongType("field '" + name + "'", "a supported vector type", type.name()));
        };
    }

    /// One piece of vectors a row on the wire; one column of elements here.
    private static Column lists(String name, VectorField data, Nulls nulls, int rows, int present) {
        var lists = data.getVectorArray();
        count(name, lists.getDataCount(), present);
        if (present == 0) return new Column.Lists(new int[rows], NO_VECTORS, nulls);
        var type = elementType(name, lists.getElementType());
        int dimension = dimension(name, type, lists.getDim() > 0 ? lists.getDim() : data.getDim());
        var pieces = new java.util.ArrayList<Column.Dense>();
        var ends = new int[rows];
        int total = 0;
        for (int i = 0, from = 0; i < rows; i++) {
            if (!nulls.isNull(i)) {
                var piece = elements(name, type, dimension, lists.getData(from++));
                if (piece.bytes().byteSize() > 0) pieces.add(piece);
                total += piece.rows();
            }
            ends[i] = total;
        }
        var elements = pieces.isEmpty() ? NO_VECTORS : Column.concat(pieces);
        return new Column.Lists(ends, elements, nulls);
    }

    private static VectorType elementType(String name, DataType type) {
        return switch (type) {
            case FloatVector -> VectorType.FLOAT32;
            case Float16Vector -> VectorType.FLOAT16;
            case BFloat16Vector -> VectorType.BFLOAT16;
            case Int8Vector -> VectorType.INT8;
            case BinaryVector -> VectorType.BINARY;
            default ->
                throw new Refused(
                        new Refusal.WrongType("the elements of field '" + name + "'", "dense vectors", type.name()));
        };
    }

    /// The vectors of one row.
    private static Column.Dense elements(String name, VectorType type, int dimension, VectorField row) {
        long told = row.getDim();
        if (told > 0 && told != dimension) throw new Refused(new Refusal.WrongDimension(name, dimension, told));
        var bytes = switch (type) {
            case FLOAT32 -> {
                if (row.getFloatVector().getUnknownFields().hasField(1))
                    throw new Refused(new Refusal.WrongType(
                            "the vectors of field '" + name + "'", "packed floats", "single floats"));
                yield row.getFloatVector().getData();
            }
            case FLOAT16 -> row.getFloat16Vector();
            case BFLOAT16 -> row.getBfloat16Vector();
            case INT8 -> row.getInt8Vector();
            case BINARY -> row.getBinaryVector();
            case SPARSE -> throw new IllegalArgumentException("sparse vectors are no elements");
        };
        int rowBytes = type.rowBytes(dimension);
        if (bytes.size() % rowBytes != 0)
            throw new Refused(new Refusal.WrongDimension(name, dimension, bytes.size() % rowBytes));
        return new Column.Dense(type, dimension, view(bytes), Nulls.NONE);
    }

    private static Column.Dense floats(String name, VectorField data, Nulls nulls, int rows, int present) {
        expect(name, data, VectorField.DataCase.FLOAT_VECTOR, present);
        // Numbers that do not stand in one packed piece arrive under an unknown field: see docs/decisions/0002.
        if (data.getFloatVector().getUnknownFields().hasField(1))
            throw new Refused(
                    new Refusal.WrongType("the vectors of field '" + name + "'", "packed floats", "single floats"));
        return dense(name, VectorType.FLOAT32, data, data.getFloatVector().getData(), nulls, rows, present);
    }

    private static Column.Dense dense(
            String name, VectorType type, VectorField data, ByteString bytes, Nulls nulls, int rows, int present) {
        int dimension = present == 0 && data.getDim() == 0 ? LEAST_DIMENSION : dimension(name, type, data.getDim());
        long rowBytes = type.rowBytes(dimension);
        if (bytes.size() != rowBytes * present) {
            if (present > 0 && bytes.size() % present == 0 && bytes.size() > 0 && rows == present) {
                long received = bytes.size() / present * (long) dimension / Math.max(1, rowBytes);
                throw refused(
                        name,
                        Fault.ROW_COUNT,
                        "" + bytes.size() / Math.max(1, rowBytes) + " vectors of dimension " + dimension
                                + ", or of dimension " + received,
                        "" + present);
            }
            throw refused(name, Fault.ROW_COUNT, "" + bytes.size() / Math.max(1, rowBytes), "" + present);
        }
        var view = view(bytes);
        return new Column.Dense(type, dimension, nulls.none() ? view : spread(view, rowBytes, nulls, rows), nulls);
    }

    static int dimension(String name, VectorType type, long told) {
        if (told < 1 || told > 1 << 20 || type == VectorType.BINARY && told % 8 != 0)
            throw new Refused(new Refusal.InvalidParameter("dim", "invalid dimension: " + told + " of field " + name));
        return (int) told;
    }

    /// The bytes where they are.
    static MemorySegment view(ByteString bytes) {
        return MemorySegment.ofBuffer(bytes.asReadOnlyByteBuffer());
    }

    private static MemorySegment spread(MemorySegment compact, long rowBytes, Nulls nulls, int rows) {
        var spread = MemorySegment.ofArray(new byte[Math.toIntExact(rowBytes * rows)]);
        for (int i = 0, from = 0; i < rows; i++)
            if (!nulls.isNull(i)) MemorySegment.copy(compact, rowBytes * from++, spread, rowBytes * i, rowBytes);
        return spread;
    }

    private static void expect(
            String name, DataType type, ScalarField data, ScalarField.DataCase expected, int present) {
        var held = data.getDataCase();
        // An empty column may come without a holder.
        if (held != expected && !(held == ScalarField.DataCase.DATA_NOT_SET && present == 0))
            throw new Refused(
                    new Refusal.WrongType("field '" + name + "' of type " + type, expected.name(), held.name()));
    }

    private static void expect(String name, VectorField data, VectorField.DataCase expected, int present) {
        var held = data.getDataCase();
        if (held != expected && !(held == VectorField.DataCase.DATA_NOT_SET && present == 0))
            throw new Refused(new Refusal.WrongType("field '" + name + "'", expected.name(), held.name()));
    }

    private static void count(String name, int received, int expected) {
        if (received != expected) throw refused(name, Fault.ROW_COUNT, "" + received, "" + expected);
    }

    private static Refused refused(String name, Fault fault, String received, String expected) {
        return new Refused(new InvalidRow(name, -1, fault, received, expected));
    }
}
