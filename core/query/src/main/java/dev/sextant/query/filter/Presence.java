package dev.sextant.query.filter;

import dev.sextant.engine.Vectors;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Raw;
import dev.sextant.text.TextMatch;

/// Which rows may have the words of a match, by the terms that a function counted in the same text: some eight bytes a
/// word are read where the analyzer would read the text. Words may share a term, so what is left is looked at again;
/// what is dropped is dropped for good.
final class Presence {
    private Presence() {}

    /// Those of the `wanted` rows of a chunk that may match.
    static long[] candidates(Source source, int field, int chunk, TextMatch.Needed needed, long[] wanted) {
        if (!(source.vectors(field) instanceof Vectors.Sparse(var rows, var rowOfNode)) || rowOfNode.isPresent())
            return wanted;
        int first = chunk * Bits.CHUNK_BITS;
        var left = new long[wanted.length];
        for (int w = 0; w < wanted.length; w++)
            for (long bits = wanted[w]; bits != 0; bits &= bits - 1) {
                int bit = Long.numberOfTrailingZeros(bits);
                int row = first + (w << 6) + bit;
                if (row >= rows.count() || has(rows.offsets(), rows.cells(), row, needed)) left[w] |= 1L << bit;
            }
        return left;
    }

    private static boolean has(long offsets, long cells, int row, TextMatch.Needed needed) {
        long from = cells + Raw.getLong(offsets + 8L * row);
        int count = (int) (cells + Raw.getLong(offsets + 8L * row + 8) - from >> 3);
        var terms = needed.terms();
        int found = 0;
        for (int i = 0; i < terms.length && found + terms.length - i >= needed.least(); i++)
            if (contains(from, count, terms[i]) && ++found >= needed.least()) return true;
        return needed.least() <= 0;
    }

    private static boolean contains(long from, int count, int term) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            int order = Integer.compareUnsigned(Raw.getInt(from + 8L * middle), term);
            if (order == 0) return true;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return false;
    }
}
