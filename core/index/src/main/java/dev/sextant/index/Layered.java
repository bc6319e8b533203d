package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;
import java.util.Optional;

/// What a graph in layers answers by its layers alone, whether it grows, is frozen or is walked by codes.
abstract sealed class Layered implements VectorIndex permits Draft, Hnsw, CodedHnsw {
    final Layers layers;

    Layered(Layers layers) {
        this.layers = layers;
    }

    @Override
    public Walk walk(Target target, Scratch scratch) {
        return new GraphWalk(layers, target, scratch);
    }

    @Override
    public final Optional<Walk> scan(Target target, int from, int to, Scratch scratch) {
        return GraphWalk.scan(layers, target, from, to, scratch);
    }

    @Override
    public final int scanBytes() {
        return GraphWalk.scanBytes(layers);
    }

    @Override
    public final int inTurn() {
        return GraphWalk.IN_TURN;
    }

    @Override
    public final long cost(Effort effort, double accepted) {
        return GraphWalk.cost(layers, effort.beam(), accepted);
    }

    @Override
    public final DenseRows rows() {
        return layers.rows;
    }

    @Override
    public final Metric metric() {
        return layers.metric;
    }

    @Override
    public final int count() {
        return layers.count();
    }

    @Override
    public final long bytes() {
        return layers.bytes();
    }
}
