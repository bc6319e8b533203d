package dev.sextant.database.trees;

/// Trees whose leaves add up: from the root of each one goes left where a feature is smaller than the split, as the
/// node says where there is none, and takes the number of the leaf. Never changes; any thread may ask.
///
/// Nodes of all trees lie one after the other, 17 bytes each, and a node names its children by their place: a tree of
/// depth 6 touches at most 7 nodes a row.
public final class BoostedTrees {
    /// What the sum of the leaves becomes.
    enum Link {
        /// It stays.
        IDENTITY,
        /// How likely it is.
        LOGISTIC
    }

    private final int columns;
    private final Link link;
    private final float base;
    private final int[] roots;
    private final int[] feature;
    private final float[] split; // of a leaf, what it adds
    private final int[] left; // -1: a leaf
    private final int[] right;
    private final boolean[] missingLeft;

    BoostedTrees(
            int columns,
            Link link,
            float base,
            int[] roots,
            int[] feature,
            float[] split,
            int[] left,
            int[] right,
            boolean[] missingLeft) {
        this.columns = columns;
        this.link = link;
        this.base = base;
        this.roots = roots;
        this.feature = feature;
        this.split = split;
        this.left = left;
        this.right = right;
        this.missingLeft = missingLeft;
    }

    /// Throws [IllegalArgumentException] with what is wrong.
    public static BoostedTrees read(byte[] model) {
        return TreeReading.of(UniversalJson.read(model));
    }

    /// How many features a row has.
    public int columns() {
        return columns;
    }

    /// About, in memory.
    public long bytes() {
        return 17L * feature.length + 4L * roots.length;
    }

    /// What the leaves add up to.
    ///
    /// @param row NaN where there is no value
    public float margin(float[] row) {
        float sum = base;
        for (int root : roots) {
            int node = root;
            while (left[node] >= 0) {
                float value = row[feature[node]];
                boolean toLeft = Float.isNaN(value) ? missingLeft[node] : value < split[node];
                node = toLeft ? left[node] : right[node];
            }
            sum += split[node];
        }
        return sum;
    }

    /// What the model was trained to say.
    public float predict(float[] row) {
        float margin = margin(row);
        return switch (link) {
            case IDENTITY -> margin;
            case LOGISTIC -> 1 / (1 + (float) Math.exp(-margin));
        };
    }
}
