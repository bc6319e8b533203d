package dev.sextant.bench;

import dev.sextant.cli.bench.Truth;
import dev.sextant.database.Sextant;
import dev.sextant.database.SextantConfig;
import dev.sextant.engine.EngineConfig;
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
import dev.sextant.world.Meters;
import dev.sextant.world.World;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Data larger than the memory that the database may use: what is found, what is read, and what the process takes.
@Command(
        name = "disk",
        mixinStandardHelpOptions = true,
        description = "Searches rows that stay on disk, within a memory budget that they do not fit.")
final class DiskBench implements Callable<Integer> {
    private static final String NAME = "bench";

    @Parameters(index = "0", paramLabel = "FOLDER")
    Path folder;

    @Parameters(index = "1", paramLabel = "SET")
    String set;

    @Option(names = "--budget", description = "memory of the database in MiB (default: a third of the rows)")
    long budgetMiB;

    @Option(names = "--memory", defaultValue = "compact", description = "compact, balanced or speed")
    String memory;

    @Option(names = "--sweep", split = ",", defaultValue = "16,32,64,128", description = "beams")
    List<Integer> beams;

    @Option(names = "--most-queries", defaultValue = "2000")
    int mostQueries;

    @Option(names = "--rows", description = "at most so many rows of the data")
    int mostRows = Integer.MAX_VALUE;

    @Option(names = "--directory", description = "where the data goes, on the disk to be measured")
    Path parent = Path.of(System.getProperty("java.io.tmpdir"));

    private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();
    private final Call call = Call.local();

    @Override
    public Integer call() throws Exception {
        var data = DataSet.read(folder, set, Metric.L2, 10, mostRows, mostQueries);
        long bytes = 4L * data.base().rows() * data.base().dimension();
        long budget = budgetMiB > 0 ? budgetMiB << 20 : Math.max(64L << 20, bytes / 3);
        var directory = Files.createTempDirectory(parent, "sextant-disk");
        try (var database = Sextant.open(World.real(directory).with(meters()), config(budget))) {
            fill(database, data);
            System.out.printf(
                    Locale.ROOT,
                    "%s: %,d rows of %d, %,.1f MB of floats, budget %,.1f MB (1 : %.2f), %s%n",
                    set,
                    data.base().rows(),
                    data.base().dimension(),
                    bytes / 1e6,
                    budget / 1e6,
                    (double) bytes / budget,
                    memory);
            footprint(database, "built");
            for (int beam : beams) search(database, data, beam);
            footprint(database, "searched");
        } finally {
            remove(directory);
        }
        return 0;
    }

    /// Memtables small enough that several fit, as an operator with little memory sets them.
    private static SextantConfig config(long budget) {
        var e = EngineConfig.DEFAULT;
        var engine = e.with(to -> {
            to.durability = EngineConfig.Durability.UNSAFE_OS_BUFFERED;
            to.memtableBytes = Math.min(e.memtableBytes(), budget / 8);
            to.graphRows = e.graphRows() / 4;
        });
        return SextantConfig.DEFAULT.withMemory(budget).with(engine);
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

    private long counted(String name) {
        return counters.getOrDefault(name, new LongAdder()).sum();
    }

    private void fill(Sextant database, DataSet data) throws InterruptedException {
        int dimension = data.base().dimension();
        database.execute(
                call,
                Define.CreateCollection.of(
                        NAME,
                        Field.of("id", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY),
                        Field.of("v", new FieldType.Vector(VectorType.FLOAT32, dimension))));
        database.execute(
                call,
                new Define.CreateIndex(
                        NAME, "v", "", Map.of("index_type", "AUTOINDEX", "metric_type", "L2", "memory", memory)));
        database.execute(call, Operate.Load.of(NAME));
        long begun = System.nanoTime();
        for (int from = 0; from < data.base().rows(); from += 1000) {
            int to = Math.min(data.base().rows(), from + 1000);
            var rows = Rows.of(to - from)
                    .with("id", Column.longs(LongStream.range(from, to).toArray()))
                    .with("v", Column.Dense.of(dimension, data.base().rows(from, to)))
                    .build();
            insert(database, Write.Insert.of(NAME, rows));
        }
        database.execute(call, new Operate.Flush(List.of(NAME)));
        awaitCalm(database);
        for (int round = 0; round < 4; round++) { // as few segments as may be: each merge takes what fits
            database.execute(call, new Operate.Compact(NAME, true));
            awaitCalm(database);
        }
        System.out.printf(Locale.ROOT, "filled and built in %.0f s%n", (System.nanoTime() - begun) / 1e9);
    }

    /// Memory that is short is a matter of a moment: memtables are being written out.
    private void insert(Sextant database, Write.Insert insert) throws InterruptedException {
        for (int again = 0; ; again++)
            try {
                database.execute(call, insert);
                return;
            } catch (dev.sextant.model.Refused refused) {
                if (again > 600) throw refused;
                Thread.sleep(100);
            }
    }

    private void awaitCalm(Sextant database) throws InterruptedException {
        for (int calm = 0; calm < 20; Thread.sleep(50)) calm = isCalm(database) ? calm + 1 : 0;
    }

    private boolean isCalm(Sextant database) {
        var index = database.execute(call, new Watch.DescribeIndexes(NAME, Optional.empty()))
                .getFirst();
        if (!index.failure().isEmpty()) System.out.println("index: " + index.failure());
        return index.state() == Watch.IndexState.FINISHED
                && index.pendingRows() == 0
                && database.execute(call, new Watch.LoadState(NAME, List.of())).ready()
                && database.execute(call, new Watch.Segments(NAME)).stream()
                        .noneMatch(segment -> segment.growing() && segment.rows() > 0)
                && database.execute(call, new Watch.ListJobs()).stream()
                        .noneMatch(
                                job -> job.phase() == Watch.JobPhase.RUNNING || job.phase() == Watch.JobPhase.WAITING);
    }

    private void search(Sextant database, DataSet data, int beam) {
        int queries = data.queries().rows(), warm = Math.min(queries, 300);
        for (int q = 0; q < warm; q++) search(database, data, q, beam);
        long rows = counted("sextant_rows_reranked_total"), pages = counted("sextant_row_pages_read_total");
        long cpu = cpu(), begun = System.nanoTime();
        var took = new long[queries];
        var found = new long[queries][];
        for (int q = 0; q < queries; q++) {
            long asked = System.nanoTime();
            found[q] = search(database, data, q, beam);
            took[q] = System.nanoTime() - asked;
        }
        double wall = (System.nanoTime() - begun) / 1e9, used = (cpu() - cpu) / 1e9;
        rows = counted("sextant_rows_reranked_total") - rows;
        pages = counted("sextant_row_pages_read_total") - pages;
        Arrays.sort(took);
        System.out.printf(
                Locale.ROOT,
                "beam %4d  recall@10 %.4f  %,.0f queries/s (%,.0f per CPU s)  p50 %.2f ms  p99 %.2f ms  "
                        + "%.1f rows read a query  %.3f pages a row%n",
                beam,
                recall(data.truth(), found),
                queries / wall,
                queries / used,
                took[queries / 2] / 1e6,
                took[queries * 99 / 100] / 1e6,
                (double) rows / queries,
                rows == 0 ? 0 : (double) pages / rows);
    }

    private long[] search(Sextant database, DataSet data, int query, int beam) {
        var near = new Read.Near(
                "v",
                new Read.Target.Vectors(Column.Dense.of(
                        data.queries().dimension(), data.queries().row(query))),
                Optional.empty(),
                Map.of("ef", Integer.toString(beam)),
                OptionalDouble.empty(),
                OptionalDouble.empty());
        var hits = database.execute(
                call,
                new Read.Search(
                        NAME,
                        List.of(),
                        near,
                        Optional.empty(),
                        10,
                        0,
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        -1,
                        false));
        return ((Column.Longs) hits.keys()).values();
    }

    private static double recall(Truth truth, long[][] found) {
        double right = 0;
        for (int q = 0; q < found.length; q++) right += truth.right(q, found[q], 0, found[q].length) / 10.0;
        return right / found.length;
    }

    private static long cpu() {
        var threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getAllThreadIds())
                .map(threads::getThreadCpuTime)
                .filter(nanos -> nanos > 0)
                .sum();
    }

    private void footprint(Sextant database, String when) throws IOException {
        System.gc();
        var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        var reserved = database.execute(call, new Watch.Resources()).memory();
        System.out.printf(
                Locale.ROOT,
                "%s: reserved %,.1f MB %s; process %s; heap committed %,.1f MB%n",
                when,
                reserved.values().stream().mapToLong(Long::longValue).sum() / 1e6,
                reserved,
                resident(),
                heap.getCommitted() / 1e6);
    }

    private static String resident() throws IOException {
        var status = Path.of("/proc/self/status");
        if (!Files.exists(status)) return "unknown here";
        return String.join(
                ", ",
                Files.readAllLines(status).stream()
                        .filter(line ->
                                line.startsWith("VmRSS") || line.startsWith("VmHWM") || line.startsWith("RssAnon"))
                        .map(line -> line.replaceAll("\\s+", " "))
                        .toList());
    }

    private static void remove(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
