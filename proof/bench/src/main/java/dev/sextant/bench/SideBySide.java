package dev.sextant.bench;

import dev.sextant.cli.bench.Figures;
import dev.sextant.cli.bench.Settings;
import dev.sextant.cli.bench.Surroundings;
import dev.sextant.cli.progress.Bar;
import dev.sextant.model.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Sextant beside its peers in one session. Each builds in a process of its own; then rounds alternate between all of
/// them, setting by setting, so that a slow moment of the machine hits all; what counts is the throughput interpolated
/// at equal recall within a round, and of the rounds the median.
@Command(
        name = "side-by-side",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Sextant beside its peers: one thread searches, queries per second of CPU time.")
final class SideBySide implements Callable<Integer> {
    private static final List<String> EVERYBODY = List.of(
            "hnswlib:M=16,efConstruction=200",
            "faiss:hnsw,M=32,efConstruction=200",
            "faiss:ivfpq/nprobe=2,4,8,16,32,64,128;refine_k=8",
            "usearch:dtype=f32,M=16,efConstruction=200",
            "usearch:dtype=f16,M=16,efConstruction=200",
            "lucene:float,M=16,beam=200",
            "lucene:SEVEN_BIT,M=16,beam=200",
            "jvector:float,M=32,beam=200",
            "jvector:fused,M=32,beam=200",
            "sextant:AUTOINDEX",
            "sextant:HNSW,M=16,efConstruction=200",
            "index:quantised");

    @Parameters(index = "0", paramLabel = "FOLDER", description = "where the data set is")
    Path folder;

    @Parameters(index = "1", paramLabel = "SET", description = "its name, such as mnist-784")
    String set;

    @Parameters(
            index = "2",
            paramLabel = "ROUNDS",
            arity = "0..1",
            defaultValue = "5",
            description = "default ${DEFAULT-VALUE}")
    int rounds;

    @Option(
            names = "--with",
            description =
                    "who takes part: NAME[:type,key=value...][/sweep], such as sextant:HNSW,M=16/ef=10,20,40; NAME is "
                            + "hnswlib, faiss, usearch, lucene, jvector, sextant (through the whole door; the type is the index type) "
                            + "or index (quantised or hnsw, the bare index). May be repeated; the first is the one compared with. "
                            + "Without it: everybody.")
    List<String> with = EVERYBODY;

    @Option(names = "--rows", description = "at most so many rows; the truth is then computed")
    int mostRows = Integer.MAX_VALUE;

    @Option(names = "--queries", description = "at most so many queries")
    int mostQueries = Integer.MAX_VALUE;

    @Option(names = "--metric", defaultValue = "L2", description = "L2, IP or COSINE (default ${DEFAULT-VALUE})")
    Metric metric;

    @Option(names = "--k", defaultValue = "10", description = "hits a query (default ${DEFAULT-VALUE})")
    int k;

    @Option(names = "--build-threads", defaultValue = "2", description = "default ${DEFAULT-VALUE}")
    int buildThreads;

    @Option(
            names = "--recalls",
            split = ",",
            defaultValue = "0.9,0.95,0.98,0.99,0.995,0.999",
            description = "where to compare (default ${DEFAULT-VALUE})")
    List<Double> recalls;

    @Option(names = "--out", defaultValue = "target/bench-results", description = "folder for table, JSON and plot")
    Path out;

    @Option(
            names = "--page",
            description =
                    "a page to put the table into, between its comments `side-by-side SET` and `end`; the plot goes beside it")
    Path page;

    /// What one contestant came to, by round and setting.
    record Course(
            String title,
            String version,
            double buildSeconds,
            double buildCpuSeconds,
            double bytesPerRow,
            List<Map<String, String>> settings,
            List<List<Figures.At>> rounds) {}

    @Override
    public Integer call() throws IOException {
        var orders = with.stream().map(Contestant.Order::parse).toList();
        var surroundings = Surroundings.now();
        var data = DataSet.read(folder, set, metric, k, mostRows, mostQueries);
        var contestants = new ArrayList<Contestant>();
        var failures = new ArrayList<String>();
        try {
            for (var order : orders) start(order, data, contestants, failures);
            var courses = measure(contestants, data);
            var result = new SideBySideResult(
                    surroundings,
                    data.name(),
                    metric.name(),
                    data.base().rows(),
                    data.base().dimension(),
                    data.queries().rows(),
                    k,
                    buildThreads,
                    rounds,
                    recalls,
                    courses);
            System.out.println(result.markdown());
            failures.forEach(failure -> System.out.println("failed: " + failure));
            write(result);
        } finally {
            contestants.forEach(Contestant::close);
        }
        return failures.isEmpty() ? 0 : 1;
    }

    private void start(Contestant.Order order, DataSet data, List<Contestant> contestants, List<String> failures) {
        System.err.println("building " + order.title() + " ...");
        try {
            var contestant = new Contestant(order, data, metric.name(), k, mostRows, mostQueries, buildThreads);
            contestants.add(contestant);
            System.err.printf("  %.1f s%n", contestant.built("build_seconds"));
        } catch (IOException failed) {
            failures.add(order.title() + ": " + failed.getMessage());
        }
    }

    private List<Course> measure(List<Contestant> contestants, DataSet data) throws IOException {
        var courses = new ArrayList<Course>();
        for (var contestant : contestants)
            courses.add(new Course(
                    contestant.order().title(),
                    contestant.version(),
                    contestant.built("build_seconds"),
                    contestant.built("build_cpu_seconds"),
                    contestant.built("bytes_per_row"),
                    contestant.order().settings(),
                    new ArrayList<>()));
        int longest = courses.stream()
                .mapToInt(course -> course.settings.size())
                .max()
                .orElse(0);
        for (var contestant : contestants)
            contestant.run(contestant.order().settings().getFirst()); // warms
        try (var bar = new Bar("searching", "settings", (long) rounds * longest)) {
            for (int round = 0; round < rounds; round++) {
                for (var course : courses) course.rounds.add(new ArrayList<>());
                for (int i = 0; i < longest; i++, bar.add(1))
                    for (int c = 0; c < courses.size(); c++)
                        if (i < courses.get(c).settings.size())
                            courses.get(c)
                                    .rounds
                                    .getLast()
                                    .add(at(
                                            contestants
                                                    .get(c)
                                                    .run(courses.get(c).settings.get(i)),
                                            data));
            }
        }
        return courses;
    }

    private Figures.At at(Contestant.Run run, DataSet data) {
        int queries = data.queries().rows();
        long right = 0;
        var ids = new long[k];
        for (int q = 0; q < queries; q++) {
            for (int i = 0; i < k; i++) ids[i] = run.ids()[q * k + i];
            right += data.truth().right(q, ids, 0, k);
        }
        return new Figures.At((double) right / ((long) queries * k), queries / run.cpuSeconds());
    }

    private void write(SideBySideResult result) throws IOException {
        Files.createDirectories(out);
        var name = "side-by-side-" + set;
        Files.writeString(out.resolve(name + ".md"), result.markdown());
        Files.writeString(out.resolve(name + ".json"), result.json());
        Files.writeString(out.resolve(name + ".svg"), result.svg());
        System.err.println("written: " + out.resolve(name) + ".{md,json,svg}");
        if (page == null) return;
        Page.put(page, "side-by-side " + set, result.markdown() + "\n![recall and throughput](" + name + ".svg)\n");
        Files.writeString(page.resolveSibling(name + ".svg"), result.svg());
    }

    static String text(Map<String, String> setting) {
        return Settings.text(setting);
    }
}
