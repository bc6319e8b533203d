package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;

/// How a partition is built: rows in `lists` lists by the nearest of as many trained centres (fewer where there are
/// fewer rows), and what the lists keep of each. The same seed gives the same partition.
public record PartitionParameters(int lists, Coding coding, long seed) implements IndexParameters {
    public static final int DEFAULT_LISTS = 128;
    public static final int MOST_LISTS = 65_536;

    public PartitionParameters {
        if (lists < 1 || lists > MOST_LISTS) throw new IllegalArgumentException(lists + " lists");
    }

    @Override
    public VectorBuild begin(Memory memory, VectorRows rows, Metric metric, Accept members) {
        return new PartitionBuild(memory, (DenseRows) rows, metric, this, members);
    }

    /// The number of the row, its code, and a little for blocks that are not full.
    @Override
    public long bytesPerRow(FieldType.Vector type, Metric metric) {
        return 5 + ListCode.bytesPerRow(coding, type.dimension(), metric);
    }
}
