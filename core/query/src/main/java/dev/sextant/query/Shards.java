package dev.sextant.query;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Collection;
import dev.sextant.engine.Compaction;
import dev.sextant.engine.Engine;
import dev.sextant.engine.Mutation;
import dev.sextant.engine.Outcome;
import dev.sextant.engine.Shipment;
import dev.sextant.model.Call;
import dev.sextant.model.Consistency;
import dev.sextant.model.Refusal;
import dev.sextant.model.Reply;
import dev.sextant.model.Watch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Everything that is kept, wherever it lives: one machine's engine ([LocalShards]), or a fleet of them. What stands
/// above asks here and never knows where a shard is. Any thread may call; nothing blocks.
public interface Shards {
    Catalog catalog();

    /// See [Engine#define].
    void define(Engine.Decision decision, Reply<Long> reply);

    /// The first of `count` ids that nobody had before.
    long allocateIds(int count);

    /// A fresh hybrid timestamp, later than all given out before.
    long now();

    /// One reader for each shard of the collection, all at one moment; the caller closes each.
    void readers(Collection collection, Consistency consistency, long deadlineNanos, Reply<List<Reader>> reply);

    void write(Mutation mutation, Reply<Outcome> reply);

    /// A write whose rows depend on the rows that are there: found out where the shards are, in order with all other
    /// writes, which wait for it; so it is given up as soon as `call` is.
    void write(Collection collection, Resolution resolution, Call call, Reply<Outcome> reply);

    /// See [Engine#ship].
    Shipment ship(long collection, long memoryBytes);

    /// See [Engine#filledPercent].
    int filledPercent(long collection, int field);

    /// See [Engine#isKept].
    boolean isKept(long snapshot);

    /// See [Engine#restore].
    void restore(long snapshot, Map<Long, Long> heirs, Engine.Decision decision, Reply<Long> reply);

    /// See [Engine#publish].
    void publish(Shipment shipment, Engine.Decision decision, Reply<Long> reply);

    void seal(List<Long> shards, Reply<Map<Long, List<Long>>> reply);

    boolean flushed(List<Long> shards, long timestamp);

    /// See [Engine#compact].
    long compact(List<Long> shards, Compaction what);

    int loadedPercent(long collection, Set<Long> partitions);

    /// See [Engine#loadTrouble].
    Optional<Refusal> loadTrouble(long collection, Set<Long> partitions);

    List<Watch.SegmentInfo> segments(long collection);

    long rowCount(long collection, long partition);

    Engine.IndexProgress indexProgress(long collection, long index);

    List<Watch.JobInfo> jobs();

    default Optional<Watch.JobInfo> job(long id) {
        return jobs().stream().filter(job -> job.id() == id).findFirst();
    }

    List<String> troubles();

    Map<String, Long> figures();
}
