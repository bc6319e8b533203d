package dev.sextant.transfer;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.database.RowFiles;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.Struct;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files as the usual writers write them (`src/test/resources/written.py` made those that are kept, and LocalBulkWriter
/// of milvus-sdk-java-bulkwriter 2.5.5 those that are called after it), and files as nobody should.
class ReadersTest {
    private static final long MEMORY = 8 << 20;
    private static final Path WRITTEN = Path.of("src/test/resources/written");

    @TempDir
    private Path directory;

    private static Schema schema(Field... fields) {
        var numbered = new ArrayList<Field>();
        for (var field : fields) numbered.add(field.withId(Field.FIRST_ID + numbered.size()));
        return new Schema(1, numbered);
    }

    private static final Field KEY = Field.of("id", Primitive.INT64, Trait.PRIMARY_KEY);
    private static final Field VECTOR = Field.of("v", new FieldType.Vector(VectorType.FLOAT32, 4));
    private static final Field WORD = Field.of("word", new FieldType.Varchar(20));

    private static final Schema WIDE = schema(
            KEY,
            Field.of("bool", Primitive.BOOL),
            Field.of("small", Primitive.INT8),
            Field.of("number", Primitive.DOUBLE, Trait.NULLABLE),
            WORD,
            Field.of("json", new FieldType.Json()),
            Field.of("ints", new FieldType.Array(Primitive.INT32, 8)),
            VECTOR,
            Field.of("half", new FieldType.Vector(VectorType.FLOAT16, 4)),
            Field.of("bits", new FieldType.Vector(VectorType.BINARY, 16)),
            Field.of("sparse", new FieldType.Vector(VectorType.SPARSE, 0)));

    private Transfer transfer(Path... roots) {
        return new Transfer(new TransferConfig(List.of(roots), Optional.empty()));
    }

    private static Map<String, Column> all(
            RowFiles files, Schema schema, Map<String, String> options, String... group) {
        var parts = new TreeMap<String, List<Column>>();
        try (var batches = files.open(List.of(group), schema, options, MEMORY)) {
            for (Optional<Rows> rows = batches.next(); rows.isPresent(); rows = batches.next())
                rows.get()
                        .columns()
                        .forEach((name, column) -> parts.computeIfAbsent(name, _ -> new ArrayList<>())
                                .add(column));
            assertThat(batches.bytesRead()).isLessThanOrEqualTo(batches.bytes()).isPositive();
        }
        var columns = new TreeMap<String, Column>();
        parts.forEach((name, list) -> columns.put(name, Column.concat(list)));
        return columns;
    }

    private Map<String, Column> read(Schema schema, String name, String text) {
        return read(schema, Map.of(), name, text);
    }

    private Map<String, Column> read(Schema schema, Map<String, String> options, String name, String text) {
        try {
            Files.writeString(directory.resolve(name), text);
            return all(transfer(directory), schema, options, name);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static Refusal.NotImportable refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable reading) {
        var refused = org.assertj.core.api.Assertions.catchThrowableOfType(Refused.class, reading);
        assertThat(refused).as("it was read").isNotNull();
        return (Refusal.NotImportable) refused.refusal();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows-snappy.parquet", "rows-v2-zstd.parquet", "rows-gzip-struct.parquet"})
    void parquetOfEachKindReadsAsItWasWritten(String file) {
        var columns = all(transfer(WRITTEN), WIDE, Map.of(), file);
        assertThat(columns).hasSize(WIDE.fields().size());
        var ids = (Column.Longs) columns.get("id");
        assertThat(ids.rows()).isEqualTo(50);
        for (int i = 0; i < 50; i++) {
            assertThat(ids.values()[i]).isEqualTo(i);
            assertThat(((Column.Bools) columns.get("bool")).values()[i]).isEqualTo(i % 2 == 0);
            assertThat(((Column.Ints) columns.get("small")).values()[i]).isEqualTo(i - 25);
            var number = (Column.Doubles) columns.get("number");
            assertThat(number.isNull(i)).isEqualTo(i % 7 == 0);
            if (i % 7 != 0) assertThat(number.values()[i]).isEqualTo(i * 0.5);
            assertThat(((Column.Texts) columns.get("word")).values().text(i)).isEqualTo("word " + i % 9);
            assertThat(((Column.Jsons) columns.get("json")).values().text(i)).isEqualTo("{\"n\": " + i + "}");
            var ints = (Column.Lists) columns.get("ints");
            assertThat(ints.ends()[i] - ints.start(i)).isEqualTo(i % 4);
            var v = (Column.Dense) columns.get("v");
            for (int d = 0; d < 4; d++)
                assertThat(v.bytes().get(Column.LITTLE_FLOAT, 16L * i + 4 * d)).isEqualTo(i + d / 8f);
            var half = (Column.Dense) columns.get("half");
            assertThat(half.type()).isEqualTo(VectorType.FLOAT16);
            var bits = (Column.Dense) columns.get("bits");
            assertThat(bits.bytes().get(JAVA_BYTE, 2L * i)).isEqualTo((byte) i);
            var sparse = ((Column.Sparse) columns.get("sparse")).cells();
            assertThat(sparse.length(i)).isEqualTo(16);
        }
    }

    /// Bytes above 127 stand there below 0.
    @ParameterizedTest
    @ValueSource(strings = {"java-bulk-writer.parquet", "java-bulk-writer.json", "java-bulk-writer.csv"})
    void whatJavasBulkWriterWritesReadsAsItWasGiven(String file) {
        var schema = schema(
                KEY,
                Field.of("b", Primitive.BOOL),
                Field.of("f", Primitive.FLOAT, Trait.NULLABLE),
                Field.of("s", new FieldType.Varchar(20)),
                Field.of("j", new FieldType.Json(), Trait.NULLABLE),
                Field.of("arr", new FieldType.Array(Primitive.INT32, 8)),
                VECTOR,
                Field.of("bin", new FieldType.Vector(VectorType.BINARY, 16)),
                Field.of("sp", new FieldType.Vector(VectorType.SPARSE, 0)),
                Field.of("h", new FieldType.Vector(VectorType.FLOAT16, 2)));
        var columns = all(transfer(WRITTEN), schema, Map.of(), file);
        assertThat(((Column.Longs) columns.get("id")).values())
                .containsExactly(LongStream.range(0, 100).toArray());
        var bits = ((Column.Dense) columns.get("bin")).bytes();
        for (int i = 0; i < 100; i++) {
            assertThat(bits.get(JAVA_BYTE, 2L * i)).isEqualTo((byte) i);
            assertThat(bits.get(JAVA_BYTE, 2L * i + 1)).isEqualTo((byte) -i);
            assertThat(((Column.Floats) columns.get("f")).isNull(i)).isEqualTo(i % 3 == 0);
            assertThat(((Column.Texts) columns.get("s")).values().text(i)).isEqualTo(i % 5 == 0 ? "def" : "s\"\n," + i);
            assertThat(((Column.Sparse) columns.get("sp")).cells().length(i)).isEqualTo(16);
        }
    }

    private static final Struct CLIPS = new Struct(0, "clips", "", true, Map.of());
    private static final Schema STRUCTS = schema(
                    KEY,
                    clip("v", new FieldType.Vector(VectorType.FLOAT32, 4)),
                    clip("b", new FieldType.Vector(VectorType.BINARY, 16)),
                    clip("n", Primitive.INT32),
                    clip("word", new FieldType.Varchar(4)))
            .withStructs(List.of(CLIPS));

    private static Field clip(String sub, FieldType element) {
        return Field.of(CLIPS.nameOf(sub), new FieldType.Array(element, 4), Trait.NULLABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"structs.parquet", "structs-v2.parquet", "structs.jsonl", "structs.csv"})
    void listsOfStructsBecomeAColumnForEachOfTheirFields(String file) {
        var columns = all(transfer(WRITTEN), STRUCTS, Map.of(), file);
        assertThat(columns).containsOnlyKeys("id", "clips[v]", "clips[b]", "clips[n]", "clips[word]");
        var vectors = (Column.Lists) columns.get("clips[v]");
        var bits = (Column.Lists) columns.get("clips[b]");
        var numbers = (Column.Lists) columns.get("clips[n]");
        var words = (Column.Lists) columns.get("clips[word]");
        assertThat(numbers.rows()).isEqualTo(50);
        for (int i = 0; i < 50; i++)
            for (var lists : List.of(vectors, bits, numbers, words)) {
                assertThat(lists.isNull(i)).isEqualTo(i % 7 == 6);
                assertThat(lists.length(i)).isEqualTo(i % 7 == 6 ? 0 : i % 4);
                for (int e = 0, at = lists.start(i); at < lists.ends()[i]; e++, at++)
                    switch (lists.elements()) {
                        case Column.Ints(var values, _) ->
                            assertThat(values[at]).isEqualTo(i * 10 + e);
                        case Column.Texts(var texts, _) ->
                            assertThat(texts.text(at)).isEqualTo("w" + e);
                        case Column.Dense dense
                        when dense.type() == VectorType.FLOAT32 -> {
                            for (int d = 0; d < 4; d++)
                                assertThat(dense.bytes().get(Column.LITTLE_FLOAT, 4L * (at * 4 + d)))
                                        .isEqualTo(i + e + d / 8f);
                        }
                        case Column.Dense dense ->
                            assertThat(dense.bytes().asSlice(2L * at, 2).toArray(ValueLayout.JAVA_BYTE))
                                    .containsExactly(i + e, e);
                        default -> throw new AssertionError(lists.elements());
                    }
            }
    }

    @Test
    void structsThatAreNotWholeAreRefused() {
        var whole = "{\"v\": [1, 2, 3, 4], \"b\": [1, 2], \"n\": 1, \"word\": \"x\"}";
        assertThat(((Column.Lists) read(STRUCTS, "a.json", "[{\"id\": 1, \"clips\": [" + whole + "]}]")
                                .get("clips[n]"))
                        .length(0))
                .isEqualTo(1);
        for (var clips : List.of(
                whole.replace(", \"word\": \"x\"", ""),
                whole.replace("\"n\": 1", "\"n\": null"),
                whole.replace("\"n\"", "\"m\""),
                whole.replace("3, 4", "3"),
                "7",
                whole + "," + whole + "," + whole + "," + whole + "," + whole))
            assertThat(refusal(() -> read(STRUCTS, "b.json", "[{\"id\": 1, \"clips\": [" + clips + "]}]"))
                            .detail())
                    .contains("clips");
        assertThat(refusal(() -> read(STRUCTS, "c.json", "[{\"id\": 1, \"clips[n]\": [1]}]"))
                        .detail())
                .contains("one column");
    }

    @Test
    void numpyFilesAreColumns() {
        var columns = all(transfer(WRITTEN), schema(KEY, WORD, VECTOR), Map.of(), "id.npy", "word.npy", "v.npy");
        assertThat(((Column.Longs) columns.get("id")).values()[49]).isEqualTo(49);
        assertThat(((Column.Texts) columns.get("word")).values().text(10)).isEqualTo("word 1");
        assertThat(((Column.Dense) columns.get("v")).bytes().get(Column.LITTLE_FLOAT, 16L * 7 + 4))
                .isEqualTo(7.125f);
        assertThat(refusal(() -> all(transfer(WRITTEN), schema(KEY, WORD, VECTOR), Map.of(), "id.npy"))
                        .detail())
                .contains("no file for field: word");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rows-snappy.parquet", "rows-v2-zstd.parquet", "rows-gzip-struct.parquet", "v.npy"})
    @Tag("slow")
    void aFileThatWasChangedAnywhereIsReadOrRefusedAndNothingElse(String file) throws IOException {
        long seed = Long.getLong("sextant.seed", System.nanoTime());
        System.out.println("seed " + seed);
        var random = new SplittableRandom(seed);
        var whole = Files.readAllBytes(WRITTEN.resolve(file));
        var schema = file.endsWith(".npy") ? schema(VECTOR) : WIDE;
        for (int i = 0; i < 150; i++) {
            var changed = whole.clone();
            int length = random.nextInt(4) == 0 ? random.nextInt(whole.length) : whole.length;
            for (int flips = random.nextInt(1, 5); flips > 0; flips--)
                changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(directory.resolve(file), java.util.Arrays.copyOf(changed, length));
            try {
                all(transfer(directory), schema, Map.of(), file);
            } catch (Refused refused) {
                assertThat(refused.refusal()).as("seed " + seed + ", " + i).isInstanceOf(Refusal.NotImportable.class);
            }
        }
    }

    @Test
    void jsonComesAsAListUnderAKeyOrInLines() {
        var schema = schema(KEY, WORD, VECTOR);
        var row = "{\"id\": 1, \"word\": \"a\", \"v\": [1, 2, 3.5, -1e-3], \"extra\": {\"x\": [1]}}";
        for (var file : List.of(
                Map.entry("a.json", "[" + row + "]"),
                Map.entry("b.json", "{\"rows\": [" + row + "]}"),
                Map.entry("c.jsonl", row + "\n"),
                Map.entry("d.ndjson", row))) {
            var columns = read(schema, file.getKey(), file.getValue());
            assertThat(columns).containsOnlyKeys("id", "word", "v");
            assertThat(((Column.Dense) columns.get("v")).bytes().get(Column.LITTLE_FLOAT, 12))
                    .isEqualTo(-1e-3f);
        }
    }

    @Test
    void whatTheSchemaDoesNotNameGoesIntoTheDynamicField() {
        var schema = schema(KEY, Field.of(Field.DYNAMIC_NAME, new FieldType.Json(), Trait.DYNAMIC));
        var columns = read(schema, "a.json", "[{\"id\": 1, \"x\": 1.50, \"$meta\": {\"y\": [2]}}, {\"id\": 2}]");
        var meta = ((Column.Jsons) columns.get(Field.DYNAMIC_NAME)).values();
        assertThat(meta.text(0)).isEqualTo("{\"x\":1.50,\"y\":[2]}");
        assertThat(meta.text(1)).isEqualTo("{}");
        columns = read(schema, "a.csv", "id,x,$meta\n1,7,\"{\"\"y\"\": 2}\"\n");
        assertThat(((Column.Jsons) columns.get(Field.DYNAMIC_NAME)).values().text(0))
                .isEqualTo("{\"x\":\"7\",\"y\":2}");
        assertThat(refusal(() -> read(schema, "b.json", "[{\"id\": 1, \"x\": 1, \"$meta\": {\"x\": 2}}]"))
                        .detail())
                .contains("'x' comes twice");
    }

    @Test
    void momentsAndGeometriesComeAsTextsAndTheDoorReadsThem() {
        var schema = schema(
                KEY,
                Field.of("at", Primitive.TIMESTAMPTZ, Trait.NULLABLE),
                Field.of("shape", new FieldType.Geometry(), Trait.NULLABLE),
                Field.of("story", new FieldType.Text(20), Trait.NULLABLE));
        var json = "{\"id\": 1, \"at\": \"2025-01-01\", \"shape\": \"POINT (1 2)\", \"story\": \"long\"}";
        var nothing = "{\"id\": 2, \"at\": null, \"shape\": null, \"story\": null}";
        var columns = read(schema, "a.json", "[" + json + ", " + nothing + "]");
        for (int way = 0; way < 2; way++) {
            for (var cell : Map.of("at", "2025-01-01", "shape", "POINT (1 2)", "story", "long")
                    .entrySet()) {
                var texts = (Column.Texts) columns.get(cell.getKey());
                assertThat(texts.values().text(0)).isEqualTo(cell.getValue());
                assertThat(texts.isNull(1)).isTrue();
            }
            columns = read(schema, "a.csv", "id,at,shape,story\n1,2025-01-01,POINT (1 2),long\n2,,,\n");
        }
        assertThat(refusal(() -> read(schema, "b.json", "[" + json.replace("\"2025-01-01\"", "5") + "]"))
                        .detail())
                .contains("expected a text");
        assertThat(refusal(() -> read(schema, "c.json", "[" + json.replace("long", "much longer than twenty") + "]"))
                        .detail())
                .contains("max_length is 20");
    }

    @Test
    void csvHasItsSeparatorAndItsTextForNull() {
        var maybe = new Field(0, "maybe", "", Primitive.INT32, Set.of(Trait.NULLABLE), Optional.empty(), Map.of());
        var usual = new Field(0, "usual", "", Primitive.INT32, Set.of(), Optional.of(Value.of(5L)), Map.of());
        var columns = read(
                schema(KEY, WORD, maybe, usual),
                Map.of("sep", ";", "nullkey", "-"),
                "a.csv",
                "\uFEFFid;word;maybe;usual\n1;-;-;-\n2;\"a;\"\"b\n\";3;4\n");
        assertThat(((Column.Texts) columns.get("word")).values().text(0)).isEqualTo("-");
        assertThat(((Column.Texts) columns.get("word")).values().text(1)).isEqualTo("a;\"b\n");
        assertThat(columns.get("maybe").isNull(0)).isTrue();
        assertThat(columns.get("usual").isNull(0)).isTrue();
        assertThat(((Column.Ints) columns.get("maybe")).values()[1]).isEqualTo(3);
    }

    @Test
    void aRefusalNamesFileAndRow() {
        var schema = schema(KEY, WORD, VECTOR);
        var good = "{\"id\": 1, \"word\": \"a\", \"v\": [1, 2, 3, 4]}";
        var rows = new StringBuilder();
        for (int i = 0; i < 20_000; i++) rows.append(good).append('\n');
        var refused = refusal(() -> read(schema, "a.jsonl", rows + good.replace("4]", "4, 5]")));
        assertThat(refused.file()).isEqualTo("a.jsonl");
        assertThat(refused.row()).isEqualTo(20_000);
        assertThat(refused.detail()).contains("'v'").contains("5 numbers");
    }

    @Test
    void hostileJsonIsRefused() {
        var schema = schema(KEY, WORD, VECTOR);
        for (var text : List.of(
                "",
                "[",
                "{}",
                "17",
                "[1]",
                "[{\"id\": 99999999999999999999}]",
                "[{\"id\": 1.5}]",
                "[{\"id\": 1, \"word\": \"a\", \"v\": [[[[1]]]]}]",
                "[{\"id\": 1, \"word\": \"a\", \"v\": {\"0\": 1}}]",
                "[{\"x\": " + "[".repeat(100_000) + "}]",
                "[{\"id\": " + "9".repeat(100_000) + "}]",
                "[{\"id\": 1, \"word\": \"" + "w".repeat(100_000) + "\"}]"))
            assertThat(refusal(() -> read(schema, "a.json", text)).file()).isEqualTo("a.json");
    }

    @Test
    void keysThatTheServerMakesMayBeAbsentOrPresentInAllRows() {
        var schema = schema(Field.of("id", Primitive.INT64, Trait.PRIMARY_KEY, Trait.AUTO_ID), WORD);
        assertThat(read(schema, "a.json", "[{\"word\": \"a\"}]")).containsOnlyKeys("word");
        assertThat(read(schema, "a.json", "[{\"id\": 1, \"word\": \"a\"}]")).containsOnlyKeys("id", "word");
        assertThat(refusal(() -> read(schema, "a.json", "[{\"id\": 1, \"word\": \"a\"}, {\"word\": \"b\"}]"))
                        .row())
                .isEqualTo(1);
    }

    @Test
    void sparseVectorsComeInBothForms() {
        var schema = schema(KEY, Field.of("s", new FieldType.Vector(VectorType.SPARSE, 0)));
        var columns = read(
                schema,
                "a.json",
                "[{\"id\": 1, \"s\": {\"9\": 0.5, \"3\": 1}}, {\"id\": 2, \"s\": {\"indices\": [9, 3], \"values\": [0.5, 1]}}]");
        var cells = ((Column.Sparse) columns.get("s")).cells();
        assertThat(cells.copy(0)).isEqualTo(cells.copy(1)).hasSize(16).startsWith(3);
        assertThat(refusal(() -> read(schema, "a.json", "[{\"id\": 1, \"s\": {\"-1\": 1}}]"))
                        .detail())
                .contains("-1");
    }

    @Test
    void onlyWhatLiesInsideTheRootsIsRead() throws IOException {
        var root = Files.createDirectory(directory.resolve("root"));
        var outside = Files.writeString(directory.resolve("outside.json"), "[]");
        Files.createSymbolicLink(root.resolve("link.json"), outside);
        Files.writeString(root.resolve("inside.json"), "[]");
        var files = transfer(root);
        var schema = schema(KEY);
        for (var name : List.of(
                outside.toString(),
                "../outside.json",
                root + "/../outside.json",
                "link.json",
                root + "/link.json",
                "no\0thing.json",
                "root"))
            assertThatThrownBy(() -> files.open(List.of(name), schema, Map.of(), MEMORY))
                    .isInstanceOf(Refused.class);
        files.open(List.of("inside.json"), schema, Map.of(), MEMORY).close();
        files.open(List.of(root + "/./inside.json"), schema, Map.of(), MEMORY).close();
        assertThat(refusal(() -> transfer().open(List.of("a.json"), schema, Map.of(), MEMORY))
                        .detail())
                .contains("import-roots");
    }

    @Test
    void pagesThatMemoryDoesNotHoldAreRefused() {
        var schema = schema(KEY, VECTOR);
        assertThat(refusal(() -> {
                            try (var files = transfer(WRITTEN)) {
                                files.open(List.of("rows-snappy.parquet"), schema, Map.of(), 1 << 10);
                            }
                        })
                        .detail())
                .contains("footer");
    }

    @Test
    void aFileIsReadAsItIsUpToSoManyBytesAndNoneOutsideOfTheRoots() throws IOException {
        var root = Files.createDirectory(directory.resolve("root"));
        var file = Files.writeString(root.resolve("words.txt"), "the\nof\n");
        var outside = Files.writeString(directory.resolve("outside.txt"), "secret");
        Files.createSymbolicLink(root.resolve("link.txt"), outside);
        try (var transfer = transfer(root)) {
            for (var reach : RowFiles.Reach.values())
                for (var name : List.of(file.toString(), "words.txt", root + "/../root/words.txt")) {
                    assertThat(transfer.read(name, reach, 100)).hasValue("the\nof\n".getBytes(StandardCharsets.UTF_8));
                    assertThat(transfer.read(name, reach, 3)).hasValue("the".getBytes(StandardCharsets.UTF_8));
                    assertThat(transfer.read(name, reach, 0)).hasValue(new byte[0]);
                }
            for (var name :
                    List.of(outside.toString(), "../outside.txt", "link.txt", "nowhere.txt", "", "\0", "s3://b/k"))
                for (var reach : RowFiles.Reach.values())
                    assertThat(transfer.read(name, reach, 100)).as(name).isEmpty();
        }
        try (var transfer = transfer()) {
            assertThat(transfer.read(file.toString(), RowFiles.Reach.EVERYWHERE, 100))
                    .isEmpty();
        }
    }
}
