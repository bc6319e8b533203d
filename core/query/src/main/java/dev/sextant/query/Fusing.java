package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Scanned;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/// The lists of several searches become one. Pure.
final class Fusing {
    private final Read.Fusion fusion;
    private final List<Metric> metrics;

    /// @param metrics of each search
    Fusing(Read.Fusion fusion, List<Metric> metrics) {
        this.fusion = fusion;
        this.metrics = metrics;
        switch (fusion) {
            case Read.Fusion.ReciprocalRank(var k) -> {
                if (!(k > 0 && k < 16_384))
                    throw new Refused(new Refusal.InvalidParameter(
                            "k", "The rank params k should be in range (0, 16384), but got " + k));
            }
            case Read.Fusion.Model _ -> {}
            case Read.Fusion.Chain _ -> {
                if (metrics.size() != 1)
                    throw new Refused(new Refusal.InvalidParameter(
                            "function_chains", "function_chains is only supported in a search of one vector field"));
            }
            case Read.Fusion.Boosts _ -> {
                if (metrics.size() != 1)
                    throw new Refused(new Refusal.InvalidParameter(
                            "reranker", "boost reranker is only supported in a search of one vector field"));
            }
            case Read.Fusion.Decay decay -> Decaying.check(decay);
            case Read.Fusion.Weighted(var weights, _) -> {
                if (weights.size() != metrics.size())
                    throw new Refused(new Refusal.InvalidParameter(
                            "weights",
                            "the length of weights param mismatch with ann search requests: invalid parameter[expected="
                                    + metrics.size() + "][actual=" + weights.size() + "]"));
                for (double weight : weights)
                    if (!(weight >= 0 && weight <= 1))
                        throw new Refused(new Refusal.InvalidParameter(
                                "weights", "rank param weight should be in range [0, 1], but got " + weight));
            }
        }
    }

    /// Only plain sums of distances rank the smaller first.
    boolean largerIsBetter() {
        if (fusion instanceof Read.Fusion.Boosts || fusion instanceof Read.Fusion.Chain)
            return metrics.getFirst().largerIsBetter();
        return !(fusion instanceof Read.Fusion.Weighted(_, var normalised)
                && !normalised
                && metrics.stream().noneMatch(Metric::largerIsBetter));
    }

    /// Every row of every list once, best first; ties by key.
    Winners fuse(List<Winners> lists) {
        int queries = lists.getFirst().counts().length;
        var keys = Column.concat(lists.stream().map(Winners::keys).toList());
        var elements = elements(lists);
        int total = keys.rows();
        var reader = new int[total];
        var place = new long[total];
        var base = new int[lists.size()];
        for (int l = 0, at = 0; l < lists.size(); at += lists.get(l++).total()) {
            base[l] = at;
            System.arraycopy(lists.get(l).reader(), 0, reader, at, lists.get(l).total());
            System.arraycopy(lists.get(l).place(), 0, place, at, lists.get(l).total());
        }
        var starts = lists.stream().map(Winners::starts).toList();
        var counts = new int[queries];
        var chosen = new int[total];
        var scores = new float[total];
        int n = 0;
        for (int q = 0; q < queries; q++) {
            var sums = new HashMap<Object, double[]>(); // what a row's scores come to, and of how many lists
            var first = new ArrayList<Integer>();
            var order = new ArrayList<double[]>();
            for (int l = 0; l < lists.size(); l++) {
                int start = starts.get(l)[q];
                for (int i = 0; i < lists.get(l).counts()[q]; i++) {
                    int at = base[l] + start + i;
                    var one = key(keys, at);
                    Object hit = elements.isEmpty() ? one : List.of(one, elements.get()[at]);
                    var sum = sums.computeIfAbsent(hit, _ -> {
                        var fresh = new double[2];
                        first.add(at);
                        order.add(fresh);
                        return fresh;
                    });
                    add(sum, share(l, i + 1, lists.get(l).scores()[start + i]));
                }
            }
            var sorted = Sorting.sorted(first.size(), (a, b) -> {
                int byScore = Merging.compare((float) order.get(a)[0], (float) order.get(b)[0], largerIsBetter());
                if (byScore != 0) return byScore;
                int byKey = Sorting.compareKeys(keys, first.get(a), keys, first.get(b));
                return byKey != 0 || elements.isEmpty()
                        ? byKey
                        : Integer.compare(elements.get()[first.get(a)], elements.get()[first.get(b)]);
            });
            for (int at : sorted) {
                chosen[n] = first.get(at);
                scores[n++] = (float) order.get(at)[0];
            }
            counts[q] = sorted.length;
        }
        var scanned = lists.stream().map(Winners::scanned).reduce(Scanned.NOTHING, Scanned::and);
        return new Winners(counts, keys, new float[total], reader, place, List.of(), elements, scanned)
                .take(counts, Arrays.copyOf(chosen, n))
                .scored(Arrays.copyOf(scores, n));
    }

    /// Where every list is of elements, elements are fused.
    private static Optional<int[]> elements(List<Winners> lists) {
        if (lists.stream().anyMatch(list -> list.elements().isEmpty())) return Optional.empty();
        return Optional.of(lists.stream()
                .flatMapToInt(list -> Arrays.stream(list.elements().orElseThrow()))
                .toArray());
    }

    private void add(double[] sum, double share) {
        var combination = fusion instanceof Read.Fusion.Decay decay ? decay.combination() : Read.Combination.SUM;
        double lists = ++sum[1];
        sum[0] = switch (combination) {
            case SUM -> sum[0] + share;
            case MAX -> lists == 1 ? share : Math.max(sum[0], share);
            case AVERAGE -> sum[0] + (share - sum[0]) / lists;
        };
    }

    static Object key(Column keys, int at) {
        return keys instanceof Column.Texts(var texts, _)
                ? texts.text(at)
                : (Object) ((Column.Longs) keys).values()[at];
    }

    private double share(int list, int rank, float score) {
        return switch (fusion) {
            case Read.Fusion.ReciprocalRank(var k) -> 1 / (k + rank);
            // The model knows better; until it is asked, the rows of all lists are told apart by rank.
            case Read.Fusion.Model _ -> 1.0 / (60 + rank);
            case Read.Fusion.Boosts _, Read.Fusion.Chain _ -> score;
            case Read.Fusion.Decay decay -> {
                var metric = metrics.get(list);
                yield decay.normalised() || !metric.largerIsBetter() ? normalised(metric, score) : score;
            }
            case Read.Fusion.Weighted(var weights, var normalised) ->
                weights.get(list)
                        * (normalised ? normalised(metrics.get(list), score) : directed(metrics.get(list), score));
        };
    }

    /// Scores of different directions are made similarities; otherwise they stay as they are.
    private double directed(Metric metric, float score) {
        boolean mixed = metrics.stream().map(Metric::largerIsBetter).distinct().count() > 1;
        return mixed && !metric.largerIsBetter() ? normalised(metric, score) : score;
    }

    static double normalised(Metric metric, float score) {
        return switch (metric) {
            case COSINE -> (1 + score) / 2.0;
            case MHJACCARD -> score;
            case IP -> 0.5 + Math.atan(score) / Math.PI;
            case BM25 -> 2 * Math.atan(score) / Math.PI;
            case L2, HAMMING, JACCARD -> 1 - 2 * Math.atan(score) / Math.PI;
        };
    }
}
