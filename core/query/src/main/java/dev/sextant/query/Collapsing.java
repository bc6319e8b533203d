package dev.sextant.query;

import dev.sextant.model.Read;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;

/// Elements that were found become their rows. Pure.
final class Collapsing {
    private Collapsing() {}

    /// Each row once for each query, best first; ties by key.
    static Winners rows(Winners elements, Read.Collapse how, boolean largerIsBetter) {
        var counts = new int[elements.counts().length];
        var at = new int[elements.total()];
        var scores = new float[elements.total()];
        int n = 0;
        int start = 0;
        for (int query = 0; query < counts.length; start += elements.counts()[query++]) {
            var rows = new LinkedHashMap<Object, List<Integer>>();
            for (int i = start; i < start + elements.counts()[query]; i++)
                rows.computeIfAbsent(Fusing.key(elements.keys(), i), _ -> new ArrayList<>())
                        .add(i);
            var all = List.copyOf(rows.values());
            var worth = new float[all.size()];
            for (int row = 0; row < worth.length; row++) worth[row] = score(elements, all.get(row), how);
            var order = Sorting.sorted(worth.length, (a, b) -> {
                int byScore = Merging.compare(worth[a], worth[b], largerIsBetter);
                return byScore != 0
                        ? byScore
                        : Sorting.compareKeys(
                                elements.keys(),
                                all.get(a).getFirst(),
                                elements.keys(),
                                all.get(b).getFirst());
            });
            for (int row : order) {
                at[n] = all.get(row).getFirst();
                scores[n++] = worth[row];
            }
            counts[query] = order.length;
        }
        var rows = elements.take(counts, Arrays.copyOf(at, n)).scored(Arrays.copyOf(scores, n));
        return new Winners(
                rows.counts(), rows.keys(), rows.scores(), rows.reader(), rows.place(), List.of(), rows.scanned());
    }

    /// @param found best first
    private static float score(Winners elements, List<Integer> found, Read.Collapse how) {
        var counted = found.subList(0, Math.min(found.size(), how.most().orElse(Integer.MAX_VALUE)));
        double sum = 0;
        for (int i : counted) sum += elements.scores()[i];
        return switch (how.combination()) {
            case MAX -> elements.scores()[found.getFirst()];
            case SUM -> (float) sum;
            case AVERAGE -> (float) (sum / counted.size());
        };
    }
}
