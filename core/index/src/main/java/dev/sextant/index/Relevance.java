package dev.sextant.index;

import dev.sextant.kernel.Raw;
import dev.sextant.kernel.SparseTable;

/// The relevance of one row to a query, cell by cell: what posting lists must agree with. Common terms are added in
/// ascending order, however they are found, so the sum is the same bit for bit.
final class Relevance {
    private Relevance() {}

    /// [Float#NaN], which is no hit, when no term is in both.
    static float score(SparseTable query, SparseRows rows, int row, Bm25 bm25) {
        return shares(query, rows, row) ? score(query, rows, row, length(rows, row), bm25) : Float.NaN;
    }

    /// Most rows of a scan share nothing: their length is not worth adding up.
    private static boolean shares(SparseTable query, SparseRows rows, int row) {
        long from = start(rows, row), end = start(rows, row + 1);
        if (query.prefersSeeking((int) (end - from >> 3))) return true;
        for (long at = from; at < end; at += 8) {
            float weight = query.value(Raw.getInt(at));
            if (weight == weight) return true;
        }
        return false;
    }

    /// The sum of a row's frequencies, in the order of its cells.
    static float length(SparseRows rows, int row) {
        float length = 0;
        for (long at = start(rows, row), end = start(rows, row + 1); at < end; at += 8) length += Raw.getFloat(at + 4);
        return length;
    }

    private static long start(SparseRows rows, int row) {
        return rows.cells() + Raw.getLong(rows.offsets() + 8L * row);
    }

    /// @param length of the row
    static float score(SparseTable query, SparseRows rows, int row, float length, Bm25 bm25) {
        long from = start(rows, row), end = start(rows, row + 1);
        int cells = (int) (end - from >> 3);
        return query.prefersSeeking(cells)
                ? seeking(query, from, cells, length, bm25)
                : looking(query, from, end, length, bm25);
    }

    private static float looking(SparseTable query, long from, long end, float length, Bm25 bm25) {
        float sum = 0;
        boolean common = false;
        for (long at = from; at < end; at += 8) {
            float weight = query.value(Raw.getInt(at));
            if (weight != weight) continue;
            sum += weight * bm25.factor(Raw.getFloat(at + 4), length);
            common = true;
        }
        return common ? sum : Float.NaN;
    }

    private static float seeking(SparseTable query, long row, int cells, float length, Bm25 bm25) {
        float sum = 0;
        boolean common = false;
        int from = 0;
        for (long at = query.query(), end = at + 8L * query.cells(); at < end && from < cells; at += 8) {
            from = SparseTable.seek(row, from, cells, Raw.getInt(at));
            if (from == cells || Raw.getInt(row + 8L * from) != Raw.getInt(at)) continue;
            sum += Raw.getFloat(at + 4) * bm25.factor(Raw.getFloat(row + 8L * from + 4), length);
            common = true;
        }
        return common ? sum : Float.NaN;
    }
}
