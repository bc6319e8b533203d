package dev.sextant.database;

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
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Watch;
import dev.sextant.query.Reader;
import dev.sextant.query.Resolution;
import dev.sextant.query.Shards;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Shards that keep a real catalog, and of rows only what they were handed: enough to see what the door lets through,
/// and in what form.
final class ShardsInMemory implements Shards {
    final List<Mutation> written = new ArrayList<>();
    final List<Resolution> resolved = new ArrayList<>();
    final List<String> troubles = new ArrayList<>();
    private volatile Catalog catalog = Catalog.EMPTY;
    private long ids = 1000;
    private long time = 1L << 40;
    /// Happens once, between the check of a write and its place in the log.
    private Runnable between = () -> {};
    /// Entries that changed the catalog.
    int entries;
    /// What is told of every collection and partition.
    long rowCount;

    void between(Runnable definition) {
        between = definition;
    }

    @Override
    public Catalog catalog() {
        return catalog;
    }

    @Override
    public synchronized void define(Engine.Decision decision, Reply<Long> reply) {
        try {
            var changes = decision.decide(catalog);
            long now = now();
            catalog = catalog.apply(changes, now);
            entries++;
            reply.complete(now);
        } catch (Refused refused) {
            reply.fail(refused);
        }
    }

    @Override
    public synchronized long allocateIds(int count) {
        long first = ids;
        ids += count;
        return first;
    }

    @Override
    public synchronized long now() {
        return ++time;
    }

    @Override
    public void readers(Collection collection, Consistency consistency, long deadlineNanos, Reply<List<Reader>> reply) {
        reply.fail(new Refused(new Refusal.Unsupported("reading")));
    }

    @Override
    public synchronized void write(Mutation mutation, Reply<Outcome> reply) {
        var definition = between;
        between = () -> {};
        definition.run();
        long altered = catalog.collection(mutation.collection())
                .map(Collection::altered)
                .orElse(-1L);
        if (altered != mutation.catalogVersion()) {
            reply.fail(new Refused(
                    altered < 0
                            ? new Refusal.NotFound(Refusal.Kind.COLLECTION, "#" + mutation.collection(), "")
                            : new Refusal.SchemaMismatch("", mutation.catalogVersion(), altered)));
            return;
        }
        written.add(mutation);
        long rows = mutation.parts().stream()
                .flatMap(p -> p.insertion().stream())
                .mapToLong(Mutation.Insertion::rows)
                .sum();
        long keys = mutation.parts().stream()
                .flatMap(p -> p.removal().stream())
                .mapToLong(r -> r.keys().rows())
                .sum();
        reply.complete(new Outcome(now(), rows, keys));
    }

    @Override
    public synchronized void write(Collection collection, Resolution resolution, Call call, Reply<Outcome> reply) {
        resolved.add(resolution);
        reply.complete(new Outcome(now(), 0, 0));
    }

    @Override
    public Shipment ship(long collection, long memoryBytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int filledPercent(long collection, int field) {
        return 100;
    }

    @Override
    public boolean isKept(long snapshot) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void restore(long snapshot, Map<Long, Long> heirs, Engine.Decision decision, Reply<Long> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void publish(Shipment shipment, Engine.Decision decision, Reply<Long> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void seal(List<Long> shards, Reply<Map<Long, List<Long>>> reply) {
        var sealed = new HashMap<Long, List<Long>>();
        for (var shard : shards) sealed.put(shard, List.of(shard * 10));
        reply.complete(sealed);
    }

    @Override
    public boolean flushed(List<Long> shards, long timestamp) {
        return true;
    }

    @Override
    public long compact(List<Long> shards, Compaction what) {
        return -1;
    }

    @Override
    public int loadedPercent(long collection, Set<Long> partitions) {
        return 100;
    }

    @Override
    public Optional<Refusal> loadTrouble(long collection, Set<Long> partitions) {
        return Optional.empty();
    }

    @Override
    public List<Watch.SegmentInfo> segments(long collection) {
        return List.of();
    }

    @Override
    public long rowCount(long collection, long partition) {
        return rowCount;
    }

    @Override
    public Engine.IndexProgress indexProgress(long collection, long index) {
        return new Engine.IndexProgress(0, 0, "", false);
    }

    @Override
    public List<Watch.JobInfo> jobs() {
        return List.of();
    }

    @Override
    public List<String> troubles() {
        return troubles;
    }

    @Override
    public Map<String, Long> figures() {
        return Map.of();
    }
}
