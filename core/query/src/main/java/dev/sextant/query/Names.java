package dev.sextant.query;

import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Load;
import dev.sextant.catalog.Partition;
import dev.sextant.index.Bm25;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Filter;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;
import dev.sextant.query.filter.Binder;
import dev.sextant.query.filter.Keys;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Names of a read, looked up in its collection; refuses what is not there.
final class Names {
    private static final String KEYED_PARTITION = "_default_";

    private Names() {}

    /// The partitions to read: those named, those loaded, those that a partition key in the filter leaves. None means
    /// all.
    static Set<Long> partitions(Collection collection, List<String> names, Optional<Filter> filter) {
        if (!collection.load().wanted()) throw new Refused(new Refusal.NotLoaded(collection.name(), List.of()));
        boolean all = names.isEmpty() && !(collection.load() instanceof Load.Partitions);
        if (all && filter.isEmpty()) return Set.of();
        var ids = new HashSet<Long>();
        for (var name : names)
            ids.add(collection
                    .partition(name)
                    .orElseThrow(
                            () -> new Refused(new Refusal.NotFound(Refusal.Kind.PARTITION, name, collection.name())))
                    .id());
        if (!names.isEmpty()) checkLoaded(collection, names);
        if (names.isEmpty() && collection.load() instanceof Load.Partitions(var loaded, _, _)) ids.addAll(loaded);
        return keyed(collection, filter)
                .map(byKey -> {
                    if (ids.isEmpty()) return byKey;
                    // No partition is left: an id that nothing has stands for none, since an empty set means all.
                    byKey.retainAll(ids);
                    return byKey.isEmpty() ? Set.of(-1L) : byKey;
                })
                .orElse(ids);
    }

    private static void checkLoaded(Collection collection, List<String> names) {
        var unloaded = names.stream()
                .filter(name -> !collection
                        .load()
                        .includes(collection.partition(name).orElseThrow().id()))
                .toList();
        if (!unloaded.isEmpty()) throw new Refused(new Refusal.NotLoaded(collection.name(), unloaded));
    }

    /// A collection may ask that each search names one partition key, so that tenants cannot meet.
    static void checkIsolation(Collection collection, Optional<Filter> filter) {
        var key = collection.schema().partitionKey();
        boolean isolated =
                Boolean.parseBoolean(collection.properties().getOrDefault("partitionkey.isolation", "false"));
        if (!isolated || key.isEmpty()) return;
        var values = filter.flatMap(
                present -> Keys.among(Binder.bind(present, collection.schema()).root(), key.get()));
        if (values.isEmpty())
            throw new Refused(new Refusal.InvalidParameter(
                    "filter",
                    "partition key not found in expr or the expr is invalid when validating partition key isolation"));
        if (values.get().rows() != 1)
            throw new Refused(new Refusal.InvalidParameter("filter", "partition key isolation does not support IN"));
    }

    /// The partitions where rows with the filter's partition keys are.
    private static Optional<Set<Long>> keyed(Collection collection, Optional<Filter> filter) {
        var key = collection.schema().partitionKey();
        if (key.isEmpty() || filter.isEmpty()) return Optional.empty();
        var values = Keys.among(Binder.bind(filter.get(), collection.schema()).root(), key.get());
        var targets = keyedPartitions(collection);
        if (targets.isEmpty()) return Optional.empty();
        return values.map(present -> {
            var ids = new HashSet<Long>();
            for (int at : Routing.partitionOf(present, targets.size()))
                ids.add(targets.get(at).id());
            return ids.isEmpty() ? new HashSet<>(Set.of(-1L)) : ids;
        });
    }

    /// The partitions that a partition key chooses among, `_default_2` before `_default_10`.
    static List<Partition> keyedPartitions(Collection collection) {
        return collection.partitions().stream()
                .filter(partition -> partition.name().matches(KEYED_PARTITION + "\\d{1,9}"))
                .sorted(Comparator.comparingInt(
                        partition -> Integer.parseInt(partition.name().substring(KEYED_PARTITION.length()))))
                .toList();
    }

    /// The vector field that a search means.
    static Field vector(Collection collection, String name) {
        if (name.isEmpty()) {
            var vectors = collection.schema().vectors();
            if (vectors.size() == 1) return vectors.getFirst();
            throw new Refused(new Refusal.InvalidParameter(
                    "anns_field", "multiple anns_fields exist, please specify a anns_field in search_params"));
        }
        var field = collection
                .schema()
                .field(name)
                .orElseThrow(() -> new Refused(new Refusal.InvalidParameter(
                        "anns_field", "failed to get field schema by name: fieldName(" + name + ") not found")));
        if (field.isVector()) return field;
        throw new Refused(new Refusal.InvalidParameter(
                "anns_field", "field (" + name + ") to search is not of vector data type"));
    }

    /// The metric of the field's index; what the caller says only when there is none.
    static Metric metric(Collection collection, Field field, Optional<Metric> asked) {
        var type = field.type().vector().type();
        var own = collection
                .indexOn(field.id())
                .flatMap(index -> index.parameter("metric_type"))
                .flatMap(Metric::named);
        var metric = own.isPresent() ? own.get() : asked.orElse(byDefault(type));
        if (asked.isPresent() && asked.get() != metric)
            throw new Refused(new Refusal.WrongMetric(
                    field.name(), metric.name(), asked.get().name()));
        if (!metric.fits(type))
            throw new Refused(
                    new Refusal.WrongMetric(field.name(), byDefault(type).name(), metric.name()));
        return metric;
    }

    /// How an index over texts scores terms; the average length is not its affair.
    static Bm25 relevance(Collection collection, Field field) {
        var index = collection.indexOn(field.id());
        float k1 = index.flatMap(found -> found.parameter("bm25_k1"))
                .map(text -> number(text, Bm25.DEFAULT_K1))
                .orElse(Bm25.DEFAULT_K1);
        float b = index.flatMap(found -> found.parameter("bm25_b"))
                .map(text -> number(text, Bm25.DEFAULT_B))
                .orElse(Bm25.DEFAULT_B);
        return new Bm25(Math.clamp(k1, 0, 3), Math.clamp(b, 0, 1), 0);
    }

    /// The door has checked it; what is kept may be older than its rules.
    private static float number(String text, float otherwise) {
        try {
            float value = Float.parseFloat(text.strip());
            return Float.isNaN(value) ? otherwise : value;
        } catch (NumberFormatException _) {
            return otherwise;
        }
    }

    private static Metric byDefault(VectorType type) {
        return switch (type) {
            case FLOAT32, FLOAT16, BFLOAT16, INT8 -> Metric.COSINE;
            case BINARY -> Metric.HAMMING;
            case SPARSE -> Metric.IP;
        };
    }

    /// Refuses keys of another kind than the collection's.
    static void checkKeys(Schema schema, Column keys) {
        boolean text = schema.primaryKey().type() instanceof FieldType.Varchar;
        boolean right = text ? keys instanceof Column.Texts : keys instanceof Column.Longs;
        if (!right) throw wrongKey(text, keys.getClass().getSimpleName());
    }

    static void checkKey(Schema schema, Value key) {
        boolean text = schema.primaryKey().type() instanceof FieldType.Varchar;
        boolean right = text ? key instanceof Value.Text : key instanceof Value.Int;
        if (!right) throw wrongKey(text, key.getClass().getSimpleName());
    }

    private static Refused wrongKey(boolean text, String received) {
        return new Refused(new Refusal.WrongType("a primary key", text ? "VarChar" : "Int64", received));
    }

    /// What the search says that its index knows, and how many bits an element of a signature has: the index knows it,
    /// and every way of scoring must.
    static Map<String, String> parameters(Collection collection, Field field, Read.Near near) {
        var index = collection.indexOn(field.id());
        var bits = index.flatMap(found -> found.parameter(Parameters.ELEMENT_BITS));
        var built = index.map(dev.sextant.catalog.Index::parameters).orElse(Map.of());
        var known = Parameters.known(indexType(collection, field), built, near.parameters());
        if (bits.isEmpty() && !known.containsKey(Parameters.ELEMENT_BITS)) return known;
        var all = new HashMap<>(known);
        all.remove(Parameters.ELEMENT_BITS);
        bits.ifPresent(width -> all.put(Parameters.ELEMENT_BITS, width));
        return all;
    }

    static String indexType(Collection collection, Field field) {
        return collection
                .indexOn(field.id())
                .map(dev.sextant.catalog.Index::type)
                .orElse("AUTOINDEX");
    }

    static void range(Read.Near near, Metric metric) {
        if (Double.isNaN(near.radius().orElse(0))
                || Double.isNaN(near.rangeFilter().orElse(0)))
            throw new Refused(new Refusal.InvalidParameter("radius", "radius and range_filter must be numbers"));
        if (near.rangeFilter().isEmpty()) return;
        if (near.radius().isEmpty()) throw new Refused(new Refusal.Missing("radius", "range_filter is given"));
        double radius = near.radius().getAsDouble();
        double filter = near.rangeFilter().getAsDouble();
        boolean right = metric.largerIsBetter() ? filter > radius : filter < radius;
        if (!right)
            throw new Refused(new Refusal.InvalidParameter(
                    "range_filter",
                    "metric type (" + metric + "), range_filter(" + filter + ") must be "
                            + (metric.largerIsBetter() ? "greater" : "less") + " than radius(" + radius + ")"));
    }

    /// Queries as the field stores its vectors.
    static Column queries(Column queries, Field field) {
        if (field.type().isVectors() && queries instanceof Column.Lists(var ends, var vectors, var nulls)) {
            if (hasEmpty(ends))
                throw new Refused(new Refusal.InvalidParameter(
                        "placeholder_group", "a list of vectors to search for must hold at least one"));
            return new Column.Lists(ends, vectors(vectors, field), nulls);
        }
        return vectors(queries, field);
    }

    private static boolean hasEmpty(int[] ends) {
        for (int row = 0, start = 0; row < ends.length; start = ends[row++]) if (ends[row] == start) return true;
        return false;
    }

    private static Column vectors(Column queries, Field field) {
        var type = field.type().vector();
        return switch (queries) {
            case Column.Sparse sparse -> {
                if (type.type() != VectorType.SPARSE) throw differs(type, VectorType.SPARSE.word());
                Finite.check(field.name(), sparse);
                yield sparse;
            }
            case Column.Dense dense -> {
                var converted = dense.type() == VectorType.FLOAT32 ? Halves.of(dense, type.type()) : dense;
                if (converted.type() != type.type())
                    throw differs(type, dense.type().word());
                if (dense.dimension() != type.dimension())
                    throw new Refused(new Refusal.WrongDimension(field.name(), type.dimension(), dense.dimension()));
                // Checked as it came, and as it is searched for: what is too large for half a float is infinite there.
                Finite.check(field.name(), dense);
                if (converted != dense) Finite.check(field.name(), converted);
                yield converted;
            }
            default -> throw differs(type, queries.getClass().getSimpleName());
        };
    }

    /// Texts become vectors at the door, where functions are known.
    static Refused unmade(Field field) {
        return new Refused(
                new Refusal.WrongType("what field '" + field.name() + "' is searched for", "a vector", "text"));
    }

    private static Refused differs(FieldType.Vector expected, String received) {
        return new Refused(
                new Refusal.WrongType("the vector searched for", expected.type().word(), received));
    }
}
