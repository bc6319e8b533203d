package dev.sextant.index.scalar;

import dev.sextant.index.Damaged;

/// The numbers of all rows in order, each with its row: 12 bytes a row, and a range is one piece of them.
final class Sorted extends Keyed {
    private final long postings;

    Sorted(Standing standing) {
        super(standing);
        postings = base() + standing.head.postingsAt();
    }

    void check() {
        Head.expect("postings", 32, standing.head.keys(), standing.head.postings());
        if (standing.head.values() == Values.TEXT) throw new Damaged("kind of values", 12, "numbers", "texts");
        if (standing.head.lists()) throw new Damaged("flags", 20, "one value a row", "several");
        keys.check();
        Terms.checkRows(standing.head, postings, standing.head.postings());
    }

    @Override
    long count(int fromKey, int toKey) {
        return toKey - fromKey;
    }

    @Override
    void set(int fromKey, int toKey, Rows rows) {
        rows.set(postings + 4L * fromKey, toKey - fromKey);
    }

    @Override
    void clear(int fromKey, int toKey, Rows rows) {
        rows.clear(postings + 4L * fromKey, toKey - fromKey);
    }

    @Override
    double nanos(int fromKey, int toKey) {
        return ROW_NANOS * (toKey - fromKey);
    }
}
