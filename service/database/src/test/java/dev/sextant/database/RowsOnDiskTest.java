package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.engine.EngineConfig;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Filter;
import dev.sextant.model.Nulls;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Rows;
import dev.sextant.model.Statement;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Vectors that stay on disk, held against a map of them.
@Tag("slow")
class RowsOnDiskTest {
    private static final int DIMENSION = 96;

    @TempDir
    private Path directory;

    private final TreeMap<Long, float[]> truth = new TreeMap<>();
    private final Random random = new Random(11);
    private float[][] centres;
    private Sextant db;

    @BeforeEach
    void open() {
        db = Sextant.open(directory, config());
        centres = new float[40][DIMENSION];
        for (var centre : centres) for (int c = 0; c < DIMENSION; c++) centre[c] = (float) random.nextGaussian();
    }

    @AfterEach
    void close() {
        db.close();
    }

    private static SextantConfig config() {
        var e = EngineConfig.DEFAULT;
        var engine = e.with(to -> {
            to.durability = EngineConfig.Durability.UNSAFE_OS_BUFFERED;
            to.memtableBytes = 1 << 20;
            to.graphRows = 1000;
        });
        return SextantConfig.DEFAULT.withMemory(128L << 20).withWorkers(2).with(engine);
    }

    private <R> R run(Statement<R> statement) {
        return db.execute(Call.local(), statement);
    }

    private float[] vector() {
        var centre = centres[random.nextInt(centres.length)];
        var vector = new float[DIMENSION];
        for (int c = 0; c < DIMENSION; c++) vector[c] = centre[c] + 0.5f * (float) random.nextGaussian();
        return vector;
    }

    private void create(String... pairs) {
        run(Define.CreateCollection.of(
                "c",
                id(),
                Field.of("n", Primitive.INT64),
                Field.of("v", new FieldType.Vector(VectorType.FLOAT32, DIMENSION))));
        var parameters = new HashMap<String, String>();
        for (int i = 0; i < pairs.length; i += 2) parameters.put(pairs[i], pairs[i + 1]);
        run(new Define.CreateIndex("c", "v", "", parameters));
        run(Operate.Load.of("c"));
    }

    private void put(int from, int to, boolean again) {
        for (int at = from; at < to; at += 500) {
            int n = Math.min(500, to - at);
            var keys = new long[n];
            var vectors = new float[n * DIMENSION];
            for (int i = 0; i < n; i++) {
                keys[i] = at + i;
                truth.put(keys[i], vector());
                System.arraycopy(truth.get(keys[i]), 0, vectors, i * DIMENSION, DIMENSION);
            }
            var rows = Rows.of(n)
                    .with("id", Column.longs(keys))
                    .with(
                            "n",
                            new Column.Longs(
                                    Arrays.stream(keys).map(k -> k % 100).toArray(), Nulls.NONE))
                    .with("v", Column.Dense.of(DIMENSION, vectors))
                    .build();
            run(again ? Write.Upsert.of("c", rows) : Write.Insert.of("c", rows));
        }
    }

    private void settle() throws InterruptedException {
        run(new Operate.Flush(List.of("c")));
        awaitReady();
    }

    private void awaitReady() throws InterruptedException {
        for (int look = 0, calm = 0; calm < 3; look++, Thread.sleep(20)) {
            if (look > 3000) throw new AssertionError("not ready: " + run(new Watch.ListJobs()));
            calm = isReady() ? calm + 1 : 0;
        }
    }

    private boolean isReady() {
        var index = run(new Watch.DescribeIndexes("c", Optional.empty())).getFirst();
        return index.state() == Watch.IndexState.FINISHED
                && index.pendingRows() == 0
                && run(new Watch.LoadState("c", List.of())).ready()
                && run(new Watch.Segments("c")).stream().noneMatch(segment -> segment.growing() && segment.rows() > 0)
                && run(new Watch.ListJobs()).stream()
                        .noneMatch(
                                job -> job.phase() == Watch.JobPhase.RUNNING || job.phase() == Watch.JobPhase.WAITING);
    }

    private long[] search(float[] query, Optional<Filter> filter, int k, OptionalDouble radius) {
        var near = new Read.Near(
                "v",
                new Read.Target.Vectors(Column.Dense.of(DIMENSION, query)),
                Optional.empty(),
                Map.of(),
                radius,
                OptionalDouble.empty());
        var hits = run(new Read.Search(
                "c", List.of(), near, filter, k, 0, List.of("v"), Optional.empty(), Optional.empty(), -1, false));
        var keys = ((Column.Longs) hits.keys()).values();
        var fetched = (Column.Dense) hits.outputs().column("v").orElseThrow();
        for (int i = 0; i < keys.length; i++)
            assertThat(floats(fetched, i)).as("the vector of %d", keys[i]).isEqualTo(truth.get(keys[i]));
        return keys;
    }

    private static float[] floats(Column.Dense column, int row) {
        var layout = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        return column.bytes()
                .asSlice((long) row * column.rowBytes(), column.rowBytes())
                .toArray(layout);
    }

    private List<Long> exact(float[] query, Predicate<Long> passes, int k) {
        return truth.keySet().stream()
                .filter(passes)
                .sorted(Comparator.comparingDouble(key -> distance(query, truth.get(key))))
                .limit(k)
                .toList();
    }

    private static double distance(float[] a, float[] b) {
        return IntStream.range(0, DIMENSION)
                .mapToDouble(c -> (a[c] - b[c]) * (a[c] - b[c]))
                .sum();
    }

    private void check(double least) {
        int right = 0, wanted = 0;
        for (int q = 0; q < 15; q++) {
            var query = vector();
            for (int share : new int[] {100, 50, 3}) {
                var found = search(
                        query,
                        share == 100 ? Optional.empty() : Optional.of(Sextant.filter("n < " + share)),
                        10,
                        OptionalDouble.empty());
                var exact = exact(query, key -> key % 100 < share, 10);
                assertThat(found).hasSize(exact.size());
                for (long key : found) assertThat(key % 100).isLessThan(share);
                wanted += exact.size();
                for (long key : found) if (exact.contains(key)) right++;
            }
        }
        assertThat((double) right / wanted).isGreaterThanOrEqualTo(least);
    }

    private Map<String, Long> memory() {
        return run(new Watch.Resources()).memory();
    }

    @Test
    void rowsAreFoundFilteredAndFetchedThroughDeletesUpsertsMergesAndARestart() throws InterruptedException {
        create("index_type", "DISKANN", "metric_type", "L2");
        put(0, 4000, false);
        settle();
        check(0.95);
        assertThat(memory().getOrDefault("vectors", 0L)).isZero();
        run(new Write.Delete("c", Optional.empty(), Sextant.filter("n in [1, 2, 60]")));
        truth.keySet().removeIf(key -> List.of(1L, 2L, 60L).contains(key % 100));
        put(1000, 2000, true);
        settle();
        check(0.95);
        run(new Operate.Compact("c", true));
        awaitReady();
        check(0.95);
        db.close();
        db = Sextant.open(directory, config());
        awaitReady();
        check(0.95);
        assertThat(memory().getOrDefault("vectors", 0L)).isZero();
    }

    @Test
    void aRangeIsTheSameAsThatOfAMap() throws InterruptedException {
        create("index_type", "AUTOINDEX", "metric_type", "L2", "memory", "balanced");
        put(0, 3000, false);
        settle();
        for (int q = 0; q < 10; q++) {
            var query = vector();
            double radius =
                    distance(query, truth.get(exact(query, _ -> true, 25).getLast())) + 1e-3;
            var found = search(query, Optional.empty(), 100, OptionalDouble.of(radius));
            assertThat(found.length).isBetween(24, 25);
        }
    }

    @Test
    void aDamagedPageIsToldAndMendedAndNeverAWrongAnswer() throws Exception {
        create("index_type", "DISKANN", "metric_type", "L2");
        put(0, 2500, false);
        settle();
        db.close();
        int files = 0;
        for (var file : rowFiles()) {
            files++;
            var bytes = Files.readAllBytes(file);
            for (int page = 4096; page < bytes.length; page += 4096) bytes[page + 17] ^= 4;
            Files.write(file, bytes);
        }
        assertThat(files).isPositive();
        db = Sextant.open(directory, config());
        awaitReady();
        check(0.95);
        awaitMended();
        check(0.95);
    }

    private List<Path> rowFiles() throws IOException {
        try (var all = Files.walk(directory)) {
            return new ArrayList<>(
                    all.filter(file -> file.toString().endsWith(".rows")).toList());
        }
    }

    private void awaitMended() throws Exception {
        for (int look = 0; look < 3_000; look++, Thread.sleep(20))
            if (rowFiles().stream().noneMatch(RowsOnDiskTest::isDamaged)) return;
        throw new AssertionError("row pages are not written again");
    }

    /// A row of its own in each page: what was damaged above reads otherwise once it is written again.
    private static boolean isDamaged(Path file) {
        try {
            var bytes = Files.readAllBytes(file);
            var crc = new java.util.zip.CRC32C();
            crc.update(bytes, 4096, 4092);
            var expected = java.nio.ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getInt(8188);
            return expected != (int) crc.getValue();
        } catch (IOException replaced) {
            return true;
        }
    }
}
