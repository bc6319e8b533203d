package dev.sextant.engine;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.model.Consistency;
import dev.sextant.model.Refusal;
import dev.sextant.model.Reply;
import dev.sextant.model.Watch;
import dev.sextant.world.World;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// All that one node keeps: the catalog and the shards, folded from one log. Any thread may call; nothing here blocks
/// except where it says so. Acknowledged means forced to disk, applied, and visible to every view opened later.
public interface Engine extends AutoCloseable {

    /// Opens a data directory, or begins one in an empty directory: checks whose it is, locks it, reads catalog and
    /// checkpoints, replays the log's tail. Blocks until everything acknowledged earlier can be read again (searches
    /// may still scan what is not yet loaded or indexed).
    static Engine open(World world, EngineConfig config, Memory memory, Work work) {
        return open(world, config, memory, work, Completing.NONE);
    }

    /// The same, with somebody who makes fields that came later than their rows.
    static Engine open(World world, EngineConfig config, Memory memory, Work work, Completing completing) {
        return Node.open(world, config, memory, work, completing);
    }

    /// What exists now. A catalog never changes; ask again for a newer one.
    Catalog catalog();

    /// Changes what exists: `decision` sees the newest catalog, alone, and says what to change or throws a
    /// [dev.sextant.model.Refused]. All its changes are one entry, with their effects on shards. Answers with the
    /// entry's timestamp when it is applied. Changes that need ids take them from [#allocateIds].
    void define(Decision decision, Reply<Long> reply);

    /// Pure; runs on the definer, may run for a catalog that is newer than the one its caller saw.
    interface Decision {
        List<Change> decide(Catalog catalog);
    }

    /// The first of `count` ids that nobody had before: ascending over restarts, above zero.
    long allocateIds(int count);

    /// Changes rows in one or more shards, atomically, as one entry. Everything that could be refused later must have
    /// been checked against the catalog that `catalogVersion` names: when a definition of that collection came between,
    /// the write is refused with `SchemaMismatch`. Waits for room up to the deadline, then is refused.
    void write(Mutation mutation, Reply<Outcome> reply);

    /// As [#write], but what to change depends on the rows: `resolver` sees the shards with everything ordered before
    /// this write applied, and nothing comes between. Runs on a worker.
    void write(Set<Long> shards, Resolver resolver, long deadlineNanos, Reply<Outcome> reply);

    interface Resolver {
        Mutation resolve(Map<Long, View> views);
    }

    /// Begins to bring many rows into a collection past the log: nobody sees them before [#publish]. The caller closes
    /// it.
    ///
    /// @param memoryBytes that it may hold of the heap, about; its caller has reserved them
    Shipment ship(long collection, long memoryBytes);

    /// Gives what was shipped, all of it, to its shards, together with changes of what exists: one entry.
    /// When `decision` changes nothing, nothing is published. Deletes that came before do not touch these rows. After
    /// an unknown outcome it can be asked again, with a decision that sees whether the first one took place.
    void publish(Shipment shipment, Decision decision, Reply<Long> reply);

    /// Whether all that a snapshot of the catalog keeps is in forced files: from then on it can be restored.
    boolean isKept(long snapshot);

    /// Gives shards that `decision` creates what a snapshot keeps of others, in the same entry: no file is copied.
    /// When `decision` changes nothing, nothing is restored; refused while files are missing or once the snapshot is
    /// gone.
    ///
    /// @param heirs by shard of the snapshot: the new shard that inherits from it
    void restore(long snapshot, Map<Long, Long> heirs, Decision decision, Reply<Long> reply);

    /// Views of several shards at one moment, as fresh as asked; the caller closes each. Waits, off the workers, only
    /// for a timestamp that this node has not reached yet; one that lies too far ahead or behind is refused.
    void views(List<Long> shards, Consistency consistency, long deadlineNanos, Reply<List<View>> reply);

    /// Later than every timestamp given out so far: hybrid, 46 bits of milliseconds, 18 bits of counter.
    long now();

    /// Seals the memtables of these shards; answers with the ids of the sealed segments (memtables with no rows give
    /// none).
    void seal(List<Long> shards, Reply<Map<Long, List<Long>>> reply);

    /// Whether everything that was sealed up to `timestamp` in these shards is in forced files.
    boolean flushed(List<Long> shards, long timestamp);

    /// Starts merging: when it is major, everything of a shard into as few segments as possible and without deleted
    /// rows. Answers with the id of a job that begins after this, or -1 when there is nothing to do; it waits for
    /// merges that run, serves all who asked before it began, and tells what it merges ([Watch.JobInfo#merges()]).
    long compact(List<Long> shards, Compaction what);

    /// How much of what `catalog` wants loaded of a collection is in memory: 0 to 100.
    int loadedPercent(long collection, Set<Long> partitions);

    /// Why some of that will not be, where it is known: what was found damaged.
    Optional<Refusal> loadTrouble(long collection, Set<Long> partitions);

    /// How many of the rows of a collection have a field that is made of others and may have come later: 0 to 100.
    int filledPercent(long collection, int field);

    List<Watch.SegmentInfo> segments(long collection);

    /// Rows of a partition, or of the whole collection with partition 0; deleted ones not yet merged away may count.
    long rowCount(long collection, long partition);

    /// Build state of an index: rows covered and rows to cover.
    IndexProgress indexProgress(long collection, long index);

    /// @param trouble what went wrong with it, if anything did
    /// @param failed it could not be built; else what is damaged is built anew
    record IndexProgress(long indexedRows, long totalRows, String trouble, boolean failed) {}

    List<Watch.JobInfo> jobs();

    /// One job, also from before the last start; empty for what never was, or ended long ago.
    Optional<Watch.JobInfo> job(long id);

    /// Why writes would be refused now (disk full or read-only, damage found), in sentences; none when all is well.
    List<String> troubles();

    Map<String, Long> figures();

    /// Stops jobs, forces and closes the log, writes checkpoints of small shards; everything acknowledged is on disk
    /// anyway.
    @Override
    void close();
}
