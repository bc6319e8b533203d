package dev.sextant.model;

import java.util.List;
import java.util.Optional;

/// The answer to a search: for each query its hits, best first, one query after the other.
///
/// @param counts hits per query
/// @param keys primary keys of all hits: [Column.Longs] or [Column.Texts]
/// @param scores in the natural sign of the metric
/// @param outputs the fields asked for, rows as in `keys`
/// @param groups what each hit was grouped by: a column for each field of the grouping
/// @param elements of a search that finds elements: which one of its row each hit is, from 0
/// @param complete false when something was left out (deadline, budget): then fewer may have come than match
/// @param timestamp the moment whose state was read
/// @param scanned what all queries together looked at
public record Hits(
        int[] counts,
        Column keys,
        float[] scores,
        Rows outputs,
        List<Column> groups,
        Optional<int[]> elements,
        boolean complete,
        long timestamp,
        Scanned scanned) {

    /// Hits that are rows.
    public Hits(
            int[] counts,
            Column keys,
            float[] scores,
            Rows outputs,
            List<Column> groups,
            boolean complete,
            long timestamp,
            Scanned scanned) {
        this(counts, keys, scores, outputs, groups, Optional.empty(), complete, timestamp, scanned);
    }

    public int queries() {
        return counts.length;
    }

    public int total() {
        return scores.length;
    }
}
