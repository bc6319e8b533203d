package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.NodeBlocks;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;
import java.util.Optional;

/// How a [LeanGraph] is built: what it keeps of each row, edges of a node, a multiple of 32, and candidates of a search
/// while building. The same seed gives the same graph.
public record LeanParameters(Keep keep, int degree, int beam, long seed) implements IndexParameters {
    public static final LeanParameters DEFAULT = new LeanParameters(Keep.SIGNS, 32, 96, 42);

    /// What of a row stays in memory; the row itself is on disk.
    public enum Keep {
        /// One bit a component, two up to 256 components: many rows are read again.
        SIGNS,
        /// Seven bits a component: few rows are read again.
        BYTES
    }

    public LeanParameters {
        if (degree < NodeBlocks.FAN || degree > 256 || degree % NodeBlocks.FAN != 0)
            throw new IllegalArgumentException("degree is " + degree + ", not 32, 64, … 256");
        if (beam < 8 || beam > 4096) throw new IllegalArgumentException("beam is " + beam + ", not within 8 … 4096");
    }

    @Override
    public VectorBuild begin(Memory memory, VectorRows rows, Metric metric, Accept members) {
        return new LeanBuild(memory, stored(rows), metric, this, members, Optional.empty());
    }

    @Override
    public VectorBuild beginFrom(
            Memory memory, VectorRows rows, Metric metric, Frozen old, int[] newOf, Accept members) {
        return old instanceof LeanGraph graph
                        && graph.metric() == metric
                        && graph.parameters().equals(this)
                ? LeanBuild.from(memory, stored(rows), graph, newOf, members)
                : begin(memory, rows, metric, members);
    }

    private static StoredRows stored(VectorRows rows) {
        return rows instanceof DenseRows dense ? StoredRows.of(dense) : (StoredRows) rows;
    }

    @Override
    public long bytesPerRow(FieldType.Vector type, Metric metric) {
        return LeanGraph.bytesPerRow(type.dimension(), metric, this);
    }

    @Override
    public boolean leavesRowsOnDisk() {
        return true;
    }

    /// What building takes for each row at its end, about, the graph included.
    @Override
    public long buildBytesPerRow(FieldType.Vector type, Metric metric) {
        int bits = LeanCode.bits(type.dimension(), metric, keep);
        return bytesPerRow(type, metric) + Weave.bytesPerRow(bits, degree);
    }
}
