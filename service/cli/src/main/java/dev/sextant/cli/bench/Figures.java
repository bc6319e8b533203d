package dev.sextant.cli.bench;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// What many measurements come to.
public final class Figures {
    private Figures() {}

    /// The smallest value that `share` of the values do not exceed; NaN of none.
    public static double quantile(long[] sorted, double share) {
        if (sorted.length == 0) return Double.NaN;
        return sorted[Math.clamp((int) Math.ceil(share * sorted.length) - 1, 0, sorted.length - 1)];
    }

    /// The middle one, or the mean of the two in the middle; NaN of none.
    public static double median(double... values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        if (sorted.length == 0) return Double.NaN;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /// How far the values lie apart, as a share of their median: (largest − smallest) / median.
    public static double spread(double... values) {
        var all = Arrays.stream(values).summaryStatistics();
        return values.length == 0 ? Double.NaN : (all.getMax() - all.getMin()) / median(values);
    }

    /// The one in the middle: of two, the lesser.
    public static <T> T middle(List<T> measured, ToDoubleFunction<T> by) {
        return measured.stream().sorted(Comparator.comparingDouble(by)).toList().get((measured.size() - 1) / 2);
    }

    /// A point of a curve of throughput over recall.
    public record At(double recall, double rate) {}

    /// The rate at a recall, on the logarithmic line between the two points around it. Points that another one beats in
    /// both are left out: who is faster at a higher recall has that rate for the lower one too. NaN outside of what was
    /// measured: nothing is extrapolated.
    public static double rateAt(List<At> curve, double recall) {
        var front = front(curve);
        double least = curve.stream().mapToDouble(At::recall).min().orElse(Double.NaN);
        if (recall >= least && recall < front.getFirst().recall) return front.getFirst().rate;
        for (int i = 0; i < front.size(); i++) {
            var high = front.get(i);
            if (high.recall == recall) return high.rate;
            if (i > 0 && front.get(i - 1).recall < recall && recall < high.recall) {
                var low = front.get(i - 1);
                double share = (recall - low.recall) / (high.recall - low.recall);
                return Math.exp(Math.log(low.rate) + share * (Math.log(high.rate) - Math.log(low.rate)));
            }
        }
        return Double.NaN;
    }

    /// Those that no other beats, by rising recall and so by falling rate.
    static List<At> front(List<At> curve) {
        return curve.stream()
                .filter(point -> curve.stream()
                        .noneMatch(other -> other.recall >= point.recall
                                && other.rate >= point.rate
                                && (other.recall > point.recall || other.rate > point.rate)))
                .distinct()
                .sorted(Comparator.comparingDouble(At::recall))
                .toList();
    }
}
