package dev.sextant.engine;

import dev.sextant.engine.segment.Found;
import dev.sextant.model.Column;
import dev.sextant.model.Schema;
import java.util.function.IntPredicate;

/// Rows of a shard in one place, where they keep their numbers: a memtable or a segment.
abstract sealed class Store extends Counted permits Memtable, Segment {
    private final long id;
    private final Schema schema;
    private final Deletions deletions;

    Store(long id, Schema schema, Deletions deletions) {
        this.id = id;
        this.schema = schema;
        this.deletions = deletions;
    }

    final long id() {
        return id;
    }

    /// The fields that are here.
    final Schema schema() {
        return schema;
    }

    final Deletions deletions() {
        return deletions;
    }

    /// By the applier, after rows were deleted: they are seen by readers from here on, and counted.
    void deleted() {
        deletions.publish();
    }

    abstract int rows();

    /// The wanted rows among those with these keys. May read from disk.
    abstract Found find(Column keys, IntPredicate wanted);

    /// By the applier, for a removal that follows at once: rows with these keys, of which those may be left out that
    /// are deleted.
    ///
    /// @param everywhere whether it removes the keys from every partition
    abstract Found findToRemove(Column keys, boolean everywhere);

    abstract long insertedAt(int row);

    abstract long partitionOf(int row);

    /// What is here at a moment; takes no hold.
    abstract Part part(Moment moment);

    /// Bytes in memory.
    abstract long memoryBytes();
}
