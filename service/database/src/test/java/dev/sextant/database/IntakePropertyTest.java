package dev.sextant.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Load;
import dev.sextant.model.Column;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import dev.sextant.model.Refusal.InvalidRow;
import dev.sextant.model.Refusal.InvalidRow.Fault;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.Slices;
import dev.sextant.model.VectorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The bulk checks against their plain twins: one row at a time, one value at a time, in obvious lines.
class IntakePropertyTest {
    private static final int DIMENSION = 3;
    private static final Made MADE =
            new Made(dev.sextant.database.embedding.EmbeddingConfig.DEFAULT, dev.sextant.world.Clock.SYSTEM);
    private static final Intake.Functions FUNCTIONS =
            (columns, schema) -> MADE.into(columns, schema, dev.sextant.model.Call.local());
    private static final DatabaseConfig.Rows LIMITS = new DatabaseConfig.Rows(24, 1 << 20);

    private record Violation(String field, int row, Fault fault) {}

    private final Set<Violation> violations = new HashSet<>();
    private Random random = new Random();

    private static final Schema SCHEMA = new Schema(
            0,
            List.of(
                    Field.of("id", Primitive.INT64, Trait.PRIMARY_KEY).withId(100),
                    Field.of("tiny", Primitive.INT8).withId(101),
                    Field.of("small", Primitive.INT16, Trait.NULLABLE).withId(102),
                    Field.of("f", Primitive.FLOAT).withId(103),
                    Field.of("d", Primitive.DOUBLE).withId(104),
                    Field.of("t", new FieldType.Varchar(6), Trait.NULLABLE).withId(105),
                    Field.of("v", new FieldType.Vector(VectorType.FLOAT32, DIMENSION))
                            .withId(106),
                    Field.of("h", new FieldType.Vector(VectorType.FLOAT16, DIMENSION))
                            .withId(107),
                    Field.of("s", new FieldType.Vector(VectorType.SPARSE, 0)).withId(108),
                    Field.of("l", new FieldType.Array(new FieldType.Varchar(3), 4))
                            .withId(109),
                    Field.of("j", new FieldType.Json(), Trait.NULLABLE).withId(110)));

    private static final Collection COLLECTION = new Collection(
            1,
            1,
            "c",
            "",
            SCHEMA,
            List.of(2L),
            ConsistencyLevel.STRONG,
            Map.of(),
            List.of(),
            List.of(),
            Load.NOTHING,
            0,
            0);

    @Test
    void aBatchIsTakenExactlyWhenThePlainCheckFindsNothingWrong() {
        long seed = System.nanoTime();
        int taken = 0;
        for (int round = 0; round < 3000; round++) {
            random = new Random(seed + round);
            violations.clear();
            var rows = batch(1 + random.nextInt(40));
            try {
                var got = new Intake(COLLECTION, LIMITS, Intake.Purpose.INSERT, FUNCTIONS).take(rows, _ -> 0);
                assertThat(violations).as("seed %d round %d", seed, round).isEmpty();
                assertThat(got.columns()).hasSize(SCHEMA.fields().size());
                got.columns()
                        .values()
                        .forEach(column -> assertThat(column.rows()).isEqualTo(rows.count()));
                taken++;
            } catch (Refused refused) {
                var row = (InvalidRow) refused.refusal();
                assertThat(violations)
                        .as("seed %d round %d: %s", seed, round, row.sentence())
                        .contains(new Violation(row.field(), row.row(), row.fault()));
            }
        }
        assertThat(taken).as("seed %d", seed).isBetween(300, 2900);
    }

    private Rows batch(int count) {
        var keys = new long[count];
        for (int i = 0; i < count; i++) keys[i] = random.nextLong();
        return Rows.of(count)
                .with("id", Column.longs(keys))
                .with("tiny", ints("tiny", count, Byte.MIN_VALUE, Byte.MAX_VALUE, nulls("tiny", count, false)))
                .with("small", ints("small", count, Short.MIN_VALUE, Short.MAX_VALUE, nulls("small", count, true)))
                .with("f", new Column.Floats(floats("f", count, 1, Float.MAX_VALUE), Nulls.NONE))
                .with("d", doubles(count))
                .with("t", texts(count))
                .with("v", dense("v", count, Float.MAX_VALUE))
                .with("h", dense("h", count, 65504f))
                .with("s", sparse(count))
                .with("l", lists(count))
                .with("j", jsons(count))
                .build();
    }

    /// Whether something rare is to happen: about one in forty batches each.
    private boolean seldom(int count) {
        return random.nextInt(40 * count) == 0;
    }

    private Nulls nulls(String field, int count, boolean allowed) {
        var bits = new BitSet();
        for (int row = 0; row < count; row++)
            if (allowed ? random.nextInt(4) == 0 : seldom(count)) {
                bits.set(row);
                if (!allowed) violations.add(new Violation(field, row, Fault.NULL_NOT_ALLOWED));
            }
        return Nulls.of(bits);
    }

    private Column ints(String field, int count, int least, int most, Nulls nulls) {
        var values = new int[count];
        for (int row = 0; row < count; row++) {
            if (nulls.isNull(row)) continue;
            values[row] = seldom(count) ? random.nextInt() : random.nextInt(least, most + 1);
            if (values[row] < least || values[row] > most)
                violations.add(new Violation(field, row, Fault.OUT_OF_RANGE));
        }
        return new Column.Ints(values, nulls);
    }

    private float[] floats(String field, int count, int each, float most) {
        var values = new float[count * each];
        for (int i = 0; i < values.length; i++) {
            values[i] = seldom(count * each)
                    ? List.of(
                                    Float.NaN,
                                    Float.POSITIVE_INFINITY,
                                    Float.NEGATIVE_INFINITY,
                                    Float.MAX_VALUE,
                                    -0f,
                                    Float.MIN_VALUE)
                            .get(random.nextInt(6))
                    : random.nextFloat(-1000, 1000);
            if (!Float.isFinite(values[i])) violations.add(new Violation(field, i / each, Fault.NOT_A_NUMBER));
            else if (Math.abs(values[i]) > most) violations.add(new Violation(field, i / each, Fault.OUT_OF_RANGE));
        }
        return values;
    }

    private Column doubles(int count) {
        var values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = seldom(count)
                    ? List.of(Double.NaN, Double.NEGATIVE_INFINITY, Double.MAX_VALUE)
                            .get(random.nextInt(3))
                    : random.nextGaussian();
            if (!Double.isFinite(values[i])) violations.add(new Violation("d", i, Fault.NOT_A_NUMBER));
        }
        return new Column.Doubles(values, Nulls.NONE);
    }

    /// On the heap or outside of it: both come.
    private Column dense(String field, int count, float most) {
        var values = floats(field, count, DIMENSION, most);
        if (random.nextBoolean()) return Column.Dense.of(DIMENSION, values);
        var bytes = Arena.ofAuto().allocate(4L * values.length);
        MemorySegment.copy(values, 0, bytes, Column.LITTLE_FLOAT, 0, values.length);
        return new Column.Dense(VectorType.FLOAT32, DIMENSION, bytes, Nulls.NONE);
    }

    private byte[] text(int count) {
        if (seldom(count)) {
            var noise = new byte[random.nextInt(1, 5)];
            random.nextBytes(noise);
            return noise;
        }
        var letters = random.nextInt(3) == 0 ? "äß水𝄞a" : "abcde";
        var text = new StringBuilder();
        for (int left = random.nextInt(seldom(count) ? 12 : 3); left > 0; left--)
            text.appendCodePoint(letters.codePointAt(letters.offsetByCodePoints(0, random.nextInt(5))));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void checkText(String field, int row, byte[] bytes, int most, Fault longer) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException wrong) {
            violations.add(new Violation(field, row, Fault.NOT_UTF8));
        }
        if (bytes.length > most) violations.add(new Violation(field, row, longer));
    }

    private Column texts(int count) {
        var nulls = nulls("t", count, true);
        var texts = new Slices.Builder(count);
        for (int row = 0; row < count; row++) {
            var bytes = nulls.isNull(row) ? new byte[0] : text(count);
            texts.add(bytes);
            checkText("t", row, bytes, 6, Fault.TOO_LONG);
        }
        return new Column.Texts(texts.build(), nulls);
    }

    private Column lists(int count) {
        var ends = new int[count];
        var elements = new Slices.Builder(count);
        for (int row = 0; row < count; row++) {
            int length = random.nextInt(seldom(count) ? 8 : 3);
            for (int i = 0; i < length; i++) {
                var bytes = seldom(4 * count) ? text(1) : new byte[random.nextInt(4)];
                elements.add(bytes);
                checkText("l", row, bytes, 3, Fault.ELEMENT_TOO_LONG);
            }
            if (length > 4) violations.add(new Violation("l", row, Fault.TOO_MANY_ELEMENTS));
            ends[row] = elements.count();
        }
        return new Column.Lists(ends, new Column.Texts(elements.build(), Nulls.NONE), Nulls.NONE);
    }

    private Column sparse(int count) {
        var cells = new Slices.Builder(count);
        for (int row = 0; row < count; row++) cells.add(sparseRow(row, count));
        return new Column.Sparse(cells.build(), Nulls.NONE);
    }

    private byte[] sparseRow(int row, int count) {
        int length = random.nextInt(4);
        var bytes = ByteBuffer.allocate(8 * length).order(ByteOrder.LITTLE_ENDIAN);
        long index = -1;
        for (int i = 0; i < length; i++) {
            long next = seldom(2 * count) ? random.nextLong(0, 1L << 32) : index + 1 + random.nextInt(10);
            if (next <= index || next >= 0xffffffffL) violations.add(new Violation("s", row, Fault.MALFORMED_SPARSE));
            index = next;
            float value = random.nextFloat();
            if (seldom(2 * count))
                value = List.of(-1f, Float.NaN, Float.POSITIVE_INFINITY, 0f).get(random.nextInt(4));
            if (!Float.isFinite(value)) violations.add(new Violation("s", row, Fault.NOT_A_NUMBER));
            if (value < 0) violations.add(new Violation("s", row, Fault.MALFORMED_SPARSE));
            bytes.putInt((int) next).putFloat(value);
        }
        return bytes.array();
    }

    private Column jsons(int count) {
        var nulls = nulls("j", count, true);
        var good = List.of("1", "-1.5e3", "null", "\"ä\"", "[]", "{\"a\": [1, {}]}", " true ");
        var bad = List.of(
                "",
                " ",
                "{",
                "[1,]",
                "01",
                "nul",
                "1 1",
                "{\"a\" 1}",
                "'a'",
                "\"\u0001\"",
                "1\u0000",
                "\ufeff1",
                "+1",
                "tru",
                "]");
        var texts = new Slices.Builder(count);
        for (int row = 0; row < count; row++) {
            var text = nulls.isNull(row) ? "" : good.get(random.nextInt(good.size()));
            if (!nulls.isNull(row) && seldom(count)) {
                text = bad.get(random.nextInt(bad.size()));
                violations.add(new Violation("j", row, Fault.NOT_JSON));
            } else if (!nulls.isNull(row) && seldom(count)) {
                text = "\"" + "x".repeat(30) + "\"";
                violations.add(new Violation("j", row, Fault.JSON_TOO_LONG));
            }
            texts.add(text.getBytes(StandardCharsets.UTF_8));
        }
        return new Column.Jsons(texts.build(), nulls);
    }

    @Test
    void aRepeatedKeyIsFoundAsAPlainSetFindsIt() {
        long seed = System.nanoTime();
        for (int round = 0; round < 2000; round++) {
            random = new Random(seed + round);
            int count = 1 + random.nextInt(30);
            int kinds = 1 + random.nextInt(300);
            var keys = new long[count];
            for (int i = 0; i < count; i++) keys[i] = random.nextInt(kinds);
            var texts = Arrays.stream(keys).mapToObj(Long::toString).toList();
            int expected = -1;
            var seen = new HashSet<Long>();
            for (int i = 0; i < count && expected < 0; i++) if (!seen.add(keys[i])) expected = i;
            assertThat(Keys.firstRepeated(Column.longs(keys)))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(expected);
            assertThat(Keys.firstRepeated(Column.texts(texts)))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(expected);
            var distinct = ((Column.Longs) Keys.distinct(Column.longs(keys))).values();
            assertThat(distinct)
                    .isEqualTo(Arrays.stream(keys).distinct().sorted().toArray());
        }
    }
}
