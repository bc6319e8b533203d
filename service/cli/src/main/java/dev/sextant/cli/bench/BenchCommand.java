package dev.sextant.cli.bench;

import dev.sextant.cli.bench.data.Matrix;
import dev.sextant.cli.bench.data.MatrixFile;
import dev.sextant.cli.bench.data.MatrixFile.Role;
import dev.sextant.cli.progress.Bar;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// Loads a data set, builds an index, and says how fast and how right it answers: in this process, or over gRPC.
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures ingest, index build, recall and throughput on a data set.",
        sortOptions = false)
public final class BenchCommand implements Callable<Integer> {
    private static final int COUNTED_FILTERS = 200;

    @Option(
            names = "--data",
            required = true,
            description =
                    "rows: .npy, .fvecs, .bvecs, .fbin, .u8bin, these also as .gz; .hdf5 of ann-benchmarks; .parquet "
                            + "(FILE#NAME chooses data set or column)")
    Path data;

    @Option(names = "--queries", description = "queries, in the same formats; an .hdf5 file brings its own")
    Path queries;

    @Option(
            names = "--truth",
            description =
                    "ids of the exact nearest rows of each query (.npy, .ivecs, .ibin, .hdf5, .parquet); computed when absent, "
                            + "when --rows cuts the data, and under a filter")
    Path truth;

    @Option(
            names = "--metric",
            defaultValue = "L2",
            converter = FloatMetric.class,
            description = "L2, IP or COSINE (default ${DEFAULT-VALUE})")
    Metric metric;

    @Option(
            names = "--index",
            defaultValue = "HNSW",
            description = "index type, as the server knows it (default ${DEFAULT-VALUE})")
    String index;

    @Option(
            names = "--params",
            paramLabel = "KEY=VALUE",
            split = ",",
            description = "to build the index with, as key=value,key=value")
    Map<String, String> params = Map.of();

    @Option(
            names = "--sweep",
            description =
                    "search parameter and its values (by default what the index is steered with: ef=16,32,64,128,256 of HNSW); "
                            + "several keys go side by side: nprobe=8,16;refine_k=2,4 are two settings, never four. "
                            + "'default' searches without. May be repeated.")
    List<String> sweeps = List.of();

    @Option(names = "--k", defaultValue = "10", description = "hits a query (default ${DEFAULT-VALUE})")
    int k;

    @Option(names = "--threads", defaultValue = "1", description = "clients at once (default ${DEFAULT-VALUE})")
    int threads;

    @Option(names = "--nq", defaultValue = "1", description = "queries a request (default ${DEFAULT-VALUE})")
    int nq;

    @Option(
            names = "--rounds",
            defaultValue = "3",
            description = "rounds over all queries; the median counts (default ${DEFAULT-VALUE})")
    int rounds;

    @Option(names = "--warm", defaultValue = "3", description = "seconds of searches before (default ${DEFAULT-VALUE})")
    double warmSeconds;

    @Option(names = "--rows", description = "at most so many rows of the data")
    int mostRows = Integer.MAX_VALUE;

    @Option(names = "--most-queries", description = "at most so many queries")
    int mostQueries = Integer.MAX_VALUE;

    @Option(names = "--batch", defaultValue = "2000", description = "rows an insert (default ${DEFAULT-VALUE})")
    int batch;

    @Option(
            names = "--filter",
            description =
                    "a condition on all searches, over id, u (0 to 1, knows nothing of the vectors), label (0 to 99), "
                            + "c0 to c15 (0 to 1, by distance from a row)")
    String filter = "";

    @Option(names = "--selectivity", description = "instead of --filter: share of the rows that match, such as 0.01")
    Double selectivity;

    @Option(
            names = "--correlation",
            defaultValue = "NONE",
            description = "with --selectivity, how the rows that match lie to the query: none, with (around it), "
                    + "against (far from it)")
    Filters.Correlation correlation;

    @Option(names = "--in-process", description = "measure the embedded engine instead of a server")
    boolean inProcess;

    @Option(
            names = "--uri",
            converter = Address.class,
            defaultValue = "http://127.0.0.1:19530",
            description = "server to measure, any that speaks Milvus' gRPC (default ${DEFAULT-VALUE})")
    URI uri;

    @Option(names = "--token", defaultValue = "", description = "user:password for the server")
    String token;

    @Option(
            names = "--metrics",
            converter = Address.class,
            description =
                    "page of the server's own figures, for its CPU time and, of this one, what rows take, such as http://127.0.0.1:9091/metrics")
    URI metrics;

    @Option(names = "--json", description = "write the figures here as JSON")
    Path json;

    @Option(names = "--svg", description = "write the plot here")
    Path svg;

    @Override
    public Integer call() throws IOException {
        check();
        var settings = Settings.parse(sweeps.isEmpty() ? List.of(IndexWords.sweep(index, k)) : sweeps);
        checkWords(settings);
        var surroundings = Surroundings.now();
        var base = vectors("--data", data, Role.ROWS, mostRows);
        var asked = vectors("--queries", queries == null ? MatrixFile.whole(data) : queries, Role.QUERIES, mostQueries);
        if (base.dimension() != asked.dimension())
            throw new IllegalArgumentException("--data has vectors of " + base.dimension() + " components ("
                    + base.rows() + " of them), --queries of " + asked.dimension() + ": they must be alike");
        boolean filtered = !filter.isEmpty() || selectivity != null;
        var scalars = filtered ? Scalars.of(base, metric) : Scalars.NONE;
        var filters = filters(base, asked, scalars);
        try (var subject = subject()) {
            // What the subject does not take, or that it is not there, is told before anything takes long.
            subject.create(base.dimension(), scalars);
            subject.rehearse(rehearsal(asked, filters, settings));
            var exact = truth(base, asked, filters);
            var ingest = timed(subject, () -> ingest(subject, base, scalars));
            System.err.println("building the index ...");
            var build = timed(subject, subject::build);
            var points = new Sweep(subject, exact, threads, nq, rounds, warmSeconds).run(settings);
            var report = new Report(
                    surroundings,
                    subject.description(),
                    MatrixFile.nameOf(data),
                    metric.name(),
                    index,
                    params,
                    base.rows(),
                    base.dimension(),
                    asked.rows(),
                    k,
                    threads,
                    nq,
                    filterInWords(),
                    ingest,
                    build,
                    subject.footprint(),
                    filtered ? filtering(subject, filters, asked.rows(), base.rows()) : Report.Filtering.NONE,
                    points);
            System.out.print(report.table());
            if (json != null) Files.writeString(json, report.json());
            if (svg != null) Files.writeString(svg, report.svg());
        }
        return 0;
    }

    private void check() {
        positive("--k", k);
        positive("--threads", threads);
        positive("--nq", nq);
        positive("--rounds", rounds);
        positive("--rows", mostRows);
        positive("--most-queries", mostQueries);
        positive("--batch", batch);
        writable("--json", json);
        writable("--svg", svg);
        if (queries == null && !MatrixFile.holdsAll(data))
            throw new IllegalArgumentException("--queries is missing; only an .hdf5 file brings its own");
        if (selectivity != null && !filter.isEmpty())
            throw new IllegalArgumentException("--filter and --selectivity exclude each other");
        if (selectivity != null && !(selectivity > 0 && selectivity <= 1))
            throw new IllegalArgumentException("--selectivity takes a share above 0 and up to 1, came " + selectivity);
        if (selectivity == null && correlation != Filters.Correlation.NONE)
            throw new IllegalArgumentException("--correlation goes with --selectivity");
        if (nq > 1 && correlation != Filters.Correlation.NONE)
            throw new IllegalArgumentException(
                    "--nq is 1 under --correlation, where each query has a condition of its own; came " + nq);
    }

    /// Another server may know more, and is asked all the same.
    private void checkWords(List<Map<String, String>> settings) {
        var unheeded = IndexWords.unheeded(index, params, settings);
        if (inProcess && !unheeded.isEmpty()) throw new IllegalArgumentException(unheeded.getFirst());
        unheeded.forEach(sentence -> System.err.println("asked for all the same: " + sentence));
    }

    private List<Subject.Question> rehearsal(Matrix asked, Filters filters, List<Map<String, String>> settings) {
        int count = Math.min(nq, asked.rows());
        return settings.stream()
                .map(setting -> new Subject.Question(asked.rows(0, count), count, k, setting, filters.text(0)))
                .toList();
    }

    private static Matrix vectors(String option, Path file, Role role, int most) throws IOException {
        var read = MatrixFile.read(file, role, most);
        if (read.rows() == 0) throw new IllegalArgumentException(option + " holds no vectors: " + file);
        var floats = read.floats();
        for (int i = 0; i < floats.length; i++)
            if (!Float.isFinite(floats[i]))
                throw new IllegalArgumentException(option + " holds " + floats[i] + " in row " + i / read.dimension()
                        + " of " + file + ": components are finite numbers");
        return read;
    }

    private static void positive(String option, int value) {
        if (value < 1) throw new IllegalArgumentException(option + " takes a number from 1 on, came " + value);
    }

    /// Before anything is measured, which may take hours.
    private static void writable(String option, Path file) {
        if (file == null) return;
        var folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null || !Files.isWritable(Files.exists(file) ? file : folder))
            throw new IllegalArgumentException(option + " names a file that cannot be written: " + file);
    }

    static final class Address implements ITypeConverter<URI> {
        @Override
        public URI convert(String said) {
            try {
                var address = URI.create(said);
                if (address.getHost() != null && List.of("http", "https").contains(address.getScheme())) return address;
            } catch (IllegalArgumentException none) {
                // told below
            }
            throw new TypeConversionException("it takes http://host:port or https://host:port, came " + said);
        }
    }

    /// Metrics by which vectors of floats are compared.
    static final class FloatMetric implements ITypeConverter<Metric> {
        @Override
        public Metric convert(String said) {
            return Arrays.stream(Metric.values())
                    .filter(metric ->
                            metric.fits(VectorType.FLOAT32) && metric.name().equalsIgnoreCase(said))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("it takes L2, IP or COSINE, came " + said));
        }
    }

    private Filters filters(Matrix base, Matrix asked, Scalars scalars) {
        if (selectivity != null) return Filters.share(selectivity, correlation, scalars, base, asked, metric);
        return filter.isEmpty() ? Filters.NONE : Matches.of(filter, scalars);
    }

    private String filterInWords() {
        if (selectivity == null) return filter;
        return switch (correlation) {
            case NONE -> selectivity + " of the rows, anywhere";
            case WITH -> selectivity + " of the rows, around the query";
            case AGAINST -> selectivity + " of the rows, far from the query";
        };
    }

    private Truth truth(Matrix base, Matrix asked, Filters filters) {
        var file = truth == null && MatrixFile.holdsAll(data) ? MatrixFile.whole(data) : truth;
        boolean cut = base.rows() == mostRows; // the nearest rows of the file may be among those left out
        if (file == null || cut || filters != Filters.NONE) return Truth.computed(base, asked, metric, k, filters);
        return Truth.of(MatrixFile.read(file, Role.TRUTH, mostQueries), base, asked, metric, k);
    }

    private Subject subject() {
        if (inProcess) return new InProcess(metric, index, params);
        return new OverWire(uri, token, Optional.ofNullable(metrics).map(ServerFigures::new), metric, index, params);
    }

    private void ingest(Subject subject, Matrix base, Scalars scalars) {
        try (var bar = new Bar("inserting", "rows", base.rows())) {
            for (int from = 0; from < base.rows(); from += batch) {
                int to = Math.min(base.rows(), from + batch);
                subject.insert(base, scalars, from, to);
                bar.to(to);
            }
        }
    }

    /// CPU time in process is that of the whole process, compilers and collectors too: it is spent for the rows.
    private Report.Took timed(Subject subject, Runnable work) {
        long cpu = used(subject);
        long began = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - began) / 1e9;
        return new Report.Took(seconds, cpu < 0 ? Double.NaN : (used(subject) - cpu) / 1e9);
    }

    private long used(Subject subject) {
        return inProcess
                        && ManagementFactory.getOperatingSystemMXBean()
                                instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getProcessCpuTime()
                : subject.cpuNanos(java.util.Set.of());
    }

    /// How long it takes to find the rows of a condition that never came before.
    private static Report.Filtering filtering(Subject subject, Filters filters, int queries, int rows) {
        int counted = Math.min(queries, COUNTED_FILTERS);
        var nanos = new long[counted];
        double matching = 0;
        try (var client = subject.client()) {
            for (int q = 0; q < counted; q++) client.count(filters.freshText(q, q)); // warms
            for (int q = 0; q < counted; q++) {
                long began = System.nanoTime();
                long count = client.count(filters.freshText(q, counted + q));
                nanos[q] = System.nanoTime() - began;
                int expected = filters.matching(q, rows);
                if (count != expected)
                    throw new IllegalStateException(
                            "'" + filters.text(q) + "' matches " + expected + " rows, the subject says " + count);
                matching += (double) count / rows;
            }
        }
        Arrays.sort(nanos);
        return new Report.Filtering(
                matching / counted, Figures.quantile(nanos, 0.5) / 1e3, Figures.quantile(nanos, 0.99) / 1e3);
    }
}
