package dev.sextant.query;

import dev.sextant.engine.Part;
import dev.sextant.engine.Vectors;
import dev.sextant.index.DenseRows;
import dev.sextant.index.Frozen;
import dev.sextant.index.Graph;
import dev.sextant.index.Inverted;
import dev.sextant.index.LeanGraph;
import dev.sextant.index.MinHashLsh;
import dev.sextant.index.VectorIndex;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.util.Optional;

/// What parts have in common of which walks and scans should cost about the same.
///
/// @param structure of the index
/// @param magnitude how many times the number of rows can be halved twice: caches hold few rows, and none hold many
record Shape(String structure, Metric metric, VectorType type, int dimension, int magnitude) {
    /// Of a part that can be searched in more than one way, all of them in memory. Its vectors must be there.
    static Optional<Shape> of(Part part, int field, Metric metric) {
        return part.index(field)
                .filter(index -> index.metric() == metric)
                .flatMap(index -> of(part.vectors(field), index));
    }

    static Optional<Shape> of(Vectors vectors, VectorIndex index) {
        if (!(vectors instanceof Vectors.Dense(var rows, _))) return Optional.empty();
        return switch (index) {
            case Inverted _, LeanGraph _, MinHashLsh _ -> Optional.empty();
            case Frozen frozen -> Optional.of(of(frozen.form(), rows, index));
            case Graph _ -> Optional.of(of("growing", rows, index));
        };
    }

    private static Shape of(String structure, DenseRows rows, VectorIndex index) {
        int magnitude = (Integer.SIZE - Integer.numberOfLeadingZeros(index.count())) / 2;
        return new Shape(structure, index.metric(), rows.type(), rows.dimension(), magnitude);
    }
}
