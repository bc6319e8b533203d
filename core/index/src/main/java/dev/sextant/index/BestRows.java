package dev.sextant.index;

import dev.sextant.kernel.TopK;
import java.util.Arrays;

/// The best k rows so far, and those that tie with the last of them: which of these are wanted is decided by their
/// keys, above. One `long` an entry, score above, row below; a heap with the worst on top. Reused between searches; one
/// thread.
final class BestRows {
    private long[] heap = new long[64];
    private int size;
    private int k;
    private int[] ties = new int[16]; // rows with the very score of the worst, beyond k
    private int tied;

    void reset(int most) {
        k = most;
        size = 0;
        tied = 0;
    }

    boolean isFull() {
        return size == k;
    }

    int size() {
        return size;
    }

    /// The order of the worst of k; nothing below it is among the best.
    int worst() {
        return (int) (heap[0] >> 32);
    }

    /// The score that a newcomer must reach.
    float bound() {
        return isFull() ? score(worst()) : Float.NEGATIVE_INFINITY;
    }

    static float score(int order) {
        return Float.intBitsToFloat(TopK.sortable(order));
    }

    void offer(int row, float score) {
        // Adding zero makes -0.0 and 0.0 one.
        offerOrder(row, TopK.sortable(Float.floatToRawIntBits(score + 0f)));
    }

    /// By anything that is ordered, instead of a score.
    void offerOrder(int row, int order) {
        if (size < k) {
            push((long) order << 32 | row);
            return;
        }
        int worst = worst();
        if (order < worst) return;
        if (order == worst) {
            tie(row);
            return;
        }
        int out = (int) heap[0];
        heap[0] = (long) order << 32 | row;
        sink();
        if (worst() == worst) tie(out);
        else tied = 0;
    }

    private void tie(int row) {
        if (tied == ties.length) ties = Arrays.copyOf(ties, 2 * tied);
        ties[tied++] = row;
    }

    private void push(long entry) {
        if (size == heap.length) heap = Arrays.copyOf(heap, (int) Math.min(k, 2L * size));
        int at = size++;
        for (int up = at - 1 >> 1; at > 0 && heap[up] > entry; up = at - 1 >> 1) {
            heap[at] = heap[up];
            at = up;
        }
        heap[at] = entry;
    }

    private void sink() {
        long entry = heap[0];
        int at = 0;
        while (true) {
            int down = 2 * at + 1;
            if (down >= size) break;
            if (down + 1 < size && heap[down + 1] < heap[down]) down++;
            if (heap[down] >= entry) break;
            heap[at] = heap[down];
            at = down;
        }
        heap[at] = entry;
    }

    /// All of them, best first, those that tie last.
    void give(NodeHits into) {
        int order = size == 0 ? 0 : worst();
        Arrays.sort(heap, 0, size);
        for (int i = size - 1; i >= 0; i--) into.add((int) heap[i], score((int) (heap[i] >> 32)));
        for (int i = 0; i < tied; i++) into.add(ties[i], score(order));
    }

    /// The rows alone, ties included.
    int[] rows() {
        var rows = new int[size + tied];
        for (int i = 0; i < size; i++) rows[i] = (int) heap[i];
        System.arraycopy(ties, 0, rows, size, tied);
        return rows;
    }
}
