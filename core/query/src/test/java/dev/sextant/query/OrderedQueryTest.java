package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Column;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.model.Read.Order;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class OrderedQueryTest {
    private static final long SEED = new Random().nextLong();

    private static final List<List<Order>> ORDERS = List.of(
            List.of(Order.ascending("number")),
            List.of(Order.descending("colour")),
            List.of(new Order("colour", false, true), Order.descending("number")),
            List.of(new Order("colour", true, false)),
            List.of(Order.descending("pk")));

    @Test
    @Tag("slow")
    void theFirstRowsInAnOrderAreThoseOfASortedList() {
        System.out.println("seed " + SEED);
        var random = new Random(SEED);
        for (int i = 0; i < 4; i++)
            try (var house = new House(
                    random.nextLong(),
                    new Shape(1 + i % 3, 3, 300, 1 + i % 4, i % 2 == 0, Metric.L2, false),
                    QueryConfig.DEFAULT)) {
                for (var order : ORDERS)
                    for (int limit : new int[] {1, 7, 500, 100_000}) {
                        int offset = limit == 1 ? 0 : random.nextInt(20);
                        var expected = expected(house, row -> row.number() < 700, order).stream()
                                .skip(offset)
                                .limit(limit)
                                .map(Row::key)
                                .toList();
                        var found = house.run(new Read.Query(
                                "c",
                                List.of(),
                                House.filter("number < 700"),
                                List.of("number"),
                                OptionalInt.of(limit),
                                offset,
                                false,
                                order));
                        var keys = found.rows().column("pk").orElseThrow();
                        var got = new ArrayList<Object>();
                        for (int row = 0; row < keys.rows(); row++) got.add(House.key(keys, row));
                        assertThat(got).as("%s limit %d", order, limit).isEqualTo(expected);
                    }
            }
    }

    /// The newest matching version of each key, in the order asked for.
    private static List<Row> expected(House house, Predicate<Row> matching, List<Order> order) {
        var newest = new HashMap<Object, Row>();
        house.rows.stream()
                .filter(matching)
                .forEach(row -> newest.merge(row.key(), row, (a, b) -> {
                    int byTime = Long.compare(a.insertedAt(), b.insertedAt());
                    if (byTime != 0) return byTime > 0 ? a : b;
                    return a.order() > b.order() ? a : b;
                }));
        Comparator<Row> comparator = (_, _) -> 0;
        for (var by : order) comparator = comparator.thenComparing(comparator(by));
        return newest.values().stream()
                .sorted(comparator.thenComparing((a, b) -> House.compareKeys(a.key(), b.key())))
                .toList();
    }

    private static Comparator<Row> comparator(Order by) {
        Comparator<Object> plain =
                (a, b) -> a instanceof Integer x ? x.compareTo((Integer) b) : House.compareKeys(a, b);
        var directed = by.descending() ? plain.reversed() : plain;
        var nulls = by.nullsFirst() ? Comparator.nullsFirst(directed) : Comparator.nullsLast(directed);
        return Comparator.comparing(
                row -> switch (by.by()) {
                    case "number" -> (Object) row.number();
                    case "colour" -> row.colour();
                    default -> row.key();
                },
                nulls);
    }

    @Test
    void anOrderNeedsALimitAndFieldsThatCanBeSorted() {
        try (var house = new House(SEED, new Shape(1, 1, 20, 0, false, Metric.L2, false), QueryConfig.DEFAULT)) {
            var query =
                    new Read.Query("c", List.of(), Optional.empty(), List.of(), OptionalInt.of(5), 0, false, List.of());
            assertThatThrownBy(() -> house.run(
                            new Read.Query("c", List.of(), Optional.empty(), List.of(), OptionalInt.empty(), 0, false)
                                    .ordered(Order.ascending("number"))))
                    .hasMessageContaining("ORDER BY requires explicit limit");
            assertThatThrownBy(() -> house.run(query.ordered(Order.ascending("nowhere"))))
                    .hasMessageContaining("order_by field 'nowhere' does not exist in collection schema");
            assertThatThrownBy(() -> house.run(query.ordered(Order.ascending("vector"))))
                    .hasMessageContaining("order_by field 'vector' has type FloatVector which is not sortable");
            assertThatThrownBy(() -> house.run(query.ordered(Order.ascending("$meta"))))
                    .hasMessageContaining("has type JSON which is not sortable");
        }
    }

    @Test
    void whatAnOrderTakesIsCountedAndGivenBack() {
        try (var house = new House(SEED, new Shape(2, 2, 800, 2, true, Metric.L2, false), QueryConfig.DEFAULT)) {
            long before = house.memory.inUseBytes();
            house.run(new Read.Query("c", List.of(), Optional.empty(), List.of("*"), OptionalInt.of(900), 0, false)
                    .ordered(Order.descending("colour"), Order.ascending("number")));
            assertThat(house.memory.inUseBytes()).isEqualTo(before);
        }
    }

    @Test
    void thePlanOfAnOrderNamesIt() {
        try (var house = new House(SEED, new Shape(1, 1, 20, 0, false, Metric.L2, false), QueryConfig.DEFAULT)) {
            var plan = house.run(new Read.Explain(
                    new Read.Query("c", List.of(), Optional.empty(), List.of(), OptionalInt.of(5), 0, false)
                            .ordered(new Order("colour", true, false), Order.ascending("number")),
                    true));
            assertThat(plan.lines().get(1)).contains("Order by colour descending nulls last, number, limit 5");
            assertThat(String.join("\n", plan.lines())).contains("keep the first 5 by colour descending");
        }
    }

    @Test
    void anOrderedRowHoldsWhatItIsOrderedBy() {
        try (var house = new House(SEED, new Shape(2, 2, 200, 0, false, Metric.L2, false), QueryConfig.DEFAULT)) {
            var found = house.run(
                    new Read.Query("c", List.of(), Optional.empty(), List.of("number"), OptionalInt.of(50), 0, false)
                            .ordered(Order.descending("number")));
            var numbers = ((Column.Ints) found.rows().column("number").orElseThrow()).values();
            for (int i = 1; i < numbers.length; i++) assertThat(numbers[i]).isLessThanOrEqualTo(numbers[i - 1]);
        }
    }
}
