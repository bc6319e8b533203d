package dev.sextant.cli.bench;

import java.util.List;
import java.util.Locale;

/// Queries per second over recall, both axes as ann-benchmarks draws them: recall stretched towards 1, throughput
/// logarithmic.
final class Plot {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 440;
    private static final int LEFT = 80;
    private static final int BOTTOM = 60;
    private static final int TOP = 50;
    private static final int RIGHT = 30;
    private static final double[] RECALLS = {0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999};

    private Plot() {}

    static String svg(Report report) {
        var points = report.points();
        double most = points.stream().mapToDouble(Point::qpsWall).max().orElse(1) * 1.5;
        double least = points.stream().mapToDouble(Point::qpsWall).min().orElse(1) / 1.5;
        var text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"system-ui, sans-serif\" font-size=\"12\" role=\"img\">%n",
                WIDTH,
                HEIGHT));
        text.append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
        text.append(String.format(
                "<text x=\"%d\" y=\"28\" font-size=\"15\" fill=\"#1b2a41\">%s, %s, %s</text>%n",
                LEFT, escaped(report.data()), escaped(report.index()), escaped(report.subject())));
        for (double recall : RECALLS) {
            double x = x(recall);
            text.append(String.format(
                    Locale.ROOT,
                    "<path d=\"M%.1f %d V%d\" stroke=\"#e3e8ef\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#5b6b82\">%s</text>%n",
                    x,
                    TOP,
                    HEIGHT - BOTTOM,
                    x,
                    HEIGHT - BOTTOM + 18,
                    recall));
        }
        for (double tick : ticks(least, most)) {
            double y = y(tick, least, most);
            text.append(String.format(
                    Locale.ROOT,
                    "<path d=\"M%d %.1f H%d\" stroke=\"#e3e8ef\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" fill=\"#5b6b82\">%,.0f</text>%n",
                    LEFT,
                    y,
                    WIDTH - RIGHT,
                    LEFT - 8,
                    y + 4,
                    tick));
        }
        var line = new StringBuilder();
        var sorted = points.stream()
                .sorted(java.util.Comparator.comparingDouble(Point::recall))
                .toList();
        for (var point : sorted)
            line.append(String.format(
                    Locale.ROOT,
                    "%s%.1f %.1f",
                    line.isEmpty() ? "M" : " L",
                    x(point.recall()),
                    y(point.qpsWall(), least, most)));
        text.append("<path d=\"").append(line).append("\" fill=\"none\" stroke=\"#0b6e99\" stroke-width=\"2\"/>\n");
        for (var point : sorted)
            text.append(String.format(
                    Locale.ROOT,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"#0b6e99\"><title>%s: recall %.4f, %,.0f QPS</title></circle>%n",
                    x(point.recall()),
                    y(point.qpsWall(), least, most),
                    escaped(point.params().toString()),
                    point.recall(),
                    point.qpsWall()));
        text.append(String.format(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" fill=\"#1b2a41\">recall@%d</text>%n",
                (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, report.k()));
        text.append(String.format(
                "<text x=\"20\" y=\"%d\" transform=\"rotate(-90 20 %d)\" text-anchor=\"middle\" fill=\"#1b2a41\">queries per second, %d thread%s</text>%n",
                HEIGHT / 2, HEIGHT / 2, report.threads(), report.threads() == 1 ? "" : "s"));
        return text.append("</svg>\n").toString();
    }

    private static double x(double recall) {
        double bounded = Math.clamp(recall, 0.4, 0.9999);
        double place = (-Math.log10(1 - bounded) + Math.log10(0.6)) / (-Math.log10(0.0001) + Math.log10(0.6));
        return LEFT + place * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double qps, double least, double most) {
        double place = (Math.log(qps) - Math.log(least)) / (Math.log(most) - Math.log(least));
        return HEIGHT - BOTTOM - place * (HEIGHT - BOTTOM - TOP);
    }

    private static List<Double> ticks(double least, double most) {
        var ticks = new java.util.ArrayList<Double>();
        for (double decade = Math.pow(10, Math.floor(Math.log10(least))); decade <= most; decade *= 10)
            for (int step : new int[] {1, 2, 5})
                if (decade * step >= least && decade * step <= most) ticks.add(decade * step);
        return ticks;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
