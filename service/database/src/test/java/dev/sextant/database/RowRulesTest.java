package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static dev.sextant.database.Threshold.vector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Column;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refusal.InvalidRow.Fault;
import dev.sextant.model.Rows;
import dev.sextant.model.Slices;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;
import dev.sextant.model.Write;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What a row may hold, and how it is stored.
class RowRulesTest extends WrittenRows {
    @Test
    void theSetOfColumnsIsTheSchema() {
        create(Field.of("a", Primitive.BOOL));
        refuses(two(), Fault.MISSING_COLUMN, -1, "no column", "");
        refuses(
                two().with("a", new Column.Bools(new boolean[2], Nulls.NONE)).with("b", Column.longs(1, 2)),
                Fault.UNKNOWN_COLUMN,
                -1,
                "a column",
                "");
        refuses(Rows.of(0), Fault.NO_ROWS, -1, "0", "");
        refuses(two().with("a", new Column.Bools(new boolean[3], Nulls.NONE)), Fault.ROW_COUNT, -1, "3", "2");
    }

    @Test
    void aColumnIsOfTheTypeOfItsField() {
        create(Field.of("a", Primitive.INT32));
        assertThat(door.refusal(
                        Write.Insert.of("c", two().with("a", Column.longs(1, 2)).build())))
                .isEqualTo(new Refusal.WrongType("field 'a'", "Int32", "Int64"));
        var short3 = Rows.of(2)
                .with("id", Column.longs(1, 2))
                .with("a", new Column.Ints(new int[2], Nulls.NONE))
                .with("v", Column.Dense.of(3, new float[6]));
        assertThat(door.refusal(Write.Insert.of("c", short3.build()))).isEqualTo(new Refusal.WrongDimension("v", 4, 3));
    }

    @Test
    void narrowIntegersStayInTheirRange() {
        create(Field.of("a", Primitive.INT8), Field.of("b", Primitive.INT16));
        refuses(two().with("a", ints(1, 128)).with("b", ints(1, 2)), Fault.OUT_OF_RANGE, 1, "128", "[-128, 127]");
        refuses(
                two().with("a", ints(1, 2)).with("b", ints(-40000, 2)),
                Fault.OUT_OF_RANGE,
                0,
                "-40000",
                "[-32768, 32767]");
        door.run(Write.Insert.of(
                "c",
                two().with("a", ints(-128, 127)).with("b", ints(-32768, 32767)).build()));
    }

    private static Column ints(int... values) {
        return new Column.Ints(values, Nulls.NONE);
    }

    @Test
    void numbersAreFinite() {
        create(Field.of("f", Primitive.FLOAT), Field.of("d", Primitive.DOUBLE));
        var floats = new Column.Floats(new float[] {1, Float.NaN}, Nulls.NONE);
        var doubles = new Column.Doubles(new double[] {Double.NEGATIVE_INFINITY, 1}, Nulls.NONE);
        refuses(
                two().with("f", floats).with("d", new Column.Doubles(new double[2], Nulls.NONE)),
                Fault.NOT_A_NUMBER,
                1,
                "NaN",
                "");
        refuses(
                two().with("f", new Column.Floats(new float[2], Nulls.NONE)).with("d", doubles),
                Fault.NOT_A_NUMBER,
                0,
                "-Inf",
                "");
        var wrong = Column.Dense.of(4, new float[] {0, 0, 0, 0, 0, 0, Float.POSITIVE_INFINITY, 0});
        refuses(
                Rows.of(2)
                        .with("id", Column.longs(1, 2))
                        .with("v", wrong)
                        .with("f", new Column.Floats(new float[2], Nulls.NONE))
                        .with("d", new Column.Doubles(new double[2], Nulls.NONE)),
                Fault.NOT_A_NUMBER,
                1,
                "+Inf",
                "");
        var most = new Column.Floats(new float[] {Float.MAX_VALUE, -Float.MAX_VALUE}, Nulls.NONE);
        door.run(Write.Insert.of(
                "c",
                two().with("f", most)
                        .with("d", new Column.Doubles(new double[] {Double.MAX_VALUE, -0.0}, Nulls.NONE))
                        .build()));
    }

    @Test
    void textIsUtf8AndItsLengthCountsBytes() {
        create(Field.of("t", new FieldType.Varchar(3)));
        refuses(two().with("t", Column.texts(List.of("abc", "äöx"))), Fault.TOO_LONG, 1, "5", "3");
        var bytes = new Slices.Builder(2)
                .add(new byte[] {'a'})
                .add(new byte[] {(byte) 0xc3, '('})
                .build();
        refuses(
                two().with("t", new Column.Texts(bytes, Nulls.NONE)),
                Fault.NOT_UTF8,
                1,
                "2 bytes that are no text",
                "UTF-8");
        door.run(Write.Insert.of(
                "c", two().with("t", Column.texts(List.of("", "äx"))).build()));
    }

    @Test
    void jsonIsOneValueOfBoundedLength() {
        create(Field.of("j", new FieldType.Json()));
        refuses(two().with("j", json("1", "{\"a\":")), Fault.NOT_JSON, 1, "{\"a\":", "");
        refuses(two().with("j", json("1 2", "1")), Fault.NOT_JSON, 0, "1 2", "");
        refuses(two().with("j", json("", "1")), Fault.NOT_JSON, 0, "", "");
        refuses(two().with("j", json("NaN", "1")), Fault.NOT_JSON, 0, "NaN", "");
        refuses(two().with("j", json("1", "\"" + "x".repeat(65535) + "\"")), Fault.JSON_TOO_LONG, 1, "65537", "65536");
        door.run(Write.Insert.of(
                "c", two().with("j", json("[1, {\"a\": null}]", " \"x\" ")).build()));
    }

    @Test
    void longJsonEndsWhereItsRowEnds() {
        create(Field.of("j", new FieldType.Json()));
        var text = "{\"a\": \"" + "x".repeat(20_000) + "\"}";
        door.run(Write.Insert.of(
                "c",
                Rows.of(3)
                        .with("id", Column.longs(1, 2, 3))
                        .with("v", vectors(3))
                        .with("j", json(text, text, text))
                        .build()));
    }

    private static Column json(String... texts) {
        return new Column.Jsons(Slices.ofTexts(List.of(texts)), Nulls.NONE);
    }

    @Test
    void arraysAndTheirElementsAreBounded() {
        create(
                Field.of("l", new FieldType.Array(Primitive.INT8, 2)),
                Field.of("s", new FieldType.Array(new FieldType.Varchar(2), 3)));
        var texts = new Column.Lists(new int[] {0, 2}, Column.texts(List.of("a", "bc")), Nulls.NONE);
        refuses(
                two().with("l", new Column.Lists(new int[] {0, 3}, ints(1, 2, 3), Nulls.NONE))
                        .with("s", texts),
                Fault.TOO_MANY_ELEMENTS,
                1,
                "3",
                "2");
        refuses(
                two().with("l", new Column.Lists(new int[] {1, 2}, ints(1, 200), Nulls.NONE))
                        .with("s", texts),
                Fault.OUT_OF_RANGE,
                1,
                "200",
                "[-128, 127]");
        var longer = new Column.Lists(new int[] {2, 3}, Column.texts(List.of("a", "bcd", "e")), Nulls.NONE);
        refuses(
                two().with("l", new Column.Lists(new int[] {0, 0}, ints(), Nulls.NONE))
                        .with("s", longer),
                Fault.ELEMENT_TOO_LONG,
                0,
                "3",
                "2");
        door.run(Write.Insert.of(
                "c",
                two().with("l", new Column.Lists(new int[] {0, 2}, ints(1, 2), Nulls.NONE))
                        .with("s", texts)
                        .build()));
    }

    @Test
    void aColumnThatDoesNotFitTogetherIsRefused() {
        create(Field.of("t", new FieldType.Varchar(9)), Field.of("l", new FieldType.Array(Primitive.INT8, 4)));
        var texts = Column.texts(List.of("a", "b"));
        var lists = new Column.Lists(new int[] {1, 2}, ints(1, 2), Nulls.NONE);
        var third = new BitSet();
        third.set(2);
        for (var broken : List.<Column>of(
                new Column.Texts(new Slices(new byte[4], new int[] {3, 1}), Nulls.NONE),
                new Column.Texts(new Slices(new byte[4], new int[] {3, 5}), Nulls.NONE),
                new Column.Texts(new Slices(new byte[4], new int[] {-1, 2}), Nulls.NONE),
                new Column.Texts(new Slices(new byte[4], new int[] {1, 2}), Nulls.of(third))))
            assertThat(door.refusal(Write.Insert.of(
                            "c", two().with("t", broken).with("l", lists).build())))
                    .isInstanceOf(Refusal.WrongType.class);
        for (var broken : List.of(
                new Column.Lists(new int[] {1, 3}, ints(1, 2), Nulls.NONE),
                new Column.Lists(new int[] {2, 1}, ints(1), Nulls.NONE)))
            assertThat(door.refusal(Write.Insert.of(
                            "c", two().with("t", texts).with("l", broken).build())))
                    .isInstanceOf(Refusal.WrongType.class);
        door.run(Write.Insert.of("c", two().with("t", texts).with("l", lists).build()));
    }

    @Test
    void sparseVectorsAscendAndAreNotNegative() {
        create(Field.of("s", new FieldType.Vector(VectorType.SPARSE, 0)));
        refuses(
                two().with("s", sparse(cell(2, 1, 2, 1), cell())),
                Fault.MALFORMED_SPARSE,
                0,
                "index 2 after 2",
                "ascending");
        refuses(two().with("s", sparse(cell(), cell(3, -1f))), Fault.MALFORMED_SPARSE, 1, "value -1.0", "");
        refuses(two().with("s", sparse(cell(), cell(-1, 1f))), Fault.MALFORMED_SPARSE, 1, "index 4294967295", "");
        refuses(two().with("s", sparse(cell(), cell(1, Float.NaN))), Fault.NOT_A_NUMBER, 1, "NaN", "");
        refuses(two().with("s", sparse(cell(), cell(1, Float.POSITIVE_INFINITY))), Fault.NOT_A_NUMBER, 1, "+Inf", "");
        refuses(two().with("s", sparse(new byte[7], cell())), Fault.MALFORMED_SPARSE, 0, "7 bytes", "");
        door.run(Write.Insert.of(
                "c", two().with("s", sparse(cell(), cell(1, 0.5f, -2, 1f))).build()));
    }

    private static byte[] cell(Number... pairs) {
        var bytes = ByteBuffer.allocate(4 * pairs.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < pairs.length; i += 2)
            bytes.putInt(pairs[i].intValue()).putFloat(pairs[i + 1].floatValue());
        return bytes.array();
    }

    private static Column sparse(byte[]... rows) {
        var cells = new Slices.Builder(rows.length);
        for (var row : rows) cells.add(row);
        return new Column.Sparse(cells.build(), Nulls.NONE);
    }

    @Test
    void nullsAreDefaultsOrNullsOrRefused() {
        create(
                Field.of("a", Primitive.INT32, Trait.NULLABLE),
                new Field(0, "b", "", Primitive.INT64, Set.of(Trait.NULLABLE), Optional.of(Value.of(7)), Map.of()),
                new Field(0, "t", "", new FieldType.Varchar(9), Set.of(), Optional.of(Value.of("x")), Map.of()));
        door.run(Write.Insert.of("c", two().build()));
        assertThat(stored("a").nulls().count()).isEqualTo(2);
        assertThat(stored("b")).usingRecursiveComparison().isEqualTo(Column.longs(7, 7));
        assertThat(stored("t")).usingRecursiveComparison().isEqualTo(Column.texts(List.of("x", "x")));
        var second = new BitSet();
        second.set(1);
        door.run(Write.Insert.of(
                "c",
                two().with("a", new Column.Ints(new int[] {5, 0}, Nulls.of(second)))
                        .with("b", new Column.Longs(new long[] {1, 0}, Nulls.of(second)))
                        .with("t", new Column.Texts(Slices.ofTexts(List.of("y", "")), Nulls.of(second)))
                        .build()));
        assertThat(stored("a").isNull(1)).isTrue();
        assertThat(stored("b")).usingRecursiveComparison().isEqualTo(Column.longs(1, 7));
        assertThat(stored("t")).usingRecursiveComparison().isEqualTo(Column.texts(List.of("y", "x")));
        door.shards.written.clear();
        refuses(
                Rows.of(2)
                        .with("id", new Column.Longs(new long[2], Nulls.of(second)))
                        .with("v", vectors(2)),
                Fault.NULL_NOT_ALLOWED,
                1,
                "null",
                "");
    }

    @Test
    void nullVectorsKeepTheirPlace() {
        door.run(Define.CreateCollection.of(
                "c", id(), vector(), Field.of("w", new FieldType.Vector(VectorType.FLOAT32, 4), Trait.NULLABLE)));
        door.run(Write.Insert.of("c", two().build()));
        assertThat(stored("w").rows()).isEqualTo(2);
        assertThat(stored("w").nulls().count()).isEqualTo(2);
    }

    @Test
    void theDynamicFieldTakesObjectsWithNamesOfTheirOwn() {
        door.run(new Define.CreateCollection(
                "c", "", List.of(id(), vector()), true, 1, 0, ConsistencyLevel.BOUNDED, Map.of()));
        refuses(two().with("$meta", json("{}", "[]")), Fault.NOT_AN_OBJECT, 1, "[]", "");
        refuses(two().with("$meta", json("{}", "{\"id\": 1}")), Fault.DYNAMIC_NAME, 1, "id", "");
        refuses(
                two().with("$meta", json("{\"a\": {\"id\": 1}, \"$meta\": 1}", "{}")),
                Fault.DYNAMIC_NAME,
                0,
                "$meta",
                "");
        refuses(two().with("$meta", json("{\"a\": 1", "{}")), Fault.NOT_JSON, 0, "{\"a\": 1", "");
        door.run(Write.Insert.of("c", two().build()));
        assertThat(((Column.Jsons) stored("$meta")).values().text(1)).isEqualTo("{}");
        door.run(Write.Insert.of(
                "c", two().with("$meta", json("{\"a\": {\"id\": 1}}", "{}")).build()));
    }

    @Test
    void numbersOf32BitsBecomeNumbersOf16() {
        create(
                Field.of("h", new FieldType.Vector(VectorType.FLOAT16, 2)),
                Field.of("b", new FieldType.Vector(VectorType.BFLOAT16, 2)));
        var numbers = Column.Dense.of(2, new float[] {1f, -2.5f, 0f, 65504f});
        door.run(
                Write.Insert.of("c", two().with("h", numbers).with("b", numbers).build()));
        var half = (Column.Dense) stored("h");
        assertThat(half.type()).isEqualTo(VectorType.FLOAT16);
        assertThat(Float.float16ToFloat(half.bytes().get(Bytes.SHORT, 2))).isEqualTo(-2.5f);
        var brain = (Column.Dense) stored("b");
        assertThat(Float.intBitsToFloat(brain.bytes().get(Bytes.SHORT, 2) << 16))
                .isEqualTo(-2.5f);
        door.shards.written.clear();
        refuses(
                two().with("h", Column.Dense.of(2, new float[] {1, 1, 1, 70000}))
                        .with("b", numbers),
                Fault.OUT_OF_RANGE,
                1,
                "70000.0",
                "65504");
        refuses(
                two().with("h", Column.Dense.of(2, new float[] {1, 1, 1, Float.NaN}))
                        .with("b", numbers),
                Fault.NOT_A_NUMBER,
                1,
                "NaN",
                "");
        var infinite = MemorySegment.ofArray(new short[] {0, 0, 0x7c00, 0});
        refuses(
                two().with("h", new Column.Dense(VectorType.FLOAT16, 2, infinite, Nulls.NONE))
                        .with("b", numbers),
                Fault.NOT_A_NUMBER,
                1,
                "+Inf",
                "");
    }
}
