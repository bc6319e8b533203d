package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Hits;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Scanned;
import dev.sextant.model.Value;
import dev.sextant.query.House.Row;
import dev.sextant.query.House.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SearchTest {
    private static final long SEED = new Random().nextLong();
    /// Scans everything, so that answers can be held against plain ones exactly.
    private static final QueryConfig EXACT =
            new QueryConfig(100L << 20, Integer.MAX_VALUE, 64, 4_096, 128, 0, 100, 1 << 20);
    /// Walks graphs wherever there are some, in small steps.
    private static final QueryConfig GRAPHS = new QueryConfig(100L << 20, 0, 32, 4_096, 64, 0, 100, 1 << 20);

    private record Hit(Object key, float score, Row row) {}

    private record Condition(String text, Predicate<Row> holds) {}

    private static final List<Condition> CONDITIONS = List.of(
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

    @Test
    void anExactSearchIsTheSortedTruth() {
        System.out.println("seed " + SEED);
        var random = new Random(SEED);
        for (var metric : List.of(Metric.L2, Metric.IP, Metric.COSINE))
            try (var house = new House(
                    random.nextLong(), new Shape(2, 3, 150, 1.5, random.nextBoolean(), metric, true), EXACT)) {
                for (var condition : CONDITIONS)
                    for (int limit : new int[] {1, 10, 1_000}) {
                        var query = house.vector();
                        var expected = expected(house, metric, query, condition.holds);
                        compare(
                                house.run(search(metric, query, condition.text, limit, 3)),
                                expected.stream().skip(3).limit(limit).toList(),
                                metric == Metric.COSINE);
                    }
            }
    }

    @Test
    void asManyHitsComeBackAsMatchWhateverThePlan() {
        System.out.println("seed " + SEED);
        var random = new Random(SEED);
        for (double duplicates : new double[] {1, 4})
            try (var house =
                    new House(random.nextLong(), new Shape(2, 2, 1_200, duplicates, false, Metric.L2, true), GRAPHS)) {
                for (var condition : CONDITIONS)
                    for (int limit : new int[] {1, 10, 100, 3_000}) {
                        var query = house.vector();
                        var expected = expected(house, Metric.L2, query, condition.holds);
                        var hits = house.run(search(Metric.L2, query, condition.text, limit, 0));
                        assertThat(hits.total())
                                .as("seed %d, %s, limit %d", SEED, condition.text, limit)
                                .isEqualTo(Math.min(limit, expected.size()));
                        var truth = new LinkedHashMap<Object, Float>();
                        for (var hit : expected) truth.put(hit.key, hit.score);
                        for (int i = 0; i < hits.total(); i++)
                            assertThat(hits.scores()[i])
                                    .isGreaterThanOrEqualTo(truth.get(House.key(hits.keys(), i)) - 1e-3f);
                        long good = IntStream.range(0, hits.total())
                                .filter(i -> hits.scores()[i] <= expected.get(hits.total() - 1).score + 1e-3f)
                                .count();
                        assertThat((double) good)
                                .as("seed %d, %s, limit %d", SEED, condition.text, limit)
                                .isGreaterThanOrEqualTo(Math.floor(0.7 * hits.total())); // a graph may miss any one
                    }
            }
    }

    @Test
    void asManyHitsComeBackAsAreInRangeWhateverVersionsStandBeforeThem() {
        System.out.println("seed " + SEED);
        try (var house = new House(SEED, new Shape(1, 2, 1_200, 40, false, Metric.L2, true), GRAPHS)) {
            var query = house.vector();
            // The growing part is scanned to its end, and would bring every key.
            var all = expected(house, Metric.L2, query, row -> !row.growing());
            var range = new Read.Near(
                    "vector",
                    new Read.Target.Vectors(House.vectors(List.of(query))),
                    Optional.of(Metric.L2),
                    Map.of(),
                    OptionalDouble.of(1e9),
                    OptionalDouble.empty());
            for (int limit : new int[] {10, 25, 50}) {
                var hits = house.run(new Read.Search(
                        "c",
                        List.of(),
                        range,
                        Optional.empty(),
                        limit,
                        0,
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        -1,
                        true));
                assertThat(hits.total()).as("seed %d, limit %d", SEED, limit).isEqualTo(Math.min(limit, all.size()));
            }
        }
    }

    @Test
    void rowsThatTieRankBySmallerKey() {
        try (var house = new House(SEED, new Shape(2, 3, 400, 1.3, true, Metric.L2, false), EXACT)) {
            var query = new byte[] {3, 7};
            var expected = best(house, row -> (float) hamming(query, row.binary()), false, _ -> true);
            var queries = new Column.Dense(
                    dev.sextant.model.VectorType.BINARY,
                    16,
                    java.lang.foreign.MemorySegment.ofArray(query),
                    dev.sextant.model.Nulls.NONE);
            compare(
                    house.run(Read.Search.of("c", "binary", queries, 50)),
                    expected.stream().limit(50).toList());
        }
    }

    @Test
    void aSparseRowThatSharesNothingIsNoHit() {
        try (var house = new House(SEED, new Shape(1, 2, 300, 1, false, Metric.L2, false), EXACT)) {
            var query = Map.of(2, 1f, 5, 0.5f);
            Function<Row, Float> score = row -> (float) query.entrySet().stream()
                    .mapToDouble(cell -> cell.getValue() * row.sparse().getOrDefault(cell.getKey(), 0f))
                    .sum();
            var expected = best(house, score, true, row -> score.apply(row) > 0);
            compare(house.run(Read.Search.of("c", "sparse", House.sparses(List.of(query)), 1_000)), expected);
        }
    }

    @Test
    void aRangeHoldsOnBothSides() {
        try (var house = new House(SEED, new Shape(2, 2, 500, 1, false, Metric.L2, true), EXACT)) {
            var query = house.vector();
            var all = expected(house, Metric.L2, query, _ -> true);
            float near = (all.get(20).score + all.get(21).score) / 2;
            float far = (all.get(200).score + all.get(201).score) / 2;
            var expected = expected(
                    house, Metric.L2, query, row -> l2(query, row.vector()) >= near && l2(query, row.vector()) < far);
            var base = search(Metric.L2, query, "", 1_000, 0);
            var range = new Read.Near(
                    "vector",
                    base.near().target(),
                    Optional.of(Metric.L2),
                    Map.of(),
                    OptionalDouble.of(far),
                    OptionalDouble.of(near));
            compare(house.run(with(base, range, Optional.empty(), Optional.empty(), -1)), expected);
            assertThatThrownBy(() -> house.run(with(
                            base,
                            new Read.Near(
                                    "vector",
                                    base.near().target(),
                                    Optional.of(Metric.L2),
                                    Map.of(),
                                    OptionalDouble.of(near),
                                    OptionalDouble.of(far)),
                            Optional.empty(),
                            Optional.empty(),
                            -1)))
                    .hasMessageContaining("must be less than radius");
        }
    }

    @Test
    void pagesAfterTheLastHitLeaveNothingOutAndRepeatNothing() {
        for (var config : List.of(EXACT, GRAPHS))
            try (var house = new House(SEED, new Shape(2, 2, 400, 0, true, Metric.IP, true), config)) {
                var query = house.vector();
                int matching = expected(house, Metric.IP, query, _ -> true).size();
                var seen = new HashSet<>();
                Optional<Read.After> after = Optional.empty();
                while (true) {
                    var base = search(Metric.IP, query, "", 64, 0);
                    var page = house.run(with(base, base.near(), Optional.empty(), after, -1));
                    if (page.total() == 0) break;
                    for (int i = 0; i < page.total(); i++)
                        assertThat(seen.add(House.key(page.keys(), i)))
                                .as("seed %d", SEED)
                                .isTrue();
                    int last = page.total() - 1;
                    after = Optional.of(
                            new Read.After(page.scores()[last], Value.of((String) House.key(page.keys(), last))));
                }
                assertThat(seen.size())
                        .as("seed %d", SEED)
                        .isGreaterThanOrEqualTo(config == EXACT ? matching : matching * 9 / 10);
            }
    }

    @Test
    void aKeyThatStoodOnAPageBeforeComesInNoOtherVersion() {
        try (var house = new House(SEED, new Shape(2, 2, 200, 4, false, Metric.L2, false), EXACT)) {
            var query = house.vector();
            var expected = expected(house, Metric.L2, query, _ -> true);
            var seen = new ArrayList<Object>();
            Optional<Read.After> after = Optional.empty();
            while (true) {
                var base = search(Metric.L2, query, "", 17, 0);
                var page = house.run(with(base, base.near(), Optional.empty(), after, -1));
                if (page.total() == 0) break;
                for (int i = 0; i < page.total(); i++) seen.add(House.key(page.keys(), i));
                int last = page.total() - 1;
                after = Optional.of(new Read.After(page.scores()[last], Value.of((Long) House.key(page.keys(), last))));
            }
            assertThat(seen).as("seed %d", SEED).doesNotHaveDuplicates().hasSize(expected.size());
        }
    }

    @Test
    void roundedScoresTieByKey() {
        try (var house = new House(SEED, new Shape(2, 2, 400, 1.4, false, Metric.L2, false), EXACT)) {
            var query = house.vector();
            var expected = best(
                    house,
                    row -> row.vector() == null ? Float.NaN : Math.round(l2(query, row.vector())),
                    false,
                    row -> row.vector() != null);
            var base = search(Metric.L2, query, "", 60, 0);
            compare(
                    house.run(with(base, base.near(), Optional.empty(), Optional.empty(), 0)),
                    expected.stream().limit(60).toList());
        }
    }

    @Test
    void groupsRankByTheirBestHitAndHoldTheirBest() {
        for (boolean strict : new boolean[] {true, false})
            for (var config : List.of(EXACT, GRAPHS))
                try (var house = new House(SEED, new Shape(2, 2, 500, 1.2, false, Metric.L2, true), config)) {
                    var query = house.vector();
                    var groups = new LinkedHashMap<String, List<Hit>>();
                    for (var hit : expected(house, Metric.L2, query, _ -> true))
                        groups.computeIfAbsent(hit.row.colour(), _ -> new ArrayList<>())
                                .add(hit);
                    var expected = groups.values().stream()
                            .skip(1)
                            .limit(2)
                            .flatMap(group -> group.stream().limit(3))
                            .toList();
                    var base = search(Metric.L2, query, "", 2, 1);
                    var hits = house.run(with(
                            base,
                            base.near(),
                            Optional.of(new Read.Grouping("colour", 3, strict)),
                            Optional.empty(),
                            -1));
                    if (config == EXACT) compare(hits, expected);
                    else if (strict) assertThat(hits.total()).isEqualTo(6);
                    assertThat(hits.groups()).hasSize(1);
                }
    }

    @Test
    void groupsByJsonTextsThatLookLikeNumbersAndByObjectsHoldTheirBest() {
        try (var house = new House(SEED, new Shape(2, 2, 300, 0, false, Metric.L2, false), EXACT)) {
            var query = house.vector();
            var groups = new LinkedHashMap<String, List<Hit>>();
            for (var hit : expected(house, Metric.L2, query, _ -> true))
                groups.computeIfAbsent(hit.row.meta().replaceAll("^.*\"day\":(.*)}$", "$1"), _ -> new ArrayList<>())
                        .add(hit);
            assertThat(groups).hasSizeGreaterThan(2);
            var expected = groups.values().stream()
                    .flatMap(group -> group.stream().limit(3))
                    .toList();
            var base = search(Metric.L2, query, "", groups.size(), 0);
            compare(
                    house.run(with(
                            base, base.near(), Optional.of(new Read.Grouping("day", 3, true)), Optional.empty(), -1)),
                    expected);
        }
    }

    @Test
    void storedVectorsAreSearchedForInTheOrderOfTheirKeys() {
        try (var house = new House(SEED, new Shape(2, 2, 300, 1, false, Metric.L2, false), EXACT)) {
            var rows = house.rows.stream()
                    .filter(row -> row.vector() != null)
                    .collect(java.util.stream.Collectors.toMap(Row::key, row -> row, (a, b) -> a));
            var unique = house.rows.stream()
                    .filter(row -> row.vector() != null
                            && house.rows.stream()
                                            .filter(other -> other.key().equals(row.key()))
                                            .count()
                                    == 1)
                    .limit(2)
                    .toList();
            assertThat(rows).isNotEmpty();
            var keys = house.keys(unique.stream()
                    .map(Row::key)
                    .sorted((a, b) -> House.compareKeys(b, a))
                    .toList());
            var near = new Read.Near(
                    "vector",
                    new Read.Target.Keys(keys),
                    Optional.of(Metric.L2),
                    Map.of(),
                    OptionalDouble.empty(),
                    OptionalDouble.empty());
            var hits = house.run(
                    with(search(Metric.L2, house.vector(), "", 1, 0), near, Optional.empty(), Optional.empty(), -1));
            assertThat(hits.counts()).containsExactly(1, 1);
            assertThat(hits.scores()).containsExactly(0, 0);
            assertThat(House.compareKeys(House.key(hits.keys(), 0), House.key(hits.keys(), 1)))
                    .isNegative();
            var absent = new Read.Near(
                    "vector",
                    new Read.Target.Keys(Column.longs(-5)),
                    Optional.of(Metric.L2),
                    Map.of(),
                    OptionalDouble.empty(),
                    OptionalDouble.empty());
            assertThatThrownBy(() -> house.run(with(
                            search(Metric.L2, house.vector(), "", 1, 0),
                            absent,
                            Optional.empty(),
                            Optional.empty(),
                            -1)))
                    .hasMessageContaining("missing IDs = [-5]");
        }
    }

    @Test
    void fusedListsAddUpTheirShares() {
        try (var house = new House(SEED, new Shape(2, 2, 200, 1, false, Metric.COSINE, false), EXACT)) {
            var query = house.vector();
            var other = house.vector();
            var first = expected(house, Metric.COSINE, query, _ -> true).stream()
                    .limit(20)
                    .toList();
            var second = expected(house, Metric.COSINE, other, row -> row.number() < 700).stream()
                    .limit(15)
                    .toList();
            var sums = new LinkedHashMap<Object, Double>();
            for (int i = 0; i < first.size(); i++) sums.merge(first.get(i).key, 1.0 / (60 + i + 1), Double::sum);
            for (int i = 0; i < second.size(); i++) sums.merge(second.get(i).key, 1.0 / (60 + i + 1), Double::sum);
            var expected = sums.entrySet().stream()
                    .map(sum -> new Hit(sum.getKey(), sum.getValue().floatValue(), null))
                    .sorted(Comparator.<Hit>comparingDouble(hit -> -hit.score)
                            .thenComparing(Hit::key, House::compareKeys))
                    .skip(2)
                    .limit(10)
                    .toList();
            var hits = house.run(new Read.HybridSearch(
                    "c",
                    List.of(),
                    List.of(
                            new Read.Part(Read.Near.of("vector", House.vectors(List.of(query))), Optional.empty(), 20),
                            new Read.Part(
                                    Read.Near.of("vector", House.vectors(List.of(other))),
                                    House.filter("number < 700"),
                                    15)),
                    new Read.Fusion.ReciprocalRank(60),
                    10,
                    2,
                    List.of("number"),
                    Optional.empty(),
                    -1));
            compare(hits, expected);
            assertThat(hits.outputs().column("number")).isPresent();
        }
    }

    @Test
    void eachQueryHasItsOwnHits() {
        try (var house = new House(SEED, new Shape(2, 2, 300, 1.2, false, Metric.L2, true), EXACT)) {
            var first = house.vector();
            var second = house.vector();
            var search = Read.Search.of(
                    "c", "vector", House.vectors(Arrays.asList(first, null, second)), 7, "number", "a", "pk");
            var hits = house.run(with(
                    search,
                    new Read.Near(
                            "vector",
                            search.near().target(),
                            Optional.of(Metric.L2),
                            Map.of(),
                            OptionalDouble.empty(),
                            OptionalDouble.empty()),
                    Optional.empty(),
                    Optional.empty(),
                    -1));
            assertThat(hits.counts()).containsExactly(7, 0, 7);
            var expected =
                    new ArrayList<>(expected(house, Metric.L2, first, _ -> true).subList(0, 7));
            expected.addAll(expected(house, Metric.L2, second, _ -> true).subList(0, 7));
            compare(hits, expected);
            var numbers = (Column.Ints) hits.outputs().column("number").orElseThrow();
            var meta = (Column.Jsons) hits.outputs().column("$meta").orElseThrow();
            for (int i = 0; i < expected.size(); i++) {
                assertThat(numbers.values()[i]).isEqualTo(expected.get(i).row.number());
                assertThat(meta.values().text(i))
                        .isEqualTo(expected.get(i).row.meta().replaceAll(",\"b\".*", "}"));
            }
        }
    }

    @Test
    void memoryReturnsToWhatItWas() {
        try (var house = new House(SEED, new Shape(2, 2, 300, 1.2, false, Metric.L2, true), GRAPHS)) {
            house.run(search(Metric.L2, house.vector(), "number < 800", 100, 0));
            for (int i = 0; i < 20; i++) house.run(search(Metric.L2, house.vector(), "number < 800", 100, 0));
            assertThat(house.memory.byName()).doesNotContainKey("answers");
        }
    }

    @Test
    @Tag("slow")
    void queriesThatShareAPassOverTheRowsFindWhatEachFindsAlone() {
        System.out.println("seed " + SEED);
        var random = new Random(SEED);
        // Blocks of a thousand rows and more, by the filter, and groups of 128 queries: both are crossed.
        try (var house = new House(
                random.nextLong(), new Shape(1, 2, 6_000, 1.2, random.nextBoolean(), Metric.L2, false), EXACT)) {
            var vectors = new ArrayList<float[]>();
            for (int i = 0; i < 150; i++) vectors.add(i % 40 == 7 ? null : house.vector());
            for (var condition : CONDITIONS)
                for (int limit : new int[] {1, 25}) {
                    var together = house.run(search(Metric.L2, vectors, condition.text, limit, 0));
                    long rows = 0;
                    for (int query = 0, from = 0; query < vectors.size(); from += together.counts()[query++]) {
                        var of = "seed %d, %s, limit %d, query %d".formatted(SEED, condition.text, limit, query);
                        if (vectors.get(query) == null) {
                            assertThat(together.counts()[query]).as(of).isZero();
                            continue;
                        }
                        if (query % 16 > 0 && query != 127) continue; // to be quick
                        var alone = house.run(search(Metric.L2, vectors.get(query), condition.text, limit, 0));
                        rows += alone.scanned().rows();
                        assertThat(together.counts()[query]).as(of).isEqualTo(alone.total());
                        for (int i = 0; i < alone.total(); i++) {
                            assertThat(House.key(together.keys(), from + i))
                                    .as(of)
                                    .isEqualTo(House.key(alone.keys(), i));
                            assertThat(together.scores()[from + i]).as(of).isEqualTo(alone.scores()[i]);
                        }
                        if (query % 32 == 0)
                            compare(
                                    alone,
                                    expected(house, Metric.L2, vectors.get(query), condition.holds).stream()
                                            .limit(limit)
                                            .toList());
                    }
                    assertThat(together.scanned().rows()).isGreaterThanOrEqualTo(rows);
                }
        }
    }

    @Test
    void queriesThatWalkInTurnFindWhatEachFindsAlone() {
        System.out.println("seed " + SEED);
        var random = new Random(SEED);
        try (var house = new House(
                random.nextLong(), new Shape(1, 2, 1_500, 1.2, random.nextBoolean(), Metric.L2, true), GRAPHS)) {
            var vectors = new ArrayList<float[]>();
            for (int i = 0; i < 40; i++) vectors.add(i % 17 == 7 ? null : house.vector());
            for (var condition : CONDITIONS) {
                var together = house.run(search(Metric.L2, vectors, condition.text, 10, 0));
                for (int query = 0, from = 0; query < vectors.size(); from += together.counts()[query++]) {
                    var of = "seed %d, %s, query %d".formatted(SEED, condition.text, query);
                    if (vectors.get(query) == null) {
                        assertThat(together.counts()[query]).as(of).isZero();
                        continue;
                    }
                    var alone = house.run(search(Metric.L2, vectors.get(query), condition.text, 10, 0));
                    assertThat(together.counts()[query]).as(of).isEqualTo(alone.total());
                    for (int i = 0; i < alone.total(); i++) {
                        assertThat(House.key(together.keys(), from + i)).as(of).isEqualTo(House.key(alone.keys(), i));
                        assertThat(together.scores()[from + i]).as(of).isEqualTo(alone.scores()[i]);
                    }
                }
            }
        }
    }

    @Test
    void whereMemoryIsShortWalksGoFewerAtATimeAndFindTheSame() {
        System.out.println("seed " + SEED);
        try (var house = new House(SEED, new Shape(1, 1, 1_500, 0, false, Metric.L2, true), GRAPHS)) {
            var vectors = IntStream.range(0, 30).mapToObj(_ -> house.vector()).toList();
            var alone = vectors.stream()
                    .map(vector -> house.run(search(Metric.L2, vector, "", 10, 0)))
                    .toList();
            long before = house.memory.inUseBytes();
            int answered = 0;
            // From what is too little for the answer to what is enough for all walks in turn.
            for (long free = 32 << 10; free <= 512 << 10; free += 8 << 10) {
                Hits together;
                try (var _ = house.memory.reserve("others", house.memory.limitBytes() - before - free)) {
                    together = house.run(search(Metric.L2, vectors, "", 10, 0));
                } catch (Refused refused) {
                    assertThat(refused.refusal()).isInstanceOf(Refusal.OutOfMemory.class);
                    continue;
                }
                answered++;
                for (int query = 0; query < vectors.size(); query++)
                    for (int i = 0; i < 10; i++) {
                        assertThat(together.scores()[10 * query + i])
                                .isEqualTo(alone.get(query).scores()[i]);
                        assertThat(House.key(together.keys(), 10 * query + i))
                                .isEqualTo(House.key(alone.get(query).keys(), i));
                    }
            }
            assertThat(answered).isGreaterThan(10);
        }
    }

    @Test
    @Tag("slow")
    void requestsOfManyQueriesMakeWayForOneThatCameLater() throws Exception {
        System.out.println("seed " + SEED);
        try (var house = new House(SEED, new Shape(1, 1, 1_500, 0, false, Metric.L2, true), GRAPHS)) {
            var many = IntStream.range(0, 3_000).mapToObj(_ -> house.vector()).toList();
            var order = new LinkedBlockingQueue<String>();
            // More than there are workers.
            for (int i = 0; i < 3; i++) submit(house, search(Metric.L2, many, "", 10, 0), "many", order);
            submit(house, search(Metric.L2, house.vector(), "", 10, 0), "one", order);
            assertThat(order.poll(60, TimeUnit.SECONDS)).isEqualTo("one");
            for (int i = 0; i < 3; i++)
                assertThat(order.poll(60, TimeUnit.SECONDS)).isEqualTo("many");
        }
    }

    private static void submit(House house, Read.Search search, String name, Queue<String> order) {
        house.queries.run(Call.local(), house.collection, search, new Reply<Hits>() {
            @Override
            public void complete(Hits answer) {
                order.add(name);
            }

            @Override
            public void fail(Throwable reason) {
                order.add(reason.toString());
            }
        });
    }

    @Test
    void anExactScanTouchesTheBytesOfEachMatchingRowOnceAQuery() {
        System.out.println("seed " + SEED);
        try (var house = new House(SEED, new Shape(2, 2, 1_500, 0, false, Metric.L2, false), EXACT)) {
            for (var condition : CONDITIONS) {
                long matching = house.rows.stream()
                        .filter(row -> row.vector() != null && condition.holds.test(row))
                        .count();
                for (int queries : new int[] {1, 5}) {
                    var vectors = IntStream.range(0, queries)
                            .mapToObj(_ -> house.vector())
                            .toList();
                    var scanned = house.run(search(Metric.L2, vectors, condition.text, 10, 0))
                            .scanned();
                    assertThat(scanned)
                            .as("seed %d, %s", SEED, condition.text)
                            .isEqualTo(new Scanned(queries * matching, queries * matching * 4 * House.DIMENSION));
                }
            }
        }
    }

    private static Read.Search search(Metric metric, float[] query, String filter, int limit, int offset) {
        return search(metric, List.of(query), filter, limit, offset);
    }

    private static Read.Search search(Metric metric, List<float[]> queries, String filter, int limit, int offset) {
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

    private static Read.Search with(
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

    private static List<Hit> expected(House house, Metric metric, float[] query, Predicate<Row> holds) {
        return best(
                house,
                row -> score(metric, query, row.vector()),
                metric.largerIsBetter(),
                row -> row.vector() != null && holds.test(row));
    }

    /// All rows by (score, key), the best version of each key.
    private static List<Hit> best(House house, Function<Row, Float> score, boolean larger, Predicate<Row> holds) {
        var hits = new ArrayList<Hit>();
        for (var row : house.rows) if (holds.test(row)) hits.add(new Hit(row.key(), score.apply(row), row));
        hits.sort(Comparator.<Hit>comparingDouble(hit -> larger ? -hit.score : hit.score)
                .thenComparing(Hit::key, House::compareKeys));
        var seen = new HashSet<>();
        hits.removeIf(hit -> !seen.add(hit.key));
        return hits;
    }

    private static float score(Metric metric, float[] a, float[] b) {
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

    private static float l2(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += (double) (a[i] - b[i]) * (a[i] - b[i]);
        return (float) sum;
    }

    private static int hamming(byte[] a, byte[] b) {
        int bits = 0;
        for (int i = 0; i < a.length; i++) bits += Integer.bitCount((a[i] ^ b[i]) & 0xff);
        return bits;
    }

    private static void compare(Hits hits, List<Hit> expected) {
        compare(hits, expected, false);
    }

    /// @param rounded the scores are quotients, so that equal ones may differ in the last bit
    private static void compare(Hits hits, List<Hit> expected, boolean rounded) {
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
}
