package dev.sextant.database;

import static dev.sextant.database.Threshold.id;

import dev.sextant.engine.EngineConfig;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Statement;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import dev.sextant.world.Meters;
import dev.sextant.world.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;

/// A program that stores three times as many bytes of vectors as the database may keep in memory, searches them, and
/// prints what it took: a line each, `name value`. A vector is made of its key, so that none must be remembered.
final class BeyondMemory {
    static final long BUDGET = 64L << 20; // the least
    private static final int DIMENSION = 1000; // a row is a page of its own
    private static final int ROWS = (int) (31 * BUDGET / 10 / (4 * DIMENSION));
    private static final int QUERIES = 40;
    private static final int K = 10;
    private static final int DIRECTIONS = 12;

    private final float[][] directions = new float[DIRECTIONS][DIMENSION];
    private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();
    private final Sextant db;

    public static void main(String[] arguments) throws Exception {
        new BeyondMemory(Path.of(arguments[0])).run();
    }

    private BeyondMemory(Path directory) {
        var random = new Random(5);
        for (var direction : directions)
            for (int c = 0; c < DIMENSION; c++) direction[c] = (float) random.nextGaussian();
        var engine = EngineConfig.DEFAULT.with(to -> {
            to.durability = EngineConfig.Durability.UNSAFE_OS_BUFFERED;
            to.memtableBytes = BUDGET / 8;
            to.graphRows = 4_000;
        });
        var config = SextantConfig.DEFAULT.withMemory(BUDGET).withWorkers(2).with(engine);
        db = Sextant.open(World.real(directory).with(meters()), config);
    }

    private Meters meters() {
        return new Meters() {
            @Override
            public Counter counter(String name, String help, String... labels) {
                return counters.computeIfAbsent(name, _ -> new LongAdder())::add;
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

    /// Points of few dimensions in a space of many, with some noise; queries are made of keys that nobody has.
    private void vector(long key, float[] into, int at) {
        var random = new Random(key * 0x9E3779B97F4A7C15L);
        for (int c = 0; c < DIMENSION; c++) into[at + c] = 0.1f * (random.nextFloat() - 0.5f);
        for (var direction : directions) {
            float along = (float) random.nextGaussian();
            for (int c = 0; c < DIMENSION; c++) into[at + c] += along * direction[c];
        }
    }

    private void run() throws Exception {
        run(Define.CreateCollection.of("c", id(), Field.of("v", new FieldType.Vector(VectorType.FLOAT32, DIMENSION))));
        run(new Define.CreateIndex("c", "v", "", Map.of("index_type", "DISKANN", "metric_type", "L2")));
        run(Operate.Load.of("c"));
        for (int from = 0; from < ROWS; from += 500) insert(from, Math.min(ROWS, from + 500));
        run(new Operate.Flush(List.of("c")));
        for (int calm = 0; calm < 10; Thread.sleep(20)) calm = isCalm() ? calm + 1 : 0;
        var queries = new float[QUERIES][DIMENSION];
        for (int q = 0; q < QUERIES; q++) vector(-1 - q, queries[q], 0);
        long rows = counted("sextant_rows_reranked_total"), pages = counted("sextant_row_pages_read_total");
        var found = new long[QUERIES][];
        for (int q = 0; q < QUERIES; q++) found[q] = search(queries[q]);
        System.out.println("stored " + 4L * ROWS * DIMENSION);
        System.out.println("reranked " + (counted("sextant_rows_reranked_total") - rows));
        System.out.println("pages " + (counted("sextant_row_pages_read_total") - pages));
        System.out.println("reserved "
                + run(new Watch.Resources()).memory().values().stream()
                        .mapToLong(Long::longValue)
                        .sum());
        System.out.println("process " + mostResident());
        db.close();
        System.out.println("recall " + recall(queries, found));
    }

    private long counted(String name) {
        return counters.getOrDefault(name, new LongAdder()).sum();
    }

    /// Memory that is short is a matter of a moment: memtables are being written out.
    private void insert(int from, int to) throws InterruptedException {
        var vectors = new float[(to - from) * DIMENSION];
        for (int key = from; key < to; key++) vector(key, vectors, (key - from) * DIMENSION);
        var rows = Rows.of(to - from)
                .with("id", Column.longs(LongStream.range(from, to).toArray()))
                .with("v", Column.Dense.of(DIMENSION, vectors))
                .build();
        for (int again = 0; ; again++)
            try {
                run(Write.Insert.of("c", rows));
                return;
            } catch (Refused refused) {
                if (again > 600) throw refused;
                Thread.sleep(100);
            }
    }

    private boolean isCalm() {
        var index = run(new Watch.DescribeIndexes("c", Optional.empty())).getFirst();
        return index.state() == Watch.IndexState.FINISHED
                && index.pendingRows() == 0
                && run(new Watch.LoadState("c", List.of())).ready()
                && run(new Watch.Segments("c")).stream().noneMatch(segment -> segment.growing() && segment.rows() > 0)
                && run(new Watch.ListJobs()).stream()
                        .noneMatch(
                                job -> job.phase() == Watch.JobPhase.RUNNING || job.phase() == Watch.JobPhase.WAITING);
    }

    private long[] search(float[] query) {
        var near = new Read.Near(
                "v",
                new Read.Target.Vectors(Column.Dense.of(DIMENSION, query)),
                Optional.empty(),
                Map.of(),
                OptionalDouble.empty(),
                OptionalDouble.empty());
        var hits = run(new Read.Search(
                "c",
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
        return ((Column.Longs) hits.keys()).values();
    }

    private double recall(float[][] queries, long[][] found) {
        var best = new ArrayList<TreeMap<Double, Long>>();
        for (int q = 0; q < QUERIES; q++) best.add(new TreeMap<>());
        var vector = new float[DIMENSION];
        for (long key = 0; key < ROWS; key++) {
            vector(key, vector, 0);
            for (int q = 0; q < QUERIES; q++) {
                best.get(q).put(distance(queries[q], vector), key);
                if (best.get(q).size() > K) best.get(q).pollLastEntry();
            }
        }
        int right = 0;
        for (int q = 0; q < QUERIES; q++)
            for (long key : found[q]) if (best.get(q).containsValue(key)) right++;
        return (double) right / (QUERIES * K);
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int c = 0; c < DIMENSION; c++) sum += (a[c] - b[c]) * (a[c] - b[c]);
        return sum;
    }

    /// The most that the process ever held, in bytes; 0 where the system does not tell.
    private static long mostResident() throws IOException {
        var status = Path.of("/proc/self/status");
        if (!Files.exists(status)) return 0;
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }
}
