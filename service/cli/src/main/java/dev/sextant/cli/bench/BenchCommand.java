package dev.sextant.cli.bench;

import dev.sextant.cli.progress.Bar;
import dev.sextant.model.Metric;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Loads a data set, builds an index, and says how fast and how right it answers: in this process, or over gRPC.
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures ingest, index build, recall and throughput on a data set.",
        sortOptions = false)
public final class BenchCommand implements Callable<Integer> {
    @Option(names = "--data", required = true, description = "rows: .npy, .fvecs, .bvecs, .fbin, .u8bin; .gz as well")
    Path data;

    @Option(names = "--queries", required = true, description = "queries, in the same formats")
    Path queries;

    @Option(
            names = "--truth",
            description = "ids of the exact nearest rows of each query (.npy, .ivecs, .ibin); computed when absent")
    Path truth;

    @Option(names = "--metric", defaultValue = "L2", description = "L2, IP or COSINE (default ${DEFAULT-VALUE})")
    Metric metric;

    @Option(names = "--index", defaultValue = "HNSW", description = "index type (default ${DEFAULT-VALUE})")
    String index;

    @Option(names = "--params", split = ",", description = "of the index, as key=value,key=value")
    Map<String, String> params = Map.of();

    @Option(
            names = "--sweep",
            defaultValue = "ef=16,32,64,128,256",
            description = "search parameter and its values (default ${DEFAULT-VALUE})")
    String sweep;

    @Option(names = "--k", defaultValue = "10", description = "hits a query (default ${DEFAULT-VALUE})")
    int k;

    @Option(names = "--threads", defaultValue = "1", description = "clients at once (default ${DEFAULT-VALUE})")
    int threads;

    @Option(
            names = "--rounds",
            defaultValue = "3",
            description = "rounds over all queries; the median counts (default ${DEFAULT-VALUE})")
    int rounds;

    @Option(names = "--rows", description = "at most so many rows of the data")
    int mostRows = Integer.MAX_VALUE;

    @Option(names = "--most-queries", description = "at most so many queries")
    int mostQueries = Integer.MAX_VALUE;

    @Option(names = "--batch", defaultValue = "2000", description = "rows an insert (default ${DEFAULT-VALUE})")
    int batch;

    @Option(names = "--in-process", description = "measure the embedded engine instead of a server")
    boolean inProcess;

    @Option(
            names = "--uri",
            defaultValue = "http://127.0.0.1:19530",
            description = "server to measure (default ${DEFAULT-VALUE})")
    URI uri;

    @Option(names = "--json", description = "write the figures here as JSON")
    Path json;

    @Option(names = "--svg", description = "write the plot here")
    Path svg;

    @Override
    public Integer call() throws IOException {
        var base = VectorFile.read(data, mostRows);
        var asked = VectorFile.read(queries, mostQueries);
        if (base.dimension() != asked.dimension())
            throw new IllegalArgumentException(
                    "rows of " + base.dimension() + " components, queries of " + asked.dimension());
        var exact = truth == null || base.rows() == mostRows
                ? Truth.computed(base, asked, asked.rows(), metric, k)
                : Truth.of(VectorFile.read(truth, mostQueries), base, asked, asked.rows(), metric, k);
        try (var subject =
                inProcess ? new InProcess(metric, index, params) : new OverWire(uri, metric, index, params)) {
            subject.create(base.dimension());
            double ingest = ingest(subject, base);
            long began = System.nanoTime();
            System.err.println("building the index ...");
            subject.build();
            double build = (System.nanoTime() - began) / 1e9;
            var points = new Sweep(subject, asked, asked.rows(), exact, threads, rounds).run(settings());
            var report = new Report(
                    subject.description(),
                    name(data),
                    index,
                    params,
                    base.rows(),
                    base.dimension(),
                    k,
                    threads,
                    ingest,
                    build,
                    subject.footprint(base.rows()),
                    points);
            System.out.print(report.table());
            if (json != null) Files.writeString(json, report.json());
            if (svg != null) Files.writeString(svg, Plot.svg(report));
        }
        return 0;
    }

    private double ingest(Subject subject, VectorFile base) {
        long began = System.nanoTime();
        try (var bar = new Bar("inserting", "rows", base.rows())) {
            for (int from = 0; from < base.rows(); from += batch) {
                int to = Math.min(base.rows(), from + batch);
                subject.insert(base, from, to);
                bar.to(to);
            }
        }
        return (System.nanoTime() - began) / 1e9;
    }

    private List<Map<String, String>> settings() {
        int equals = sweep.indexOf('=');
        if (equals < 1) throw new IllegalArgumentException("--sweep: expected name=value,value, came " + sweep);
        var settings = new ArrayList<Map<String, String>>();
        for (var value : sweep.substring(equals + 1).split(","))
            settings.add(new LinkedHashMap<>(Map.of(sweep.substring(0, equals), value.strip())));
        return settings;
    }

    private static String name(Path file) {
        var name = file.getFileName().toString();
        return name.replaceFirst("(-train)?\\.(npy|fvecs|bvecs|fbin|u8bin)(\\.gz)?$", "");
    }
}
