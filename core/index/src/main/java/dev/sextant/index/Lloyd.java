package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import java.util.Arrays;
import java.util.PriorityQueue;

/// k-means: each point goes to its nearest centre, each centre to the middle of its points, some rounds of it. A centre
/// that loses all its points takes a half of the largest cluster. Its pieces may be shared among workers: what comes
/// out depends on the points only.
final class Lloyd {
    static final int POINTS = 256;
    static final int CENTRES = 16;

    private final Clustering clustering;
    private final int n;
    private final int[] nearest;
    private final int[] order; // points, those of one centre together
    private int[] firsts = {}; // of each centre in `order`
    private int[] sizes = {};

    /// Points and centres that know each other.
    interface Clustering {
        int centres();

        /// Writes the nearest centre of points `from … to`.
        void assign(int from, int to, int[] nearest, Scratch scratch);

        /// Moves a centre to the middle of points `order[from … to)`, at least one.
        void update(int centre, int[] order, int from, int to);
    }

    /// The centres are somewhere near the points already; there are at least as many points as centres.
    Lloyd(Clustering clustering, int n) {
        this.clustering = clustering;
        this.n = n;
        nearest = new int[n];
        order = new int[n];
        Arrays.fill(order, -1);
    }

    /// All rounds by one thread.
    void run(int rounds, Scratch scratch) {
        for (int round = 0; round < rounds; round++) {
            for (int chunk = 0; chunk < chunks(); chunk++) assign(chunk, scratch);
            if (!group()) return;
            for (int block = 0; block < blocks(); block++) update(block);
        }
    }

    int chunks() {
        return Phases.ranges(n, POINTS);
    }

    int blocks() {
        return Phases.ranges(clustering.centres(), CENTRES);
    }

    void assign(int chunk, Scratch scratch) {
        clustering.assign(chunk * POINTS, Math.min(n, (chunk + 1) * POINTS), nearest, scratch);
    }

    /// One thread, when all points are assigned; whether any has moved since the last round.
    boolean group() {
        sizes = new int[clustering.centres()];
        firsts = new int[sizes.length];
        for (int centre : nearest) sizes[centre]++;
        for (int k = 1; k < sizes.length; k++) firsts[k] = firsts[k - 1] + sizes[k - 1];
        var at = firsts.clone();
        boolean moved = false;
        for (int point = 0; point < n; point++) {
            int to = at[nearest[point]]++;
            moved |= order[to] != point;
            order[to] = point;
        }
        feedEmpty();
        return moved;
    }

    /// Half of the largest cluster goes to each centre that has no point.
    private void feedEmpty() {
        var largest = new PriorityQueue<Integer>((a, b) -> sizes[a] == sizes[b] ? a - b : sizes[b] - sizes[a]);
        for (int k = 0; k < sizes.length; k++) if (sizes[k] > 1) largest.add(k);
        for (int k = 0; k < sizes.length && !largest.isEmpty(); k++) {
            if (sizes[k] > 0) continue;
            int full = largest.poll();
            sizes[k] = sizes[full] / 2;
            sizes[full] -= sizes[k];
            firsts[k] = firsts[full] + sizes[full];
            if (sizes[k] > 1) largest.add(k);
            if (sizes[full] > 1) largest.add(full);
        }
    }

    void update(int block) {
        for (int k = block * CENTRES, end = Math.min(sizes.length, k + CENTRES); k < end; k++)
            if (sizes[k] > 0) clustering.update(k, order, firsts[k], firsts[k] + sizes[k]);
    }
}
