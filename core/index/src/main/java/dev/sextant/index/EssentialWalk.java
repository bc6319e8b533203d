package dev.sextant.index;

import dev.sextant.kernel.Scratch;

/// Row after row, "Query evaluation: strategies and optimizations" (Turtle and Flood, 1995): lists that cannot reach
/// the limit together are not walked; they are asked about the rows that the others have, the heaviest first, while
/// these can still reach it.
final class EssentialWalk extends InvertedWalk {
    private Term[] order = new Term[0]; // the lightest first
    private long[] upTo = new long[0]; // what the first i can add together
    private int essential;

    EssentialWalk(Inverted index, Target target, Scratch scratch) {
        super(index, target, scratch, 0);
    }

    @Override
    void begin() {
        order = java.util.Arrays.copyOf(room.terms, terms);
        java.util.Arrays.sort(order, java.util.Comparator.comparingInt(term -> term.most));
        upTo = new long[terms + 1];
        for (int i = 0; i < terms; i++) {
            order[i].toFirst(index);
            upTo[i + 1] = upTo[i] + order[i].most;
        }
        essential = 0;
    }

    @Override
    boolean search(long postings) {
        long until = work + postings;
        int limit = -1, trusted = 0;
        while (work < until) {
            int now = limit();
            if (now != limit) {
                limit = now;
                trusted = trusted(limit);
                while (essential < terms && upTo[essential + 1] < trusted) essential++;
            }
            int row = Integer.MAX_VALUE;
            for (int i = essential; i < terms; i++) row = Math.min(row, order[i].row);
            if (row == Integer.MAX_VALUE) return true;
            row(row, limit, trusted);
        }
        return false;
    }

    private void row(int row, int limit, int trusted) {
        int sum = 0;
        for (int i = essential; i < terms; i++) {
            if (order[i].row != row) continue;
            sum += order[i].addsHere(index);
            order[i].seek(index, row + 1);
            work += 2;
        }
        int left = essential;
        for (; left > 0 && sum + upTo[left] >= trusted; left--) {
            var term = order[left - 1];
            if (term.row < row) term.seek(index, row);
            if (term.row == row) sum += term.addsHere(index);
            work += 2;
        }
        if (left == 0 && sum >= limit && accepts(row)) candidate(row, sum);
    }
}
