package dev.sextant.query;

import static dev.sextant.query.PlainSearch.CONDITIONS;
import static dev.sextant.query.PlainSearch.EXACT;
import static dev.sextant.query.PlainSearch.GRAPHS;
import static dev.sextant.query.PlainSearch.SEED;
import static dev.sextant.query.PlainSearch.best;
import static dev.sextant.query.PlainSearch.compare;
import static dev.sextant.query.PlainSearch.expected;
import static dev.sextant.query.PlainSearch.hamming;
import static dev.sextant.query.PlainSearch.l2;
import static dev.sextant.query.PlainSearch.search;
import static dev.sextant.query.PlainSearch.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Column;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.model.Value;
import dev.sextant.query.House.Row;
import dev.sextant.query.House.Shape;
import dev.sextant.query.PlainSearch.Hit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Searches for one vector.
class SearchTest {
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
                        var expected = expected(house, metric, query, condition.holds());
                        compare(
                                house.run(search(metric, query, condition.text(), limit, 3)),
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
                        var expected = expected(house, Metric.L2, query, condition.holds());
                        var hits = house.run(search(Metric.L2, query, condition.text(), limit, 0));
                        assertThat(hits.total())
                                .as("seed %d, %s, limit %d", SEED, condition.text(), limit)
                                .isEqualTo(Math.min(limit, expected.size()));
                        var truth = new LinkedHashMap<Object, Float>();
                        for (var hit : expected) truth.put(hit.key(), hit.score());
                        for (int i = 0; i < hits.total(); i++)
                            assertThat(hits.scores()[i])
                                    .isGreaterThanOrEqualTo(truth.get(House.key(hits.keys(), i)) - 1e-3f);
                        long good = IntStream.range(0, hits.total())
                                .filter(i -> hits.scores()[i]
                                        <= expected.get(hits.total() - 1).score() + 1e-3f)
                                .count();
                        assertThat((double) good)
                                .as("seed %d, %s, limit %d", SEED, condition.text(), limit)
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
            float near = (all.get(20).score() + all.get(21).score()) / 2;
            float far = (all.get(200).score() + all.get(201).score()) / 2;
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
                        groups.computeIfAbsent(hit.row().colour(), _ -> new ArrayList<>())
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
                groups.computeIfAbsent(hit.row().meta().replaceAll("^.*\"day\":(.*)}$", "$1"), _ -> new ArrayList<>())
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
            for (int i = 0; i < first.size(); i++) sums.merge(first.get(i).key(), 1.0 / (60 + i + 1), Double::sum);
            for (int i = 0; i < second.size(); i++) sums.merge(second.get(i).key(), 1.0 / (60 + i + 1), Double::sum);
            var expected = sums.entrySet().stream()
                    .map(sum -> new Hit(sum.getKey(), sum.getValue().floatValue(), null))
                    .sorted(Comparator.<Hit>comparingDouble(hit -> -hit.score())
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
    void memoryReturnsToWhatItWas() {
        try (var house = new House(SEED, new Shape(2, 2, 300, 1.2, false, Metric.L2, true), GRAPHS)) {
            house.run(search(Metric.L2, house.vector(), "number < 800", 100, 0));
            for (int i = 0; i < 20; i++) house.run(search(Metric.L2, house.vector(), "number < 800", 100, 0));
            assertThat(house.memory.byName()).doesNotContainKey("answers");
        }
    }
}
