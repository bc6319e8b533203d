package dev.sextant.query;

import dev.sextant.model.Hits;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.query.House.Row;
import dev.sextant.query.House.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;

/// Searches of a [House], and what a plain program finds there: for tests of what becomes of hits.
final class Ranked {
    static final long SEED = new Random().nextLong();
    static final QueryConfig EXACT = new QueryConfig(100L << 20, Integer.MAX_VALUE, 64, 4_096, 128, 0, 100, 1 << 20);

    private Ranked() {}

    record Hit(Object key, float score, Row row) {}

    static House house(long seed, int rows) {
        return new House(seed, new Shape(2, 3, rows, 0, false, Metric.L2, false), EXACT);
    }

    static Read.Search search(float[] query, String filter, int limit, int offset, String... outputs) {
        return new Read.Search(
                "c",
                List.of(),
                new Read.Near(
                        "vector",
                        new Read.Target.Vectors(House.vectors(List.of(query))),
                        Optional.of(Metric.L2),
                        Map.of(),
                        OptionalDouble.empty(),
                        OptionalDouble.empty()),
                House.filter(filter),
                limit,
                offset,
                List.of(outputs),
                Optional.empty(),
                Optional.empty(),
                -1,
                false);
    }

    /// All rows with a vector by (distance, key).
    static List<Hit> nearest(House house, float[] query) {
        var hits = new ArrayList<Hit>();
        for (var row : house.rows)
            if (row.vector() != null) {
                double sum = 0;
                for (int i = 0; i < query.length; i++)
                    sum += (double) (query[i] - row.vector()[i]) * (query[i] - row.vector()[i]);
                hits.add(new Hit(row.key(), (float) sum, row));
            }
        hits.sort(Comparator.<Hit>comparingDouble(hit -> hit.score).thenComparing(Hit::key, House::compareKeys));
        return hits;
    }

    static List<Object> keys(Hits hits) {
        var keys = new ArrayList<Object>();
        for (int i = 0; i < hits.total(); i++) keys.add(House.key(hits.keys(), i));
        return keys;
    }

    static Read.HybridSearch hybrid(Read.Search search, Read.Fusion fusion, int lists) {
        var parts = new ArrayList<Read.Part>();
        for (int i = 0; i < lists; i++)
            parts.add(new Read.Part(search.near(), search.filter(), search.limit() + search.offset()));
        return new Read.HybridSearch(
                "c", List.of(), parts, fusion, search.limit(), search.offset(), search.outputs(), Optional.empty(), -1);
    }
}
