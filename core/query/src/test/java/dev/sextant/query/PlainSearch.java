package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sextant.model.Hits;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.query.House.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;

/// What searches find, by a loop over all rows: the truth that answers are held against.
final class PlainSearch {
    static final long SEED = new Random().nextLong();
    /// Scans everything, so that answers can be held against plain ones exactly.
    static final QueryConfig EXACT = new QueryConfig(100L << 20, Integer.MAX_VALUE, 64, 4_096, 128, 0, 100, 1 << 20);
    /// Walks graphs wherever there are some, in small steps.
    static final QueryConfig GRAPHS = new QueryConfig(100L << 20, 0, 32, 4_096, 64, 0, 100, 1 << 20);

    record Hit(Object key, float score, Row row) {}

    record Condition(String text, Predicate<Row> holds) {}

    static final List<Condition> CONDITIONS = List.of(
            new Condition("", _ -> true),
            new Condition("number < 900", row -> row.number() < 900),
            new Condition(
                    "number < 500 and colour != 'red'",
                    row -> row.number() < 500
                            && row.colour() != null
                            && !row.colour().equals("red")),
            new Condition(
                    "number in [1, 2, 3, 500]", row -> List.of(1, 2, 3, 500).contains(row.number())),
            new Condition("number < 20", row -> row.number() < 20),
            new Condition("a == 3 or colour is null", row -> row.meta().contains("\"a\":3") || row.colour() == null),
            new Condition("number > 5000", _ -> false));

    static Read.Search search(Metric metric, float[] query, String filter, int limit, int offset) {
        return search(metric, List.of(query), filter, limit, offset);
    }

    static Read.Search search(Metric metric, List<float[]> queries, String filter, int limit, int offset) {
        var near = new Read.Near(
                "vector",
                new Read.Target.Vectors(House.vectors(queries)),
                Optional.of(metric),
                Map.of(),
                OptionalDouble.empty(),
                OptionalDouble.empty());
        return new Read.Search(
                "c",
                List.of(),
                near,
                House.filter(filter),
                limit,
                offset,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                -1,
                false);
    }

    static Read.Search with(
            Read.Search search,
            Read.Near near,
            Optional<Read.Grouping> grouping,
            Optional<Read.After> after,
            int round) {
        return new Read.Search(
                search.collection(),
                search.partitions(),
                near,
                search.filter(),
                search.limit(),
                search.offset(),
                search.outputs(),
                grouping,
                after,
                round,
                search.sealedOnly());
    }

    static List<Hit> expected(House house, Metric metric, float[] query, Predicate<Row> holds) {
        return best(
                house,
                row -> score(metric, query, row.vector()),
                metric.largerIsBetter(),
                row -> row.vector() != null && holds.test(row));
    }

    /// All rows by (score, key), the best version of each key.
    static List<Hit> best(House house, Function<Row, Float> score, boolean larger, Predicate<Row> holds) {
        var hits = new ArrayList<Hit>();
        for (var row : house.rows) if (holds.test(row)) hits.add(new Hit(row.key(), score.apply(row), row));
        hits.sort(Comparator.<Hit>comparingDouble(hit -> larger ? -hit.score : hit.score)
                .thenComparing(Hit::key, House::compareKeys));
        var seen = new HashSet<>();
        hits.removeIf(hit -> !seen.add(hit.key));
        return hits;
    }

    static float score(Metric metric, float[] a, float[] b) {
        if (b == null) return Float.NaN;
        double dot = 0, aa = 0, bb = 0;
        for (int i = 0; i < a.length; i++) {
            dot += a[i] * b[i];
            aa += a[i] * a[i];
            bb += b[i] * b[i];
        }
        return (float)
                switch (metric) {
                    case L2 -> l2(a, b);
                    case IP -> dot;
                    case COSINE -> dot / Math.sqrt(aa * bb);
                    case HAMMING, JACCARD, MHJACCARD, BM25 -> throw new AssertionError(metric);
                };
    }

    static float l2(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += (double) (a[i] - b[i]) * (a[i] - b[i]);
        return (float) sum;
    }

    static int hamming(byte[] a, byte[] b) {
        int bits = 0;
        for (int i = 0; i < a.length; i++) bits += Integer.bitCount((a[i] ^ b[i]) & 0xff);
        return bits;
    }

    static void compare(Hits hits, List<Hit> expected) {
        compare(hits, expected, false);
    }

    /// @param rounded the scores are quotients, so that equal ones may differ in the last bit
    static void compare(Hits hits, List<Hit> expected, boolean rounded) {
        assertThat(hits.total()).as("seed %d", SEED).isEqualTo(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(hits.scores()[i]).as("seed %d, hit %d", SEED, i).isCloseTo(expected.get(i).score, within(1e-3f));
            // Scores that arithmetic cannot tell apart may change places; short sums of small numbers are exact.
            boolean tied = i > 0 && Math.abs(expected.get(i - 1).score - expected.get(i).score) < 1e-5
                    || i + 1 < expected.size() && Math.abs(expected.get(i + 1).score - expected.get(i).score) < 1e-5;
            boolean exact = !rounded && 64 * expected.get(i).score == Math.rint(64 * expected.get(i).score);
            if (!tied || exact)
                assertThat(House.key(hits.keys(), i))
                        .as("seed %d, hit %d", SEED, i)
                        .isEqualTo(expected.get(i).key);
        }
    }

    private PlainSearch() {}
}
