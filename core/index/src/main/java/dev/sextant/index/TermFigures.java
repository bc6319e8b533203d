package dev.sextant.index;

import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.SparseTable;
import java.util.Optional;

/// What BM25 must know of some rows: how many there are, how long they are together, and how many have each of some
/// terms. Rows that were deleted but not yet merged away still count, as in Lucene.
///
/// @param documentFrequency in the order of the terms asked about
public record TermFigures(long rows, double totalLength, long[] documentFrequency) {
    public static TermFigures none(int terms) {
        return new TermFigures(0, 0, new long[terms]);
    }

    /// From posting lists where there are some for the very rows, else by looking at every cell.
    ///
    /// @param terms ascending as unsigned numbers, each once
    public static TermFigures of(SparseRows rows, Optional<VectorIndex> index, int[] terms, Scratch scratch) {
        return index.flatMap(found -> found instanceof Inverted lists && lists.count() == rows.count()
                        ? lists.totalLength().map(length -> of(lists, length, terms))
                        : Optional.empty())
                .orElseGet(() -> counted(rows, terms, scratch));
    }

    private static TermFigures of(Inverted lists, double length, int[] terms) {
        var frequency = new long[terms.length];
        for (int i = 0; i < terms.length; i++) frequency[i] = lists.documentFrequency(terms[i]);
        return new TermFigures(lists.count(), length, frequency);
    }

    private static TermFigures counted(SparseRows rows, int[] terms, Scratch scratch) {
        long query = scratch.room(8L * terms.length + 64 + SparseTable.bytes(terms.length));
        for (int i = 0; i < terms.length; i++) {
            Raw.putInt(query + 8L * i, terms[i]);
            Raw.putInt(query + 8L * i + 4, i); // a number instead of a value: the table only hands it on
        }
        var table = new SparseTable(query, terms.length, query + (8L * terms.length + 63 & -64));
        var frequency = new long[terms.length];
        double total = 0;
        long at = rows.cells() + (rows.count() == 0 ? 0 : Raw.getLong(rows.offsets()));
        for (int row = 0; row < rows.count(); row++) {
            float length = 0;
            for (long end = rows.cells() + Raw.getLong(rows.offsets() + 8L * row + 8); at < end; at += 8) {
                length += Raw.getFloat(at + 4);
                int term = table.number(Raw.getInt(at));
                if (term >= 0) frequency[term]++;
            }
            total += length;
        }
        return new TermFigures(rows.count(), total, frequency);
    }

    public TermFigures plus(TermFigures other) {
        var sum = documentFrequency.clone();
        for (int i = 0; i < sum.length; i++) sum[i] += other.documentFrequency[i];
        return new TermFigures(rows + other.rows, totalLength + other.totalLength, sum);
    }

    public float averageLength() {
        return rows == 0 ? 0 : (float) Math.max(0, totalLength / rows);
    }

    /// How much a term tells, from how few rows have it: ln(1 + (N − n + 0.5) / (n + 0.5)).
    public double inverseFrequency(int term) {
        long n = documentFrequency[term];
        return Math.log1p((Math.max(rows, n) - n + 0.5) / (n + 0.5));
    }
}
