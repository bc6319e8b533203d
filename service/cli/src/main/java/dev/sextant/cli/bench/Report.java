package dev.sextant.cli.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// What a run came to, as a table for people, JSON for programs and a plot to look at.
record Report(
        String subject,
        String data,
        String index,
        Map<String, String> params,
        int rows,
        int dimension,
        int k,
        int threads,
        double ingestSeconds,
        double buildSeconds,
        Subject.Footprint footprint,
        List<Point> points) {

    String table() {
        var text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s, %s, %,d rows of %d, %s %s, k %d, %d thread%s%n",
                subject,
                data,
                rows,
                dimension,
                index,
                params,
                k,
                threads,
                threads == 1 ? "" : "s"));
        text.append(String.format(
                Locale.ROOT,
                "ingest %.1f s (%,.0f rows/s, %.0f MB/s), index %.1f s (%,.0f rows/s), bytes a row: %s in memory, %s on disk%n",
                ingestSeconds,
                rows / ingestSeconds,
                rows * 4.0 * dimension / ingestSeconds / 1e6,
                buildSeconds,
                rows / buildSeconds,
                number(footprint.memory()),
                number(footprint.disk())));
        text.append(String.format(
                "%-28s %9s %11s %11s %9s %9s %9s%n",
                "search", "recall@" + k, "QPS", "QPS/CPU s", "p50 us", "p99 us", "p99.9 us"));
        for (var point : points)
            text.append(String.format(
                    Locale.ROOT,
                    "%-28s %9.4f %,11.0f %11s %9.0f %9.0f %9.0f%n",
                    settings(point.params()),
                    point.recall(),
                    point.qpsWall(),
                    number(point.qpsCpu()),
                    point.p50Micros(),
                    point.p99Micros(),
                    point.p999Micros()));
        return text.toString();
    }

    String json() {
        var text = new StringBuilder("{\n");
        text.append("  \"subject\": ").append(quoted(subject)).append(",\n");
        text.append("  \"data\": ").append(quoted(data)).append(",\n");
        text.append("  \"index\": ").append(quoted(index)).append(",\n");
        text.append("  \"params\": ").append(object(params)).append(",\n");
        text.append("  \"rows\": ").append(rows).append(", \"dimension\": ").append(dimension);
        text.append(", \"k\": ")
                .append(k)
                .append(", \"threads\": ")
                .append(threads)
                .append(",\n");
        text.append("  \"ingest\": {\"seconds\": ")
                .append(json(ingestSeconds))
                .append(", \"rowsPerSecond\": ")
                .append(json(rows / ingestSeconds))
                .append("},\n");
        text.append("  \"build\": {\"seconds\": ")
                .append(json(buildSeconds))
                .append(", \"rowsPerSecond\": ")
                .append(json(rows / buildSeconds))
                .append("},\n");
        text.append("  \"bytesPerRow\": {\"memory\": ")
                .append(json(footprint.memory()))
                .append(", \"disk\": ")
                .append(json(footprint.disk()))
                .append("},\n");
        text.append("  \"points\": [\n");
        text.append(points.stream()
                .map(p -> "    {\"params\": " + object(p.params()) + ", \"recall\": " + json(p.recall())
                        + ", \"qpsCpu\": "
                        + json(p.qpsCpu()) + ", \"qpsWall\": " + json(p.qpsWall()) + ", \"p50Micros\": "
                        + json(p.p50Micros()) + ", \"p99Micros\": " + json(p.p99Micros()) + ", \"p999Micros\": "
                        + json(p.p999Micros()) + "}")
                .collect(Collectors.joining(",\n")));
        return text.append("\n  ]\n}\n").toString();
    }

    private static String settings(Map<String, String> params) {
        return params.entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(" "));
    }

    private static String object(Map<String, String> values) {
        return values.entrySet().stream()
                .map(e -> quoted(e.getKey()) + ": " + quoted(e.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String json(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.6g", value) : "null";
    }

    private static String number(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%,.0f", value) : "-";
    }
}
