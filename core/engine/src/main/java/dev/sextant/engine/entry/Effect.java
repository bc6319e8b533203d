package dev.sextant.engine.entry;

import dev.sextant.catalog.Change;
import dev.sextant.engine.file.Batch;
import dev.sextant.model.Column;
import dev.sextant.model.Schema;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What one part of an entry does to one stream. Nothing else changes a shard or the catalog.
public sealed interface Effect {
    /// The stream of the catalog; shards have ids above it.
    long CATALOG = 0;

    /// A new writer: entries of older epochs have no effect from here on.
    record Lead() implements Effect {}

    /// Catalog: what exists changes.
    record Define(List<Change> changes) implements Effect {}

    /// Catalog: what was deleted at or before `horizon` may be dropped for good; older views are refused.
    record Forget(long horizon) implements Effect {}

    /// A shard begins, with an empty memtable whose segment will have the id `memtable`.
    record Open(long collection, Schema schema, long memtable) implements Effect {}

    /// Removal first: it hits rows inserted before this entry.
    record Write(Optional<Removal> removal, Optional<Batch> rows) implements Effect {}

    record Removal(Column keys, long partition) {}

    /// The memtable freezes if it has rows; then one with the id `next` begins.
    record Seal(long next) implements Effect {}

    /// A frozen memtable is in a file, row by row in the same order.
    record PublishSealed(SegmentFacts file) implements Effect {}

    /// Inputs, in this order and without the rows they drop, are one file; or nothing, when all is dropped.
    record PublishMerged(List<MergeInput> inputs, Optional<SegmentFacts> output) implements Effect {}

    /// Segments that were written outside of any shard join this one; all their rows are inserted now, whatever times
    /// their files tell. The memtable freezes as with [Seal].
    ///
    /// @param files whose least and most insert timestamps are replaced by the entry's
    record Adopt(List<SegmentFacts> files, long next) implements Effect {}

    /// A snapshot of this shard: the memtable freezes as with [Seal], and what the shard consists of then is kept.
    record Keep(long snapshot, long next) implements Effect {}

    /// A snapshot keeps nothing here any more.
    record LetGo(long snapshot) implements Effect {}

    /// What a snapshot kept of another shard joins this one, which is new: the same files, with the times that their
    /// rows have, without the rows that were gone.
    ///
    /// @param truncated,dropped what hid rows wholesale
    record Inherit(List<Inherited> files, List<Long> truncated, Map<Long, Long> dropped, long next) implements Effect {}

    /// @param gone ascending ordinals of rows that are never shown
    record Inherited(SegmentFacts file, int[] gone) {}

    /// @param dropped ascending ordinals that are not in the output
    record MergeInput(long segment, int rows, int[] dropped) {}

    /// Rows from now on have this schema; the memtable freezes as with [Seal].
    record ChangeSchema(Schema schema, long next) implements Effect {}

    record DropPartition(long partition) implements Effect {}

    /// All rows go.
    record Truncate(long next) implements Effect {}

    /// The shard ends, its files are nobody's.
    record Remove() implements Effect {}
}
