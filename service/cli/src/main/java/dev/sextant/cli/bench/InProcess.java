package dev.sextant.cli.bench;

import dev.sextant.database.Sextant;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Rows;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The embedded form, on a directory of its own that is removed afterwards.
public final class InProcess implements Subject {
    private static final String NAME = "bench";

    private final Metric metric;
    private final String index;
    private final Map<String, String> parameters;
    private final Path directory;
    private final Sextant database;
    private final Call call = Call.local();

    public InProcess(Metric metric, String index, Map<String, String> parameters) {
        this.metric = metric;
        this.index = index;
        this.parameters = parameters;
        try {
            directory = Files.createTempDirectory("sextant-bench");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        database = Sextant.open(directory);
    }

    @Override
    public String description() {
        return "Sextant in process";
    }

    @Override
    public void create(int dimension) {
        database.execute(
                call,
                Define.CreateCollection.of(
                        NAME,
                        Field.of("id", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY),
                        Field.of("v", new FieldType.Vector(VectorType.FLOAT32, dimension))));
    }

    @Override
    public void insert(VectorFile base, int from, int to) {
        int dimension = base.dimension();
        var ids = new long[to - from];
        var values = new float[ids.length * dimension];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = from + i;
            base.copyRow(from + i, values, i * dimension);
        }
        var rows = Rows.of(ids.length)
                .with("id", Column.longs(ids))
                .with("v", Column.Dense.of(dimension, values))
                .build();
        database.execute(call, Write.Insert.of(NAME, rows));
    }

    @Override
    public void build() {
        database.execute(call, new Operate.Flush(List.of(NAME)));
        var settings = new java.util.HashMap<>(parameters);
        settings.put("index_type", index);
        settings.put("metric_type", metric.name());
        database.execute(call, new Define.CreateIndex(NAME, "v", "", settings));
        database.execute(call, Operate.Load.of(NAME));
        database.execute(call, new Operate.Compact(NAME, true));
        while (!ready()) pause();
    }

    private boolean ready() {
        var built = database.execute(call, new Watch.DescribeIndexes(NAME, Optional.empty())).stream()
                .allMatch(i -> i.state() == Watch.IndexState.FINISHED && i.pendingRows() == 0);
        boolean idle = database.execute(call, new Watch.ListJobs()).stream()
                .noneMatch(job -> job.phase() == Watch.JobPhase.RUNNING || job.phase() == Watch.JobPhase.WAITING);
        return built
                && idle
                && database.execute(call, new Watch.LoadState(NAME, List.of())).ready();
    }

    @Override
    public Client client() {
        return new Client() {
            @Override
            public float[] search(float[] query, int k, Map<String, String> searchParameters) {
                var near = new Read.Near(
                        "v",
                        new Read.Target.Vectors(Column.Dense.of(query.length, query)),
                        Optional.empty(),
                        searchParameters,
                        java.util.OptionalDouble.empty(),
                        java.util.OptionalDouble.empty());
                return database.execute(
                                call,
                                new Read.Search(
                                        NAME,
                                        List.of(),
                                        near,
                                        Optional.empty(),
                                        k,
                                        0,
                                        List.of(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        -1,
                                        false))
                        .scores();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Footprint footprint(long rows) {
        var statistics = database.execute(call, new Watch.Statistics(NAME, Optional.empty()));
        return new Footprint((double) statistics.bytesInMemory() / rows, (double) statistics.bytesOnDisk() / rows);
    }

    /// All threads of this process but the compilers and collectors: with one caller, its own and the workers'.
    @Override
    public long cpuNanos() {
        var threads = ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (long id : threads.getAllThreadIds()) sum += Math.max(0, threads.getThreadCpuTime(id));
        return sum;
    }

    @Override
    public void close() {
        database.close();
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException left) {
            System.err.println("could not remove " + directory + ": " + left.getMessage());
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }
}
