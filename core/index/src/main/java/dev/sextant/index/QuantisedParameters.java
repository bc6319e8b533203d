package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.NodeBlocks;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;

/// How a quantised graph is built: `degree` neighbours a node (of 32), chosen from a beam of `beam`; `bitsPerComponent`
/// rotated bits for each component, 1 … 4, where 0 leaves the choice to the dimension. The same seed gives the same
/// graph.
public record QuantisedParameters(int degree, int beam, int bitsPerComponent, long seed) implements IndexParameters {
    public static final QuantisedParameters DEFAULT = new QuantisedParameters(32, 96, 0, 42);

    public QuantisedParameters {
        if (degree < NodeBlocks.FAN || degree > 256 || degree % NodeBlocks.FAN != 0)
            throw new IllegalArgumentException("degree is " + degree + ", not 32, 64, … 256");
        if (beam < 8 || beam > 4096) throw new IllegalArgumentException("beam is " + beam + ", not within 8 … 4096");
        if (bitsPerComponent < 0 || bitsPerComponent > 4)
            throw new IllegalArgumentException("bitsPerComponent is " + bitsPerComponent + ", not within 0 … 4");
    }

    @Override
    public VectorBuild begin(Memory memory, VectorRows rows, Metric metric, Accept members) {
        return new QuantisedBuild(memory, (DenseRows) rows, metric, this, members);
    }

    @Override
    public VectorBuild beginFrom(
            Memory memory, VectorRows rows, Metric metric, Frozen old, int[] newOf, Accept members) {
        return old instanceof QuantisedGraph graph
                        && graph.metric() == metric
                        && graph.parameters().equals(this)
                ? QuantisedBuild.from(memory, (DenseRows) rows, graph, newOf, members)
                : begin(memory, rows, metric, members);
    }

    @Override
    public long bytesPerRow(FieldType.Vector type, Metric metric) {
        return QuantisedGraph.bytesPerRow(metric, type.dimension(), type.type() == VectorType.INT8, this);
    }
}
