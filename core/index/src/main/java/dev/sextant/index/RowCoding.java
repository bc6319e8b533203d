package dev.sextant.index;

/// In what form a graph keeps its rows for traversal.
public sealed interface RowCoding {
    /// Component by component; nothing is trained. The small ones have bounds for each row.
    enum Scalar implements RowCoding {
        SQ4U,
        SQ6,
        SQ8,
        BF16,
        FP16
    }

    /// `m` equal parts, for each the number of the nearest of 2^`bits` trained ones, then of what is left, `levels`
    /// times in all.
    record Parts(int m, int levels, int bits) implements RowCoding {
        public Parts {
            if (m < 1) throw new IllegalArgumentException("m is " + m);
            if (levels < 1 || levels > 16) throw new IllegalArgumentException("nrq is " + levels);
            if (bits < 1 || bits > Coding.Products.MOST_BITS) throw new IllegalArgumentException("nbits is " + bits);
        }
    }
}
