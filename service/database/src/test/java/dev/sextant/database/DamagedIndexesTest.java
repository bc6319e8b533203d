package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.engine.EngineConfig;
import dev.sextant.geometry.Shapes;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Rows;
import dev.sextant.model.Slices;
import dev.sextant.model.Statement;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import dev.sextant.world.Meters;
import dev.sextant.world.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files beside segments are derived: whatever becomes of one while the database is closed, answers stay what they were
/// and the file comes again.
@Tag("slow")
class DamagedIndexesTest {
    private static final long SEED = new Random().nextLong();
    private static final int ROWS = 2_500;
    private static final int DIMENSION = 8;
    private static final int ROUNDS = 16;
    private static final List<String> DERIVED = List.of(".index", ".calibration", ".rows");

    private static final List<String> FILTERS = List.of(
            "sorted < 300",
            "sorted in [7, 8, 2000]",
            "trie like 'w1%'",
            "trie == 'w77'",
            "inverted >= 'w5' and inverted < 'w6'",
            "bitmap == 3 or bitmap == 5",
            "not (bitmap in [1, 2, 4])",
            "ngram like '%x9%'",
            "st_within(shape, 'POLYGON ((0 0, 12 0, 12 9, 0 9, 0 0))')",
            "json['a'] > 40 and json['a'] <= 60",
            "text_match(text, 'red apple')",
            "array_contains(array, 6)");

    @TempDir
    private Path directory;

    private final Random random = new Random(SEED);
    private final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
    private Sextant db;

    private void open() {
        var engine = EngineConfig.DEFAULT.with(to -> {
            to.durability = EngineConfig.Durability.UNSAFE_OS_BUFFERED;
            to.graphRows = 1_000;
        });
        db = Sextant.open(
                World.real(directory).with(counting()),
                SextantConfig.DEFAULT.withMemory(256L << 20).withWorkers(2).with(engine));
    }

    private Meters counting() {
        return new Meters() {
            @Override
            public Counter counter(String name, String help, String... labels) {
                return name.contains("_damaged_") ? _ -> told.add(name) : _ -> {};
            }

            @Override
            public Timer timer(String name, String help, String... labels) {
                return _ -> {};
            }

            @Override
            public void gauge(String name, String help, DoubleSupplier value, String... labels) {}
        };
    }

    private <R> R run(Statement<R> statement) {
        return db.execute(Call.local(), statement);
    }

    private void index(String field, String... words) {
        var parameters = new HashMap<String, String>();
        for (int i = 0; i < words.length; i += 2) parameters.put(words[i], words[i + 1]);
        run(new Define.CreateIndex("c", field, "by_" + field, parameters));
    }

    private static Field vector(String name, VectorType type, int dimension) {
        return Field.of(name, new FieldType.Vector(type, dimension));
    }

    private void create() {
        run(Define.CreateCollection.of(
                "c",
                id(),
                Field.of("sorted", Primitive.INT64),
                TextTest.text("trie", Map.of()),
                TextTest.text("inverted", Map.of()),
                Field.of("bitmap", Primitive.INT32),
                TextTest.text("ngram", Map.of()),
                Field.of("shape", new FieldType.Geometry()),
                Field.of("json", new FieldType.Json()),
                TextTest.text("text", Map.of("enable_analyzer", "true", "enable_match", "true")),
                Field.of("array", new FieldType.Array(Primitive.INT64, 4)),
                vector("graph", VectorType.FLOAT32, DIMENSION),
                vector("lists", VectorType.FLOAT32, DIMENSION),
                vector("disk", VectorType.FLOAT32, DIMENSION),
                vector("sparse", VectorType.SPARSE, 0)));
        index("sorted", "index_type", "STL_SORT");
        index("trie", "index_type", "Trie");
        index("inverted", "index_type", "INVERTED");
        index("bitmap", "index_type", "BITMAP");
        index("ngram", "index_type", "NGRAM", "min_gram", "2", "max_gram", "3");
        index("shape", "index_type", "RTREE");
        index("json", "index_type", "INVERTED", "json_cast_type", "DOUBLE", "json_path", "json['a']");
        index("array", "index_type", "INVERTED");
        index("graph", "index_type", "AUTOINDEX", "metric_type", "L2");
        index("lists", "index_type", "IVF_SQ8", "metric_type", "L2", "nlist", "8");
        index("disk", "index_type", "DISKANN", "metric_type", "L2");
        index("sparse", "index_type", "SPARSE_INVERTED_INDEX", "metric_type", "IP");
        run(Operate.Load.of("c"));
    }

    private static Column texts(IntFunction<String> text) {
        return Column.texts(IntStream.range(0, ROWS).mapToObj(text).toList());
    }

    private static byte[] cells(int... numbers) {
        var bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < numbers.length; i += 2) bytes.putInt(numbers[i]).putFloat(numbers[i + 1]);
        return bytes.array();
    }

    private static float[] vector(int row) {
        var random = new Random(row);
        var vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) vector[i] = (float) random.nextGaussian();
        return vector;
    }

    private void fill() {
        var shapes = new Slices.Builder(ROWS);
        var sparse = new Slices.Builder(ROWS);
        var numbers = new long[2 * ROWS];
        var ends = new int[ROWS];
        var vectors = new float[ROWS * DIMENSION];
        for (int row = 0; row < ROWS; row++) {
            shapes.add(Shapes.wkb("POINT (" + row % 50 + " " + row / 50 + ")"));
            sparse.add(cells(row % 40, 1 + row % 7, 40 + row, 2));
            numbers[2 * row] = row % 11;
            numbers[2 * row + 1] = row % 13;
            ends[row] = 2 * row + 2;
            System.arraycopy(vector(row), 0, vectors, row * DIMENSION, DIMENSION);
        }
        var dense = Column.Dense.of(DIMENSION, vectors);
        var json = Slices.ofTexts(IntStream.range(0, ROWS)
                .mapToObj(i -> "{\"a\": " + i % 200 + "}")
                .toList());
        run(Write.Insert.of(
                "c",
                Rows.of(ROWS)
                        .with("id", Column.longs(LongStream.range(0, ROWS).toArray()))
                        .with(
                                "sorted",
                                Column.longs(LongStream.range(0, ROWS)
                                        .map(i -> i * 7 % ROWS)
                                        .toArray()))
                        .with("trie", texts(i -> "w" + i % 500))
                        .with("inverted", texts(i -> "w" + i % 600))
                        .with(
                                "bitmap",
                                new Column.Ints(
                                        IntStream.range(0, ROWS).map(i -> i % 9).toArray(), Nulls.NONE))
                        .with("ngram", texts(i -> "ax" + i + "b"))
                        .with("shape", new Column.Shapes(shapes.build(), Nulls.NONE))
                        .with("json", new Column.Jsons(json, Nulls.NONE))
                        .with("text", texts(i -> i % 3 == 0 ? "a red apple " + i : i % 5 == 0 ? "red paint" : "green"))
                        .with("array", new Column.Lists(ends, Column.longs(numbers), Nulls.NONE))
                        .with("graph", dense)
                        .with("lists", dense)
                        .with("disk", dense)
                        .with("sparse", new Column.Sparse(sparse.build(), Nulls.NONE))
                        .build()));
        var flushed = run(new Operate.Flush(List.of("c")));
        var state = new Watch.FlushState(Optional.of("c"), List.of(), flushed.timestamp());
        await(() -> run(state), () -> "flushed");
    }

    private static void await(BooleanSupplier what, Supplier<String> when) {
        for (int look = 0; !what.getAsBoolean(); look++) {
            assertThat(look).as(when).isLessThan(6_000);
            LockSupport.parkNanos(10_000_000);
        }
    }

    private boolean isWhole() {
        return run(new Watch.LoadState("c", List.of())).ready()
                && run(new Watch.DescribeIndexes("c", Optional.empty())).stream()
                        .allMatch(index -> index.state() == Watch.IndexState.FINISHED && index.pendingRows() == 0);
    }

    /// What every question is answered with: keys.
    private Map<String, List<Long>> answers() {
        var answers = new TreeMap<String, List<Long>>();
        for (var filter : FILTERS) {
            var records = run(new Read.Query(
                    "c", List.of(), Optional.of(Sextant.filter(filter)), List.of("id"), OptionalInt.empty(), 0, false));
            answers.put(filter, keys(records.rows().column("id").orElseThrow()));
        }
        for (var field : List.of("graph", "lists", "disk"))
            for (int row : new int[] {3, 1_234}) // itself
            answers.put(field + row, nearest(field, Column.Dense.of(DIMENSION, vector(row)), 1));
        var terms = new Slices.Builder(1).add(cells(7, 1, 47, 3, 2_000, 1)).build();
        answers.put("sparse", nearest("sparse", new Column.Sparse(terms, Nulls.NONE), 20));
        return answers;
    }

    private List<Long> nearest(String field, Column query, int limit) {
        return keys(run(Read.Search.of("c", field, query, limit)).keys());
    }

    private static List<Long> keys(Column keys) {
        return Arrays.stream(((Column.Longs) keys).values()).boxed().toList();
    }

    /// Bits turned, bytes of nobody, a piece cut off or put on, or nothing left.
    private Damage damage(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        int at = random.nextInt(3) == 0 ? random.nextInt(Math.min(bytes.length, 256)) : random.nextInt(bytes.length);
        var how = random.nextInt(5);
        switch (how) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> {
                for (int i = at; i < Math.min(bytes.length, at + 1 + random.nextInt(64)); i++)
                    bytes[i] = (byte) random.nextInt();
                bytes[at] ^= 1;
            }
            case 2 -> bytes = Arrays.copyOf(bytes, at);
            case 3 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(5_000));
            default -> bytes = new byte[0];
        }
        Files.write(file, bytes);
        return new Damage(file, how, at, bytes);
    }

    private record Damage(Path file, int how, int at, byte[] bytes) {
        /// Of rows on disk each page has its own checksum, and is written again when somebody wants it.
        boolean isMended() {
            try {
                return file.toString().endsWith(".rows") || !Arrays.equals(bytes, Files.readAllBytes(file));
            } catch (IOException gone) {
                return false;
            }
        }

        @Override
        public String toString() {
            return file.getFileName() + ", damage " + how + " at " + at;
        }
    }

    private List<Path> derived() {
        try (var files = Files.list(directory.resolve("segments"))) {
            return files.filter(file -> DERIVED.stream().anyMatch(file.toString()::endsWith))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException changing) {
            return List.of();
        }
    }

    @Test
    void whateverBecomesOfAFileThatIsDerivedAnswersStayAndItComesAgain() throws IOException {
        System.out.println("seed " + SEED);
        open();
        create();
        fill();
        await(this::isWhole, () -> "built");
        var right = answers();
        assertThat(right.values()).noneMatch(List::isEmpty);
        db.close();
        var files = derived();
        assertThat(files)
                .as("an index each, what was measured of dense ones, rows on disk")
                .hasSizeGreaterThan(14);
        for (int round = 0; round < ROUNDS; round++) {
            var done = new ArrayList<Damage>();
            for (int n = 1 + random.nextInt(3); n > 0; n--) done.add(damage(files.get((round + n * 7) % files.size())));
            open();
            try {
                assertThat(answers()).as("round %d, %s", round, done).isEqualTo(right);
                await(
                        () -> isWhole()
                                && derived().equals(files)
                                && done.stream().allMatch(Damage::isMended),
                        done::toString);
                assertThat(answers())
                        .as("built anew, round %d, %s", round, done)
                        .isEqualTo(right);
            } finally {
                db.close();
            }
        }
        assertThat(told).contains("sextant_index_files_damaged_total");
    }
}
