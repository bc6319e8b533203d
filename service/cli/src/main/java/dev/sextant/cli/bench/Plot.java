package dev.sextant.cli.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Queries per second over recall, both axes as ann-benchmarks draws them: recall stretched towards 1, throughput
/// logarithmic.
public final class Plot {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 440;
    private static final int LEFT = 80;
    private static final int BOTTOM = 60;
    private static final int TOP = 50;
    private static final int RIGHT = 30;
    private static final double LEAST_RECALL = 0.4;
    private static final double[] RECALLS = {0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999};
    private static final String[] COLOURS = {
        "#0b6e99", "#d1495b", "#2e7d32", "#edae49", "#6a4c93", "#8d5524", "#00838f", "#ad1457", "#546e7a", "#9e9d24"
    };

    /// @param label what a pointer that rests on it is told
    public record Dot(double recall, double rate, String label) {}

    public record Curve(String name, List<Dot> dots) {
        public Curve {
            dots = dots.stream().sorted(Comparator.comparingDouble(Dot::recall)).toList();
        }
    }

    private Plot() {}

    public static String svg(String title, int k, String rates, List<Curve> curves) {
        var all = curves.stream().flatMap(curve -> curve.dots().stream()).mapToDouble(Dot::rate);
        var range = all.filter(Double::isFinite).summaryStatistics();
        double most = range.getCount() == 0 ? 10 : range.getMax() * 1.5;
        double least = range.getCount() == 0 ? 1 : range.getMin() / 1.5;
        var text = new StringBuilder();
        line(
                text,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"system-ui, sans-serif\" font-size=\"12\" role=\"img\">",
                WIDTH,
                HEIGHT);
        line(text, "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>");
        line(text, "<text x=\"%d\" y=\"28\" font-size=\"15\" fill=\"#1b2a41\">%s</text>", LEFT, escaped(title));
        axes(text, least, most, k, rates);
        for (int i = 0; i < curves.size(); i++) curve(text, curves.get(i), COLOURS[i % COLOURS.length], least, most);
        if (curves.size() > 1) legend(text, curves);
        return text.append("</svg>\n").toString();
    }

    private static void axes(StringBuilder text, double least, double most, int k, String rates) {
        for (double recall : RECALLS)
            line(
                    text,
                    "<path d=\"M%.1f %d V%d\" stroke=\"#e3e8ef\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#5b6b82\">%s</text>",
                    x(recall),
                    TOP,
                    HEIGHT - BOTTOM,
                    x(recall),
                    HEIGHT - BOTTOM + 18,
                    recall);
        for (double tick : ticks(least, most))
            line(
                    text,
                    "<path d=\"M%d %.1f H%d\" stroke=\"#e3e8ef\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" fill=\"#5b6b82\">%,.0f</text>",
                    LEFT,
                    y(tick, least, most),
                    WIDTH - RIGHT,
                    LEFT - 8,
                    y(tick, least, most) + 4,
                    tick);
        line(
                text,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" fill=\"#1b2a41\">recall@%d</text>",
                (LEFT + WIDTH - RIGHT) / 2,
                HEIGHT - 16,
                k);
        line(
                text,
                "<text x=\"20\" y=\"%d\" transform=\"rotate(-90 20 %d)\" text-anchor=\"middle\" fill=\"#1b2a41\">%s</text>",
                HEIGHT / 2,
                HEIGHT / 2,
                escaped(rates));
    }

    private static void curve(StringBuilder text, Curve curve, String colour, double least, double most) {
        var path = new StringBuilder();
        for (var dot : curve.dots())
            if (Double.isFinite(dot.rate()))
                path.append(String.format(
                        Locale.ROOT,
                        "%s%.1f %.1f",
                        path.isEmpty() ? "M" : " L",
                        x(dot.recall()),
                        y(dot.rate(), least, most)));
        line(text, "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>", path, colour);
        for (var dot : curve.dots())
            if (Double.isFinite(dot.rate()))
                line(
                        text,
                        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"><title>%s: recall %.4f, %,.0f QPS</title></circle>",
                        x(dot.recall()),
                        y(dot.rate(), least, most),
                        colour,
                        escaped(dot.label()),
                        dot.recall(),
                        dot.rate());
    }

    private static void legend(StringBuilder text, List<Curve> curves) {
        for (int i = 0; i < curves.size(); i++)
            line(
                    text,
                    "<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"4\" fill=\"%s\"/><text x=\"%d\" y=\"%d\" fill=\"#1b2a41\">%s</text>",
                    LEFT + 10,
                    HEIGHT - BOTTOM - 14 * (curves.size() - i),
                    COLOURS[i % COLOURS.length],
                    LEFT + 28,
                    HEIGHT - BOTTOM - 14 * (curves.size() - i) + 6,
                    escaped(curves.get(i).name()));
    }

    private static double x(double recall) {
        double bounded = Math.clamp(recall, LEAST_RECALL, 0.9999);
        double left = -Math.log10(1 - LEAST_RECALL);
        return LEFT + (-Math.log10(1 - bounded) - left) / (4 - left) * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double rate, double least, double most) {
        double place = (Math.log(rate) - Math.log(least)) / (Math.log(most) - Math.log(least));
        return HEIGHT - BOTTOM - place * (HEIGHT - BOTTOM - TOP);
    }

    private static List<Double> ticks(double least, double most) {
        var ticks = new ArrayList<Double>();
        for (double decade = Math.pow(10, Math.floor(Math.log10(least))); decade <= most; decade *= 10)
            for (int step : new int[] {1, 2, 5})
                if (decade * step >= least && decade * step <= most) ticks.add(decade * step);
        return ticks;
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
