package dev.sextant.index;

import dev.sextant.kernel.Raw;

/// The relevance of one row to a query, cell by cell: what posting lists must agree with.
final class Relevance {
    private Relevance() {}

    /// [Float#NaN], which is no hit, when no term is in both.
    static float score(long query, int queryCells, SparseRows rows, int row, Bm25 bm25) {
        long from = rows.cells() + Raw.getLong(rows.offsets() + 8L * row);
        long end = rows.cells() + Raw.getLong(rows.offsets() + 8L * row + 8);
        float length = 0;
        for (long at = from; at < end; at += 8) length += Raw.getFloat(at + 4);
        float sum = 0;
        boolean common = false;
        for (long at = from, q = query, qEnd = query + 8L * queryCells; at < end && q < qEnd; ) {
            int order = Integer.compareUnsigned(Raw.getInt(q), Raw.getInt(at));
            if (order == 0) {
                sum += Raw.getFloat(q + 4) * bm25.factor(Raw.getFloat(at + 4), length);
                common = true;
            }
            q += order <= 0 ? 8 : 0;
            at += order >= 0 ? 8 : 0;
        }
        return common ? sum : Float.NaN;
    }
}
