package dev.sextant.index;

import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;
import java.lang.foreign.MemorySegment;

/// No code: the rows are read where they are, four at a time. A copy in order of lists would read faster, and take as
/// much memory again as the rows.
final class FullCode implements ListCode {
    /// Of a core's own cache, what rows may take.
    private static final long CACHE_BYTES = 256 << 10;
    private static final int LEAST = 16;

    private final DenseRows rows;
    private final Lists lists;
    private final Distance distance;
    private final boolean turned; // larger scores are better

    FullCode(DenseRows rows, Metric metric, Lists lists) {
        this.rows = rows;
        this.lists = lists;
        distance = Distance.of(metric, rows.type(), rows.dimension());
        turned = metric.largerIsBetter();
    }

    @Override
    public MemorySegment model() {
        return NOTHING;
    }

    @Override
    public MemorySegment codes() {
        return NOTHING;
    }

    @Override
    public void write(int from, int to, Scratch scratch) {}

    @Override
    public long queryBytes() {
        return distance.queryBytes();
    }

    @Override
    public void prepare(MemorySegment vector, long point, long query, ListScan buffers) {
        distance.prepare(vector, 0, query);
    }

    @Override
    public void scan(int list, float toCentre, long query, ListScan into) {
        int end = lists.starts[list] + lists.sizes[list];
        for (int slot = lists.starts[list]; slot < end; slot = into.next) {
            int n = into.gather(lists, slot, end, rows.stride());
            distance.score(query, rows.base(), rows.stride(), into.rows, n, into.scores);
            if (turned) for (int i = 0; i < n; i++) into.scores[i] = 0 - into.scores[i];
            into.offer(n);
        }
    }

    /// A list is more than a cache holds: some of its rows meet all queries before the next ones come.
    @Override
    public boolean scansTogether() {
        return true;
    }

    /// What one thread keeps between scans for several queries.
    private static final class Together {
        private float[][] scores = new float[0][];

        private float[][] scores(int queries) {
            if (scores.length < queries) scores = new float[queries][ListScan.MOST];
            return scores;
        }
    }

    @Override
    public void scanTogether(int list, long[] queries, ListScan[] into, int n, Scratch room) {
        long apart = distance.queryBytes() + 63 & -64, prepared = room.room(n * apart);
        for (int q = 0; q < n; q++) Raw.copy(queries[q], prepared + q * apart, distance.queryBytes());
        var scores = room.part(Together.class, Together::new).scores(n);
        int most = Math.clamp(CACHE_BYTES / rows.stride(), LEAST, ListScan.MOST);
        int end = lists.starts[list] + lists.sizes[list];
        var first = into[0];
        for (int slot = lists.starts[list]; slot < end; slot = first.next) {
            int some = first.gather(lists, slot, end, rows.stride(), most);
            distance.score(prepared, apart, n, rows.base(), rows.stride(), first.rows, some, scores);
            for (int q = 0; q < n; q++) offer(first.rows, scores[q], some, into[q]);
        }
        for (int q = 1; q < n; q++) {
            into[q].looked += first.looked;
            into[q].read += first.read;
        }
    }

    private void offer(int[] chosen, float[] scores, int n, ListScan into) {
        for (int i = 0; i < n; i++) into.found.offer(chosen[i], turned ? 0 - scores[i] : scores[i]);
    }

    @Override
    public double rowNanos() {
        return 10 + 0.1 * rows.type().rowBytes(rows.dimension());
    }

    @Override
    public boolean isExact() {
        return true;
    }

    @Override
    public void close() {}
}
