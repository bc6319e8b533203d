package dev.sextant.query;

import dev.sextant.model.Column;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A piece of a search that can be done apart from the others: a walk for one query, or a pass over some rows for
/// several, so that rows come from memory once for all of them.
///
/// @param query the first of them
/// @param queries how many, those that are null among them
record Piece(int query, int queries, PartSearch search, PartSearch.Range rows, double nanos) {
    /// Queries that share a pass over rows, or walk in turn: what they keep must not push the rows out of the cache.
    private static final int SHARING = 128;

    /// All pieces of a search.
    ///
    /// @param width workers that there should be something for
    static List<Piece> of(List<PartSearch> searches, Column queries, int width) {
        int count = queries.rows(), sharing = Math.clamp((count + width - 1) / width, 1, SHARING);
        if (searches.size() == 1 && count == 1 && !searches.getFirst().sharesRows())
            return walk(searches.getFirst(), queries);
        var pieces = new ArrayList<Piece>(searches.size());
        for (var search : searches) {
            int together = search.sharesRows() || search.inTurn() > 1 ? sharing : 1;
            var ranges = search.ranges(together);
            double nanos = search.plan().estimateNanos() / ranges.size();
            for (int query = 0; query < count; query += together)
                for (var rows : ranges) {
                    int own = Math.min(together, count - query);
                    if (own > 1 || !queries.isNull(query)) pieces.add(new Piece(query, own, search, rows, own * nanos));
                }
        }
        return pieces;
    }

    /// What nearly every search is: one query, that walks through one part.
    private static List<Piece> walk(PartSearch search, Column queries) {
        double nanos = search.plan().estimateNanos();
        return queries.isNull(0)
                ? List.of()
                : List.of(new Piece(0, 1, search, search.ranges(1).getFirst(), nanos));
    }

    /// So that whoever is last has little left to do.
    static List<Piece> longestFirst(List<Piece> pieces) {
        return pieces.stream()
                .sorted(Comparator.comparingDouble(Piece::nanos).reversed())
                .toList();
    }

    /// The same for some of its queries, as few pieces as these are runs.
    List<Piece> only(List<Integer> left) {
        var pieces = new ArrayList<Piece>();
        for (int from = 0, to = 1; to <= left.size(); to++) {
            if (to < left.size() && left.get(to) == left.get(to - 1) + 1) continue;
            pieces.add(new Piece(left.get(from), to - from, search, rows, nanos * (to - from) / queries));
            from = to;
        }
        return pieces;
    }
}
