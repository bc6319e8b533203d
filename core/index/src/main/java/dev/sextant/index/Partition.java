package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;
import java.io.IOException;

/// Rows in lists, each around a centre; a search reads the lists whose centres are nearest to the query and keeps the
/// best of what they hold by code, then scores those on full rows. What is kept of each row is its [Coding]. No longer
/// changes.
///
/// Memory a row: its number (4 bytes) and its code ([PartitionParameters#bytesPerRow]); beside them `4 · lists ·
/// components` bytes of centres.
public final class Partition implements Frozen {
    private final Memory memory;
    private final DenseRows rows;
    private final Metric metric;
    private final PartitionParameters parameters;
    final float longest;
    final Guide guide;
    final Lists lists;
    final ListCode code;

    Partition(
            Memory memory,
            DenseRows rows,
            Metric metric,
            PartitionParameters parameters,
            float longest,
            Guide guide,
            Lists lists,
            ListCode code) {
        this.memory = memory;
        this.rows = rows;
        this.metric = metric;
        this.parameters = parameters;
        this.longest = longest;
        this.guide = guide;
        this.lists = lists;
        this.code = code;
    }

    @Override
    public Walk walk(Target target, Scratch scratch) {
        return new PartitionWalk(this, target, scratch);
    }

    @Override
    public long cost(Effort effort, double accepted) {
        int probed = Math.min(effort.lists(), lists.count());
        if (probed == 0) return 0;
        // Long lists are met more often than short ones; under a filter more are read.
        double each = 1.3 * lists.slots() / lists.count();
        double slots = Math.min(lists.slots(), each * probed / Math.sqrt(Math.max(accepted, 1e-6)));
        double row = code.rowNanos() * accepted + (accepted < 1 ? 1 : 0);
        return (long) ((guide.nanos() + slots * row) / PartitionWalk.CODE_NANOS) + probed;
    }

    @Override
    public Effort rescored(Effort effort, int k) {
        return code.isExact() ? effort : effort.rescored(k);
    }

    @Override
    public int inTurn() {
        return PartitionWalk.inTurn(this);
    }

    @Override
    public Kind kind() {
        return Kind.PARTITION;
    }

    public PartitionParameters parameters() {
        return parameters;
    }

    @Override
    public DenseRows rows() {
        return rows;
    }

    @Override
    public Metric metric() {
        return metric;
    }

    @Override
    public int count() {
        return rows.count();
    }

    @Override
    public long bytes() {
        return guide.bytes() + lists.rows.size() + code.bytes();
    }

    /// Reads what [#writeTo(Sink)] wrote; `rows` must be those it was built over.
    public static Partition read(Memory memory, DenseRows rows, long bytes, Source source) throws IOException {
        return PartitionBytes.read(memory, rows, bytes, source);
    }

    @Override
    public long serializedBytes() {
        return PartitionBytes.size(this);
    }

    /// Writes exactly [#serializedBytes()] bytes, drawn in docs/formats/partition.md.
    @Override
    public void writeTo(Sink sink) throws IOException {
        PartitionBytes.write(this, memory, sink);
    }

    @Override
    public void close() {
        guide.close();
        lists.close();
        code.close();
    }
}
