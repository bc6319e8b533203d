package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;
import java.io.IOException;
import java.util.Optional;

/// A graph that no longer changes. Owns its codes and edges, not the rows: whoever owns those keeps them until this is
/// closed.
public final class Hnsw implements Graph, Frozen {
    private final Layers layers;

    Hnsw(Layers layers) {
        this.layers = layers;
    }

    /// Reads what [#writeTo(Sink)] wrote. The codes are made again from `rows`, which must be those it was built over.
    public static Hnsw read(Memory memory, DenseRows rows, long bytes, Source source) throws IOException {
        return new Hnsw(GraphBytes.read(memory, rows, bytes, source));
    }

    @Override
    public Kind kind() {
        return Kind.HNSW;
    }

    @Override
    public long serializedBytes() {
        return GraphBytes.size(layers);
    }

    /// Writes exactly [#serializedBytes()] bytes, drawn in docs/formats/index.md.
    @Override
    public void writeTo(Sink sink) throws IOException {
        GraphBytes.write(layers, sink);
    }

    @Override
    public Walk walk(Target target, Scratch scratch) {
        return new GraphWalk(layers, target, scratch);
    }

    @Override
    public Optional<Walk> scan(Target target, int from, int to, Scratch scratch) {
        return GraphWalk.scan(layers, target, from, to, scratch);
    }

    @Override
    public int scanBytes() {
        return GraphWalk.scanBytes(layers);
    }

    @Override
    public int inTurn() {
        return GraphWalk.IN_TURN;
    }

    @Override
    public long cost(Effort effort, double accepted) {
        return GraphWalk.cost(layers, effort.beam(), accepted);
    }

    Layers layers() {
        return layers;
    }

    @Override
    public DenseRows rows() {
        return layers.rows;
    }

    @Override
    public Metric metric() {
        return layers.metric;
    }

    @Override
    public HnswParameters parameters() {
        return layers.parameters;
    }

    @Override
    public int count() {
        return layers.count();
    }

    @Override
    public long bytes() {
        return layers.bytes();
    }

    @Override
    public void close() {
        layers.close();
    }
}
