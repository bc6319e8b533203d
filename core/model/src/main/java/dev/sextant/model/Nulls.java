package dev.sextant.model;

import java.util.BitSet;

/// Which rows of a column are null. Immutable; a column without nulls shares [#NONE].
public final class Nulls {
    public static final Nulls NONE = new Nulls(new BitSet(0));

    private final BitSet bits;

    private Nulls(BitSet bits) {
        this.bits = bits;
    }

    /// Takes the bits over: the caller must not change them afterwards.
    public static Nulls of(BitSet rows) {
        return rows.isEmpty() ? NONE : new Nulls(rows);
    }

    public static Nulls all(int rows) {
        var bits = new BitSet(rows);
        bits.set(0, rows);
        return of(bits);
    }

    public boolean none() {
        return this == NONE;
    }

    public boolean isNull(int row) {
        return bits.get(row);
    }

    public int count() {
        return bits.cardinality();
    }

    /// The first null row at or after `row`, or -1.
    public int next(int row) {
        return bits.nextSetBit(row);
    }

    /// The nulls of the rows `rows[0], rows[1] …`, in that order.
    public Nulls take(int[] rows) {
        if (none()) return NONE;
        var taken = new BitSet(rows.length);
        for (int i = 0; i < rows.length; i++) if (bits.get(rows[i])) taken.set(i);
        return of(taken);
    }

    /// The nulls of `[from, to)`, numbered from 0.
    public Nulls slice(int from, int to) {
        return none() ? NONE : of(bits.get(from, to));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Nulls that && bits.equals(that.bits);
    }

    @Override
    public int hashCode() {
        return bits.hashCode();
    }

    @Override
    public String toString() {
        return bits.toString();
    }
}
