package dev.sextant.index;

import dev.sextant.kernel.Scratch;

/// The scan of accepted rows by the 8-bit rows in the blocks, in order of rows: a quarter of the bytes of full rows.
/// The best leave at the end, scored on full rows where those of the blocks are not exact.
final class BlockScan extends BlockWalk {
    private static final int BLOCK = 256;

    private final int from;
    private final int to;
    private int at;
    private boolean begun;

    BlockScan(QuantisedGraph graph, Target target, int from, int to, Scratch scratch) {
        super(graph, target, scratch);
        this.from = from;
        this.to = Math.min(to, graph.count());
        at = from;
        buffers.room(BLOCK);
    }

    /// Takes the place of a walk.
    BlockScan(BlockWalk start) {
        super(start);
        from = 0;
        to = graph.count();
        buffers.room(BLOCK);
    }

    @Override
    boolean meetsCodes() {
        return false;
    }

    @Override
    public Step advance(int budget) {
        var b = buffers;
        b.hits.clear();
        // More than are wanted: whoever asks may take several rows for one.
        if (!begun) b.found.begin(2 * Math.min(k, 1 << 28) + 16);
        begun = true;
        for (int left = budget; left > 0 && at < to; ) {
            int n = gather(Math.min(left, BLOCK));
            blocks.distances(query, graph.block(0), b.rows, n, b.scores);
            for (int i = 0; i < n; i++) if (isNew(b.rows[i])) b.found.offer(b.rows[i], Math.max(0, b.scores[i]));
            scored += n;
            read += (long) n * blocks.rowBytes();
            left -= Math.max(n, 1);
        }
        if (at < to) return Step.MORE;
        leave();
        return Step.DONE;
    }

    private int gather(int most) {
        int n = 0;
        var rows = buffers.rows;
        if (accept.isAll()) while (n < most && at < to) rows[n++] = at++;
        else {
            n = accept.bits().gather(at, to, rows, most);
            at = n < most ? to : rows[n - 1] + 1;
        }
        return n;
    }

    @Override
    public boolean isScan() {
        return true;
    }

    /// The next best leave, since what has left is not found again.
    @Override
    public boolean widen(Effort wider) {
        int n = buffers.found.size();
        if (!forgetFound() || n == 0) return false;
        begun = false;
        at = from;
        return true;
    }

    @Override
    public boolean leavesBestFirst() {
        return false;
    }
}
