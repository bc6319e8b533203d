package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;

/// How a forest is built: so many trees that halve the rows by planes until a leaf has a hundred or so. The same seed
/// gives the same forest.
public record AnnoyParameters(int trees, long seed) implements IndexParameters {
    public static final int DEFAULT_TREES = 8;
    public static final int MOST_TREES = 1024;

    public AnnoyParameters {
        if (trees < 1 || trees > MOST_TREES) throw new IllegalArgumentException(trees + " trees");
    }

    @Override
    public VectorBuild begin(Memory memory, VectorRows rows, Metric metric, Accept members) {
        return new AnnoyBuild(memory, (DenseRows) rows, metric, this, members);
    }

    /// For each tree the number of the row, and its share of nodes and planes: a leaf has about 90 rows.
    @Override
    public long bytesPerRow(FieldType.Vector type, Metric metric) {
        long plane = 4L * Points.size(Points.components(metric, type.dimension()));
        return trees * (4 + (plane + 32) / 90);
    }
}
