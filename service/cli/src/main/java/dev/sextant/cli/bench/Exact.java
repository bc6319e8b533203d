package dev.sextant.cli.bench;

import dev.sextant.cli.bench.data.Matrix;
import dev.sextant.cli.progress.Bar;
import dev.sextant.model.Metric;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// The exact answer by looking at every row. Rows are scored against many queries at once, query by query in the
/// innermost loop; bytes are scored as whole numbers, whose sums the compiler turns into lanes (five times as fast).
/// What is kept is scored again in doubles.
public final class Exact {
    private static final int QUERIES_AT_ONCE = 64;
    private static final int SPARE = 6;
    /// Squares of bytes up to so many components fit an int.
    private static final int MOST_WHOLE = Integer.MAX_VALUE / (255 * 255);

    private Exact() {}

    /// For each filter and query the `k`-th best score among the rows that match; NaN when fewer than `k` match and all
    /// of them are right.
    public static List<float[]> worst(
            Matrix base, Matrix queries, Metric metric, int k, List<? extends Filters> filters) {
        var worst = filters.stream().map(_ -> new float[queries.rows()]).toList();
        int blocks = (queries.rows() + QUERIES_AT_ONCE - 1) / QUERIES_AT_ONCE;
        var done = new AtomicInteger();
        try (var bar = new Bar("exact truth", "queries", queries.rows())) {
            IntStream.range(0, blocks).parallel().forEach(block -> {
                int from = block * QUERIES_AT_ONCE;
                int to = Math.min(queries.rows(), from + QUERIES_AT_ONCE);
                new Block(base, queries, from, to, metric, k, filters).run(worst);
                synchronized (bar) {
                    bar.to(done.addAndGet(to - from));
                }
            });
        }
        return worst;
    }

    public static float score(float[] row, float[] query, Metric metric) {
        double sum = 0;
        double rows = 0;
        double queries = 0;
        for (int i = 0; i < row.length; i++) {
            if (metric == Metric.L2) sum += (row[i] - query[i]) * (double) (row[i] - query[i]);
            else sum += row[i] * (double) query[i];
            if (metric != Metric.COSINE) continue;
            rows += row[i] * (double) row[i];
            queries += query[i] * (double) query[i];
        }
        return (float) (metric == Metric.COSINE ? sum / Math.sqrt(rows * queries) : sum);
    }

    /// Up to 64 queries against all rows.
    private static final class Block {
        private final Matrix base;
        private final Matrix queries;
        private final int from;
        private final int to;
        private final Metric metric;
        private final int k;
        private final List<? extends Filters> filters;
        private final boolean whole;
        private final int[][] asked; // the queries of the block, if all is bytes
        private final float[] turned; // otherwise: component by component, the queries of the block side by side
        private final float[] scores = new float[QUERIES_AT_ONCE];
        private final Best[][] best; // by filter and query

        Block(Matrix base, Matrix queries, int from, int to, Metric metric, int k, List<? extends Filters> filters) {
            this.base = base;
            this.queries = queries;
            this.from = from;
            this.to = to;
            this.metric = metric;
            this.k = k;
            this.filters = filters;
            whole = metric == Metric.L2
                    && base.bytes().length > 0
                    && queries.bytes().length > 0
                    && base.dimension() <= MOST_WHOLE;
            asked = new int[whole ? to - from : 0][];
            Arrays.setAll(asked, query -> wholes(queries, from + query, new int[queries.dimension()]));
            turned = new float[whole ? 0 : base.dimension() * QUERIES_AT_ONCE];
            if (!whole) turn();
            best = new Best[filters.size()][to - from];
            for (var row : best) Arrays.setAll(row, _ -> new Best(k + SPARE));
        }

        private void turn() {
            for (int query = from; query < to; query++)
                for (int i = 0; i < base.dimension(); i++)
                    turned[i * QUERIES_AT_ONCE + query - from] = queries.value(query, i);
        }

        void run(List<float[]> worst) {
            var row = new float[base.dimension()];
            var bytes = new int[base.dimension()];
            for (int number = 0; number < base.rows(); number++) {
                if (whole) {
                    wholes(base, number, bytes);
                    for (int q = 0; q < asked.length; q++) scores[q] = squares(bytes, asked[q]);
                } else scoreReals(number, row);
                for (int f = 0; f < best.length; f++) offer(number, best[f], filters.get(f));
            }
            for (int f = 0; f < best.length; f++)
                for (int q = from; q < to; q++) worst.get(f)[q] = kth(best[f][q - from], queries.row(q));
        }

        private void scoreReals(int number, float[] row) {
            base.copyRow(number, row, 0);
            Arrays.fill(scores, 0);
            if (metric == Metric.L2) squares(row, turned, scores);
            else products(row, turned, scores);
            if (metric == Metric.COSINE) shorten(row);
            if (metric.largerIsBetter()) for (int q = 0; q < scores.length; q++) scores[q] = -scores[q];
        }

        private static int[] wholes(Matrix matrix, int row, int[] into) {
            int at = row * matrix.dimension();
            for (int i = 0; i < into.length; i++) into[i] = matrix.bytes()[at + i] & 255;
            return into;
        }

        private static int squares(int[] row, int[] query) {
            int sum = 0;
            for (int i = 0; i < row.length; i++) {
                int difference = row[i] - query[i];
                sum += difference * difference;
            }
            return sum;
        }

        private void offer(int number, Best[] kept, Filters filter) {
            for (int q = 0; q < kept.length; q++)
                if (scores[q] < kept[q].bound && filter.accepts(from + q, number)) kept[q].add(scores[q], number);
        }

        private static void squares(float[] row, float[] turned, float[] sums) {
            for (int i = 0; i < row.length; i++) {
                float value = row[i];
                int at = i * QUERIES_AT_ONCE;
                for (int q = 0; q < QUERIES_AT_ONCE; q++) {
                    float difference = turned[at + q] - value;
                    sums[q] += difference * difference;
                }
            }
        }

        private static void products(float[] row, float[] turned, float[] sums) {
            for (int i = 0; i < row.length; i++) {
                float value = row[i];
                int at = i * QUERIES_AT_ONCE;
                for (int q = 0; q < QUERIES_AT_ONCE; q++) sums[q] += turned[at + q] * value;
            }
        }

        /// By the length of the row alone: that of the query changes no order.
        private void shorten(float[] row) {
            double squared = 0;
            for (float value : row) squared += value * (double) value;
            float factor = squared == 0 ? 0 : (float) (1 / Math.sqrt(squared));
            for (int q = 0; q < scores.length; q++) scores[q] *= factor;
        }

        private float kth(Best kept, float[] query) {
            if (kept.count < k) return Float.NaN;
            var again = new float[kept.count];
            for (int i = 0; i < again.length; i++) again[i] = score(base.row(kept.rows[i]), query, metric);
            Arrays.sort(again);
            return metric.largerIsBetter() ? again[again.length - k] : again[k - 1];
        }
    }

    /// The rows of the smallest scores so far, in no order, and the largest of those.
    private static final class Best {
        private final float[] scores;
        private final int[] rows;
        private int count;
        private int last;
        private float bound = Float.POSITIVE_INFINITY;

        Best(int room) {
            scores = new float[room];
            rows = new int[room];
        }

        void add(float score, int row) {
            int at = count < scores.length ? count++ : last;
            scores[at] = score;
            rows[at] = row;
            if (count < scores.length) return;
            last = 0;
            for (int i = 1; i < scores.length; i++) if (scores[i] > scores[last]) last = i;
            bound = scores[last];
        }
    }
}
