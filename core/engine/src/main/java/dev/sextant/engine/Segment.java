package dev.sextant.engine;

import dev.sextant.engine.entry.SegmentFacts;
import dev.sextant.engine.segment.Found;
import dev.sextant.engine.segment.Runs;
import dev.sextant.engine.segment.SegmentFile;
import dev.sextant.index.Hnsw;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Reservation;
import dev.sextant.model.Column;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Rows in a file that never changes, with what of it is in memory. Any thread may read.
final class Segment extends Store {
    private final SegmentFacts facts;
    private final SegmentFile file;
    private final Shelf shelf;
    private final Memory memory;
    private final Reservation heap;
    private final Runs times;
    private final Runs partitions;
    private final Map<Integer, SegmentVectors> loaded = new HashMap<>(); // guarded by this
    private final Map<Integer, BuiltGraph> graphs = new HashMap<>(); // guarded by this

    /// A graph and the wish that it fulfils; walks use it while a view holds the segment.
    record BuiltGraph(long index, Hnsw graph) {}

    /// Takes the open file over.
    Segment(SegmentFacts facts, SegmentFile file, Deletions deletions, Shelf shelf, Memory memory) {
        super(facts.id(), file.head().schema(), deletions);
        this.facts = facts;
        this.file = file;
        this.shelf = shelf;
        this.memory = memory;
        times = file.timestamps();
        partitions = file.partitions();
        heap = memory.reserve("segment", file.heapBytes() + 12L * (times.ends().length + partitions.ends().length));
    }

    SegmentFacts facts() {
        return facts;
    }

    SegmentFile file() {
        return file;
    }

    Runs times() {
        return times;
    }

    Runs partitions() {
        return partitions;
    }

    @Override
    int rows() {
        return facts.rows();
    }

    @Override
    Found find(Column keys) {
        return file.find(keys);
    }

    @Override
    long insertedAt(int row) {
        return times.of(row);
    }

    @Override
    long partitionOf(int row) {
        return partitions.of(row);
    }

    @Override
    Part part(Moment moment) {
        return new SegmentPart(this, moment);
    }

    /// The vectors of a field that is here; loads them if they are not in memory. They stay at least as long as the caller holds this.
    synchronized Vectors vectors(int field) {
        var there = loaded.get(field);
        if (there == null) loaded.put(field, there = SegmentVectors.load(file, schema().field(field).orElseThrow(), memory));
        return there.vectors();
    }

    /// Whether anything of it is in memory that is not needed to answer.
    synchronized boolean isResident() {
        return !loaded.isEmpty();
    }

    synchronized boolean isLoaded(int field) {
        return loaded.containsKey(field);
    }

    synchronized Optional<BuiltGraph> graph(int field) {
        return Optional.ofNullable(graphs.get(field));
    }

    /// Takes a graph over that was built or read for the vectors of this segment; returns whether it is kept.
    synchronized boolean graph(int field, BuiltGraph built) {
        return graphs.putIfAbsent(field, built) == null;
    }

    private synchronized void unload() {
        graphs.values().forEach(built -> built.graph().close());
        graphs.clear();
        loaded.values().forEach(SegmentVectors::close);
        loaded.clear();
    }

    @Override
    synchronized long memoryBytes() {
        return heap.bytes()
                + loaded.values().stream().mapToLong(vectors -> vectors.region().size()).sum()
                + graphs.values().stream().mapToLong(built -> built.graph().bytes()).sum();
    }

    @Override
    void dispose() {
        unload();
        heap.close();
        file.close();
        shelf.closed(facts);
    }
}
