package dev.sextant.index;

import dev.sextant.kernel.TopK;

/// The best of what several workers offer. Ties go to the smaller row, so that the order of offers leaves no trace.
final class SharedTop {
    private final TopK best = new TopK();

    SharedTop(int k, boolean largerIsBetter) {
        best.reset(k, largerIsBetter);
    }

    /// What is no number is left out.
    synchronized void offer(int[] rows, float[] scores, int n) {
        for (int i = 0; i < n; i++) if (!Float.isNaN(scores[i])) best.offer(rows[i], scores[i]);
    }

    /// What a scan found for one of its queries in its last step.
    synchronized void offer(SharedScan scan, int query) {
        var hits = scan.hits(query, best.bound()); // no number is at least as good as any bound
        best.offer(hits.rows(), hits.scores(), hits.count());
    }

    /// When all have offered.
    TopK best() {
        return best;
    }
}
