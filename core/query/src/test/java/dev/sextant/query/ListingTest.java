package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.query.House.Row;
import dev.sextant.query.House.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class ListingTest {
    private static final long SEED = new Random().nextLong();

    @Test
    void rowsComeByAscendingKeyInTheirNewestVersion() {
        System.out.println("seed " + SEED);
        var random = new Random(SEED);
        for (int i = 0; i < 6; i++)
            try (var house = new House(
                    random.nextLong(),
                    new Shape(1 + i % 3, 3, 300, 1 + i % 4, i % 2 == 0, Metric.L2, false),
                    QueryConfig.DEFAULT)) {
                for (var limit :
                        List.of(OptionalInt.empty(), OptionalInt.of(5), OptionalInt.of(100), OptionalInt.of(5_000)))
                    for (int offset : limit.isPresent() ? new int[] {0, 3, 10_000} : new int[1]) {
                        var expected = expected(house, row -> row.number() < 700).stream()
                                .skip(offset)
                                .limit(limit.orElse(Integer.MAX_VALUE))
                                .toList();
                        var found = house.run(new Read.Query(
                                "c",
                                List.of(),
                                House.filter("number < 700"),
                                List.of("number", "*"),
                                limit,
                                offset,
                                false));
                        compare(
                                found.rows().column("pk").orElseThrow(),
                                (Column.Ints) found.rows().column("number").orElseThrow(),
                                expected);
                        assertThat(found.rows().columns().keySet())
                                .containsExactly("pk", "number", "colour", "vector", "binary", "sparse", "$meta");
                    }
            }
    }

    @Test
    void namedKeysAreLookedUpAndTheRestOfTheFilterHolds() {
        try (var house = new House(SEED, new Shape(2, 3, 200, 2, false, Metric.L2, false), QueryConfig.DEFAULT)) {
            var keys = house.rows.stream().map(Row::key).distinct().limit(9).toList();
            var expected = expected(house, row -> keys.contains(row.key()) && row.number() < 600);
            var found = house.run(new Read.Query(
                    "c",
                    List.of(),
                    House.filter("number < 600 and pk in " + keys + " and pk > -1"),
                    List.of("number"),
                    OptionalInt.empty(),
                    0,
                    false));
            compare(
                    found.rows().column("pk").orElseThrow(),
                    (Column.Ints) found.rows().column("number").orElseThrow(),
                    expected);
        }
    }

    @Test
    void aCountTellsVersionsApart() {
        try (var house = new House(SEED, new Shape(2, 3, 300, 3, false, Metric.L2, false), QueryConfig.DEFAULT)) {
            assertThat(house.run(new Read.Count("c", List.of(), Optional.empty(), false))
                            .rows())
                    .isEqualTo(house.rows.size());
            assertThat(house.run(new Read.Count("c", List.of("other"), House.filter("number < 300"), false))
                            .rows())
                    .isEqualTo(house.rows.stream()
                            .filter(row -> row.partition() == 2 && row.number() < 300)
                            .count());
            assertThat(house.run(new Read.Count("c", List.of(), House.filter("number < 300"), true))
                            .rows())
                    .isEqualTo(house.rows.stream()
                            .filter(row -> !row.growing() && row.number() < 300)
                            .count());
        }
    }

    @Test
    void nothingFoundStillNamesEachFieldOnce() {
        try (var house = new House(SEED, new Shape(2, 2, 50, 1, true, Metric.L2, false), QueryConfig.DEFAULT)) {
            var found = house.run(new Read.Query(
                    "c", List.of(), House.filter("number < 0"), List.of("*"), OptionalInt.empty(), 0, false));
            assertThat(found.rows().count()).isZero();
            assertThat(found.rows().columns().keySet())
                    .containsExactly("pk", "number", "colour", "vector", "binary", "sparse", "$meta");
            assertThat(((Column.Dense) found.rows().column("vector").orElseThrow()).dimension())
                    .isEqualTo(House.DIMENSION);
        }
    }

    @Test
    void anAnswerThatIsTooLargeIsRefusedWithItsNumbers() {
        var small = new QueryConfig(1_024, 2_000, 64, 4_096, 4_096, 1_000_000, 16_384, 1 << 20);
        try (var house = new House(SEED, new Shape(2, 2, 200, 1, false, Metric.L2, false), small)) {
            assertThatThrownBy(() -> house.run(new Read.Query(
                            "c",
                            List.of(),
                            House.filter("number >= 0"),
                            List.of("$meta"),
                            OptionalInt.empty(),
                            0,
                            false)))
                    .hasMessageContaining("maxOutputSize");
            assertThat(house.memory.byName()).doesNotContainKey("answers");
        }
    }

    @Test
    void aSearchWithTooManyHitsIsRefusedWhileItRuns() {
        var small = new QueryConfig(1_024, 2_000, 64, 4_096, 4_096, 1_000_000, 16_384, 1 << 20);
        try (var house = new House(SEED, new Shape(1, 1, 200, 0, false, Metric.L2, false), small)) {
            var near = new Read.Near(
                    "vector",
                    new Read.Target.Vectors(House.vectors(List.of(house.vector(), house.vector(), house.vector()))),
                    Optional.empty(),
                    java.util.Map.of(),
                    java.util.OptionalDouble.empty(),
                    java.util.OptionalDouble.empty());
            assertThatThrownBy(() -> house.run(new Read.Search(
                            "c",
                            List.of(),
                            near,
                            Optional.empty(),
                            50,
                            0,
                            List.of(),
                            Optional.empty(),
                            Optional.empty(),
                            -1,
                            false)))
                    .hasMessageContaining("maxOutputSize");
        }
    }

    @Test
    void aCancelledOrLateCallIsRefusedAndClosesItsReaders() {
        try (var house = new House(SEED, new Shape(2, 2, 200, 1, false, Metric.L2, false), QueryConfig.DEFAULT)) {
            var cancelled = Call.local();
            cancelled.cancellation().cancel();
            var count = new Read.Count("c", List.of(), House.filter("number >= 0"), false);
            assertThatThrownBy(() -> house.run(cancelled, count))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.Cancelled.class));
            assertThatThrownBy(() -> house.run(Call.local().until(System.nanoTime() - 1), count))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.DeadlinePassed.class));
        }
    }

    @Test
    void aSampleTakesItsShare() {
        try (var house = new House(SEED, new Shape(1, 2, 8_000, 1, false, Metric.L2, false), QueryConfig.DEFAULT)) {
            long all = house.run(new Read.Count("c", List.of(), House.filter("number < 800"), false))
                    .rows();
            long some = house.run(
                            new Read.Count("c", List.of(), House.filter("number < 800 and random_sample(0.25)"), false))
                    .rows();
            assertThat((double) some / all).isBetween(0.2, 0.3);
        }
    }

    @Test
    void aPlanNamesTheChoiceOfEachPart() {
        try (var house = new House(
                SEED,
                new Shape(1, 2, 2_000, 1, false, Metric.L2, true),
                new QueryConfig(100L << 20, 0, 8, 4_096, 64, 0, 100, 1 << 20))) {
            var search = Read.Search.of("c", "vector", House.vectors(List.of(house.vector())), 3, "number");
            var near = new Read.Near(
                    "vector",
                    search.near().target(),
                    Optional.of(Metric.L2),
                    java.util.Map.of(),
                    java.util.OptionalDouble.empty(),
                    java.util.OptionalDouble.empty());
            for (boolean analyze : new boolean[] {false, true}) {
                var plan = house.run(new Read.Explain(
                        new Read.Search(
                                "c",
                                List.of(),
                                near,
                                House.filter("number < 990"),
                                3,
                                0,
                                List.of("number"),
                                Optional.empty(),
                                Optional.empty(),
                                -1,
                                false),
                        analyze));
                System.out.println(String.join("\n", plan.lines()));
                assertThat(plan.lines())
                        .anyMatch(line -> line.contains("graph with a beam of"))
                        .anyMatch(line -> line.contains("Filter: number < 990"));
                assertThat(plan.lines().stream().anyMatch(line -> line.contains("Scored")))
                        .isEqualTo(analyze);
            }
        }
    }

    private static List<Row> expected(House house, Predicate<Row> holds) {
        var newest = new HashMap<Object, Row>();
        var age = Comparator.comparingLong(Row::insertedAt).thenComparingInt(Row::order);
        for (var row : house.rows)
            if (holds.test(row)) newest.merge(row.key(), row, (a, b) -> age.compare(a, b) > 0 ? a : b);
        var rows = new ArrayList<>(newest.values());
        rows.sort(Comparator.comparing(Row::key, House::compareKeys));
        return rows;
    }

    private static void compare(Column keys, Column.Ints numbers, List<Row> expected) {
        assertThat(keys.rows()).as("seed %d", SEED).isEqualTo(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(House.key(keys, i))
                    .as("seed %d", SEED)
                    .isEqualTo(expected.get(i).key());
            assertThat(numbers.values()[i])
                    .as("seed %d", SEED)
                    .isEqualTo(expected.get(i).number());
        }
    }
}
