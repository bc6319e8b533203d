package dev.sextant.query;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Collection;
import dev.sextant.engine.Compaction;
import dev.sextant.engine.Engine;
import dev.sextant.engine.Mutation;
import dev.sextant.engine.Outcome;
import dev.sextant.engine.Shipment;
import dev.sextant.engine.View;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.model.Call;
import dev.sextant.model.Consistency;
import dev.sextant.model.Refusal;
import dev.sextant.model.Reply;
import dev.sextant.model.Watch;
import dev.sextant.world.Meters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One machine's engine, as everything that is kept. Whoever opened the engine closes it; what is closed here is only
/// what was remembered of filters.
public final class LocalShards implements Shards, AutoCloseable {
    private final Engine engine;
    private final Work work;
    private final QueryConfig config;
    private final FilterCache filters;
    private final Memory memory;
    private final CostBook costs;
    private final RecallMeter recall;

    /// Reads within `memory`, and remembers there which rows filters took; the caller closes it.
    public LocalShards(Engine engine, Work work, Memory memory, QueryConfig config) {
        this(engine, work, memory, config, Meters.NONE);
    }

    /// The same, with somewhere for figures of recall to go.
    public LocalShards(Engine engine, Work work, Memory memory, QueryConfig config, Meters meters) {
        this.engine = engine;
        this.work = work;
        this.config = config;
        this.memory = memory;
        costs = config.measuredCosts() ? CostBook.measured(work, config, Costs.DEFAULT) : CostBook.fixed(Costs.DEFAULT);
        filters = new FilterCache(Optional.of(memory), config.filterCacheBytes());
        recall = new RecallMeter(work, memory, config, filters, meters, engine::catalog);
    }

    @Override
    public void close() {
        recall.close();
        costs.close();
        filters.close();
    }

    RecallMeter recall() {
        return recall;
    }

    @Override
    public Catalog catalog() {
        return engine.catalog();
    }

    @Override
    public void define(Engine.Decision decision, Reply<Long> reply) {
        engine.define(decision, reply);
    }

    @Override
    public long allocateIds(int count) {
        return engine.allocateIds(count);
    }

    @Override
    public long now() {
        return engine.now();
    }

    @Override
    public void readers(Collection collection, Consistency consistency, long deadlineNanos, Reply<List<Reader>> reply) {
        engine.views(collection.shards(), resolved(consistency, collection), deadlineNanos, new Reply<>() {
            @Override
            public void complete(List<View> views) {
                if (views.size() == 1) {
                    reply.complete(List.of(reader(views.getFirst())));
                    return;
                }
                var readers = new ArrayList<Reader>(views.size());
                for (var view : views) readers.add(reader(view));
                reply.complete(readers);
            }

            private Reader reader(View view) {
                return new LocalReader(view, work, config, filters, memory, costs);
            }

            @Override
            public void fail(Throwable reason) {
                reply.fail(reason);
            }
        });
    }

    /// A caller who does not say gets the collection's own level. One machine applies a write before it acknowledges
    /// it, so strong costs nothing here and stands in for the levels that need a timestamp.
    private static Consistency resolved(Consistency consistency, Collection collection) {
        if (!(consistency instanceof Consistency.Default)) return consistency;
        return switch (collection.consistency()) {
            case STRONG, SESSION, CUSTOMIZED -> Consistency.STRONG;
            case BOUNDED -> new Consistency.Bounded();
            case EVENTUALLY -> new Consistency.Eventually();
        };
    }

    @Override
    public void write(Mutation mutation, Reply<Outcome> reply) {
        engine.write(mutation, reply);
    }

    @Override
    public void write(Collection collection, Resolution resolution, Call call, Reply<Outcome> answer) {
        var patience = new Patience(call, work);
        long deadlineNanos = call.deadlineNanos();
        // What was resolved waits in memory until the log has it.
        var room = new Room(memory, "resolved writes");
        var reply = new Once<>(answer, room::close);
        var resolving = new Resolving(collection, config, filters, patience, room);
        switch (resolution) {
            case Resolution.DeleteMatching delete ->
                engine.write(
                        new HashSet<>(collection.shards()),
                        views -> mutation(collection, resolving.delete(delete, views), deadlineNanos),
                        deadlineNanos,
                        reply);
            case Resolution.MergeRows merge -> {
                var shards = new HashSet<Long>();
                for (var part : merge.parts()) shards.add(part.shard());
                engine.write(
                        shards,
                        views -> mutation(collection, resolving.merge(merge, views), deadlineNanos),
                        deadlineNanos,
                        reply);
            }
        }
    }

    private static Mutation mutation(Collection collection, List<Mutation.Part> parts, long deadlineNanos) {
        return new Mutation(collection.id(), collection.altered(), parts, deadlineNanos);
    }

    @Override
    public Shipment ship(long collection, long memoryBytes) {
        return engine.ship(collection, memoryBytes);
    }

    @Override
    public int filledPercent(long collection, int field) {
        return engine.filledPercent(collection, field);
    }

    @Override
    public boolean isKept(long snapshot) {
        return engine.isKept(snapshot);
    }

    @Override
    public void restore(long snapshot, Map<Long, Long> heirs, Engine.Decision decision, Reply<Long> reply) {
        engine.restore(snapshot, heirs, decision, reply);
    }

    @Override
    public void publish(Shipment shipment, Engine.Decision decision, Reply<Long> reply) {
        engine.publish(shipment, decision, reply);
    }

    @Override
    public void seal(List<Long> shards, Reply<Map<Long, List<Long>>> reply) {
        engine.seal(shards, reply);
    }

    @Override
    public boolean flushed(List<Long> shards, long timestamp) {
        return engine.flushed(shards, timestamp);
    }

    @Override
    public long compact(List<Long> shards, Compaction what) {
        return engine.compact(shards, what);
    }

    @Override
    public int loadedPercent(long collection, Set<Long> partitions) {
        return engine.loadedPercent(collection, partitions);
    }

    @Override
    public Optional<Refusal> loadTrouble(long collection, Set<Long> partitions) {
        return engine.loadTrouble(collection, partitions);
    }

    @Override
    public List<Watch.SegmentInfo> segments(long collection) {
        return engine.segments(collection);
    }

    @Override
    public long rowCount(long collection, long partition) {
        return engine.rowCount(collection, partition);
    }

    @Override
    public Engine.IndexProgress indexProgress(long collection, long index) {
        return engine.indexProgress(collection, index);
    }

    @Override
    public List<Watch.JobInfo> jobs() {
        return engine.jobs();
    }

    @Override
    public Optional<Watch.JobInfo> job(long id) {
        return engine.job(id);
    }

    @Override
    public List<String> troubles() {
        return engine.troubles();
    }

    @Override
    public Map<String, Long> figures() {
        var all = new HashMap<>(engine.figures());
        all.putAll(recall.figures());
        return all;
    }
}
