package dev.sextant.index;

import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;
import java.lang.foreign.MemorySegment;

/// No code: the rows are read where they are, four at a time. A copy in order of lists would read faster, and take as
/// much memory again as the rows.
final class FullCode implements ListCode {
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
