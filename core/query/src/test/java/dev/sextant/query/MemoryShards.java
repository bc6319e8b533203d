package dev.sextant.query;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Collection;
import dev.sextant.engine.Compaction;
import dev.sextant.engine.Engine;
import dev.sextant.engine.Mutation;
import dev.sextant.engine.Outcome;
import dev.sextant.engine.Shipment;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.model.Call;
import dev.sextant.model.Consistency;
import dev.sextant.model.Refusal;
import dev.sextant.model.Reply;
import dev.sextant.model.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Shards that can only be read.
final class MemoryShards implements Shards {
    private final Supplier<List<MemoryView>> views;
    private final Work work;
    private final Memory memory;
    private final FilterCache filters;
    private final QueryConfig config;
    final List<MemoryView> opened = new ArrayList<>();

    MemoryShards(Supplier<List<MemoryView>> views, Work work, Memory memory, QueryConfig config) {
        filters = new FilterCache(Optional.of(memory), config.filterCacheBytes());
        this.views = views;
        this.work = work;
        this.memory = memory;
        this.config = config;
    }

    @Override
    public void readers(Collection collection, Consistency consistency, long deadlineNanos, Reply<List<Reader>> reply) {
        var fresh = views.get();
        opened.addAll(fresh);
        reply.complete(fresh.stream()
                .<Reader>map(
                        view -> new LocalReader(view, work, config, filters, memory, CostBook.fixed(Costs.DEFAULT)))
                .toList());
    }

    @Override
    public Catalog catalog() {
        return Catalog.EMPTY;
    }

    @Override
    public void define(Engine.Decision decision, Reply<Long> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long allocateIds(int count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long now() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void write(Mutation mutation, Reply<Outcome> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void write(Collection collection, Resolution resolution, Call call, Reply<Outcome> reply) {
        throw new UnsupportedOperationException();
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
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean flushed(List<Long> shards, long timestamp) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long compact(List<Long> shards, Compaction what) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int loadedPercent(long collection, Set<Long> partitions) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Refusal> loadTrouble(long collection, Set<Long> partitions) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Watch.SegmentInfo> segments(long collection) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long rowCount(long collection, long partition) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Engine.IndexProgress indexProgress(long collection, long index) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Watch.JobInfo> jobs() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> troubles() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, Long> figures() {
        throw new UnsupportedOperationException();
    }
}
