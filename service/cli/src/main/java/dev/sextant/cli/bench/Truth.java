package dev.sextant.cli.bench;

import dev.sextant.cli.progress.Bar;
import dev.sextant.model.Metric;
import java.util.Arrays;
import java.util.stream.IntStream;

/// The score of the k-th best row for each query: a hit counts as right when it is as good, so that ties count
/// (ann-benchmarks' definition of recall).
///
/// @param worst for each query, in the natural sign of the metric
public record Truth(Metric metric, int k, float[] worst) {
    /// Allowed for the rounding of sums in another order.
    private static final double TOLERANCE = 1e-5;

    /// From the ids of the exact nearest rows, best first.
    public static Truth of(VectorFile ids, VectorFile base, VectorFile queries, int count, Metric metric, int k) {
        if (ids.dimension() < k)
            throw new IllegalArgumentException("the truth holds " + ids.dimension() + " ids a query, k is " + k);
        var worst = new float[count];
        for (int q = 0; q < count; q++) {
            // The k-th by score, not by place: files may order ties either way.
            var scores = new float[k];
            for (int i = 0; i < k; i++) scores[i] = score(base.row((int) ids.value(q, i)), queries.row(q), metric);
            worst[q] = worstOf(scores, metric);
        }
        return new Truth(metric, k, worst);
    }

    /// By brute force.
    public static Truth computed(VectorFile base, VectorFile queries, int count, Metric metric, int k) {
        var worst = new float[count];
        try (var bar = new Bar("exact truth", "queries", count)) {
            int step = 16;
            for (int from = 0; from < count; from += step) {
                int to = Math.min(count, from + step);
                IntStream.range(from, to).parallel().forEach(q -> worst[q] = kth(base, queries.row(q), metric, k));
                bar.to(to);
            }
        }
        return new Truth(metric, k, worst);
    }

    public int right(int query, float[] scores, int from, int count) {
        int right = 0;
        double slack = TOLERANCE * Math.max(1, Math.abs(worst[query]));
        for (int i = from; i < from + Math.min(count, k); i++)
            if (metric.largerIsBetter() ? scores[i] >= worst[query] - slack : scores[i] <= worst[query] + slack)
                right++;
        return right;
    }

    private static float kth(VectorFile base, float[] query, Metric metric, int k) {
        var best = new float[base.rows()];
        var row = new float[base.dimension()];
        for (int i = 0; i < best.length; i++) {
            base.copyRow(i, row, 0);
            best[i] = score(row, query, metric);
        }
        Arrays.sort(best);
        return metric.largerIsBetter() ? best[best.length - k] : best[k - 1];
    }

    private static float worstOf(float[] scores, Metric metric) {
        float worst = scores[0];
        for (float score : scores) worst = metric.largerIsBetter() ? Math.min(worst, score) : Math.max(worst, score);
        return worst;
    }

    static float score(float[] row, float[] query, Metric metric) {
        double sum = 0;
        double rows = 0;
        double queries = 0;
        for (int i = 0; i < row.length; i++) {
            if (metric == Metric.L2) sum += (row[i] - query[i]) * (double) (row[i] - query[i]);
            else sum += row[i] * (double) query[i];
            rows += row[i] * (double) row[i];
            queries += query[i] * (double) query[i];
        }
        return (float) (metric == Metric.COSINE ? sum / Math.sqrt(rows * queries) : sum);
    }
}
