package dev.sextant.query;

import static dev.sextant.query.Ranked.SEED;
import static dev.sextant.query.Ranked.house;
import static dev.sextant.query.Ranked.hybrid;
import static dev.sextant.query.Ranked.keys;
import static dev.sextant.query.Ranked.nearest;
import static dev.sextant.query.Ranked.search;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.kernel.Work;
import dev.sextant.model.Buckets;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.Link;
import dev.sextant.model.Read;
import dev.sextant.model.Read.Order;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Scanned;
import dev.sextant.query.Ranked.Hit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What becomes of hits after they are found: orders, groups of several fields, buckets, chains.
class RankingTest {
    @Test
    void theBestHitsComeInTheOrderOfTheirFields() {
        System.out.println("seed " + SEED);
        var random = new Random(SEED);
        for (int i = 0; i < 3; i++)
            try (var house = house(random.nextLong(), 400)) {
                var query = house.vector();
                var best = nearest(house, query).subList(0, 60);
                var colours = Comparator.<Hit, String>comparing(
                        hit -> hit.row().colour(), Comparator.nullsFirst(Comparator.reverseOrder()));
                var expected = best.stream()
                        .sorted(colours.thenComparing(hit -> hit.row().number()))
                        .skip(7)
                        .map(Hit::key)
                        .toList();
                var hits = house.run(search(query, "", 53, 7, "colour")
                        .ordered(Order.descending("colour"), Order.ascending("number")));
                assertThat(keys(hits)).isEqualTo(expected);
                var byPlace = best.stream()
                        .sorted(Comparator.comparing(
                                hit -> -Integer.parseInt(hit.row().meta().substring(5, 6))))
                        .map(Hit::key)
                        .toList();
                assertThat(keys(house.run(search(query, "", 60, 0).ordered(new Order("a", true, false)))))
                        .isEqualTo(byPlace);
                assertThat(keys(house.run(search(query, "", 60, 0).ordered(new Order("$meta[\"a\"]", true, false)))))
                        .isEqualTo(byPlace);
            }
    }

    @Test
    void groupsOfSeveralFieldsHoldTheirBest() {
        var random = new Random(SEED);
        for (int i = 0; i < 3; i++)
            try (var house = house(random.nextLong(), 600)) {
                var query = house.vector();
                grouped(
                        house,
                        query,
                        List.of("colour", "number"),
                        Optional.empty(),
                        hit -> Arrays.asList(hit.row().colour(), hit.row().number()));
                grouped(
                        house,
                        query,
                        List.of("a", "colour"),
                        Optional.empty(),
                        hit -> Arrays.asList(
                                hit.row().meta().charAt(5), hit.row().colour()));
                var whole = new Read.Cast(FieldType.Primitive.INT64, true);
                grouped(
                        house,
                        query,
                        List.of("a"),
                        Optional.of(whole),
                        hit -> hit.row().meta().charAt(5));
            }
    }

    private static void grouped(
            House house, float[] query, List<String> fields, Optional<Read.Cast> cast, Function<Hit, Object> group) {
        var groups = new LinkedHashMap<Object, List<Hit>>();
        for (var hit : nearest(house, query))
            if (hit.row().number() < 60)
                groups.computeIfAbsent(group.apply(hit), _ -> new ArrayList<>()).add(hit);
        var expected = groups.values().stream()
                .skip(1)
                .limit(3)
                .flatMap(own -> own.stream().limit(4))
                .map(Hit::key)
                .toList();
        var grouping = new Read.Grouping(fields, 4, true, Read.Combination.MAX, cast);
        var plain = search(query, "number < 60", 3, 1);
        var hits = house.run(new Read.Search(
                "c",
                List.of(),
                plain.near(),
                plain.filter(),
                3,
                1,
                List.of(),
                Optional.of(grouping),
                Optional.empty(),
                -1,
                false));
        assertThat(keys(hits)).as("%s, seed %d", fields, SEED).isEqualTo(expected);
        assertThat(hits.groups()).hasSize(fields.size());
    }

    @Test
    void aPlaceThatCannotBeCastIsRefusedOrNull() {
        try (var house = house(SEED, 100)) {
            var query = house.vector();
            for (boolean strict : new boolean[] {false, true}) {
                var cast = new Read.Cast(FieldType.Primitive.INT64, strict);
                var grouping = new Read.Grouping(List.of("day"), 1, false, Read.Combination.MAX, Optional.of(cast));
                var search = search(query, "", 5, 0).grouped(grouping, 5);
                if (strict) assertThatThrownBy(() -> house.run(search)).hasMessageContaining("cannot cast");
                else
                    assertThat(house.run(search).groups().getFirst().nulls().none())
                            .isFalse();
            }
        }
    }

    @Test
    void bucketsHoldTheHitsThatWereLookedAt() {
        try (var house = house(SEED, 500)) {
            var query = house.vector();
            var level = new Buckets.Level(
                    List.of("colour"),
                    2,
                    4,
                    List.of(
                            new Read.Figure(Read.Calculation.COUNT, "*", "n"),
                            new Read.Figure(Read.Calculation.AVERAGE, "number", "mean"),
                            new Read.Figure(Read.Calculation.LEAST, "_score", "best")),
                    List.of(Order.ascending("mean")),
                    Optional.of(new Buckets.Top(3, List.of(Order.descending("number")))),
                    Optional.of(Buckets.Level.of(List.of("number"), 2)));
            var found = house.run(new Read.Bucketed(search(query, "number < 50", 1, 0, "number"), level));
            assertThat(found.buckets()).hasSize(1);
            var numbers = ((Column.Ints) found.hits().outputs().column("number").orElseThrow()).values();
            double before = Double.NEGATIVE_INFINITY;
            assertThat(found.buckets().getFirst()).hasSizeBetween(1, 2);
            for (var bucket : found.buckets().getFirst()) {
                double mean = ((dev.sextant.model.Value.Real) bucket.figures().get("mean")).value();
                assertThat(mean).isGreaterThanOrEqualTo(before);
                before = mean;
                assertThat(bucket.figures().get("n")).isEqualTo(dev.sextant.model.Value.of(bucket.count()));
                var shown = bucket.hits().stream().map(row -> numbers[row]).toList();
                assertThat(shown).isSortedAccordingTo(Comparator.reverseOrder()).hasSizeBetween(1, 3);
                assertThat(bucket.inner().stream()
                                .mapToLong(Buckets.Bucket::count)
                                .sum())
                        .isLessThanOrEqualTo(bucket.count());
            }
        }
    }

    @Test
    void aChainTakesItsStepsInOrder() {
        try (var house = house(SEED, 300)) {
            var query = house.vector();
            var best = nearest(house, query).subList(0, 40);
            var chain = List.<Link>of(
                    new Link.Put("near", new Link.Term.Decay("number", Read.Curve.LINEAR, 500, 400, 10, 0.5)),
                    new Link.Put(
                            Link.SCORE,
                            new Link.Term.Combine(
                                    List.of(Link.SCORE, "near", "number"),
                                    Link.Mode.WEIGHTED,
                                    List.of(-1.0, 100.0, 0.5))),
                    new Link.Put(Link.SCORE, new Link.Term.Round(Link.SCORE, 0)),
                    new Link.Sort(Link.SCORE, true, Optional.of(Link.KEY)),
                    new Link.Limit(10, 3));
            record Scored(Object key, double score) {}
            var expected = best.stream()
                    .map(hit -> {
                        double off = Math.max(0, Math.abs(hit.row().number() - 500) - 10);
                        double near = Math.max(0.5, 1 - off * 0.5 / 400);
                        return new Scored(
                                hit.key(),
                                Math.round(-hit.score()
                                                + 100 * near
                                                + 0.5 * hit.row().number()
                                                + 1e6)
                                        - 1e6);
                    })
                    .sorted(Comparator.<Scored>comparingDouble(one -> -one.score)
                            .thenComparing(Scored::key, House::compareKeys))
                    .skip(3)
                    .limit(10)
                    .toList();
            var hits = house.run(hybrid(search(query, "", 40, 0, "colour"), new Read.Fusion.Chain(chain), 1));
            assertThat(hits.total()).isEqualTo(10);
            for (int i = 0; i < 10; i++)
                assertThat((double) hits.scores()[i]).isCloseTo(expected.get(i).score, within(1.01));
            assertThat(hits.outputs().columns().keySet()).containsExactly("colour");
        }
    }

    @Test
    void withoutASortTheOrderStays() {
        try (var house = house(SEED, 300)) {
            var query = house.vector();
            var chain = new Read.Fusion.Chain(List.of(new Link.Put(
                    Link.SCORE, new Link.Term.Combine(List.of(Link.SCORE, "number"), Link.Mode.MIN, List.of()))));
            var hits = house.run(hybrid(search(query, "", 20, 5), chain, 1));
            assertThat(keys(hits))
                    .isEqualTo(nearest(house, query).subList(5, 25).stream()
                            .map(Hit::key)
                            .toList());
        }
    }

    @Test
    void stepsThatCannotBeTakenAreRefused() {
        try (var house = house(SEED, 20)) {
            var plain = search(house.vector(), "", 5, 0);
            Map<Link, String> wrong = Map.of(
                    new Link.Sort("nowhere", true, Optional.empty()), "neither written before nor a field",
                    new Link.Sort("vector", true, Optional.empty()), "unsupported type FloatVector",
                    new Link.Put("$id", new Link.Term.Round(Link.SCORE, 1)), "cannot write column '$id'",
                    new Link.Put("x", new Link.Term.Round("colour", 1)), "unsupported type VarChar",
                    new Link.Put("x", new Link.Term.Round(Link.SCORE, 7)), "between 0 and 6",
                    new Link.Limit(0, 0), "limit must be positive");
            wrong.forEach((link, message) -> assertThatThrownBy(
                            () -> house.run(hybrid(plain, new Read.Fusion.Chain(List.of(link)), 1)))
                    .hasMessageContaining(message));
            assertThatThrownBy(() -> house.run(hybrid(plain, new Read.Fusion.Chain(List.of(new Link.Limit(1, 0))), 2)))
                    .hasMessageContaining("one vector field");
        }
    }

    @Test
    void groupsOfFusedHitsAreWorthWhatTheirHitsAreTogether() {
        try (var house = house(SEED, 300)) {
            var query = house.vector();
            for (var scorer : Read.Combination.values()) {
                var search = search(query, "", 60, 0);
                var fused = hybrid(search, new Read.Fusion.ReciprocalRank(60), 2);
                var hits = house.run(new Read.HybridSearch(
                        "c",
                        List.of(),
                        fused.parts(),
                        fused.fusion(),
                        4,
                        0,
                        List.of("colour"),
                        Optional.of(new Read.Grouping(List.of("colour"), 3, false, scorer, Optional.empty())),
                        -1));
                var worth = new LinkedHashMap<Object, List<Float>>();
                var groups = GroupFields.read(hits.groups());
                for (int i = 0; i < groups.length; i++)
                    worth.computeIfAbsent(groups[i], _ -> new ArrayList<>()).add(hits.scores()[i]);
                double before = Double.POSITIVE_INFINITY;
                for (var scores : worth.values()) {
                    var figures =
                            scores.stream().mapToDouble(Float::doubleValue).summaryStatistics();
                    double own = switch (scorer) {
                        case MAX -> figures.getMax();
                        case SUM -> figures.getSum();
                        case AVERAGE -> figures.getAverage();
                    };
                    assertThat(own).isLessThanOrEqualTo(before + 1e-6);
                    before = own;
                }
                assertThat(new HashSet<>(worth.keySet())).hasSize(4);
            }
        }
    }

    private static final int MANY = 10_000;

    private static Chaining chaining(Memory memory, Call call, Work work) {
        var keys = new long[MANY];
        for (int i = 0; i < MANY; i++) keys[i] = i;
        var hits = new Winners(
                new int[] {MANY},
                Column.longs(keys),
                new float[MANY],
                new int[MANY],
                new long[MANY],
                List.of(),
                Scanned.NOTHING);
        return new Chaining(hits, Map.of(), new Room(memory, "chains"), new Patience(call, work));
    }

    private static List<Link> rounds(int steps, IntFunction<String> column) {
        return IntStream.range(0, steps)
                .<Link>mapToObj(i -> new Link.Put(column.apply(i), new Link.Term.Round(Link.SCORE, 1)))
                .toList();
    }

    private static final Chaining.Judging NOBODY = new Chaining.Judging() {
        @Override
        public void judge(Link.Term.Judge judge, List<List<String>> texts, Consumer<List<double[]>> then) {
            throw new AssertionError("no step asks for this");
        }

        @Override
        public void trees(Link.Term.Trees trees, Consumer<Models.Scorer> then) {
            throw new AssertionError("no step asks for this");
        }
    };

    @Test
    void theColumnsThatAChainWritesArePaidForBeforeTheyAreMade() {
        var memory = new Memory(1 << 20);
        try (var work = new Work("chains", 1, memory)) {
            assertThatThrownBy(() ->
                            chaining(memory, Call.local(), work).run(rounds(20, i -> "c" + i), 0, NOBODY, _ -> {}))
                    .isInstanceOf(OutOfBudget.class);
        }
    }

    @Test
    void aColumnThatIsWrittenAgainTakesNoMoreAndALongChainNoStack() {
        var memory = new Memory(1 << 20);
        try (var work = new Work("chains", 1, memory)) {
            var left = new ArrayList<Winners>();
            chaining(memory, Call.local(), work).run(rounds(500, _ -> "same"), 0, NOBODY, left::add);
            assertThat(left.getFirst().total()).isEqualTo(MANY);
            var limits = new ArrayList<Link>(java.util.Collections.nCopies(20_000, new Link.Limit(1, 0)));
            chaining(memory, Call.local(), work).run(limits, 0, NOBODY, left::add);
            assertThat(left.getLast().total()).isEqualTo(1);
        }
    }

    @Test
    void aChainThatNobodyWaitsForEnds() {
        var memory = new Memory(1 << 20);
        try (var work = new Work("chains", 1, memory)) {
            var late = Call.local().until(work.nanos() - 1);
            assertThatThrownBy(() -> chaining(memory, late, work).run(rounds(1, _ -> "c"), 0, NOBODY, _ -> {}))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.DeadlinePassed.class));
        }
    }

    @Test
    void aPartThatSkipsRowsInMemoryFindsNoneOfThem() {
        try (var house = house(SEED, 300)) {
            var query = house.vector();
            var search = search(query, "", 300, 0);
            var part = new Read.Part(search.near(), Optional.empty(), 300, Optional.empty(), Optional.empty(), true);
            var chain = new Read.Fusion.Chain(List.of(new Link.Limit(300, 0)));
            var hits = house.run(hybrid(search, chain, 1).of(List.of(part)));
            assertThat(keys(hits))
                    .isEqualTo(nearest(house, query).stream()
                            .filter(hit -> !hit.row().growing())
                            .limit(300)
                            .map(Hit::key)
                            .toList());
        }
    }

    @Test
    void fiftyBoostsInOneAreAllGiven() {
        try (var house = house(SEED, 100)) {
            var query = house.vector();
            var boosts = new Read.Fusion.Boosts(
                    java.util.Collections.nCopies(50, new Read.Boost(1, House.filter("number >= 0"), Optional.empty())),
                    true,
                    false);
            var search = search(query, "", 10, 0);
            var plain = house.run(search);
            var hits = house.run(hybrid(search, boosts, 1));
            assertThat(hits.total()).isEqualTo(10);
            assertThat(hits.scores()[0]).isCloseTo(50 * plain.scores()[0], within(0.01f * hits.scores()[0]));
        }
    }
}
