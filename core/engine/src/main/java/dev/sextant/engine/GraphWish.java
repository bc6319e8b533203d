package dev.sextant.engine;

import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Index;
import dev.sextant.index.HnswParameters;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// A graph that the catalog wants over a field.
record GraphWish(long index, int field, Metric metric, HnswParameters parameters) {
    /// Types of index that are not graphs: exact scans and orders of scalars.
    private static final Set<String> SCANNED = Set.of("FLAT", "BIN_FLAT");

    static List<GraphWish> of(Collection collection) {
        return collection.indexes().stream()
                .flatMap(index -> of(collection, index).stream())
                .toList();
    }

    static Optional<GraphWish> of(Collection collection, Index index) {
        return collection.schema().field(index.field()).flatMap(field -> of(field, index));
    }

    private static Optional<GraphWish> of(Field field, Index index) {
        if (!(field.type() instanceof FieldType.Vector vector) || !vector.type().isDense()) return Optional.empty();
        if (SCANNED.contains(index.type().toUpperCase(Locale.ROOT))) return Optional.empty();
        var metric = index.parameter("metric_type").flatMap(GraphWish::metric).orElse(defaultMetric(vector));
        if (!metric.fits(vector.type())) return Optional.empty();
        int m = number(index, "M", HnswParameters.DEFAULT.m(), 2, 2048);
        int beam = number(index, "efConstruction", HnswParameters.DEFAULT.efConstruction(), 1, 1 << 20);
        return Optional.of(new GraphWish(index.id(), field.id(), metric, new HnswParameters(m, beam, index.id())));
    }

    private static Metric defaultMetric(FieldType.Vector vector) {
        return vector.type() == dev.sextant.model.VectorType.BINARY ? Metric.HAMMING : Metric.COSINE;
    }

    private static Optional<Metric> metric(String name) {
        for (var metric : Metric.values()) if (metric.name().equalsIgnoreCase(name)) return Optional.of(metric);
        return Optional.empty();
    }

    private static int number(Index index, String key, int otherwise, int least, int most) {
        try {
            return index.parameter(key)
                    .map(text -> Math.clamp(Long.parseLong(text.strip()), least, most))
                    .orElse(otherwise);
        } catch (NumberFormatException notANumber) {
            return otherwise; // the door has checked it; what is kept may be older than its rules
        }
    }
}
