package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;
import java.util.Optional;

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
        return new PartitionBuild(memory, (DenseRows) rows, metric, this, members, Optional.empty());
    }

    /// Takes the centres of the old one over, and what its codes were trained to, while the rows have not more than
    /// doubled: training is most of the work, and what comes in a merge is of the same kind.
    @Override
    public VectorBuild beginFrom(
            Memory memory, VectorRows rows, Metric metric, Frozen old, int[] newOf, Accept members) {
        return old instanceof Partition partition
                        && partition.metric() == metric
                        && partition.parameters().equals(this)
                        && partition.rows().type() == ((DenseRows) rows).type()
                        && partition.rows().dimension() == ((DenseRows) rows).dimension()
                        && partition.lists.count() == lists
                        && rows.count() <= 2L * partition.count()
                ? new PartitionBuild(memory, (DenseRows) rows, metric, this, members, Optional.of(partition))
                : begin(memory, rows, metric, members);
    }

    /// The number of the row, its code, and a little for blocks that are not full.
    @Override
    public long bytesPerRow(FieldType.Vector type, Metric metric) {
        return 5 + ListCode.bytesPerRow(coding, type.dimension(), metric);
    }
}
