package dev.sextant.index;

/// How a graph is built: up to `m` edges a node in the upper layers and twice as many at the bottom, chosen from a beam
/// of `efConstruction`. The same seed gives the same layers.
public record HnswParameters(int m, int efConstruction, long seed) {
    public static final HnswParameters DEFAULT = new HnswParameters(16, 200, 42);

    public HnswParameters {
        if (m < 2 || m > 2048) throw new IllegalArgumentException("m is " + m + ", not within 2 … 2048");
        if (efConstruction < 1) throw new IllegalArgumentException("efConstruction is " + efConstruction);
    }

    int bottomEdges() {
        return 2 * m;
    }
}
