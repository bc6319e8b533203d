package dev.sextant.engine;

import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Index;
import dev.sextant.index.HnswParameters;
import dev.sextant.index.IndexParameters;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A structure that the catalog wants over the vectors of a field.
record IndexWish(long index, int field, Metric metric, IndexParameters parameters) {
    /// What a graph that will be replaced is linked from: less than half of the work of the usual 200, for 0.2 points
    /// of recall (docs/benchmarks.md, "Graphs of memtables").
    private static final int QUICK_BEAM = 64;
    /// A segment that is searched often, or whose rows stay on disk, gets its index at this size already.
    private static final int LEAST_SEARCHED_ROWS = 2_000;

    static List<IndexWish> of(Collection collection) {
        return collection.indexes().stream()
                .flatMap(index -> of(collection, index).stream())
                .toList();
    }

    static Optional<IndexWish> of(Collection collection, Index index) {
        return collection.schema().field(index.field()).flatMap(field -> of(field, index));
    }

    private static Optional<IndexWish> of(Field field, Index index) {
        if (!field.isVector()) return Optional.empty();
        var vector = field.type().vector();
        var metric = index.parameter("metric_type").flatMap(Metric::named).orElse(defaultMetric(vector));
        return IndexParameters.of(vector, metric, inMemory(field, index), index.id())
                .map(parameters -> new IndexWish(index.id(), field.id(), metric, parameters));
    }

    /// Arrays of vectors are in memory, whatever their index says of rows.
    private static Map<String, String> inMemory(Field field, Index index) {
        if (!field.type().isVectors()) return index.parameters();
        var parameters = new HashMap<>(index.parameters());
        parameters.put("memory", "speed");
        return parameters;
    }

    private static Metric defaultMetric(FieldType.Vector vector) {
        return switch (vector.type()) {
            case FLOAT32, FLOAT16, BFLOAT16, INT8 -> Metric.COSINE;
            case BINARY -> Metric.HAMMING;
            case SPARSE -> Metric.IP;
        };
    }

    /// The one that leaves the rows of a field on disk.
    static Optional<IndexWish> onDisk(Collection collection, int field) {
        return of(collection).stream()
                .filter(wish -> wish.field == field && wish.leavesRowsOnDisk())
                .findFirst();
    }

    /// Whether the rows that it is over stay on disk.
    boolean leavesRowsOnDisk() {
        return parameters.leavesRowsOnDisk();
    }

    /// From how many rows on a segment gets this index: below it is scanned. A scan of rows on disk reads them all
    /// again for each search.
    ///
    /// @param usually for a segment in memory that is searched now and then
    /// @param searched whether searches come so often that they have paid for an index
    int leastRows(int usually, boolean searched) {
        return searched || leavesRowsOnDisk() ? Math.min(usually, LEAST_SEARCHED_ROWS) : usually;
    }

    IndexFile.Of file() {
        return new IndexFile.Of(index, field);
    }

    /// What leads through a memtable and its segment until the structure itself is built: a graph that grows row by
    /// row. The wish itself where it is one; empty where there is none for such vectors: arrays of them are scanned.
    Optional<IndexWish> interim(FieldType fieldType) {
        if (!(fieldType instanceof FieldType.Vector type)) return Optional.empty();
        if (parameters instanceof HnswParameters) return Optional.of(this);
        // Signatures have no graph: what grew is scanned until their tables are built.
        if (type.type() == VectorType.SPARSE || metric == Metric.MHJACCARD || !metric.fits(type.type()))
            return Optional.empty();
        var quick = new HnswParameters(HnswParameters.DEFAULT.m(), QUICK_BEAM, index);
        return Optional.of(new IndexWish(index, field, metric, quick));
    }
}
