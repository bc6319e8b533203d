package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Read;
import dev.sextant.model.Scanned;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// The lists of several shards become one. Pure.
final class Merging {
    private Merging() {}

    /// All hits of all shards, query by query, best first by (score, key).
    static Winners merge(List<Reader.Found> found, boolean largerIsBetter) {
        if (found.size() == 1 && found.getFirst().groups().isEmpty()) return alone(found.getFirst());
        int total = found.stream().mapToInt(one -> one.scores().length).sum();
        var scores = new float[total];
        var reader = new int[total];
        var place = new long[total];
        var query = new int[total];
        int at = 0;
        var scanned = Scanned.NOTHING;
        for (int r = 0; r < found.size(); r++) {
            var one = found.get(r);
            System.arraycopy(one.scores(), 0, scores, at, one.scores().length);
            System.arraycopy(one.places(), 0, place, at, one.places().length);
            for (int q = 0; q < one.counts().length; q++)
                for (int i = 0; i < one.counts()[q]; i++, at++) {
                    query[at] = q;
                    reader[at] = r;
                }
            scanned = scanned.and(one.scanned());
        }
        var keys = Column.concat(found.stream().map(Reader.Found::keys).toList());
        var groups = IntStream.range(0, found.getFirst().groups().size())
                .mapToObj(i -> Column.concat(
                        found.stream().map(one -> one.groups().get(i)).toList()))
                .toList();
        var elements = elements(found, total);
        var order = Sorting.sorted(total, (a, b) -> {
            if (query[a] != query[b]) return Integer.compare(query[a], query[b]);
            int byScore = compare(scores[a], scores[b], largerIsBetter);
            if (byScore != 0) return byScore;
            int byKey = Sorting.compareKeys(keys, a, keys, b);
            return byKey != 0 || elements.isEmpty() ? byKey : Integer.compare(elements.get()[a], elements.get()[b]);
        });
        var counts = new int[found.getFirst().counts().length];
        for (int q : query) counts[q]++;
        return new Winners(counts, keys, scores, reader, place, groups, elements, scanned).take(counts, order);
    }

    private static Optional<int[]> elements(List<Reader.Found> found, int total) {
        if (found.getFirst().elements().isEmpty()) return Optional.empty();
        var all = new int[total];
        int at = 0;
        for (var one : found) for (int element : one.elements().orElseThrow()) all[at++] = element;
        return Optional.of(all);
    }

    /// One shard's answer is in order already.
    private static Winners alone(Reader.Found one) {
        return new Winners(
                one.counts(),
                one.keys(),
                one.scores(),
                new int[one.scores().length],
                one.places(),
                one.groups(),
                one.elements(),
                one.scanned());
    }

    static int compare(float left, float right, boolean largerIsBetter) {
        int order = Float.compare(left + 0f, right + 0f);
        return largerIsBetter ? -order : order;
    }

    /// Hits `offset … offset + limit` of each query.
    static Winners cut(Winners all, int offset, int limit) {
        if (offset == 0 && most(all.counts()) <= limit) return all;
        var counts = new int[all.counts().length];
        var at = new int[all.total()];
        var starts = all.starts();
        int n = 0;
        for (int q = 0; q < counts.length; q++) {
            int start = starts[q];
            for (int i = Math.min(offset, all.counts()[q]); i < all.counts()[q] && counts[q] < limit; i++, counts[q]++)
                at[n++] = start + i;
        }
        return all.take(counts, Arrays.copyOf(at, n));
    }

    private static int most(int[] counts) {
        int most = 0;
        for (int count : counts) most = Math.max(most, count);
        return most;
    }

    /// Groups `offset … offset + limit` of each query, best group first, each with its best hits. The hits come best
    /// first, so a group ranks by its first hit; with `fused` scores by what its hits are worth together, and where
    /// groups tie, the larger goes first.
    static Winners group(
            Winners all, Read.Grouping grouping, int offset, int limit, boolean fused, boolean largerIsBetter) {
        var values = GroupFields.read(all.groups());
        var counts = new int[all.counts().length];
        var at = new int[all.total()];
        var starts = all.starts();
        int n = 0;
        for (int q = 0; q < counts.length; q++) {
            var members = new HashMap<Object, List<Integer>>();
            var groups = new ArrayList<List<Integer>>();
            for (int i = starts[q], end = i + all.counts()[q]; i < end; i++)
                members.computeIfAbsent(values[i], _ -> {
                            var fresh = new ArrayList<Integer>();
                            groups.add(fresh);
                            return fresh;
                        })
                        .add(i);
            if (fused) {
                groups.replaceAll(group -> group.subList(0, Math.min(grouping.size(), group.size())));
                groups.sort((a, b) -> {
                    int byScore = compare(worth(all, a, grouping), worth(all, b, grouping), largerIsBetter);
                    return byScore != 0 ? byScore : Integer.compare(b.size(), a.size());
                });
            }
            for (int g = Math.min(offset, groups.size()); g < groups.size() && g - offset < limit; g++)
                for (int member : groups.get(g)
                        .subList(0, Math.min(grouping.size(), groups.get(g).size()))) {
                    at[n++] = member;
                    counts[q]++;
                }
        }
        return all.take(counts, Arrays.copyOf(at, n));
    }

    private static float worth(Winners all, List<Integer> group, Read.Grouping grouping) {
        if (grouping.scorer() == Read.Combination.MAX) return all.scores()[group.getFirst()];
        double sum = 0;
        for (int at : group) sum += all.scores()[at];
        return (float) (grouping.scorer() == Read.Combination.SUM ? sum : sum / group.size());
    }
}
