package dev.sextant.index;

import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Visited;

/// A walk over the tables of signatures, one after the other: every accepted row that has a band in common with the
/// query leaves once, with its exact score. There is nothing further to look at afterwards.
final class MinHashWalk implements Walk {
    private final MinHashLsh index;
    private final Accept accept;
    private final ListScan buffers;
    private final Visited visited;
    private final long query;
    private int band;
    private int at = -1; // entry of the band, -1 before it is looked for
    private int hash;
    private float worst = Float.NEGATIVE_INFINITY;
    private long scored;
    private long read; // bytes

    MinHashWalk(MinHashLsh index, Target target, Scratch scratch) {
        if (target.k() < 1) throw new IllegalArgumentException("the best " + target.k());
        this.index = index;
        accept = target.accept();
        buffers = scratch.part(ListScan.class, ListScan::new);
        buffers.hits.clear();
        visited = scratch.visited(index.count());
        query = scratch.room(index.distance().queryBytes());
        index.distance().prepare(target.query(), 0, query);
    }

    @Override
    public Step advance(int budget) {
        buffers.hits.clear();
        long until = scored + Math.max(1, budget);
        int n = 0;
        while (band < index.bands() && scored < until) {
            if (at < 0) {
                hash = index.hash(query, band);
                at = index.first(band, hash);
                scored += 8;
                read += 8L * (Integer.SIZE - Integer.numberOfLeadingZeros(index.entries));
            }
            while (at < index.entries && n < ListScan.MOST) {
                long entry = Raw.getLong(index.entry(band, at));
                read += 8;
                if ((int) (entry >> 32) != hash) break;
                at++;
                int row = (int) entry;
                if (accept.test(row) && visited.visit(row)) buffers.rows[n++] = row;
            }
            if (n == ListScan.MOST) n = leave(n);
            else {
                band++;
                at = -1;
            }
        }
        leave(n);
        return band < index.bands() ? Step.MORE : Step.DONE;
    }

    private int leave(int n) {
        index.distance().score(query, index.rows().base(), index.rows().stride(), buffers.rows, n, buffers.scores);
        scored += n;
        read += n * index.rows().stride();
        for (int i = 0; i < n; i++)
            if (buffers.scores[i] >= worst) buffers.hits.add(buffers.rows[i], buffers.scores[i]);
        return 0;
    }

    @Override
    public NodeHits hits() {
        return buffers.hits;
    }

    @Override
    public void bound(float score) {
        worst = Math.max(worst, score);
    }

    @Override
    public long bytesTouched() {
        return read;
    }

    @Override
    public long scored() {
        return scored;
    }
}
