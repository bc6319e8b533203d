package dev.sextant.index.scalar;

import dev.sextant.index.Damaged;
import dev.sextant.kernel.Raw;

/// Different values in order, and behind them the rows of each in the same order: a run of keys is one piece of rows.
final class Terms extends Keyed {
    private final long starts;
    private final long postings;

    Terms(Standing standing) {
        super(standing);
        starts = base() + standing.head.startsAt();
        postings = base() + standing.head.postingsAt();
    }

    void check() {
        keys.check();
        long last = 0;
        for (int key = 0; key <= standing.head.keys(); key++) {
            long start = start(key);
            long most = key == standing.head.keys() ? last : standing.head.postings();
            boolean ends = key < standing.head.keys() || start == standing.head.postings();
            if (start < last || start > standing.head.postings() || !ends || key == 0 && start != 0)
                throw new Damaged("start", standing.head.startsAt() + 4L * key, last + " … " + most, start);
            last = start;
        }
        checkRows(standing.head, postings, standing.head.postings());
    }

    static void checkRows(Head head, long address, long count) {
        for (long i = 0; i < count; i++) {
            int row = Raw.getInt(address + 4 * i);
            if (row < 0 || row >= head.rows())
                throw new Damaged("row", head.postingsAt() + 4 * i, "0 … " + (head.rows() - 1), row);
        }
    }

    private long start(int key) {
        return Raw.getInt(starts + 4L * key) & 0xffffffffL;
    }

    @Override
    long count(int fromKey, int toKey) {
        return start(toKey) - start(fromKey);
    }

    @Override
    void set(int fromKey, int toKey, Rows rows) {
        rows.set(postings + 4 * start(fromKey), count(fromKey, toKey));
    }

    @Override
    void clear(int fromKey, int toKey, Rows rows) {
        rows.clear(postings + 4 * start(fromKey), count(fromKey, toKey));
    }

    @Override
    double nanos(int fromKey, int toKey) {
        return ROW_NANOS * count(fromKey, toKey);
    }
}
