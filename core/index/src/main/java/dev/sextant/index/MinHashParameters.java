package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;

/// How signatures are hashed: their elements, of `elementBits` bits each, go in `bands` bands of nearly equal length
/// (fewer where there are fewer elements); rows that have all of a band in common meet. The same seed gives the same
/// tables.
public record MinHashParameters(int bands, int elementBits, long seed) implements IndexParameters {
    public MinHashParameters {
        if (bands < 1) throw new IllegalArgumentException(bands + " bands");
        if (elementBits < 8 || elementBits > 256 || elementBits % 8 != 0)
            throw new IllegalArgumentException("elements of " + elementBits + " bits");
    }

    /// The first byte of a band, `bandsOf` of them, in signatures of `elements`.
    long from(int band, int elements) {
        return (long) band * elements / bandsOf(elements) * (elementBits / 8);
    }

    int bandsOf(int elements) {
        return Math.min(bands, elements);
    }

    @Override
    public VectorBuild begin(Memory memory, VectorRows rows, Metric metric, Accept members) {
        return new MinHashBuild(memory, (DenseRows) rows, metric, this, members);
    }

    @Override
    public long bytesPerRow(FieldType.Vector type, Metric metric) {
        return 8L * bandsOf(Math.max(1, type.dimension() / elementBits));
    }
}
