package dev.sextant.bench;

import dev.sextant.cli.bench.Figures;
import dev.sextant.cli.bench.Filters;
import dev.sextant.cli.bench.Filters.Correlation;
import dev.sextant.cli.bench.Form;
import dev.sextant.cli.bench.InProcess;
import dev.sextant.cli.bench.Json;
import dev.sextant.cli.bench.Point;
import dev.sextant.cli.bench.Scalars;
import dev.sextant.cli.bench.Settings;
import dev.sextant.cli.bench.Subject;
import dev.sextant.cli.bench.Surroundings;
import dev.sextant.cli.bench.Sweep;
import dev.sextant.cli.bench.Truth;
import dev.sextant.cli.bench.data.Matrix;
import dev.sextant.cli.progress.Bar;
import dev.sextant.model.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Searches under conditions that take from nearly all rows to nearly none, lying anywhere, around the query, and as
/// far from it as may be. What must hold (docs/benchmarks.md) is marked where it does not.
@Command(
        name = "filters",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Filtered searches over selectivity and correlation: recall, hits, time beside the unfiltered search "
                        + "and the scan.")
final class FilterGrid implements Callable<Integer> {
    private static final double LEAST_RECALL = 0.95;
    private static final double MOST_OF_UNFILTERED = 2.5;
    private static final double MOST_OF_SCAN = 2;
    private static final int COUNTED = 100;

    @Parameters(index = "0", paramLabel = "FOLDER", description = "where the data set is")
    Path folder;

    @Parameters(index = "1", paramLabel = "SET", description = "its name")
    String set;

    @Option(names = "--index", defaultValue = "AUTOINDEX", description = "index type (default ${DEFAULT-VALUE})")
    String index;

    @Option(names = "--params", split = ",", description = "to build the index with")
    Map<String, String> params = Map.of();

    @Option(
            names = "--at",
            defaultValue = "default",
            description = "search parameters under the filters (default: none, so the index's own)")
    String at;

    @Option(
            names = "--sweep",
            defaultValue = "ef=10,16,24,32,48,64,96,128,192,256,384,512",
            description = "search parameters of the unfiltered curve (default ${DEFAULT-VALUE})")
    String sweep;

    @Option(
            names = "--scan",
            defaultValue = "FLAT",
            description = "index type whose filtered search is the scan (default ${DEFAULT-VALUE})")
    String scan;

    @Option(names = "--scan-params", split = ",", description = "to build that with")
    Map<String, String> scanParams = Map.of();

    @Option(names = "--scan-at", defaultValue = "default", description = "search parameters of the scan")
    String scanAt;

    @Option(
            names = "--percent",
            split = ",",
            defaultValue = "99,50,20,10,5,2,1,0.5,0.1,0.01",
            description = "share of the rows that match (default ${DEFAULT-VALUE})")
    List<Double> percents;

    @Option(
            names = "--correlations",
            split = ",",
            defaultValue = "NONE,WITH,AGAINST",
            description = "default ${DEFAULT-VALUE}")
    List<Correlation> correlations;

    @Option(names = "--rows", description = "at most so many rows")
    int mostRows = Integer.MAX_VALUE;

    @Option(
            names = "--queries",
            defaultValue = "1000",
            description = "at most so many queries (default ${DEFAULT-VALUE})")
    int mostQueries;

    @Option(names = "--rounds", defaultValue = "3", description = "default ${DEFAULT-VALUE}")
    int rounds;

    @Option(
            names = "--warm",
            defaultValue = "30",
            description = "seconds of searches under all filters in turn before any is timed: code is compiled then, "
                    + "and what plans cost is measured (default ${DEFAULT-VALUE})")
    double warmSeconds;

    @Option(names = "--metric", defaultValue = "L2", description = "L2, IP or COSINE (default ${DEFAULT-VALUE})")
    Metric metric;

    @Option(names = "--k", defaultValue = "10", description = "hits a query (default ${DEFAULT-VALUE})")
    int k;

    @Option(
            names = "--keep",
            description =
                    "a folder that keeps rows and indexes for the next run; nothing says that they fit it but you")
    Path keep;

    @Option(names = "--out", defaultValue = "target/bench-results", description = "folder for table and JSON")
    Path out;

    @Option(
            names = "--page",
            description = "a page to put the table into, between its comments `filters SET` and `end`")
    Path page;

    /// @param near share of the nearest rows of all that match: above `percent` when the filter lies with the query
    /// @param filterMicros to find the rows that match, the first time
    /// @param unfiltered microseconds of CPU of the unfiltered search at this recall, in turn with this
    /// @param scan microseconds of CPU of the scan of the rows that match, in turn with this
    private record Cell(
            Correlation correlation,
            double percent,
            int matching,
            double near,
            double filterMicros,
            Point point,
            double least,
            double unfiltered,
            double scan) {

        double micros() {
            return FilterGrid.micros(point);
        }

        /// What does not hold, in a word each.
        String wanting() {
            var words = new ArrayList<String>();
            if (point.recall() < LEAST_RECALL) words.add("recall");
            if (least < 1) words.add("hits");
            double most = correlation == Correlation.AGAINST ? MOST_OF_SCAN * scan : MOST_OF_UNFILTERED * unfiltered;
            if (micros() > most) words.add("time");
            return String.join(", ", words);
        }
    }

    @Override
    public Integer call() throws IOException {
        var surroundings = Surroundings.now();
        var data = DataSet.read(folder, set, metric, k, mostRows, mostQueries);
        var scalars = Scalars.of(data.base(), metric);
        var filters = new ArrayList<Filters>();
        for (var correlation : correlations)
            for (double percent : percents)
                filters.add(Filters.share(percent / 100, correlation, scalars, data.base(), data.queries(), metric));
        var truths = Truth.computed(data.base(), data.queries(), metric, k, filters);
        try (var graph = filled(index, params, data.base(), scalars);
                var scanned = filled(scan, scanParams, data.base(), scalars)) {
            warm(graph, truths);
            var plain = new Sweep(graph, data.truth(), 1, 1, rounds, 3);
            var unfiltered = plain.run(Settings.parse(sweep));
            var usual = plain.runQuietly(Settings.parse(at)).getFirst();
            var nearest = nearest(scanned, data);
            var cells = new ArrayList<Cell>();
            try (var bar = new Bar("filters", "cells", truths.size())) {
                for (int i = 0; i < truths.size(); i++, bar.add(1))
                    cells.add(cell(
                            correlations.get(i / percents.size()),
                            percents.get(i % percents.size()),
                            truths.get(i),
                            graph,
                            scanned,
                            new Unfiltered(data.truth(), unfiltered, usual),
                            nearest));
            }
            report(surroundings, data, unfiltered, cells);
        }
        return 0;
    }

    private Subject filled(String type, Map<String, String> parameters, Matrix base, Scalars scalars) {
        System.err.println("building " + type + " ...");
        var subject = new InProcess(
                Form.FLOATS,
                metric,
                type,
                parameters,
                Optional.ofNullable(keep).map(folder -> folder.resolve(set + "-" + type)));
        if (subject.isFilled()) return subject;
        subject.create(base.dimension(), scalars);
        int batch = Math.max(500, 2_000_000 / base.dimension());
        for (int from = 0; from < base.rows(); from += batch)
            subject.insert(base, scalars, from, Math.min(base.rows(), from + batch));
        subject.build();
        return subject;
    }

    private void warm(Subject graph, List<Truth> truths) {
        try (var bar = new Bar("warming", "seconds", (long) warmSeconds);
                var client = graph.client()) {
            long began = System.nanoTime();
            for (int i = 0, told = 0; System.nanoTime() - began < warmSeconds * 1e9; i++) {
                var truth = truths.get(i % truths.size());
                int q = i / truths.size() % truth.queries().rows();
                client.search(new Subject.Question(
                        truth.queries().row(q),
                        1,
                        k,
                        Settings.parse(at).getFirst(),
                        truth.filters().text(q)));
                int seconds = (int) ((System.nanoTime() - began) / 1e9);
                bar.add(seconds - told);
                told = seconds;
            }
        }
    }

    /// The nearest rows of the first queries, whatever they match.
    private long[][] nearest(Subject scanned, DataSet data) {
        var nearest = new long[Math.min(COUNTED, data.queries().rows())][];
        try (var client = scanned.client()) {
            for (int q = 0; q < nearest.length; q++)
                nearest[q] = client.search(Subject.Question.of(
                                data.queries().row(q), k, Settings.parse(scanAt).getFirst()))
                        .ids();
        }
        return nearest;
    }

    private Cell cell(
            Correlation correlation,
            double percent,
            Truth truth,
            Subject graph,
            Subject scanned,
            Unfiltered unfiltered,
            long[][] nearest) {
        int near = 0;
        for (int q = 0; q < nearest.length; q++)
            for (long id : nearest[q]) if (truth.filters().accepts(q, (int) id)) near++;
        double filterMicros = filterMicros(graph, truth);
        var turns = turns(graph, truth, scanned, unfiltered.truth);
        double micros = median(turns, turn -> micros(turn.filtered));
        var point = turns.stream()
                .map(Turn::filtered)
                .min(Comparator.comparingDouble(each -> Math.abs(micros(each) - micros)))
                .orElseThrow();
        // What the search takes at this recall, by the curve, as the machine was in these turns.
        double atEqualRecall = unfilteredMicros(unfiltered.curve, point.recall()) / micros(unfiltered.usual);
        return new Cell(
                correlation,
                percent,
                truth.filters().matching(0, truth.base().rows()),
                (double) near / (nearest.length * k),
                filterMicros,
                point,
                least(graph, truth),
                micros(point) / median(turns, turn -> micros(turn.filtered) / micros(turn.plain)) * atEqualRecall,
                micros(point) / median(turns, turn -> micros(turn.filtered) / micros(turn.scan)));
    }

    /// The unfiltered search: its curve, and what the setting costs that filtered ones have.
    private record Unfiltered(Truth truth, List<Point> curve, Point usual) {}

    private record Turn(Point filtered, Point plain, Point scan) {}

    /// The search under a filter, that without, and the scan, in turn. The conditions have come before: what is timed
    /// is the search.
    private List<Turn> turns(Subject graph, Truth truth, Subject scanned, Truth plainTruth) {
        var setting = Settings.parse(at);
        var filtered = new Sweep(graph, truth, 1, 1, 1, 0);
        var plain = new Sweep(graph, plainTruth, 1, 1, 1, 0);
        var scan = new Sweep(scanned, truth, 1, 1, 1, 0);
        filtered.runQuietly(setting);
        scan.runQuietly(Settings.parse(scanAt));
        var turns = new ArrayList<Turn>();
        for (int round = 0; round < rounds; round++)
            turns.add(new Turn(
                    filtered.runQuietly(setting).getFirst(),
                    plain.runQuietly(setting).getFirst(),
                    scan.runQuietly(Settings.parse(scanAt)).getFirst()));
        return turns;
    }

    private static double micros(Point point) {
        return 1e6 / point.qpsCpu();
    }

    private static double median(List<Turn> turns, ToDoubleFunction<Turn> of) {
        return turns.stream()
                .mapToDouble(of)
                .sorted()
                .skip(turns.size() / 2)
                .findFirst()
                .orElseThrow();
    }

    /// Of what there is to find, the share that came back, for the query that got least.
    private double least(Subject graph, Truth truth) {
        double least = 1;
        try (var client = graph.client()) {
            for (int q = 0; q < truth.queries().rows(); q++) {
                var found = client.search(new Subject.Question(
                        truth.queries().row(q),
                        1,
                        k,
                        Settings.parse(at).getFirst(),
                        truth.filters().text(q)));
                int wanted = truth.wanted(q);
                if (wanted > 0) least = Math.min(least, (double) found.counts()[0] / wanted);
            }
        }
        return least;
    }

    private static double filterMicros(Subject graph, Truth truth) {
        int counted = Math.min(COUNTED, truth.queries().rows());
        var nanos = new long[counted];
        try (var client = graph.client()) {
            for (int q = 0; q < counted; q++) {
                var text = truth.filters().freshText(q, q);
                long began = System.nanoTime();
                client.count(text);
                nanos[q] = System.nanoTime() - began;
            }
        }
        Arrays.sort(nanos);
        return Figures.quantile(nanos, 0.5) / 1e3;
    }

    /// At equal recall; below the curve its quickest point, above it its slowest.
    static double unfilteredMicros(List<Point> curve, double recall) {
        var points = curve.stream()
                .map(point -> new Figures.At(point.recall(), point.qpsCpu()))
                .toList();
        double rate = Figures.rateAt(points, recall);
        if (Double.isFinite(rate)) return 1e6 / rate;
        var rates = points.stream().mapToDouble(Figures.At::rate).summaryStatistics();
        boolean below = points.stream().allMatch(point -> point.recall() > recall);
        return 1e6 / (below ? rates.getMax() : rates.getMin());
    }

    private void report(Surroundings surroundings, DataSet data, List<Point> unfiltered, List<Cell> cells)
            throws IOException {
        var text = new StringBuilder();
        line(
                text,
                "%s: %,d rows of %d, %s %s at %s, %,d queries, recall@%d by distance, one thread, CPU time, medians of %d rounds in turn with the unfiltered search and the scan. "
                        + "Conditions have come before; what they cost the first time is apart. Scan: %s %s.",
                data.name(),
                data.base().rows(),
                data.base().dimension(),
                index,
                params,
                at,
                data.queries().rows(),
                k,
                rounds,
                scan,
                scanParams);
        line(text, "%s.", surroundings.sentence());
        line(text, "");
        line(
                text,
                "| filter | matching | near | filter µs | recall | hits | µs | × unfiltered | × scan | scored | wanting |");
        line(text, "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|");
        for (var cell : cells)
            line(
                    text,
                    "| %s %s %% | %,d | %.3f | %,.0f | %.4f | %.2f | %,.0f | %.2f | %.2f | %s | %s |",
                    cell.correlation.name().toLowerCase(Locale.ROOT),
                    cell.percent,
                    cell.matching,
                    cell.near,
                    cell.filterMicros,
                    cell.point.recall(),
                    cell.point.returned(),
                    cell.micros(),
                    cell.micros() / cell.unfiltered,
                    cell.micros() / cell.scan,
                    Double.isFinite(cell.point.evaluations())
                            ? String.format(Locale.ROOT, "%,.0f", cell.point.evaluations())
                            : "–",
                    cell.wanting());
        line(text, "");
        line(
                text,
                "Unfiltered: %s.",
                unfiltered.stream()
                        .map(point -> String.format(
                                Locale.ROOT,
                                "%s %.4f %,.0f µs",
                                Settings.text(point.params()),
                                point.recall(),
                                1e6 / point.qpsCpu()))
                        .collect(Collectors.joining(", ")));
        System.out.println(text);
        Files.createDirectories(out);
        Files.writeString(out.resolve("filters-" + set + ".md"), text);
        Files.writeString(out.resolve("filters-" + set + ".json"), json(cells));
        if (page != null) Page.put(page, "filters " + set, text.toString());
    }

    private static String json(List<Cell> cells) {
        return cells.stream()
                .map(cell -> "{\"correlation\": " + Json.quoted(cell.correlation.name()) + ", \"percent\": "
                        + cell.percent + ", \"matching\": " + cell.matching + ", \"near\": " + Json.number(cell.near)
                        + ", \"filterMicros\": " + Json.number(cell.filterMicros) + ", \"recall\": "
                        + Json.number(cell.point.recall()) + ", \"returned\": "
                        + Json.number(cell.point.returned()) + ", \"leastShare\": " + Json.number(cell.least)
                        + ", \"cpuMicros\": " + Json.number(cell.micros()) + ", \"unfilteredMicros\": "
                        + Json.number(cell.unfiltered) + ", \"scanMicros\": " + Json.number(cell.scan)
                        + ", \"wanting\": " + Json.quoted(cell.wanting()) + "}")
                .collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n"));
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
