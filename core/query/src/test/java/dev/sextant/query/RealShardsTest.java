package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.catalog.Change;
import dev.sextant.engine.EngineConfig;
import dev.sextant.engine.Outcome;
import dev.sextant.language.Filters;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import dev.sextant.model.Read;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Slices;
import dev.sextant.model.VectorType;
import dev.sextant.world.Meters;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

/// Reads and resolved writes over the real engine, held against a map.
class RealShardsTest {
    private static final int KEY = Place.KEY;
    private static final int NUMBER = 101;
    private static final int VECTOR = 102;
    private static final int META = 103;
    private static final int DIMENSION = 4;
    private static final Schema SCHEMA = new Schema(
            1,
            List.of(
                    Field.of("pk", Primitive.INT64, Trait.PRIMARY_KEY).withId(KEY),
                    Field.of("number", Primitive.INT64, Trait.NULLABLE).withId(NUMBER),
                    Field.of("vector", new FieldType.Vector(VectorType.FLOAT32, DIMENSION))
                            .withId(VECTOR),
                    Field.of(Field.DYNAMIC_NAME, new FieldType.Json(), Trait.DYNAMIC)
                            .withId(META)));

    private static final class Numbers extends Place {
        Numbers(int shardCount) {
            this(shardCount, new QueryConfig(100L << 20, 100, 64, 4_096, 256, 0, 1_000, 1 << 20));
        }

        Numbers(int shardCount, QueryConfig reads) {
            this(shardCount, reads, Meters.NONE);
        }

        Numbers(int shardCount, QueryConfig reads, Meters meters) {
            super(
                    SCHEMA,
                    shardCount,
                    VECTOR,
                    Map.of("index_type", "HNSW", "metric_type", "L2"),
                    EngineConfig.DEFAULT.with(to -> {
                        to.memtableBytes = 128 << 10;
                        to.graphRows = 500;
                    }),
                    reads,
                    meters);
        }

        Outcome put(Map<Long, Stored> rows, boolean replace) {
            var keys = List.copyOf(rows.keySet());
            var stored = keys.stream().map(rows::get).toList();
            var vectors = new float[DIMENSION * keys.size()];
            for (int i = 0; i < keys.size(); i++)
                System.arraycopy(stored.get(i).vector, 0, vectors, DIMENSION * i, DIMENSION);
            var columns = Map.<Integer, Column>of(
                    KEY,
                    Column.longs(keys.stream().mapToLong(Long::longValue).toArray()),
                    NUMBER,
                    new Column.Longs(stored.stream().mapToLong(Stored::number).toArray(), Nulls.NONE),
                    VECTOR,
                    Column.Dense.of(DIMENSION, vectors),
                    META,
                    new Column.Jsons(
                            Slices.ofTexts(stored.stream().map(Stored::meta).toList()), Nulls.NONE));
            return write(parts(keys, replace, columns));
        }
    }

    private record Stored(long number, float[] vector, String meta) {
        static Stored by(Random random) {
            var vector = new float[DIMENSION];
            for (int i = 0; i < DIMENSION; i++) vector[i] = (float) random.nextGaussian();
            return new Stored(random.nextInt(1_000), vector, "{\"a\":" + random.nextInt(4) + ",\"b\":true}");
        }
    }

    @Test
    void everyReadAgreesWithAMapThroughWritesDeletesAndSeals() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        try (var place = new Numbers(2)) {
            var truth = new TreeMap<Long, Stored>();
            for (int step = 0; step < 30; step++) {
                var rows = new TreeMap<Long, Stored>();
                for (int i = random.nextInt(1, 300); i > 0; i--)
                    rows.put((long) random.nextInt(3_000), Stored.by(random));
                place.put(rows, true);
                truth.putAll(rows);
                if (random.nextInt(3) == 0) delete(place, truth, random.nextInt(1_000));
                if (random.nextInt(4) == 0) place.seal();
                check(place, truth, random, seed);
            }
        }
    }

    private static void delete(Place place, TreeMap<Long, Stored> truth, int from) {
        var text = from + " <= number < " + (from + 60) + " and a != 2";
        var outcome = Place.<Outcome>await(reply -> place.shards.write(
                place.collection(),
                new Resolution.DeleteMatching(Filters.filter(text, Map.of()), Set.of()),
                Call.local(),
                reply));
        int before = truth.size();
        truth.values().removeIf(row -> row.number >= from && row.number < from + 60 && !row.meta.contains("\"a\":2"));
        assertThat(outcome.removed()).isEqualTo(before - truth.size());
    }

    private static void check(Place place, TreeMap<Long, Stored> truth, Random random, long seed) {
        long under = random.nextInt(1_100);
        var filter = House.filter("number < " + under + " and a in [0, 1, 2]");
        var expected = truth.entrySet().stream()
                .filter(row ->
                        row.getValue().number < under && !row.getValue().meta.contains("\"a\":3"))
                .toList();
        assertThat(place.run(new Read.Count("c", List.of(), Optional.empty(), false))
                        .rows())
                .as("seed %d", seed)
                .isEqualTo(truth.size());
        var listed = place.run(
                new Read.Query("c", List.of(), filter, List.of("number", "a"), OptionalInt.empty(), 0, false));
        assertThat(((Column.Longs) listed.rows().column("pk").orElseThrow()).values())
                .as("seed %d", seed)
                .containsExactly(expected.stream().mapToLong(Map.Entry::getKey).toArray());
        assertThat(((Column.Longs) listed.rows().column("number").orElseThrow()).values())
                .containsExactly(expected.stream()
                        .mapToLong(row -> row.getValue().number)
                        .toArray());
        search(place, expected, filter, random, seed);
    }

    private static void search(
            Place place,
            List<Map.Entry<Long, Stored>> expected,
            Optional<dev.sextant.model.Filter> filter,
            Random random,
            long seed) {
        var query = Stored.by(random).vector;
        var best = expected.stream()
                .sorted((a, b) ->
                        Float.compare(distance(query, a.getValue().vector), distance(query, b.getValue().vector)))
                .limit(20)
                .toList();
        var hits = place.run(new Read.Search(
                "c",
                List.of(),
                Read.Near.of("vector", Column.Dense.of(DIMENSION, query)),
                filter,
                20,
                0,
                List.of("vector"),
                Optional.empty(),
                Optional.empty(),
                -1,
                false));
        assertThat(hits.total()).as("seed %d", seed).isEqualTo(best.size());
        var keys = new HashSet<Long>();
        for (long key : ((Column.Longs) hits.keys()).values()) keys.add(key);
        assertThat(keys).hasSize(best.size());
        long same = best.stream().filter(row -> keys.contains(row.getKey())).count();
        assertThat((double) same).as("seed %d", seed).isGreaterThanOrEqualTo(0.7 * best.size());
    }

    @Test
    void measuredRecallIsWhatTheExactComparisonSays() throws InterruptedException {
        var narrow = new QueryConfig(100L << 20, 0, 1, 4_096, 64, 0, 0, 0).measuring(false, 1);
        long hits = measured(narrow, false);
        System.out.println("a beam of 1 found " + hits + " of " + SAMPLES);
    }

    @Test
    void whereEverythingIsScannedRecallIsOne() throws InterruptedException {
        var scans = new QueryConfig(100L << 20, Integer.MAX_VALUE, 64, 4_096, 256, 0, 0, 0).measuring(false, 1);
        assertThat(measured(scans, true)).isEqualTo(SAMPLES);
    }

    /// Counters by name, as whoever collects them sees them.
    private record Collected(Map<String, LongAdder> counters) implements Meters {
        @Override
        public Counter counter(String name, String help, String... labels) {
            return counters.computeIfAbsent(name, _ -> new LongAdder())::add;
        }

        @Override
        public Timer timer(String name, String help, String... labels) {
            return _ -> {};
        }

        @Override
        public void gauge(String name, String help, DoubleSupplier value, String... labels) {}

        long of(String name) {
            return counters.get("sextant_recall_" + name + "_total").sum();
        }
    }

    /// Four standard errors: a share that so many of so many say lies further off once in ten thousand times.
    private static final double ERRORS = 4;

    @Test
    void aPoorBeamShowsInTheExportedRecallWhichAgreesWithTheTruthWithinItsOwnInterval() throws InterruptedException {
        System.out.println("seed " + 7);
        var random = new Random(7);
        var figures = new Collected(new ConcurrentHashMap<>());
        var narrow = new QueryConfig(100L << 20, 0, 1, 4_096, 64, 0, 0, 0).measuring(false, 0.5);
        try (var place = new Numbers(1, narrow, figures)) {
            var rows = new TreeMap<Long, Stored>();
            for (long key = 0; key < 3_000; key++) rows.put(key, Stored.by(random));
            place.put(rows, false);
            place.seal();
            int asked = 300, right = 0;
            for (int i = 0; i < asked; i++) {
                var query = Stored.by(random).vector;
                var found = place.run(Read.Search.of("c", "vector", Column.Dense.of(DIMENSION, query), 1));
                double nearest = rows.values().stream()
                        .mapToDouble(row -> distance(query, row.vector))
                        .min()
                        .orElseThrow();
                long key = ((Column.Longs) found.keys()).values()[0];
                if (distance(query, rows.get(key).vector) <= nearest) right++;
                for (int wait = 0; wait < 60_000 && place.shards.recall().isBusy(); wait++) Thread.sleep(1);
                place.shards.recall().restNoMore();
            }
            long wanted = figures.of("wanted"), hits = figures.of("hits");
            double truth = (double) right / asked, measured = (double) hits / wanted;
            assertThat(wanted).isBetween(100L, 200L);
            assertThat(truth).isLessThan(1);
            assertThat(measured).isLessThan(1);
            double error = Math.sqrt(Math.max(measured * (1 - measured), 1.0 / wanted) / wanted);
            assertThat(measured).isBetween(truth - ERRORS * error, truth + ERRORS * error);
        }
    }

    @Test
    void whereAShareIsSeldomASearchIsMeasuredThatComesAfterLong() throws InterruptedException {
        for (double share : new double[] {Double.MIN_VALUE, 0}) {
            var seldom = new QueryConfig(100L << 20, 0, 64, 4_096, 64, 0, 0, 0).measuring(false, share);
            try (var place = new Numbers(1, seldom)) {
                var rows = new TreeMap<Long, Stored>();
                for (long key = 0; key < 100; key++) rows.put(key, Stored.by(new Random(key)));
                place.put(rows, false);
                var search = Read.Search.of("c", "vector", Column.Dense.of(DIMENSION, new float[DIMENSION]), 10);
                place.shards.recall().longForOne();
                place.run(search);
                place.run(search); // too soon after the other
                if (share > 0) awaitSamples(place, 1);
                else assertThat(figure(place, "searches")).isZero();
            }
        }
    }

    private static final int SAMPLES = 12;

    /// Searches for the nearest row, under a filter where that is asked for, after some rows were deleted; returns how
    /// many of the searches were measured to have found it, which is checked against a map each time.
    private static long measured(QueryConfig config, boolean filtered) throws InterruptedException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        try (var place = new Numbers(2, config)) {
            var truth = new TreeMap<Long, Stored>();
            for (long key = 0; key < 3_000; key++) truth.put(key, Stored.by(random));
            place.put(truth, false);
            delete(place, truth, 100);
            place.seal();
            var filter = filtered
                    ? Optional.of(Filters.filter("number < 600", Map.of()))
                    : Optional.<dev.sextant.model.Filter>empty();
            long hits = 0;
            for (int i = 1; i <= SAMPLES; i++) {
                var query = Stored.by(random).vector;
                var found = place.run(new Read.Search(
                        "c",
                        List.of(),
                        Read.Near.of("vector", Column.Dense.of(DIMENSION, query)),
                        filter,
                        1,
                        0,
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        -1,
                        false));
                long key = ((Column.Longs) found.keys()).values()[0];
                double nearest = truth.values().stream()
                        .filter(row -> !filtered || row.number < 600)
                        .mapToDouble(row -> distance(query, row.vector))
                        .min()
                        .orElseThrow();
                if (distance(query, truth.get(key).vector) <= nearest) hits++;
                awaitSamples(place, i);
                assertThat(figure(place, "hits")).as("seed %d", seed).isEqualTo(hits);
                assertThat(figure(place, "wanted")).isEqualTo(i);
                place.shards.recall().restNoMore();
            }
            assertThat(figure(place, "given up")).isZero();
            return hits;
        }
    }

    private static void awaitSamples(Place place, int count) throws InterruptedException {
        for (int i = 0; i < 12_000 && figure(place, "searches") < count; i++) Thread.sleep(5);
        assertThat(figure(place, "searches")).isEqualTo(count);
        for (int i = 0; i < 12_000 && place.shards.recall().isBusy(); i++) Thread.sleep(5);
    }

    private static long figure(Place place, String name) {
        return place.shards.figures().getOrDefault("recall " + name + " of default.c", 0L);
    }

    @Test
    void aSampleThatHasNotBegunHoldsNothingAfterTheEnd() {
        var place = new Numbers(1, new QueryConfig(100L << 20, 0, 64, 4_096, 64, 0, 0, 0).measuring(false, 1));
        try (place) {
            var rows = new TreeMap<Long, Stored>();
            for (long key = 0; key < 2_000; key++) rows.put(key, Stored.by(new Random(key)));
            place.put(rows, false);
            place.run(Read.Search.of("c", "vector", Column.Dense.of(DIMENSION, new float[DIMENSION]), 10));
        }
        assertThat(place.shards.recall().isBusy()).isFalse();
        assertThat(place.memory.inUseBytes()).isZero();
    }

    private static float distance(float[] a, float[] b) {
        float sum = 0;
        for (int i = 0; i < a.length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }

    @Test
    void aReadThatWasBoundBeforeTheSchemaChangedIsBoundOnceMore() {
        try (var place = new Numbers(2)) {
            var random = new Random(1);
            var rows = new TreeMap<Long, Stored>();
            for (long key = 0; key < 10; key++) rows.put(key, Stored.by(random));
            place.put(rows, true);
            var before = place.collection();
            var fields = SCHEMA.fields().stream()
                    .filter(field -> field.id() != NUMBER)
                    .toList();
            place.define(new Change.AlterSchema(place.collection, new Schema(2, fields)));
            var all = new Read.Query("c", List.of(), Optional.empty(), List.of("*"), OptionalInt.empty(), 0, false);
            var found = Place.<dev.sextant.model.Records>await(
                    reply -> place.queries.run(Call.local(), before, all, reply));
            assertThat(found.rows().columns().keySet()).containsExactly("pk", "vector", "$meta");
            assertThat(found.rows().count()).isEqualTo(10);
            var gone = new Read.Query(
                    "c", List.of(), House.filter("number > 3"), List.of("number"), OptionalInt.of(3), 0, false);
            // The name means a key of the dynamic field now, which no row has.
            assertThat(Place.<dev.sextant.model.Records>await(
                                    reply -> place.queries.run(Call.local(), before, gone, reply))
                            .rows()
                            .count())
                    .isZero();
            // A delete by filter is bound by its caller, who hears that it was another schema.
            assertThatThrownBy(() -> Place.<Outcome>await(reply -> place.shards.write(
                            before,
                            new Resolution.DeleteMatching(Filters.filter("number > 3", Map.of()), Set.of()),
                            Call.local(),
                            reply)))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.refusal())
                                    .isInstanceOf(dev.sextant.model.Refusal.SchemaMismatch.class));
        }
    }

    @Test
    void aPartialUpsertKeepsWhatDidNotCome() {
        try (var place = new Numbers(2)) {
            var random = new Random(1);
            var rows = new TreeMap<Long, Stored>();
            for (long key = 0; key < 10; key++) rows.put(key, Stored.by(random));
            place.put(rows, true);
            var keys = List.of(3L, 4L, 7L);
            var columns = Map.<Integer, Column>of(
                    KEY, Column.longs(3, 4, 7),
                    NUMBER, Column.longs(-3, -4, -7),
                    META, new Column.Jsons(Slices.ofTexts(List.of("{\"c\":1}", "{\"a\":9}", "{}")), Nulls.NONE));
            var outcome = Place.<Outcome>await(reply -> place.shards.write(
                    place.collection(),
                    new Resolution.MergeRows(place.parts(keys, true, columns)),
                    Call.local(),
                    reply));
            assertThat(outcome.removed()).isEqualTo(3);
            var found = place.run(new Read.Query(
                            "c",
                            List.of(),
                            House.filter("pk in [3, 4, 7]"),
                            List.of("*"),
                            OptionalInt.empty(),
                            0,
                            false))
                    .rows();
            assertThat(((Column.Longs) found.column("number").orElseThrow()).values())
                    .containsExactly(-3, -4, -7);
            var meta = (Column.Jsons) found.column("$meta").orElseThrow();
            assertThat(meta.values().text(0)).isEqualTo(rows.get(3L).meta.replace("}", ",\"c\":1}"));
            assertThat(meta.values().text(1)).isEqualTo("{\"a\":9,\"b\":true}");
            assertThat(meta.values().text(2)).isEqualTo(rows.get(7L).meta);
            assertThat(found.column("vector").orElseThrow().rows()).isEqualTo(3);
            assertThat(place.run(new Read.Count("c", List.of(), Optional.empty(), false))
                            .rows())
                    .isEqualTo(10);
        }
    }

    @Test
    void aPartialUpsertOfARowThatIsNotThereNeedsEveryField() {
        try (var place = new Numbers(1)) {
            var columns = Map.<Integer, Column>of(KEY, Column.longs(1), NUMBER, Column.longs(1));
            assertThatThrownBy(() -> Place.<Outcome>await(reply -> place.shards.write(
                            place.collection(),
                            new Resolution.MergeRows(place.parts(List.of(1L), true, columns)),
                            Call.local(),
                            reply)))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("vector");
        }
    }
}
