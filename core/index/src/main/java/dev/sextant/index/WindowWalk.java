package dev.sextant.index;

import dev.sextant.index.Inverted.Block;
import dev.sextant.index.SparseParameters.Algorithm;
import dev.sextant.kernel.Postings;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;

/// Rows in windows, each window's sums in a cache; lists are added one after the other. Three algorithms are settings
/// of it: TAAT_NAIVE has one window for all rows and SINDI leaves nothing out; BLOCK_MAX_MAXSCORE leaves out windows
/// whose rows cannot reach the limit, adds only the lists without which no row can, of those only the blocks that can,
/// and asks the others about the rows that are left.
final class WindowWalk extends InvertedWalk {
    /// Sums of four bytes for so many rows lie in the second cache beside the lists.
    static final int PRUNED_ROWS = 1 << 14;
    static final int FIRST_ROWS = 1 << 10;
    static final int SINDI_ROWS = 1 << 16;
    /// Postings that can be added in the time of asking a list about one row.
    private static final int QUESTION = 32;
    private static final int LEAST_PIECE = 512;
    private static final int MOST_PIECE = 1 << 12;
    /// Rows are picked out of the lists instead of the window when so many times fewer postings were added.
    private static final int SELDOM = 8;

    private final boolean pruning;
    private final int windowRows;
    private int from;
    private int to;
    private int width; // rows of the next window: the first are small, since nothing can be left out of them
    private int piece; // rows whose sums are looked through at a time
    private int origin; // rows that were found are counted from here
    private long total; // what a row of this window can have at most
    private int essential; // terms from here on in the order

    WindowWalk(Inverted index, Target target, Scratch scratch, Algorithm algorithm) {
        super(index, target, scratch, 4L * windowRows(index, algorithm));
        pruning = algorithm == Algorithm.BLOCK_MAX_MAXSCORE;
        windowRows = windowRows(index, algorithm);
        room.windows(Math.min(windowRows, SINDI_ROWS));
    }

    private static int windowRows(Inverted index, Algorithm algorithm) {
        int rows = index.count() + Postings.ROUND & -Postings.ROUND;
        return switch (algorithm) {
            case TAAT_NAIVE -> rows;
            case SINDI -> Math.min(rows, SINDI_ROWS);
            default -> Math.min(rows, PRUNED_ROWS);
        };
    }

    @Override
    void begin() {
        from = 0;
        piece = LEAST_PIECE;
        width = pruning ? Math.min(windowRows, FIRST_ROWS) : windowRows;
        Raw.fill(sums, 4L * windowRows, (byte) 0);
        for (int t = 0; t < terms; t++) room.terms[t].block = room.terms[t].first;
        if (room.order.length < terms) room.order = new int[terms];
        for (int t = 0; t < terms; t++) room.order[t] = t;
    }

    @Override
    boolean search(long postings) {
        long until = work + postings;
        while (from < index.count()) {
            if (work >= until) return false;
            int limit = limit();
            if (enter(limit)) window(limit);
            from = to;
        }
        return true;
    }

    /// Goes to the next window that has postings; whether any of its rows can reach the limit.
    private boolean enter(int limit) {
        int next = Integer.MAX_VALUE;
        for (int t = 0; t < terms; t++) {
            var term = room.terms[t];
            while (term.block < term.end && Block.last(term.block) < from) term.block += Inverted.BLOCK_BYTES;
            if (term.block < term.end) next = Math.min(next, Block.first(term.block));
        }
        if (next == Integer.MAX_VALUE) {
            to = index.count();
            return false;
        }
        if (next > from) from = Math.max(from, next & -Postings.ROUND);
        to = (int) Math.min(index.count(), (long) from + width);
        if (pruning) width = Math.min(windowRows, 2 * width);
        total = 0;
        for (int t = 0; t < terms; t++) {
            var term = room.terms[t];
            long block = term.block;
            int most = 0;
            for (; block < term.end && Block.first(block) < to; block += Inverted.BLOCK_BYTES)
                if (pruning) most = Math.max(most, term.most(block));
            term.until = block;
            read += block - term.block;
            term.window = most;
            total += most;
        }
        work += terms;
        if (!pruning) {
            essential = 0;
            return true;
        }
        return split(trusted(limit));
    }

    /// Orders the terms by what they can add here; those that cannot reach the limit together come first.
    private boolean split(int limit) {
        if (total < limit) return false;
        var order = room.order;
        for (int i = 1; i < terms; i++) { // nearly sorted since the window before
            int t = order[i], most = room.terms[t].window, at = i;
            for (; at > 0 && room.terms[order[at - 1]].window > most; at--) order[at] = order[at - 1];
            order[at] = t;
        }
        long sum = 0;
        essential = 0;
        while (essential < terms && sum + room.terms[order[essential]].window < limit)
            sum += room.terms[order[essential++]].window;
        return essential < terms;
    }

    private void window(int limit) {
        long added = 0, others = 0;
        int trusted = trusted(limit);
        for (int i = essential; i < terms; i++) added += add(room.terms[room.order[i]], trusted);
        for (int i = 0; i < essential; i++) others += room.terms[room.order[i]].window;
        while (essential > 0 && added > 0) {
            var next = room.terms[room.order[essential - 1]];
            int left = Postings.count(sums, to - from, (int) Math.max(1, limit - others));
            if (left * QUESTION <= next.postingsInWindow()) break;
            added += add(next, trusted);
            others -= next.window;
            essential--;
        }
        work += added;
        if (added == 0) return;
        int least = (int) Math.max(1, limit - others);
        if (added * SELDOM < to - from && windowRows <= SINDI_ROWS) {
            origin = from;
            settle(take(least), others);
            return;
        }
        // In pieces: the first rows set a limit that spares most of the rest from being looked at.
        for (origin = from; origin < to; origin += piece) {
            if (origin > from && piece < MOST_PIECE) piece *= 2;
            int rows = Math.min(piece, to - origin);
            least = (int) Math.max(1, limit() - others);
            settle(Postings.collect(sums + 4L * (origin - from), rows, least, room.rows, room.values), others);
        }
    }

    /// @param others what the lists that were not added can still add
    private void settle(int all, long others) {
        int found = accepted(all);
        for (int i = essential; i-- > 0 && found > 0; ) {
            others -= room.terms[room.order[i]].window;
            found = ask(room.terms[room.order[i]], found, (int) Math.max(1, limit() - others));
        }
        offer(found);
    }

    /// Adds the blocks of a list that can matter in this window; returns how many postings they have.
    private long add(Term term, int limit) {
        long added = 0, others = total - term.window;
        for (long block = term.block; block < term.until; block += Inverted.BLOCK_BYTES) {
            if (pruning && term.most(block) + others < limit) continue;
            int start = start(block), n = end(block) - start, base = Block.first(block) - from;
            boolean wide = Block.isWide(block);
            long places = Term.places(index, block) + (wide ? 4L : 2L) * start;
            long codes = Term.codes(index, block) + start;
            if (term.clipped) Postings.addClipped(places, wide, codes, n, base, term.low, term.step, sums);
            else Postings.add(places, wide, codes, n, base, term.step, sums);
            added += n;
            read += (long) n * Term.postingBytes(wide);
        }
        return added;
    }

    /// The first posting of a block that is in the window.
    private int start(long block) {
        int first = Block.first(block);
        if (first >= from) return 0;
        return Postings.seek(Term.places(index, block), Block.isWide(block), 0, Block.count(block), from - first);
    }

    private int end(long block) {
        int count = Block.count(block);
        if (Block.last(block) < to) return count;
        return Postings.seek(Term.places(index, block), Block.isWide(block), 0, count, to - Block.first(block));
    }

    /// Picks rows out of all that was added, skipped blocks too: their sums are then 0 or another list's.
    private int take(int least) {
        int found = 0;
        for (int i = essential; i < terms; i++) {
            var term = room.terms[room.order[i]];
            for (long block = term.block; block < term.until; block += Inverted.BLOCK_BYTES) {
                int start = start(block), n = end(block) - start;
                boolean wide = Block.isWide(block);
                long places = Term.places(index, block) + (wide ? 4L : 2L) * start;
                found = Postings.take(
                        places, wide, n, Block.first(block) - from, sums, least, room.rows, room.values, found);
            }
        }
        return found;
    }

    private int accepted(int found) {
        int kept = 0;
        for (int i = 0; i < found; i++) {
            if (!accepts(origin + room.rows[i])) continue;
            room.rows[kept] = room.rows[i];
            room.values[kept++] = room.values[i];
        }
        return kept;
    }

    /// Adds what a list has for the rows that are left; those that can no longer reach the limit go.
    private int ask(Term term, int found, int least) {
        int kept = 0;
        work += found;
        read += (long) found * (Inverted.BLOCK_BYTES + Term.postingBytes(false));
        for (int i = 0; i < found; i++) {
            int sum = room.values[i] + adds(term, origin + room.rows[i], least - room.values[i]);
            if (sum < least) continue;
            room.rows[kept] = room.rows[i];
            room.values[kept++] = sum;
        }
        return kept;
    }

    /// What a list has for a row; perhaps nothing where its block has less than `least`.
    private int adds(Term term, int row, int least) {
        long low = 0, high = (term.until - term.block) / Inverted.BLOCK_BYTES;
        while (low < high) {
            long middle = low + high >>> 1;
            if (Block.last(term.block + middle * Inverted.BLOCK_BYTES) < row) low = middle + 1;
            else high = middle;
        }
        long block = term.block + low * Inverted.BLOCK_BYTES;
        if (block == term.until || Block.first(block) > row || trusted(least) > term.most(block)) return 0;
        boolean wide = Block.isWide(block);
        int count = Block.count(block), place = row - Block.first(block);
        long places = Term.places(index, block);
        int at = Postings.seek(places, wide, 0, count, place);
        if (at == count || Postings.place(places, wide, at) != place) return 0;
        return term.adds(Raw.getByte(Term.codes(index, block) + at) & 255);
    }

    /// The most promising first: the limit that they set spares the rest from being scored.
    private void offer(int found) {
        int wanted = Math.max(16, Math.min(found, 2 * Math.max(1, target.k())));
        if (found > 2 * wanted) {
            int pivot = Select.largest(room.values, found, wanted, room.scratch(found));
            for (int i = 0; i < found; i++)
                if (room.values[i] >= pivot) candidate(origin + room.rows[i], room.values[i]);
            for (int i = 0; i < found; i++)
                if (room.values[i] < pivot && room.values[i] >= limit())
                    candidate(origin + room.rows[i], room.values[i]);
            return;
        }
        for (int i = 0; i < found; i++) if (room.values[i] >= limit()) candidate(origin + room.rows[i], room.values[i]);
    }
}
