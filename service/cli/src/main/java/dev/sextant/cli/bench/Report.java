package dev.sextant.cli.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/// What a run came to, as a table for people, JSON for programs and a plot to look at.
///
/// @param filter what the searches were narrowed by, in words; empty for nothing
/// @param build CPU seconds of it; NaN when they cannot be told
public record Report(
        Surroundings surroundings,
        String subject,
        String data,
        String metric,
        String index,
        Map<String, String> params,
        int rows,
        int dimension,
        int queries,
        int k,
        int threads,
        int batch,
        String filter,
        Took ingest,
        Took build,
        Subject.Footprint footprint,
        Filtering filtering,
        List<Point> points) {

    /// @param cpuSeconds NaN when they cannot be told
    public record Took(double seconds, double cpuSeconds) {}

    /// What a filter costs for itself: the time to count its rows, the first time that it comes.
    ///
    /// @param share of the rows that match, on average
    public record Filtering(double share, double p50Micros, double p99Micros) {
        static final Filtering NONE = new Filtering(1, Double.NaN, Double.NaN);
    }

    public String table() {
        var text = new StringBuilder();
        line(text, "%s", surroundings.sentence());
        line(
                text,
                "%s, %s, %s, %,d rows of %d, %s %s, %,d queries, k %d, %s%s",
                subject,
                data,
                metric,
                rows,
                dimension,
                index,
                params,
                queries,
                k,
                threads == 1 ? "1 thread" : threads + " threads",
                batch == 1 ? "" : ", " + batch + " queries a request");
        line(
                text,
                "ingest %.1f s (%,.0f rows/s, %.0f MB/s), index %.1f s (%,.0f rows/s%s), bytes a row: %s in memory, %s on disk",
                ingest.seconds,
                rows / ingest.seconds,
                rows * 4.0 * dimension / ingest.seconds / 1e6,
                build.seconds,
                rows / build.seconds,
                Double.isNaN(build.cpuSeconds) ? "" : String.format(Locale.ROOT, ", %.1f CPU s", build.cpuSeconds),
                number(footprint.memory() / rows),
                number(footprint.disk() / rows));
        if (!filter.isEmpty())
            line(
                    text,
                    "filter: %s, %.4g %% match, evaluated in %s us (p99 %s)",
                    filter,
                    100 * filtering.share,
                    number(filtering.p50Micros),
                    number(filtering.p99Micros));
        line(
                text,
                "%-28s %9s %8s %10s %10s %8s %8s %8s %9s %9s",
                "search",
                "recall@" + k,
                "returned",
                "QPS",
                "QPS/CPU s",
                "p50 us",
                "p99 us",
                "p99.9 us",
                "evals",
                "bytes");
        for (var point : points)
            line(
                    text,
                    "%-28s %9.4f %8.2f %,10.0f %10s %8.0f %8.0f %8.0f %9s %9s",
                    Settings.text(point.params()),
                    point.recall(),
                    point.returned(),
                    point.qpsWall(),
                    number(point.qpsCpu()),
                    point.p50Micros(),
                    point.p99Micros(),
                    point.p999Micros(),
                    number(point.evaluations()),
                    number(point.bytesPerQuery()));
        if (!index.equals("FLAT") && points.stream().allMatch(point -> point.evaluations() >= rows))
            line(text, "no index was walked: every search looked at all rows, which costs less where there are so few");
        return text.toString();
    }

    public String svg() {
        var dots = points.stream()
                .map(point -> new Plot.Dot(point.recall(), point.qpsWall(), Settings.text(point.params())))
                .toList();
        return Plot.svg(
                data + ", " + index + ", " + subject + (filter.isEmpty() ? "" : ", " + filter),
                k,
                "queries per second, " + threads + (threads == 1 ? " thread" : " threads"),
                List.of(new Plot.Curve(index, dots)));
    }

    public String json() {
        var text = new StringJoiner(",\n  ", "{\n  ", "\n}\n");
        text.add("\"subject\": " + Json.quoted(subject));
        text.add("\"surroundings\": " + surroundings.json());
        text.add("\"data\": " + Json.quoted(data));
        text.add("\"metric\": " + Json.quoted(metric));
        text.add("\"index\": " + Json.quoted(index));
        text.add("\"params\": " + Json.object(params));
        text.add("\"rows\": " + rows + ", \"dimension\": " + dimension + ", \"queries\": " + queries + ", \"k\": " + k
                + ", \"threads\": " + threads + ", \"batch\": " + batch);
        text.add("\"ingest\": " + took(ingest));
        text.add("\"build\": " + took(build));
        text.add("\"bytesPerRow\": {\"memory\": " + Json.number(footprint.memory() / rows) + ", \"disk\": "
                + Json.number(footprint.disk() / rows) + "}");
        text.add("\"memoryByUse\": "
                + footprint.byUse().entrySet().stream()
                        .map(use -> Json.quoted(use.getKey()) + ": " + use.getValue())
                        .collect(Collectors.joining(", ", "{", "}")));
        if (!filter.isEmpty())
            text.add("\"filter\": {\"text\": " + Json.quoted(filter) + ", \"share\": " + Json.number(filtering.share)
                    + ", \"p50Micros\": " + Json.number(filtering.p50Micros) + ", \"p99Micros\": "
                    + Json.number(filtering.p99Micros) + "}");
        text.add("\"points\": [\n    " + points.stream().map(Report::json).collect(Collectors.joining(",\n    "))
                + "\n  ]");
        return text.toString();
    }

    private String took(Took took) {
        return "{\"seconds\": " + Json.number(took.seconds) + ", \"rowsPerSecond\": " + Json.number(rows / took.seconds)
                + ", \"cpuSeconds\": " + Json.number(took.cpuSeconds) + "}";
    }

    private static String json(Point point) {
        var text = new StringJoiner(", ", "{", "}");
        text.add("\"params\": " + Json.object(point.params()));
        text.add("\"recall\": " + Json.number(point.recall()));
        text.add("\"returned\": " + Json.number(point.returned()));
        text.add("\"qpsCpu\": " + Json.number(point.qpsCpu()));
        text.add("\"qpsWall\": " + Json.number(point.qpsWall()));
        text.add("\"qpsSlowest\": " + Json.number(point.slowest()));
        text.add("\"qpsFastest\": " + Json.number(point.fastest()));
        text.add("\"p50Micros\": " + Json.number(point.p50Micros()));
        text.add("\"p99Micros\": " + Json.number(point.p99Micros()));
        text.add("\"p999Micros\": " + Json.number(point.p999Micros()));
        text.add("\"evaluations\": " + Json.number(point.evaluations()));
        text.add("\"bytesPerQuery\": " + Json.number(point.bytesPerQuery()));
        return text.toString();
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String number(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%,.0f", value) : "-";
    }
}
