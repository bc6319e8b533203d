package dev.sextant.cli.bench;

import dev.sextant.cli.bench.data.Matrix;
import dev.sextant.model.Metric;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// How many hits of an answer are right: a hit counts when its row is as near as the `k`-th nearest that matches, so
/// that ties count (ann-benchmarks' definition of recall). Rows are scored here again: what the subject says of their
/// distance is not believed, a row that comes twice counts once, and one that does not match is wrong.
///
/// @param worst for each query the score of its k-th best row, in the natural sign of the metric; NaN where fewer match
public record Truth(Matrix base, Matrix queries, Metric metric, int k, Filters filters, float[] worst) {
    /// Allowed for the rounding of sums in another order.
    private static final double TOLERANCE = 1e-5;
    /// So many queries of a file are looked at again, spread over all: a file that belongs to others shows in each.
    private static final int CHECKED = 16;
    /// Files are written by programs that round otherwise.
    private static final double APART = 1e-3;

    /// From the ids of the exact nearest rows, best first. Refused when they are not that: too little would be asked
    /// for.
    public static Truth of(Matrix ids, Matrix base, Matrix queries, Metric metric, int k) {
        if (ids.dimension() < k)
            throw new IllegalArgumentException("the truth holds " + ids.dimension() + " ids a query, k is " + k);
        if (ids.rows() < queries.rows())
            throw new IllegalArgumentException("the truth holds " + ids.rows() + " queries of " + queries.rows()
                    + "; ask fewer with --most-queries");
        var places = places(base);
        var worst = new float[queries.rows()];
        for (int q = 0; q < worst.length; q++) {
            // The k-th by score, not by place: files may order ties either way.
            float last = Float.NaN;
            var named = new HashSet<Long>();
            for (int i = 0; i < k; i++) {
                if (!named.add(ids.whole(q, i)))
                    throw new IllegalArgumentException(
                            "the truth names row " + ids.whole(q, i) + " twice for query " + q);
                float score = Exact.score(base.row(place(ids.whole(q, i), places, base)), queries.row(q), metric);
                if (i == 0 || metric.better(last, score)) last = score;
            }
            worst[q] = last;
        }
        check(worst, base, queries, metric, k);
        return new Truth(base, queries, metric, k, Filters.NONE, worst);
    }

    private static void check(float[] worst, Matrix base, Matrix queries, Metric metric, int k) {
        int count = Math.min(CHECKED, worst.length);
        var places = IntStream.range(0, count)
                .map(i -> (int) ((long) i * worst.length / count))
                .toArray();
        var some = new float[count * queries.dimension()];
        for (int i = 0; i < count; i++) queries.copyRow(places[i], some, i * queries.dimension());
        var asked = Matrix.of(count, queries.dimension(), some);
        var found = Exact.worst(base, asked, metric, k, List.of(Filters.NONE)).getFirst();
        for (int i = 0; i < count; i++)
            if (Math.abs(found[i] - worst[places[i]]) > APART * Math.abs(found[i]))
                throw new IllegalArgumentException(
                        "the truth says that row %d of the nearest to query %d scores %s by %s, but it is %s: it was made for other rows, queries or another metric, or is not in order, the nearest first; without --truth it is computed"
                                .formatted(k, places[i], worst[places[i]], metric, found[i]));
    }

    /// By looking at every row.
    public static Truth computed(Matrix base, Matrix queries, Metric metric, int k, Filters filters) {
        return computed(base, queries, metric, k, List.of(filters)).getFirst();
    }

    /// As that, for several filters in one pass.
    public static List<Truth> computed(
            Matrix base, Matrix queries, Metric metric, int k, List<? extends Filters> filters) {
        var worst = Exact.worst(base, queries, metric, k, filters);
        return IntStream.range(0, filters.size())
                .mapToObj(f -> new Truth(base, queries, metric, k, filters.get(f), worst.get(f)))
                .toList();
    }

    /// How many there are to be found.
    public int wanted(int query) {
        return Float.isNaN(worst[query]) ? Math.min(k, filters.matching(query, base.rows())) : k;
    }

    /// How many of the ids from `from` to `to` are right.
    public int right(int query, long[] ids, int from, int to) {
        int right = 0;
        var asked = queries.row(query);
        double slack = TOLERANCE * Math.max(1, Math.abs(worst[query]));
        for (int i = from; i < Math.min(to, from + k); i++) {
            if (ids[i] < 0 || ids[i] >= base.rows() || !filters.accepts(query, (int) ids[i]) || isAgain(ids, from, i))
                continue;
            float score = Exact.score(base.row((int) ids[i]), asked, metric);
            if (Float.isNaN(worst[query])
                    || (metric.largerIsBetter() ? score >= worst[query] - slack : score <= worst[query] + slack))
                right++;
        }
        return right;
    }

    private static boolean isAgain(long[] ids, int from, int at) {
        for (int i = from; i < at; i++) if (ids[i] == ids[at]) return true;
        return false;
    }

    private static Map<Long, Integer> places(Matrix base) {
        var places = new HashMap<Long, Integer>();
        for (int row = 0; row < base.ids().length; row++) places.put(base.ids()[row], row);
        return places;
    }

    private static int place(long id, Map<Long, Integer> places, Matrix base) {
        long place = places.isEmpty() ? id : places.getOrDefault(id, -1);
        if (place < 0 || place >= base.rows())
            throw new IllegalArgumentException("the truth names row " + id + ", which is not among the " + base.rows()
                    + " rows; without --truth it is computed");
        return (int) place;
    }
}
