package dev.sextant.query;

import dev.sextant.engine.Part;
import dev.sextant.index.Annoy;
import dev.sextant.index.Calibration;
import dev.sextant.index.Inverted;
import dev.sextant.index.MinHashLsh;
import dev.sextant.index.Partition;
import dev.sextant.index.VectorIndex;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// How hard the parts of a view have to be searched for a recall. What was not measured itself (a memtable's graph, one
/// that came from a memtable a moment ago) goes by the largest part that was, one step beyond.
record Recalls(List<Part> parts, int field) {
    /// @param itself whether it was measured on this very index
    record Known(Calibration calibration, boolean itself) {}

    Optional<Known> of(Part part) {
        var own = part.calibration(field);
        if (own.isPresent()) return own.map(measured -> new Known(measured, true));
        if (!isGraph(part)) return Optional.empty();
        return parts.stream()
                .filter(other -> other.rows() >= part.rows() && isGraph(other))
                .filter(other -> other.calibration(field).isPresent())
                .max(Comparator.comparingInt(Part::rows))
                .flatMap(other -> other.calibration(field))
                .map(measured -> new Known(measured, false));
    }

    /// Whether its index is led by a beam, which means about the same in all such.
    private boolean isGraph(Part part) {
        return part.index(field).filter(Recalls::isGraph).isPresent();
    }

    private static boolean isGraph(VectorIndex index) {
        return !(index instanceof Partition
                || index instanceof Annoy
                || index instanceof Inverted
                || index instanceof MinHashLsh);
    }
}
