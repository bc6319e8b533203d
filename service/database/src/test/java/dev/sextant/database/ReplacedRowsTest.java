package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.engine.EngineConfig;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Rows;
import dev.sextant.model.Statement;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import dev.sextant.query.QueryConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A collection of which half of the rows were replaced, little by little, finds as much as one that was filled with
/// the same rows at once.
@Tag("slow")
class ReplacedRowsTest {
    private static final int DIMENSION = 64;
    private static final int ROWS = 5_000;
    private static final int ROUNDS = 5;
    private static final int QUERIES = 500;
    private static final int K = 10;

    @TempDir
    private Path directory;

    private final Random random = new Random(17);
    private final float[][] vectors = new float[ROWS][];
    private final float[][] centres = new float[50][DIMENSION];

    private static SextantConfig config() {
        // Rows that are gone are dropped at once.
        var engine = EngineConfig.DEFAULT.with(to -> {
            to.durability = EngineConfig.Durability.UNSAFE_OS_BUFFERED;
            to.graphRows = 500;
            to.historyFor = Duration.ZERO;
        });
        // Costs are fixed: what is measured may have one of the two collections scanned, which finds more.
        var q = QueryConfig.DEFAULT;
        var query = new QueryConfig(
                q.maxOutputSize(),
                q.scanRows(),
                q.beam(),
                q.widestBeam(),
                q.stepRows(),
                q.splitNanos(),
                q.findKeys(),
                q.filterCacheBytes());
        return SextantConfig.DEFAULT
                .withMemory(256L << 20)
                .withWorkers(2)
                .with(engine)
                .with(query);
    }

    private float[] vector() {
        var centre = centres[random.nextInt(centres.length)];
        var vector = new float[DIMENSION];
        for (int c = 0; c < DIMENSION; c++) vector[c] = centre[c] + 0.7f * (float) random.nextGaussian();
        return vector;
    }

    @ParameterizedTest
    @ValueSource(strings = {"speed", "compact"})
    void halfOfTheRowsReplacedCostAtMostHalfAPoint(String memory) throws InterruptedException {
        for (var centre : centres) for (int c = 0; c < DIMENSION; c++) centre[c] = (float) random.nextGaussian();
        for (int key = 0; key < ROWS; key++) vectors[key] = vector();
        try (var db = Sextant.open(directory.resolve(memory), config())) {
            create(db, "worn", memory);
            upsert(db, "worn", LongStream.range(0, ROWS).toArray());
            merge(db, "worn");
            for (int round = 0; round < ROUNDS; round++) {
                var keys = random.longs(0, ROWS)
                        .distinct()
                        .limit(ROWS / 2 / ROUNDS)
                        .toArray();
                for (long key : keys) vectors[(int) key] = vector();
                upsert(db, "worn", keys);
                merge(db, "worn");
            }
            create(db, "fresh", memory);
            upsert(db, "fresh", LongStream.range(0, ROWS).toArray());
            merge(db, "fresh");
        }
        // Started anew: right after a build the interim graph of the memtable may still serve, which finds more.
        try (var db = Sextant.open(directory.resolve(memory), config())) {
            awaitMerged(db, "worn");
            awaitMerged(db, "fresh");
            var queries = new float[QUERIES][];
            for (int q = 0; q < QUERIES; q++) queries[q] = vector();
            var exact = Arrays.stream(queries).map(this::exact).toList();
            double worn = recall(db, "worn", queries, exact), fresh = recall(db, "fresh", queries, exact);
            System.out.println(memory + ": " + worn + ", fresh " + fresh);
            assertThat(worn)
                    .as("recall, that of a fresh collection is %s", fresh)
                    .isGreaterThan(fresh - 0.005);
        }
    }

    private static <R> R run(Sextant db, Statement<R> statement) {
        return db.execute(Call.local(), statement);
    }

    private static void create(Sextant db, String name, String memory) {
        run(
                db,
                Define.CreateCollection.of(
                        name, id(), Field.of("v", new FieldType.Vector(VectorType.FLOAT32, DIMENSION))));
        run(
                db,
                new Define.CreateIndex(
                        name, "v", "", Map.of("index_type", "AUTOINDEX", "metric_type", "L2", "memory", memory)));
        run(db, Operate.Load.of(name));
    }

    private void upsert(Sextant db, String name, long[] keys) {
        for (int from = 0; from < keys.length; from += 1000) {
            var some = Arrays.copyOfRange(keys, from, Math.min(keys.length, from + 1000));
            var values = new float[some.length * DIMENSION];
            for (int i = 0; i < some.length; i++)
                System.arraycopy(vectors[(int) some[i]], 0, values, i * DIMENSION, DIMENSION);
            run(
                    db,
                    Write.Upsert.of(
                            name,
                            Rows.of(some.length)
                                    .with("id", Column.longs(some))
                                    .with("v", Column.Dense.of(DIMENSION, values))
                                    .build()));
        }
    }

    /// Into one segment, with its index and without rows that are gone.
    private static void merge(Sextant db, String name) throws InterruptedException {
        run(db, new Operate.Flush(List.of(name)));
        for (int look = 0; look < 3000; look++, Thread.sleep(20)) {
            if (isMerged(db, name)) return;
            run(db, new Operate.Compact(name, true));
        }
        throw new AssertionError("not merged: " + run(db, new Watch.Segments(name)));
    }

    private static boolean isMerged(Sextant db, String name) {
        var segments = run(db, new Watch.Segments(name)).stream()
                .filter(segment -> segment.rows() > 0)
                .toList();
        var index = run(db, new Watch.DescribeIndexes(name, Optional.empty())).getFirst();
        return segments.size() == 1
                && !segments.getFirst().growing()
                && segments.getFirst().rows() == ROWS
                && index.state() == Watch.IndexState.FINISHED
                && index.pendingRows() == 0
                && run(db, new Watch.LoadState(name, List.of())).ready()
                && run(db, new Watch.ListJobs()).stream().allMatch(job -> job.phase() == Watch.JobPhase.DONE);
    }

    /// After a start a memtable may serve until its file is open.
    private static void awaitMerged(Sextant db, String name) throws InterruptedException {
        for (int look = 0; look < 3000; look++, Thread.sleep(20)) if (isMerged(db, name)) return;
        throw new AssertionError("not served by one segment: " + run(db, new Watch.Segments(name)));
    }

    private List<Long> exact(float[] query) {
        var distances = new double[ROWS];
        for (int key = 0; key < ROWS; key++)
            for (int c = 0; c < DIMENSION; c++) {
                double apart = query[c] - vectors[key][c];
                distances[key] += apart * apart;
            }
        return LongStream.range(0, ROWS)
                .boxed()
                .sorted(java.util.Comparator.comparingDouble(key -> distances[key.intValue()]))
                .limit(K)
                .toList();
    }

    private static double recall(Sextant db, String name, float[][] queries, List<List<Long>> exact) {
        int right = 0;
        for (int q = 0; q < queries.length; q++) {
            var near = new Read.Near(
                    "v",
                    new Read.Target.Vectors(Column.Dense.of(DIMENSION, queries[q])),
                    Optional.empty(),
                    Map.of(),
                    OptionalDouble.empty(),
                    OptionalDouble.empty());
            var hits = run(
                    db,
                    new Read.Search(
                            name,
                            List.of(),
                            near,
                            Optional.empty(),
                            K,
                            0,
                            List.of(),
                            Optional.empty(),
                            Optional.empty(),
                            -1,
                            false));
            for (long key : ((Column.Longs) hits.keys()).values())
                if (exact.get(q).contains(key)) right++;
        }
        return (double) right / (queries.length * K);
    }
}
