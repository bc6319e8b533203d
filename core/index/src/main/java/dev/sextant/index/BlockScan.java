package dev.sextant.index;

import dev.sextant.kernel.Scratch;

/// The scan of accepted rows by the 8-bit rows in the blocks, in order of rows: a quarter of the bytes of full rows.
/// Where those rows are exact every row leaves; otherwise the best leave at the end, scored on full rows.
final class BlockScan extends BlockWalk {
    private static final int BLOCK = 256;

    private final int to;
    private int at;
    private boolean begun;

    BlockScan(QuantisedGraph graph, Target target, int from, int to, Scratch scratch) {
        super(graph, target, scratch);
        this.to = Math.min(to, graph.count());
        at = from;
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
        if (!begun && !exact) b.found.begin(keep());
        begun = true;
        for (int left = budget; left > 0 && at < to; ) {
            int n = gather(Math.min(left, BLOCK));
            blocks.distances(query, graph.block(0), b.rows, n, b.scores);
            if (exact) for (int i = 0; i < n; i++) leave(b.rows[i], Math.max(0, b.scores[i]));
            else for (int i = 0; i < n; i++) b.found.offer(b.rows[i], Math.max(0, b.scores[i]));
            scored += n;
            read += (long) n * blocks.rowBytes();
            left -= Math.max(n, 1);
        }
        if (at < to) return Step.MORE;
        if (!exact) leave();
        return Step.DONE;
    }

    private int gather(int most) {
        int n = 0;
        var rows = buffers.rows;
        if (accept.isAll()) while (n < most && at < to) rows[n++] = at++;
        else
            while (n < most) {
                int row = accept.bits().next(at, to);
                at = row < 0 ? to : row + 1;
                if (row < 0) break;
                rows[n++] = row;
            }
        return n;
    }

    @Override
    public boolean leavesBestFirst() {
        return false;
    }
}
