package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sextant.engine.EngineConfig;
import dev.sextant.engine.Mutation;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Hits;
import dev.sextant.model.Read;
import dev.sextant.model.Schema;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;
import dev.sextant.world.Meters;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Relevance through the real engine, over rows of terms made by hand, held against the formula.
class RelevanceTest {
    private static final int TERMS = 101;
    private static final float K1 = 0.9f;
    private static final float B = 0.4f;

    private static final Schema SCHEMA = new Schema(
            1,
            List.of(
                    Field.of("pk", Primitive.INT64, Trait.PRIMARY_KEY).withId(Place.KEY),
                    Field.of("terms", new FieldType.Vector(VectorType.SPARSE, 0))
                            .withId(TERMS)));

    private static final class Texts extends Place {
        final Map<Long, Map<Integer, Float>> rows = new TreeMap<>();

        Texts(int shardCount, Map<String, String> parameters) {
            super(
                    SCHEMA,
                    shardCount,
                    TERMS,
                    parameters,
                    EngineConfig.DEFAULT.with(to -> {
                        to.memtableBytes = 8 << 20;
                        to.graphRows = 200;
                    }),
                    new QueryConfig(100L << 20, 0, 64, 4_096, 256, 0, 1_000, 1 << 20),
                    Meters.NONE);
        }

        void put(Map<Long, Map<Integer, Float>> more) {
            var keys = List.copyOf(more.keySet());
            var columns = Map.<Integer, Column>of(
                    KEY,
                    Column.longs(keys.stream().mapToLong(Long::longValue).toArray()),
                    TERMS,
                    House.sparses(keys.stream().map(more::get).toList()));
            write(parts(keys, false, columns));
            rows.putAll(more);
        }

        void remove(List<Long> keys) {
            var c = collection();
            var parts = c.shards().stream()
                    .map(shard -> new Mutation.Part(
                            shard,
                            Optional.of(new Mutation.Removal(
                                    Column.longs(keys.stream()
                                            .mapToLong(Long::longValue)
                                            .toArray()),
                                    0)),
                            Optional.empty()))
                    .toList();
            write(parts);
        }

        void sealAndIndex() {
            seal();
            long until = System.nanoTime() + 60_000_000_000L;
            while (true) {
                var progress = engine.indexProgress(collection, index);
                boolean served = engine.segments(collection).stream().noneMatch(segment -> segment.rows() == 0);
                if (progress.indexedRows() == progress.totalRows() && served) return;
                assertThat(System.nanoTime()).as("%s", progress).isLessThan(until);
                java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
            }
        }

        Hits search(Read.Near near, int limit, Optional<Read.After> after) {
            return await(reply -> queries.run(
                    Call.local(),
                    collection(),
                    new Read.Search(
                            "c",
                            List.of(),
                            near,
                            Optional.empty(),
                            limit,
                            0,
                            List.of(),
                            Optional.empty(),
                            after,
                            -1,
                            false),
                    reply));
        }

        /// All keys that are found, page by page, each once.
        Set<Long> pages(Map<Integer, Float> terms, int size) {
            var near = Read.Near.of("terms", House.sparses(List.of(terms)));
            var found = new HashSet<Long>();
            var after = Optional.<Read.After>empty();
            while (true) {
                var hits = search(near, size, after);
                int n = hits.keys().rows();
                if (n == 0) return found;
                for (long key : ((Column.Longs) hits.keys()).values())
                    assertThat(found.add(key)).isTrue();
                after = Optional.of(
                        new Read.After(hits.scores()[n - 1], Value.of(((Column.Longs) hits.keys()).values()[n - 1])));
            }
        }

        Hits search(Map<Integer, Float> terms, int limit) {
            return await(reply -> queries.run(
                    Call.local(),
                    collection(),
                    Read.Search.of("c", "terms", House.sparses(List.of(terms)), limit),
                    reply));
        }

        /// By the formula, in double; the statistics of all rows ever written.
        Map<Long, Double> expected(Map<Integer, Float> query, Set<Long> gone) {
            double total = 0;
            var lengths = new HashMap<Long, Double>();
            for (var row : rows.entrySet()) {
                double length =
                        row.getValue().values().stream().mapToDouble(f -> f).sum();
                lengths.put(row.getKey(), length);
                total += length;
            }
            double average = total / rows.size();
            var scores = new HashMap<Long, Double>();
            query.forEach((term, times) -> {
                long n = rows.values().stream()
                        .filter(row -> row.containsKey(term))
                        .count();
                double idf = Math.log(1 + (rows.size() - n + 0.5) / (n + 0.5));
                rows.forEach((key, row) -> {
                    if (gone.contains(key) || !row.containsKey(term)) return;
                    double f = row.get(term);
                    double norm = K1 * (1 - B + B * lengths.get(key) / average);
                    scores.merge(key, idf * times * f * (K1 + 1) / (f + norm), Double::sum);
                });
            });
            return scores;
        }

        void check(Random random, Set<Long> gone) {
            for (int q = 0; q < 20; q++) {
                var query = terms(random, 1 + random.nextInt(5));
                var expected = expected(query, gone);
                var best = expected.entrySet().stream()
                        .sorted(Comparator.<Map.Entry<Long, Double>>comparingDouble(e -> -e.getValue()))
                        .toList();
                int limit = q % 5 == 0 ? 500 : 10;
                var hits = search(query, limit);
                assertThat(hits.keys().rows()).isEqualTo(Math.min(limit, best.size()));
                for (int i = 0; i < hits.keys().rows(); i++) {
                    long key = ((Column.Longs) hits.keys()).values()[i];
                    assertThat((double) hits.scores()[i]).isCloseTo(expected.get(key), within(1e-4));
                    assertThat((double) hits.scores()[i]).isCloseTo(best.get(i).getValue(), within(1e-4));
                }
            }
        }
    }

    private static Map<Integer, Float> terms(Random random, int count) {
        var terms = new TreeMap<Integer, Float>();
        for (int i = 0; i < count; i++)
            terms.put((int) (300 * random.nextDouble() * random.nextDouble()), 1f + random.nextInt(3));
        return terms;
    }

    private static Map<Long, Map<Integer, Float>> rows(Random random, long from, int count) {
        var rows = new LinkedHashMap<Long, Map<Integer, Float>>();
        for (long key = from; key < from + count; key++) rows.put(key, terms(random, random.nextInt(30)));
        return rows;
    }

    @Test
    void scoresFollowTheFormulaWhileRowsGrowAreSealedIndexedAndDeleted() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        for (var type : List.of("AUTOINDEX", "SPARSE_INVERTED_INDEX", "SPARSE_WAND")) {
            var random = new Random(seed);
            var parameters = Map.of("index_type", type, "metric_type", "BM25", "bm25_k1", "" + K1, "bm25_b", "" + B);
            try (var place = new Texts(2, parameters)) {
                place.put(rows(random, 0, 700));
                place.check(random, Set.of());
                place.sealAndIndex();
                place.check(random, Set.of());
                place.put(rows(random, 700, 400)); // the indexes' averages are no longer that of all
                place.check(random, Set.of());
                place.sealAndIndex();
                var gone = LongStream.range(100, 180).boxed().toList();
                place.remove(gone); // still counted, no longer found
                place.check(random, Set.copyOf(gone));
            }
        }
    }

    @Test
    void aTextThatSharesNothingAndAnEmptyOneFindNothing() {
        try (var place = new Texts(1, Map.of("metric_type", "BM25"))) {
            assertThat(place.search(Map.of(5, 1f), 3).keys().rows()).isZero();
            place.put(rows(new Random(3), 0, 300));
            assertThat(place.search(Map.of(100_000, 1f), 3).keys().rows()).isZero();
            assertThat(place.search(Map.of(), 3).keys().rows()).isZero();
            assertThat(place.search(Map.of(1, 1f), 3).scores()[0]).isPositive();
        }
    }

    @Test
    @Tag("slow")
    void pagesAndRangesAreWholeWhereListsLead() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (var algorithm : List.of("SINDI", "DAAT_MAXSCORE", "BLOCK_MAX_WAND")) {
            var parameters = Map.of(
                    "index_type",
                    "SPARSE_INVERTED_INDEX",
                    "inverted_index_algo",
                    algorithm,
                    "metric_type",
                    "BM25",
                    "bm25_k1",
                    "" + K1,
                    "bm25_b",
                    "" + B);
            try (var place = new Texts(1, parameters)) {
                place.put(rows(random, 0, 900));
                place.sealAndIndex();
                for (int q = 0; q < 4; q++) {
                    var query = terms(random, 3);
                    var all = place.expected(query, Set.of());
                    if (all.isEmpty()) continue;
                    assertThat(place.pages(query, 40)).isEqualTo(all.keySet());
                    double radius = all.values().stream().sorted().toList().get(all.size() / 3);
                    long within = all.values().stream()
                            .filter(score -> score > radius * 1.0001)
                            .count();
                    var near = new Read.Near(
                            "terms",
                            new Read.Target.Vectors(House.sparses(List.of(query))),
                            Optional.empty(),
                            Map.of(),
                            OptionalDouble.of(radius * 1.0001),
                            OptionalDouble.empty());
                    var hits = place.search(near, 1_000, Optional.empty());
                    assertThat((long) hits.keys().rows()).isEqualTo(within);
                }
            }
        }
    }
}
