package dev.sextant.index;

import dev.sextant.index.Inverted.Block;
import dev.sextant.kernel.Scratch;

/// Row after row, "Efficient query evaluation using a two-level retrieval process" (Broder and others, 2003): the lists
/// stand in the order of their rows; the first row at which those before it could together reach the limit is the
/// pivot, and everything before the pivot is leapt over. With block maxima (Ding and Suel, 2011) the pivot is given up,
/// with all rows up to the end of the nearest block, when the blocks that hold it cannot reach the limit.
final class PivotWalk extends InvertedWalk {
    private final boolean blocks;
    private Term[] order = new Term[0];

    PivotWalk(Inverted index, Target target, Scratch scratch, boolean blocks) {
        super(index, target, scratch, 0);
        this.blocks = blocks;
    }

    @Override
    void begin() {
        order = java.util.Arrays.copyOf(room.terms, terms);
        for (var term : order) term.toFirst(index);
        java.util.Arrays.sort(order, java.util.Comparator.comparingInt(term -> term.row));
    }

    @Override
    boolean search(long postings) {
        long until = work + postings;
        while (work < until) {
            int limit = limit(), trusted = trusted(limit);
            int pivot = pivot(trusted);
            if (pivot < 0) return true;
            int row = order[pivot].row;
            while (pivot + 1 < terms && order[pivot + 1].row == row) pivot++;
            if (blocks && leap(pivot, row, trusted)) continue;
            if (order[0].row == row) score(row, limit);
            else meet(pivot, row);
        }
        return false;
    }

    private int pivot(int limit) {
        long sum = 0;
        for (int i = 0; i < terms && order[i].row != Integer.MAX_VALUE; i++) {
            sum += order[i].most;
            if (sum >= limit) return i;
        }
        return -1;
    }

    /// Leaps over the rows of the blocks that hold the pivot when together they cannot reach the limit.
    private boolean leap(int pivot, int row, int limit) {
        long sum = 0;
        int next = pivot + 1 < terms ? order[pivot + 1].row : Integer.MAX_VALUE;
        int heaviest = 0;
        for (int i = 0; i <= pivot; i++) {
            var term = order[i];
            long block = term.blockOf(row);
            term.read += block - term.block;
            if (block < term.end) {
                sum += term.most(block);
                next = Math.min(next, Block.last(block) + 1);
            }
            if (term.most >= order[heaviest].most) heaviest = i;
        }
        work += pivot + 1;
        if (sum >= limit) return false;
        order[heaviest].seek(index, Math.max(next, row + 1));
        work++;
        settle(heaviest);
        return true;
    }

    private void score(int row, int limit) {
        int sum = 0, n = 0;
        for (; n < terms && order[n].row == row; n++) sum += order[n].addsHere(index);
        if (sum >= limit && accepts(row)) candidate(row, sum);
        for (int i = 0; i < n; i++) order[i].seek(index, row + 1);
        for (int i = n - 1; i >= 0; i--) settle(i);
        work += 2L * n;
    }

    /// Brings a list that stands before the pivot to it: the one that most probably leaps far.
    private void meet(int pivot, int row) {
        int least = 0;
        for (int i = 1; i <= pivot && order[i].row < row; i++)
            if (order[i].frequency < order[least].frequency) least = i;
        order[least].seek(index, row);
        settle(least);
        work += 2;
    }

    /// Puts a term that has moved on where it belongs.
    private void settle(int at) {
        var term = order[at];
        for (; at + 1 < terms && order[at + 1].row < term.row; at++) order[at] = order[at + 1];
        order[at] = term;
    }
}
