package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Scanned;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Hits of several shards as one list for each query.
///
/// @param counts hits per query
/// @param reader which reader a hit comes from
/// @param place where it is there
/// @param elements which element of its row each hit is, where elements are found
record Winners(
        int[] counts,
        Column keys,
        float[] scores,
        int[] reader,
        long[] place,
        List<Column> groups,
        Optional<int[]> elements,
        Scanned scanned)
        implements Fetching.Placed {
    /// Hits that are rows.
    Winners(
            int[] counts,
            Column keys,
            float[] scores,
            int[] reader,
            long[] place,
            List<Column> groups,
            Scanned scanned) {
        this(counts, keys, scores, reader, place, groups, Optional.empty(), scanned);
    }

    /// What hits take as they come from one shard.
    static long bytes(Reader.Found found) {
        long bytes = Outputs.bytes(found.keys())
                + 12L * found.scores().length
                + found.elements().map(all -> 4L * all.length).orElse(0L);
        for (var group : found.groups()) bytes += Outputs.bytes(group);
        return bytes;
    }

    int total() {
        return scores.length;
    }

    /// Where the hits of each query begin.
    int[] starts() {
        var starts = new int[counts.length];
        for (int i = 1; i < starts.length; i++) starts[i] = starts[i - 1] + counts[i - 1];
        return starts;
    }

    /// Some of the hits, by position.
    Winners take(int[] newCounts, int[] at) {
        var newScores = new float[at.length];
        var newReader = new int[at.length];
        var newPlace = new long[at.length];
        for (int i = 0; i < at.length; i++) {
            newScores[i] = scores[at[i]];
            newReader[i] = reader[at[i]];
            newPlace[i] = place[at[i]];
        }
        return new Winners(
                newCounts,
                keys.take(at),
                newScores,
                newReader,
                newPlace,
                groups.stream().map(column -> column.take(at)).toList(),
                elements.map(all -> Arrays.stream(at).map(i -> all[i]).toArray()),
                scanned);
    }

    /// The same hits, grouped by columns of values.
    Winners grouped(List<Column> values) {
        return new Winners(counts, keys, scores, reader, place, values, elements, scanned);
    }

    /// The same hits, each placed where it stands among them: columns of all of them are at hand.
    Winners inRows() {
        var rows = new long[total()];
        for (int i = 0; i < rows.length; i++) rows[i] = i;
        return new Winners(counts, keys, scores, new int[rows.length], rows, groups, elements, scanned);
    }

    Winners scored(float[] newScores) {
        return new Winners(counts, keys, newScores, reader, place, groups, elements, scanned);
    }
}
