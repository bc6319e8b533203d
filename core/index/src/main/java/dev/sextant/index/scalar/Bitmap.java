package dev.sextant.index.scalar;

import dev.sextant.index.Damaged;
import dev.sextant.kernel.Raw;

/// Few different values, each with its rows: as bits where these are shorter than a list. Never more than 4 bytes a
/// row.
final class Bitmap extends Keyed {
    private final long offsets;
    private final long counts;
    private final long postings;

    Bitmap(Standing standing) {
        super(standing);
        offsets = base() + standing.head.startsAt();
        counts = base() + standing.head.countsAt();
        postings = base() + standing.head.postingsAt();
    }

    /// Bytes of the rows under a key.
    static long bytes(Head head, int count) {
        return isBits(head, count) ? 8L * head.words() : Head.up(4L * count);
    }

    static boolean isBits(Head head, int count) {
        return 8L * head.words() < 4L * count;
    }

    void check() {
        keys.check();
        long at = 0;
        for (int key = 0; key < standing.head.keys(); key++) {
            int count = count(key);
            if (count < 0 || count > standing.head.rows())
                throw new Damaged(
                        "rows of a key", standing.head.countsAt() + 4L * key, "0 … " + standing.head.rows(), count);
            Head.expect("offset", standing.head.startsAt() + 8L * key, at, offset(key));
            at += bytes(standing.head, count);
            if (at > standing.head.postings())
                throw new Damaged("postings", 32, "at least " + at, standing.head.postings());
            if (!isBits(standing.head, count)) Terms.checkRows(standing.head, postings + offset(key), count);
        }
        Head.expect("postings", 32, at, standing.head.postings());
        Head.expect("end", standing.head.startsAt() + 8L * standing.head.keys(), at, offset(standing.head.keys()));
    }

    private long offset(int key) {
        return Raw.getLong(offsets + 8L * key);
    }

    private int count(int key) {
        return Raw.getInt(counts + 4L * key);
    }

    @Override
    long count(int fromKey, int toKey) {
        long count = 0;
        for (int key = fromKey; key < toKey; key++) count += count(key);
        return count;
    }

    @Override
    void set(int fromKey, int toKey, Rows rows) {
        for (int key = fromKey; key < toKey; key++)
            if (isBits(standing.head, count(key))) rows.setWords(postings + offset(key));
            else rows.set(postings + offset(key), count(key));
    }

    @Override
    void clear(int fromKey, int toKey, Rows rows) {
        for (int key = fromKey; key < toKey; key++)
            if (isBits(standing.head, count(key))) rows.clearWords(postings + offset(key));
            else rows.clear(postings + offset(key), count(key));
    }

    @Override
    double nanos(int fromKey, int toKey) {
        double nanos = 0;
        for (int key = fromKey; key < toKey; key++)
            nanos += isBits(standing.head, count(key)) ? 0.4 * standing.head.words() : ROW_NANOS * count(key);
        return nanos;
    }
}
