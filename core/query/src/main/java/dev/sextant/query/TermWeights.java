package dev.sextant.query;

import dev.sextant.index.TermFigures;
import dev.sextant.model.Column;
import dev.sextant.model.Slices;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// From the terms of texts searched for, (term, frequency) cells, to what they weigh. Pure.
final class TermWeights {
    private TermWeights() {}

    /// All terms of all queries, ascending as unsigned numbers, each once.
    static int[] terms(Column.Sparse queries) {
        var cells = cells(queries);
        var terms = new int[cells.capacity() / 8];
        for (int i = 0; i < terms.length; i++) terms[i] = cells.getInt(8 * i) ^ Integer.MIN_VALUE;
        Arrays.sort(terms);
        int n = 0;
        for (int i = 0; i < terms.length; i++) if (i == 0 || terms[i] != terms[n - 1]) terms[n++] = terms[i];
        for (int i = 0; i < n; i++) terms[i] ^= Integer.MIN_VALUE;
        return Arrays.copyOf(terms, n);
    }

    /// The same queries with (term, weight) cells: how often the query has a term times how much the term tells.
    static Column.Sparse weighted(Column.Sparse queries, int[] terms, TermFigures figures) {
        var bytes = queries.cells().bytes().clone();
        var cells = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + 8 <= bytes.length; at += 8) {
            double weight = cells.getFloat(at + 4) * figures.inverseFrequency(place(terms, cells.getInt(at)));
            cells.putFloat(at + 4, (float) weight);
        }
        return new Column.Sparse(new Slices(bytes, queries.cells().ends()), queries.nulls());
    }

    private static ByteBuffer cells(Column.Sparse queries) {
        return ByteBuffer.wrap(queries.cells().bytes()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int place(int[] terms, int term) {
        int low = 0, high = terms.length - 1;
        while (low < high) {
            int middle = low + high >>> 1;
            if (Integer.compareUnsigned(terms[middle], term) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
