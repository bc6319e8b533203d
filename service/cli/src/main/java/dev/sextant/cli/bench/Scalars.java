package dev.sextant.cli.bench;

import dev.sextant.cli.bench.data.Matrix;
import dev.sextant.model.Metric;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/// Scalar fields beside the vectors, for filters: `u`, a permutation spread over [0, 1), which knows nothing of the
/// vectors; `label`, 0 to 99; and `c0` … `c15`, the rank of each row by its distance from one of 16 rows, spread over
/// [0, 1): a condition on them takes rows from near that row, or from far away. As values are ranks, `u < 0.01` takes
/// one row in a hundred, exactly.
///
/// @param reals values by field, one for each row
/// @param labels of the rows, empty when there are no scalar fields
/// @param pivots the rows that `c0` … are distances from
public record Scalars(Map<String, double[]> reals, long[] labels, int[] pivots) {
    public static final Scalars NONE = new Scalars(Map.of(), new long[0], new int[0]);

    private static final int PIVOTS = 16;
    private static final long SEED = 20261121;

    public boolean isNone() {
        return labels.length == 0;
    }

    public static Scalars of(Matrix base, Metric metric) {
        var random = new Random(SEED);
        int rows = base.rows();
        var reals = new LinkedHashMap<String, double[]>();
        var order = IntStream.range(0, rows).toArray();
        for (int i = rows - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
        reals.put("u", ranks(order));
        var labels = new long[rows];
        for (int row = 0; row < rows; row++) labels[row] = random.nextInt(100);
        var pivots =
                random.ints(0, rows).distinct().limit(Math.min(PIVOTS, rows)).toArray();
        for (int pivot = 0; pivot < pivots.length; pivot++)
            reals.put("c" + pivot, ranks(byDistance(base, base.row(pivots[pivot]), metric)));
        return new Scalars(reals, labels, pivots);
    }

    /// The pivot nearest to a query.
    public int pivotOf(Matrix base, float[] query, Metric metric) {
        int best = 0;
        for (int pivot = 1; pivot < pivots.length; pivot++)
            if (metric.better(
                    Exact.score(base.row(pivots[pivot]), query, metric),
                    Exact.score(base.row(pivots[best]), query, metric))) best = pivot;
        return best;
    }

    public List<String> names() {
        var names = new ArrayList<>(reals.keySet());
        if (!isNone()) names.add("label");
        return names;
    }

    private static double[] ranks(int[] order) {
        var values = new double[order.length];
        for (int rank = 0; rank < order.length; rank++) values[order[rank]] = rank / (double) order.length;
        return values;
    }

    private static int[] byDistance(Matrix base, float[] from, Metric metric) {
        var keyed = new long[base.rows()];
        IntStream.range(0, keyed.length).parallel().forEach(row -> {
            float score = Exact.score(base.row(row), from, metric);
            int bits = Float.floatToIntBits(metric.largerIsBetter() ? -score : score);
            keyed[row] = (long) (bits < 0 ? bits ^ Integer.MAX_VALUE : bits) << 32 | row; // sorts as the number does
        });
        java.util.Arrays.parallelSort(keyed);
        var order = new int[keyed.length];
        for (int i = 0; i < order.length; i++) order[i] = (int) keyed[i];
        return order;
    }
}
