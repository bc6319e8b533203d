package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;

/// How a graph is built: up to `m` edges a node in the upper layers and twice as many at the bottom, chosen from a beam
/// of `efConstruction`. The same seed gives the same layers.
public record HnswParameters(int m, int efConstruction, long seed) implements IndexParameters {
    public static final HnswParameters DEFAULT = new HnswParameters(16, 200, 42);

    public HnswParameters {
        if (m < 2 || m > 2048) throw new IllegalArgumentException("m is " + m + ", not within 2 … 2048");
        if (efConstruction < 1) throw new IllegalArgumentException("efConstruction is " + efConstruction);
    }

    int bottomEdges() {
        return 2 * m;
    }

    @Override
    public VectorBuild begin(Memory memory, VectorRows rows, Metric metric, Accept members) {
        return new HnswBuild(memory, (DenseRows) rows, metric, this, members);
    }

    @Override
    public VectorBuild beginFrom(
            Memory memory, VectorRows rows, Metric metric, Frozen old, int[] newOf, Accept members) {
        return old instanceof Hnsw graph
                        && graph.metric() == metric
                        && graph.parameters().m() == m
                ? HnswBuild.from(memory, (DenseRows) rows, graph, newOf, members)
                : begin(memory, rows, metric, members);
    }

    /// Edges of the bottom layer and codes of a byte a component.
    @Override
    public long bytesPerRow(FieldType.Vector type, Metric metric) {
        return 8L * m + type.dimension() + 32;
    }
}
