package dev.sextant.gateway.milvus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import dev.sextant.model.Refused;
import dev.sextant.model.Slices;
import dev.sextant.model.VectorType;
import dev.sextant.wire.milvus.DataType;
import dev.sextant.wire.milvus.FieldData;
import dev.sextant.wire.milvus.PackedFloats;
import dev.sextant.wire.milvus.VectorField;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ColumnsTest {
    static List<FieldType> types() {
        return List.of(
                Primitive.BOOL,
                Primitive.INT8,
                Primitive.INT16,
                Primitive.INT32,
                Primitive.INT64,
                Primitive.FLOAT,
                Primitive.DOUBLE,
                new FieldType.Varchar(100),
                new FieldType.Json(),
                new FieldType.Array(Primitive.INT64, 8),
                new FieldType.Array(new FieldType.Varchar(10), 8),
                new FieldType.Vector(VectorType.FLOAT32, 4),
                new FieldType.Vector(VectorType.FLOAT16, 4),
                new FieldType.Vector(VectorType.BFLOAT16, 4),
                new FieldType.Vector(VectorType.INT8, 4),
                new FieldType.Vector(VectorType.BINARY, 16),
                new FieldType.Vector(VectorType.SPARSE, 0));
    }

    @ParameterizedTest
    @MethodSource("types")
    void aColumnOfNullsNeedsNoHolder(FieldType type) {
        if (type instanceof FieldType.Vector(var kind, _) && kind.isDense())
            return; // whose dimension nobody would tell
        var wire = FieldData.newBuilder()
                .setType(Types.of(type))
                .setFieldName("f")
                .addValidData(false)
                .addValidData(false)
                .build();
        var column = ColumnsIn.column("f", wire, 2);
        assertThat(column.rows()).isEqualTo(2);
        assertThat(column.nulls().count()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("types")
    void aColumnThatLeavesAndComesBackIsTheSame(FieldType type) {
        long seed = 4711;
        var random = new Random(seed);
        for (int rows : new int[] {0, 1, 2, 33}) {
            var nulls = rows < 2 ? Nulls.NONE : someNulls(random, rows);
            var column = column(type, rows, nulls, random);
            var wire = ColumnsOut.field(Field.of("f", type, Field.Trait.NULLABLE), column);
            assertThat(wire.getType()).isEqualTo(Types.of(type));
            var back = ColumnsIn.column("f", asInserted(wire, type), rows);
            assertThat(describe(back, type))
                    .as("seed %s, %s rows of %s", seed, rows, type)
                    .isEqualTo(describe(column, type));
        }
    }

    @Test
    void vectorsAreViewedWhereTheyCame() {
        var bytes = ByteString.copyFrom(new byte[32]);
        var field = vectors(bytes, 4);
        var dense = (Column.Dense) ColumnsIn.column("v", field, 2);
        assertThat(dense.bytes().heapBase())
                .as("a read-only view gives no array away")
                .isEmpty();
        assertThat(dense.bytes().byteSize()).isEqualTo(32);
    }

    @Test
    void aColumnWhoseSizeDoesNotFitItsRowsIsRefused() {
        for (int size : new int[] {0, 1, 16, 31, 33, 64})
            assertThatThrownBy(() -> ColumnsIn.column("v", vectors(ByteString.copyFrom(new byte[size]), 4), 2))
                    .isInstanceOf(Refused.class);
        for (long dimension : new long[] {0, -1, 3, 1L << 40})
            assertThatThrownBy(() -> ColumnsIn.column("v", vectors(ByteString.copyFrom(new byte[32]), dimension), 2))
                    .isInstanceOf(Refused.class);
    }

    private static FieldData vectors(ByteString bytes, long dimension) {
        return FieldData.newBuilder()
                .setType(DataType.FloatVector)
                .setFieldName("v")
                .setVectors(VectorField.newBuilder()
                        .setDim(dimension)
                        .setFloatVector(PackedFloats.newBuilder().setData(bytes)))
                .build();
    }

    /// Replies carry a filler for null scalars, inserts do not.
    private static FieldData asInserted(FieldData reply, FieldType type) {
        if (type.isVector()) return reply;
        var kept = IntStream.range(0, reply.getValidDataCount())
                .filter(reply::getValidData)
                .toArray();
        var scalars = reply.getScalars();
        var wire = scalars.toBuilder();
        switch (scalars.getDataCase()) {
            case BOOL_DATA -> {
                wire.getBoolDataBuilder().clear();
                for (int row : kept)
                    wire.getBoolDataBuilder().addData(scalars.getBoolData().getData(row));
            }
            case INT_DATA -> {
                wire.getIntDataBuilder().clear();
                for (int row : kept)
                    wire.getIntDataBuilder().addData(scalars.getIntData().getData(row));
            }
            case LONG_DATA -> {
                wire.getLongDataBuilder().clear();
                for (int row : kept)
                    wire.getLongDataBuilder().addData(scalars.getLongData().getData(row));
            }
            case FLOAT_DATA -> {
                wire.getFloatDataBuilder().clear();
                for (int row : kept)
                    wire.getFloatDataBuilder().addData(scalars.getFloatData().getData(row));
            }
            case DOUBLE_DATA -> {
                wire.getDoubleDataBuilder().clear();
                for (int row : kept)
                    wire.getDoubleDataBuilder().addData(scalars.getDoubleData().getData(row));
            }
            case STRING_DATA -> {
                wire.getStringDataBuilder().clear();
                for (int row : kept)
                    wire.getStringDataBuilder().addData(scalars.getStringData().getData(row));
            }
            case JSON_DATA -> {
                wire.getJsonDataBuilder().clear();
                for (int row : kept)
                    wire.getJsonDataBuilder().addData(scalars.getJsonData().getData(row));
            }
            case ARRAY_DATA -> {
                wire.getArrayDataBuilder().clearData();
                for (int row : kept)
                    wire.getArrayDataBuilder().addData(scalars.getArrayData().getData(row));
            }
            default -> throw new IllegalStateException(scalars.getDataCase().name());
        }
        return reply.toBuilder().setScalars(wire).build();
    }

    private static Nulls someNulls(Random random, int rows) {
        var bits = new BitSet(rows);
        for (int i = 0; i < rows; i++) if (random.nextInt(3) == 0) bits.set(i);
        return Nulls.of(bits);
    }

    private static Column column(FieldType type, int rows, Nulls nulls, Random random) {
        return switch (type) {
            case Primitive.BOOL -> {
                var values = new boolean[rows];
                for (int i = 0; i < rows; i++) values[i] = !nulls.isNull(i) && random.nextBoolean();
                yield new Column.Bools(values, nulls);
            }
            case Primitive.INT64, Primitive.TIMESTAMPTZ ->
                new Column.Longs(random.longs(rows).toArray(), nulls);
            case Primitive.FLOAT -> {
                var values = new float[rows];
                for (int i = 0; i < rows; i++) values[i] = random.nextFloat();
                yield new Column.Floats(values, nulls);
            }
            case Primitive.DOUBLE -> new Column.Doubles(random.doubles(rows).toArray(), nulls);
            case Primitive _ -> new Column.Ints(random.ints(rows, -128, 128).toArray(), nulls);
            case FieldType.Varchar _, FieldType.Text _ ->
                new Column.Texts(texts(rows, nulls, i -> "t" + i + "é"), nulls);
            case FieldType.Geometry _ -> new Column.Texts(texts(rows, nulls, i -> "POINT (" + i + " 1)"), nulls);
            case FieldType.Json _ -> new Column.Jsons(texts(rows, nulls, i -> "{\"a\":" + i + "}"), nulls);
            case FieldType.Array(var element, _) -> {
                var ends = new int[rows];
                int total = 0;
                for (int i = 0; i < rows; i++) ends[i] = total += nulls.isNull(i) ? 0 : random.nextInt(4);
                yield new Column.Lists(ends, column(element, total, Nulls.NONE, random), nulls);
            }
            case FieldType.Vector(var vector, int dimension)
            when vector.isDense() -> {
                var bytes = new byte[rows * vector.rowBytes(dimension)];
                random.nextBytes(bytes);
                yield new Column.Dense(vector, dimension, MemorySegment.ofArray(bytes), nulls);
            }
            case FieldType.Vector _ -> {
                var cells = new Slices.Builder(rows);
                for (int i = 0; i < rows; i++) cells.add(new byte[nulls.isNull(i) ? 0 : 8 * random.nextInt(3)]);
                yield new Column.Sparse(cells.build(), nulls);
            }
        };
    }

    private static Slices texts(int rows, Nulls nulls, java.util.function.IntFunction<String> text) {
        return Slices.ofTexts(IntStream.range(0, rows)
                .mapToObj(i -> nulls.isNull(i) ? "" : text.apply(i))
                .toList());
    }

    /// The rows of a column as texts; what stands behind a null does not matter.
    private static List<String> describe(Column column, FieldType type) {
        return IntStream.range(0, column.rows())
                .mapToObj(row -> column.isNull(row) ? "null" : cell(column, row))
                .toList();
    }

    private static String cell(Column column, int row) {
        return switch (column) {
            case Column.Bools(var values, _) -> "" + values[row];
            case Column.Ints(var values, _) -> "" + values[row];
            case Column.Longs(var values, _) -> "" + values[row];
            case Column.Floats(var values, _) -> "" + values[row];
            case Column.Doubles(var values, _) -> "" + values[row];
            case Column.Texts(var values, _) -> values.text(row);
            case Column.Jsons(var values, _) -> values.text(row);
            case Column.Shapes(var values, _) ->
                dev.sextant.geometry.Shapes.wkt(values.bytes(), values.start(row), values.end(row));
            case Column.Lists lists ->
                IntStream.range(lists.start(row), lists.ends()[row])
                        .mapToObj(at -> cell(lists.elements(), at))
                        .toList()
                        .toString();
            case Column.Dense dense ->
                java.util.Arrays.toString(dense.bytes()
                        .asSlice((long) row * dense.rowBytes(), dense.rowBytes())
                        .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
            case Column.Sparse(var cells, _) -> java.util.Arrays.toString(cells.copy(row));
        };
    }
}
