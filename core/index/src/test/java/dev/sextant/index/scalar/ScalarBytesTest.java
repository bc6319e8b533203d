package dev.sextant.index.scalar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.index.Damaged;
import dev.sextant.index.scalar.ScalarParameters.Wanted;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.model.Box;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScalarBytesTest {
    private static final long SEED = new Random().nextLong();
    private static final int ROWS = 1_000;

    private final Memory memory = new Memory(64 << 20);
    private final Random random = new Random(SEED);

    private ScalarIndex build(Wanted wanted, FieldType type, Column column, int bitmapKeys) {
        var parameters = new ScalarParameters(wanted, Optional.empty(), 2, 3, bitmapKeys);
        try (var build = new ScalarBuild(memory, parameters, type, column.rows())) {
            for (int from = 0; from < column.rows(); from += 300)
                build.add(column.slice(from, Math.min(column.rows(), from + 300)));
            return build.finish();
        }
    }

    private Nulls nulls() {
        var bits = new BitSet();
        for (int row = 0; row < ROWS; row++) if (random.nextInt(10) == 0) bits.set(row);
        return Nulls.of(bits);
    }

    private List<ScalarIndex> some() {
        var longs = random.longs(ROWS, -500, 500).toArray();
        var texts = IntStream.range(0, ROWS).mapToObj(_ -> text()).toList();
        return List.of(
                build(Wanted.SORTED, Primitive.INT64, new Column.Longs(longs, nulls()), 0),
                build(Wanted.TERMS, Primitive.INT64, new Column.Longs(longs, nulls()), 0),
                build(Wanted.BITMAP, Primitive.INT64, new Column.Longs(longs, Nulls.NONE), 0),
                build(
                        Wanted.TERMS,
                        new FieldType.Varchar(99),
                        new Column.Texts(Column.texts(texts).values(), nulls()),
                        0),
                build(Wanted.BITMAP, new FieldType.Varchar(99), Column.texts(texts), 0),
                build(Wanted.GRAMS, new FieldType.Varchar(99), Column.texts(texts), 0),
                build(Wanted.BOXES, new FieldType.Geometry(), new Column.Shapes(lines(), Nulls.NONE), 0));
    }

    private Slices lines() {
        var lines = new Slices.Builder(ROWS);
        for (int row = 0; row < ROWS; row++) {
            double x = random.nextDouble(-90, 90), y = random.nextDouble(-90, 90);
            lines.add(BoxesTest.line(new Box(x, y, x + random.nextDouble(), y + random.nextDouble())));
        }
        return lines.build();
    }

    private String text() {
        var text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) text.appendCodePoint("ab日é\0".codePointAt(random.nextInt(5)));
        return text.toString();
    }

    private static byte[] write(ScalarIndex index) throws IOException {
        var out = new ByteArrayOutputStream();
        index.writeTo(bytes -> out.writeBytes(bytes.toArray(ValueLayout.JAVA_BYTE)));
        return out.toByteArray();
    }

    private ScalarIndex read(String form, int rows, byte[] bytes) throws IOException {
        var at = new int[1];
        return ScalarIndex.read(form, memory, rows, bytes.length, into -> {
            if (into.byteSize() > bytes.length - at[0]) throw new EOFException();
            MemorySegment.copy(bytes, at[0], into, ValueLayout.JAVA_BYTE, 0, (int) into.byteSize());
            at[0] += (int) into.byteSize();
        });
    }

    private static List<Sought> questions() {
        var questions = new ArrayList<Sought>(List.of(
                new Sought.Wholes(Long.MIN_VALUE, Long.MAX_VALUE),
                new Sought.Wholes(-20, 30),
                new Sought.WholeSet(new long[] {-3, 0, 7, 12_345}, false),
                new Sought.Meeting(new Box(-30, -20, 5, 40)),
                new Sought.Like(new byte[0], List.of("aé".getBytes()), (bytes, from, to) -> (to - from) % 2 == 0)));
        for (var text : List.of("", "a", "b日", "é")) {
            questions.add(Sought.Texts.prefix(text.getBytes()));
            questions.add(Sought.Texts.one(text.getBytes()));
        }
        return questions;
    }

    private static List<String> answers(ScalarIndex index) {
        return questions().stream()
                .map(question -> index.look(question)
                        .map(lookup -> lookup.find())
                        .map(found -> found.rows().count(index.rows()) + " "
                                + found.unsure().count(index.rows()))
                        .orElse("none"))
                .toList();
    }

    @Test
    void anIndexReadBackAnswersTheSameAndWritesTheSameBytes() throws IOException {
        System.out.println("seed " + SEED);
        for (var index : some())
            try (index) {
                var bytes = write(index);
                assertThat((long) bytes.length).isEqualTo(index.serializedBytes());
                try (var again = read(index.form(), ROWS, bytes)) {
                    assertThat(answers(again)).isEqualTo(answers(index));
                    assertThat(write(again)).isEqualTo(bytes);
                }
            }
        assertThat(memory.inUseBytes()).isZero();
    }

    @Test
    void hostileBytesAreRefusedOrAnswerWithRowsOfTheSegment() throws IOException {
        System.out.println("seed " + SEED);
        int refused = 0;
        for (var index : some())
            try (index) {
                var bytes = write(index);
                for (int i = 0; i < 400; i++) {
                    var hostile = bytes.clone();
                    int from = random.nextInt(3) == 0 ? random.nextInt(64) : random.nextInt(hostile.length);
                    for (int at = from; at < Math.min(hostile.length, from + random.nextInt(1, 9)); at++)
                        hostile[at] = (byte) random.nextInt();
                    if (random.nextInt(8) == 0)
                        hostile = java.util.Arrays.copyOf(hostile, random.nextInt(hostile.length));
                    try (var read = read(index.form(), ROWS, hostile)) {
                        for (var question : questions())
                            read.look(question).ifPresent(lookup -> {
                                var rows = lookup.find().rows();
                                assertThat(rows.next(ROWS, ROWS / Bits.CHUNK_BITS * Bits.CHUNK_BITS + ROWS))
                                        .isEqualTo(-1);
                            });
                    } catch (Damaged | OutOfBudget | EOFException told) {
                        refused++;
                    }
                }
            }
        assertThat(refused).isGreaterThan(200);
        assertThat(memory.inUseBytes()).isZero();
    }

    @Test
    void anIndexOverOtherRowsOrOfAnotherFormIsRefused() throws IOException {
        try (var index = build(Wanted.SORTED, Primitive.INT64, Column.longs(3, 1, 2), 0)) {
            var bytes = write(index);
            assertThatThrownBy(() -> read(index.form(), 4, bytes)).isInstanceOf(Damaged.class);
            assertThatThrownBy(() -> read("SCALAR_TERMS", 3, bytes)).isInstanceOf(Damaged.class);
            assertThat(ScalarIndex.knows("SCALAR_TERMS")).isTrue();
            assertThat(ScalarIndex.knows("HNSW")).isFalse();
        }
        assertThat(memory.inUseBytes()).isZero();
    }

    @Test
    void theValuesDecideWhereTheStructureIsLeftToThem() {
        var few = IntStream.range(0, ROWS).mapToLong(i -> i % 10).toArray();
        var many = IntStream.range(0, ROWS).mapToLong(i -> i).toArray();
        try (var bitmap = build(Wanted.AUTO, Primitive.INT64, Column.longs(few), 500);
                var sorted = build(Wanted.AUTO, Primitive.INT64, Column.longs(many), 500);
                var terms = build(
                        Wanted.AUTO,
                        new FieldType.Varchar(9),
                        Column.texts(java.util.stream.LongStream.of(many)
                                .mapToObj(Long::toString)
                                .toList()),
                        500)) {
            assertThat(List.of(bitmap.structure(), sorted.structure(), terms.structure()))
                    .containsExactly(
                            ScalarIndex.Structure.BITMAP, ScalarIndex.Structure.SORTED, ScalarIndex.Structure.TERMS);
            assertThat(bitmap.bytes()).isLessThan(4L * ROWS + 1_000);
        }
    }

    @Test
    void textsAreInTheOrderOfTheirBytesHoweverLongTheirCommonBeginningIs() {
        System.out.println("seed " + SEED);
        var texts = new ArrayList<String>();
        for (int i = 0; i < ROWS; i++)
            texts.add("https://example.org/".repeat(random.nextInt(2)) + text() + "\0".repeat(random.nextInt(30)));
        try (var index = build(Wanted.TERMS, new FieldType.Varchar(999), Column.texts(texts), 0)) {
            for (int i = 0; i < 200; i++) {
                var bound = texts.get(random.nextInt(ROWS)).getBytes(java.nio.charset.StandardCharsets.UTF_8);
                var found = index.look(new Sought.Texts(Optional.empty(), true, Optional.of(bound), false))
                        .orElseThrow()
                        .find()
                        .rows();
                for (int row = 0; row < ROWS; row++)
                    assertThat(found.get(row))
                            .isEqualTo(java.util.Arrays.compareUnsigned(
                                            texts.get(row).getBytes(java.nio.charset.StandardCharsets.UTF_8), bound)
                                    < 0);
            }
        }
    }

    @Test
    void aBuildThatDoesNotFitTakesNothing() {
        var little = new Memory(100_000);
        var many = random.longs(50_000).toArray();
        var parameters = new ScalarParameters(Wanted.SORTED, Optional.empty(), 2, 3, 0);
        assertThatThrownBy(() -> {
                    try (var build = new ScalarBuild(little, parameters, Primitive.INT64, many.length)) {
                        build.add(Column.longs(many));
                        build.finish().close();
                    }
                })
                .isInstanceOf(OutOfBudget.class);
        assertThat(little.inUseBytes()).isZero();
    }
}
