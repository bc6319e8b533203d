package dev.sextant.index;

import dev.sextant.kernel.Bits;
import java.util.Optional;

/// Which rows a search may return: live, visible and matching, as bits that were made before the search began. An index
/// tests rows against it and evaluates nothing else. Immutable.
public final class Accept {
    public static final Accept ALL = new Accept(Bits.ALL, Optional.empty());

    private final Bits bits;
    private final Optional<Arranged> arranged;

    private Accept(Bits bits, Optional<Arranged> arranged) {
        this.bits = bits;
        this.arranged = arranged;
    }

    public static Accept of(Bits bits) {
        return of(bits, Optional.empty());
    }

    /// @param arranged these rows, or more, as an index reads them
    public static Accept of(Bits bits, Optional<Arranged> arranged) {
        return bits.isAll() ? ALL : new Accept(bits, arranged);
    }

    public boolean test(int row) {
        return bits.get(row);
    }

    public boolean isAll() {
        return this == ALL;
    }

    public Bits bits() {
        return bits;
    }

    /// These rows, or more, in the order of these cells.
    Optional<Arranged> arranged(Cells cells) {
        return arranged.filter(found -> found.isOf(cells));
    }

    public Accept and(Accept other) {
        return isAll() ? other : other.isAll() ? this : of(bits.and(other.bits));
    }

    /// Accepted rows below `rows`.
    public int count(int rows) {
        return isAll() ? rows : bits.count(rows);
    }

    /// Accepted rows below `rows` as a share between 0 and 1.
    public double share(int rows) {
        return share(count(rows), rows);
    }

    /// The same where they have been counted.
    static double share(int accepted, int rows) {
        return rows == 0 ? 1 : (double) accepted / rows;
    }
}
