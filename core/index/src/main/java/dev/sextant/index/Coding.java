package dev.sextant.index;

/// What the lists of a partition keep of each row, beside its number.
public sealed interface Coding {
    /// Nothing: the rows themselves are read (`IVF_FLAT`, `BIN_IVF_FLAT`).
    record Full() implements Coding {}

    /// A byte a component, between the row's own bounds (`IVF_SQ8`).
    record Bytes() implements Coding {}

    /// For each of `m` equal parts of what a row differs from its centre the number of the nearest of 2^`bits` trained
    /// parts (`IVF_PQ`).
    record Products(int m, int bits) implements Coding {
        public static final int MOST_BITS = 16;

        public Products {
            if (m < 1) throw new IllegalArgumentException("m is " + m);
            if (bits < 1 || bits > MOST_BITS)
                throw new IllegalArgumentException("nbits is " + bits + ": a part of more than 16 bits would need more"
                        + " trained parts than a segment has rows");
        }
    }

    /// The signs of the rotated difference from the centre, a bit a component (`IVF_RABITQ`).
    ///
    /// @param refine whether the best are scored again on full rows before the best k of them are chosen
    record Signs(boolean refine) implements Coding {}

    /// As [Products] with 4 bits for each `subDimension` components, 32 rows scanned at once by table (`SCANN`).
    ///
    /// @param reorder whether the best are scored again on full rows before the best k of them are chosen
    record Scan(int subDimension, boolean reorder) implements Coding {
        public Scan {
            if (subDimension < 1) throw new IllegalArgumentException("sub_dim is " + subDimension);
        }
    }

    /// How many of the best by code are kept for the best `k` by row.
    default int keep(int k, Effort effort) {
        double times = effort.refine();
        return switch (this) {
            case Full _ -> k;
            case Bytes _, Products _, Signs _ -> times(k, Math.max(1, times));
            case Scan(_, var reorder) -> times > 0 ? times(k, times) : reorder ? times(k, 4) + 16 : k;
        };
    }

    private static int times(int k, double times) {
        return (int) Math.min(1 << 28, Math.max(k, Math.ceil(k * times)));
    }
}
