package dev.sextant.bench;

import dev.sextant.cli.bench.Figures;
import dev.sextant.cli.bench.Json;
import dev.sextant.cli.bench.Plot;
import dev.sextant.cli.bench.Settings;
import dev.sextant.cli.bench.Surroundings;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A session as table, JSON and plot.
record SideBySideResult(
        Surroundings surroundings,
        String data,
        String metric,
        int rows,
        int dimension,
        int queries,
        int k,
        int buildThreads,
        int rounds,
        List<Double> recalls,
        List<SideBySide.Course> courses) {

    /// Rates at one recall: the median of the rounds and how far they lie apart; of those rounds that reached it.
    record Rate(double median, double spread) {}

    Rate rate(SideBySide.Course course, double recall) {
        var rates = course.rounds().stream()
                .mapToDouble(round -> Figures.rateAt(round, recall))
                .filter(Double::isFinite)
                .toArray();
        return new Rate(Figures.median(rates), Figures.spread(rates));
    }

    /// The median of the ratios within each round.
    double ratio(SideBySide.Course course, double recall) {
        var first = courses.getFirst();
        return Figures.median(IntStream.range(0, course.rounds().size())
                .mapToDouble(round -> Figures.rateAt(course.rounds().get(round), recall)
                        / Figures.rateAt(first.rounds().get(round), recall))
                .filter(Double::isFinite)
                .toArray());
    }

    String markdown() {
        var text = new StringBuilder();
        line(
                text,
                "%s: %,d rows of %d, %s, %,d queries, recall@%d by distance; one thread, queries per second of CPU time "
                        + "interpolated at equal recall; medians of %d interleaved rounds, in brackets the ratio to the first and the "
                        + "spread of the rounds; build with %d threads.",
                data,
                rows,
                dimension,
                metric,
                queries,
                k,
                rounds,
                buildThreads);
        line(text, "%s.", surroundings.sentence());
        line(text, "");
        line(
                text,
                "| | build s | CPU s | bytes a row | %s |",
                recalls.stream().map(recall -> recall.toString()).collect(Collectors.joining(" | ")));
        line(text, "|---|---:|---:|---:|%s", "---:|".repeat(recalls.size()));
        for (var course : courses)
            line(
                    text,
                    "| %s (%s) | %.1f | %.1f | %s | %s |",
                    course.title(),
                    course.version(),
                    course.buildSeconds(),
                    course.buildCpuSeconds(),
                    number(course.bytesPerRow()),
                    recalls.stream().map(recall -> cell(course, recall)).collect(Collectors.joining(" | ")));
        return text.toString();
    }

    private String cell(SideBySide.Course course, double recall) {
        var rate = rate(course, recall);
        if (!Double.isFinite(rate.median)) return "–";
        double ratio = ratio(course, recall);
        return String.format(
                Locale.ROOT,
                "%,.0f (%s±%.0f %%)",
                rate.median,
                Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.2f ×, ", ratio) : "",
                50 * rate.spread);
    }

    String svg() {
        return Plot.svg(
                data + ", " + metric + ", one thread",
                k,
                "queries per second of CPU time",
                courses.stream().map(this::curve).toList());
    }

    private Plot.Curve curve(SideBySide.Course course) {
        return new Plot.Curve(
                course.title(),
                IntStream.range(0, course.settings().size())
                        .mapToObj(i -> new Plot.Dot(
                                recall(course, i),
                                rate(course, i),
                                Settings.text(course.settings().get(i))))
                        .toList());
    }

    private static double recall(SideBySide.Course course, int setting) {
        return Figures.median(course.rounds().stream()
                .mapToDouble(round -> round.get(setting).recall())
                .toArray());
    }

    private static double rate(SideBySide.Course course, int setting) {
        return Figures.median(course.rounds().stream()
                .mapToDouble(round -> round.get(setting).rate())
                .toArray());
    }

    String json() {
        var contestants = courses.stream().map(this::json).collect(Collectors.joining(",\n    "));
        return "{\n  \"data\": " + Json.quoted(data) + ", \"metric\": " + Json.quoted(metric) + ", \"rows\": " + rows
                + ", \"dimension\": " + dimension + ", \"queries\": " + queries + ", \"k\": " + k + ", \"rounds\": "
                + rounds
                + ",\n  \"surroundings\": " + Json.quoted(surroundings.sentence()) + ",\n  \"contestants\": [\n    "
                + contestants + "\n  ]\n}\n";
    }

    private String json(SideBySide.Course course) {
        var at = recalls.stream()
                .map(recall -> "{\"recall\": " + recall + ", \"qpsCpu\": " + Json.number(rate(course, recall).median)
                        + ", \"spread\": " + Json.number(rate(course, recall).spread)
                        + ", \"ratio\": " + Json.number(ratio(course, recall)) + "}")
                .collect(Collectors.joining(", "));
        var points = IntStream.range(0, course.settings().size())
                .mapToObj(i -> "{\"params\": " + Json.object(course.settings().get(i)) + ", \"recall\": "
                        + Json.number(recall(course, i)) + ", \"qpsCpu\": " + Json.number(rate(course, i)) + "}")
                .collect(Collectors.joining(", "));
        return "{\"name\": " + Json.quoted(course.title()) + ", \"version\": " + Json.quoted(course.version())
                + ", \"build\": {\"seconds\": " + Json.number(course.buildSeconds()) + ", \"cpuSeconds\": "
                + Json.number(course.buildCpuSeconds()) + "}, \"bytesPerRow\": " + Json.number(course.bytesPerRow())
                + ",\n     \"at\": [" + at + "],\n     \"points\": [" + points + "]}";
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String number(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%,.0f", value) : "–";
    }
}
