package dev.sextant.engine.segment;

import dev.sextant.engine.file.CorruptFile;
import dev.sextant.model.Column;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.IntPredicate;

/// Finds rows by key: the filter first, then the page of sorted keys that can hold it. Any thread.
final class KeyIndex {
    private final PageReader pages;
    private final Directory directory;
    /// Read at the first search; reading it twice does no harm.
    private volatile Optional<KeyFilter> filter = Optional.empty();
    private final BitSet dead = new BitSet(0); // pages of which no row is wanted any more; of one thread, see below

    private static final BitSet NOTHING_DEAD = new BitSet(0);

    KeyIndex(PageReader pages, Directory directory) {
        this.pages = pages;
        this.directory = directory;
    }

    /// @param wanted rows that are looked for; others are passed over and not remembered, however many versions a key
    /// has
    Found find(Column asked, IntPredicate wanted) {
        return find(asked, wanted, NOTHING_DEAD, false);
    }

    /// As [#find], for one thread that wants fewer and fewer rows: pages of which it wants none are not read again.
    Found findLeft(Column asked, IntPredicate wanted) {
        return find(asked, wanted, dead, true);
    }

    private Found find(Column asked, IntPredicate wanted, BitSet passed, boolean learns) {
        var filter = filter();
        var candidates = new int[asked.rows()];
        int count = 0;
        for (int key = 0; key < candidates.length; key++)
            if (filter.mayHold(KeyFilter.hash(asked, key))) candidates[count++] = key;
        var found = new Pairs();
        var order = Keys.order(asked.take(Arrays.copyOf(candidates, count)));
        var at = new Cursor();
        for (int next : order) find(asked, candidates[next], at, found, wanted, passed, learns);
        return found.build();
    }

    private void find(
            Column asked, int key, Cursor at, Pairs found, IntPredicate wanted, BitSet passed, boolean learns) {
        var entry = directory.keys();
        // Equal keys may begin in the page before the first one that begins with the key.
        int page = Math.max(0, KeyPage.lowerBound(entry.firsts(), asked, key) - 1);
        for (page = passed.nextClearBit(page);
                page < entry.pages() && Keys.compare(entry.firsts(), page, asked, key) <= 0;
                page = passed.nextClearBit(page + 1)) {
            var keys = at.page(page);
            int first = keys.lowerBound(asked, key);
            int unwanted = 0;
            for (int i = first; i < keys.rows().length && Keys.compare(keys.keys(), i, asked, key) == 0; i++) {
                if (wanted.test(keys.rows()[i])) found.add(key, keys.rows()[i]);
                else unwanted++;
            }
            if (learns && unwanted == keys.rows().length) dead.set(page);
        }
    }

    /// Holds the last page: keys are asked for in ascending order.
    private final class Cursor {
        private int number = -1;
        private Optional<KeyPage> last = Optional.empty();

        KeyPage page(int page) {
            if (page != number) {
                last = Optional.of(read(page));
                number = page;
            }
            return last.orElseThrow();
        }
    }

    private static final class Pairs {
        private int[] keys = new int[16];
        private int[] rows = new int[16];
        private int count;

        void add(int key, int row) {
            if (count == keys.length) {
                keys = Arrays.copyOf(keys, 2 * count);
                rows = Arrays.copyOf(rows, 2 * count);
            }
            keys[count] = key;
            rows[count++] = row;
        }

        Found build() {
            return new Found(Arrays.copyOf(keys, count), Arrays.copyOf(rows, count));
        }
    }

    private KeyFilter filter() {
        var known = filter;
        if (known.isEmpty())
            filter = known =
                    Optional.of(KeyFilter.read(pages.input(directory.keys().filter())));
        return known.get();
    }

    private KeyPage read(int page) {
        var entry = directory.keys();
        int count = Math.min(KeyEntry.PAGE_KEYS, directory.rows() - page * KeyEntry.PAGE_KEYS);
        return KeyPage.decode(directory.head().key().type(), count, directory.rows(), pages.input(entry.place(page)));
    }

    /// Every row is in the index once, under its key, in order, and passes the filter.
    void verify(SegmentFile segment) {
        int key = directory.head().key().id();
        var seen = new java.util.BitSet();
        for (int page = 0; page < directory.keys().pages(); page++) {
            var keys = read(page);
            long offset = directory.keys().starts()[page];
            var stored = segment.fetch(key, keys.rows());
            for (int i = 0; i < keys.rows().length; i++) {
                if (Keys.compare(stored, i, keys.keys(), i) != 0)
                    throw new CorruptFile(pages.path(), offset, "the key of row " + keys.rows()[i], "another");
                if (i > 0 && Keys.compare(keys.keys(), i - 1, keys.keys(), i) > 0)
                    throw new CorruptFile(pages.path(), offset, "ascending keys", "descending");
                if (!filter().mayHold(KeyFilter.hash(stored, i)))
                    throw new CorruptFile(
                            pages.path(), directory.keys().filter().offset(), "each key", "not row " + keys.rows()[i]);
                seen.set(keys.rows()[i]);
            }
        }
        if (seen.cardinality() != directory.rows())
            throw new CorruptFile(
                    pages.path(), directory.keys().starts()[0], directory.rows() + " rows", seen.cardinality());
    }
}
