package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.catalog.Collection;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Metric;
import dev.sextant.model.Moments;
import dev.sextant.model.Read;
import dev.sextant.model.Read.Figure;
import dev.sextant.model.Read.Order;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.query.House.Row;
import dev.sextant.query.House.Shape;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AggregateTest {
    private static final long SEED = new Random().nextLong();

    private static Figure[] figures(String... written) {
        return java.util.stream.Stream.of(written)
                .map(one -> Figure.parse(one).orElseThrow())
                .toArray(Figure[]::new);
    }

    private static List<Object> row(Read.Aggregate aggregate, dev.sextant.model.Records records, int row) {
        var values = new ArrayList<Object>();
        records.rows().columns().values().forEach(column -> values.add(value(column, row)));
        return values;
    }

    private static Object value(Column column, int row) {
        if (column.isNull(row)) return null;
        return switch (column) {
            case Column.Ints(var values, _) -> values[row];
            case Column.Longs(var values, _) -> values[row];
            case Column.Doubles(var values, _) -> values[row];
            case Column.Texts(var values, _) -> values.text(row);
            default -> throw new AssertionError(column);
        };
    }

    @Test
    @Tag("slow")
    void figuresOfGroupsAreThoseOfAPlainLoop() {
        System.out.println("seed " + SEED);
        var random = new Random(SEED);
        for (int i = 0; i < 4; i++)
            try (var house = new House(
                    random.nextLong(),
                    new Shape(1 + i % 3, 3, 2_000, 1 + i % 4, i % 2 == 0, Metric.L2, false),
                    QueryConfig.DEFAULT)) {
                var aggregate = new Read.Aggregate(
                        "c",
                        List.of(),
                        House.filter("number < 800"),
                        List.of("colour"),
                        List.of(figures(
                                "count(*)",
                                "COUNT( colour )",
                                "sum(number)",
                                "avg(number)",
                                "min(number)",
                                "max(colour)")),
                        List.of(),
                        OptionalInt.empty(),
                        0,
                        false);
                var records = house.run(aggregate);
                var groups = new HashMap<String, List<Row>>();
                house.rows.stream()
                        .filter(row -> row.number() < 800)
                        .forEach(row -> groups.computeIfAbsent(row.colour(), _ -> new ArrayList<>())
                                .add(row));
                assertThat(records.rows().count()).isEqualTo(groups.size());
                assertThat(records.rows().columns().keySet())
                        .containsExactly(
                                "colour",
                                "count(*)",
                                "COUNT( colour )",
                                "sum(number)",
                                "avg(number)",
                                "min(number)",
                                "max(colour)");
                for (int row = 0; row < groups.size(); row++) {
                    var values = row(aggregate, records, row);
                    var own = groups.get((String) values.getFirst());
                    long sum = own.stream().mapToLong(Row::number).sum();
                    var expected = new ArrayList<Object>(List.of(
                            (long) own.size(),
                            values.getFirst() == null ? 0L : (long) own.size(),
                            sum,
                            (double) sum / own.size(),
                            own.stream().mapToInt(Row::number).min().orElseThrow()));
                    expected.addFirst(values.getFirst());
                    expected.add(values.getFirst());
                    assertThat(values).isEqualTo(expected);
                }
            }
    }

    @Test
    void groupsOfSeveralFieldsComeInTheOrderAskedForAndByPages() {
        try (var house = new House(SEED, new Shape(2, 3, 600, 2, false, Metric.L2, false), QueryConfig.DEFAULT)) {
            Map<List<Object>, Long> counts = new HashMap<>();
            house.rows.forEach(row -> counts.merge(java.util.Arrays.asList(row.colour(), row.number()), 1L, Long::sum));
            var expected = counts.entrySet().stream()
                    .sorted((a, b) -> {
                        int byCount = Long.compare(b.getValue(), a.getValue());
                        if (byCount != 0) return byCount;
                        var colours = java.util.Comparator.nullsLast(java.util.Comparator.<String>naturalOrder());
                        int byColour = colours.compare((String) a.getKey().getFirst(), (String)
                                b.getKey().getFirst());
                        return byColour != 0
                                ? byColour
                                : Integer.compare((Integer) a.getKey().getLast(), (Integer)
                                        b.getKey().getLast());
                    })
                    .toList();
            var aggregate = new Read.Aggregate(
                    "c",
                    List.of(),
                    Optional.empty(),
                    List.of("colour", "number"),
                    List.of(figures("count(*)")),
                    List.of(Order.descending("count(*)")),
                    OptionalInt.of(10),
                    5,
                    false);
            var records = house.run(aggregate);
            assertThat(records.rows().count()).isEqualTo(10);
            for (int row = 0; row < 10; row++) {
                var values = row(aggregate, records, row);
                assertThat(values.subList(0, 2)).isEqualTo(expected.get(row + 5).getKey());
                assertThat(values.get(2)).isEqualTo(expected.get(row + 5).getValue());
            }
        }
    }

    @Test
    void ofNothingACountIsZeroAndEverythingElseNull() {
        try (var house = new House(SEED, new Shape(2, 2, 50, 0, true, Metric.L2, false), QueryConfig.DEFAULT)) {
            var nothing = House.filter("number < 0");
            var whole = new Read.Aggregate(
                    "c",
                    List.of(),
                    nothing,
                    List.of(),
                    List.of(figures("count(*)", "count(number)", "sum(number)", "avg(number)", "max(pk)")),
                    List.of(),
                    OptionalInt.empty(),
                    0,
                    false);
            assertThat(row(whole, house.run(whole), 0)).containsExactly(0L, 0L, null, null, null);
            var grouped = new Read.Aggregate(
                    "c",
                    List.of(),
                    nothing,
                    List.of("colour"),
                    List.of(figures("sum(number)")),
                    List.of(),
                    OptionalInt.empty(),
                    0,
                    false);
            assertThat(house.run(grouped).rows().count()).isZero();
        }
    }

    @Test
    void moreGroupsThanMayBeAreRefusedByTheNameOfTheSetting() {
        var few = new QueryConfig(100L << 20, 500, 64, 4_096, 4_096, 1_000_000, 16_384, 0, 100, false, 0);
        try (var house = new House(SEED, new Shape(1, 2, 500, 0, false, Metric.L2, false), few)) {
            assertThatThrownBy(() -> house.run(Read.Aggregate.of("c", List.of("pk"))))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.refusal())
                                    .isInstanceOfSatisfying(
                                            Refusal.LimitExceeded.class,
                                            limit -> assertThat(limit.setting()).isEqualTo("maxGroups")));
        }
    }

    @Test
    void whatAFieldCannotGiveIsRefused() {
        try (var house = new House(SEED, new Shape(1, 1, 20, 0, false, Metric.L2, false), QueryConfig.DEFAULT)) {
            var wrong = Map.of(
                    "sum(colour)", "aggregation operator sum does not support data type VarChar",
                    "avg($meta)", "aggregation operator avg does not support data type JSON",
                    "max(vector)", "aggregation operator max does not support data type FloatVector",
                    "count(vector)", "aggregation operator count does not support data type FloatVector",
                    "min(nowhere)", "aggregated field 'nowhere' does not exist",
                    "sum(*)", "'*' is only counted");
            wrong.forEach((figure, message) -> assertThatThrownBy(
                            () -> house.run(Read.Aggregate.of("c", List.of(), figures(figure))))
                    .hasMessageContaining(message));
            assertThatThrownBy(() -> house.run(Read.Aggregate.of("c", List.of("$meta"), figures("count(*)"))))
                    .hasMessageContaining("group by field $meta has unsupported data type JSON");
            assertThatThrownBy(() -> house.run(new Read.Aggregate(
                            "c",
                            List.of(),
                            Optional.empty(),
                            List.of("colour"),
                            List.of(figures("count(*)")),
                            List.of(Order.ascending("number")),
                            OptionalInt.of(1),
                            0,
                            false)))
                    .hasMessageContaining("ORDER BY can only reference GROUP BY columns");
        }
    }

    @Test
    void wholeNumbersOverflowOnlyInTheEnd() {
        var room = new Room(new dev.sextant.kernel.Memory(1 << 20), "test");
        var values = Column.longs(Long.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, -5, 3);
        var sum = Sum.of(Read.Calculation.SUM, dev.sextant.model.FieldType.Primitive.INT64, room);
        var average = Sum.of(Read.Calculation.AVERAGE, dev.sextant.model.FieldType.Primitive.INT64, room);
        sum.grow(1);
        average.grow(1);
        for (int row = 0; row < 2; row++) {
            sum.add(0, values, row);
            average.add(0, values, row);
        }
        assertThatThrownBy(() -> sum.figure(1)).hasMessageContaining("overflows");
        assertThat(value(average.figure(1), 0)).isEqualTo((double) Long.MAX_VALUE);
        for (int row = 2; row < 5; row++) sum.add(0, values, row);
        assertThat(value(sum.figure(1), 0)).isEqualTo(Long.MAX_VALUE - 1 - 5 + 3);
    }

    @Test
    void momentsWithoutAnOffsetAreReadInTheZoneOfTheCollection() {
        try (var house = new House(SEED, new Shape(1, 1, 5, 0, false, Metric.L2, false), QueryConfig.DEFAULT)) {
            var own = house.collection;
            var abroad = new Collection(
                    own.id(),
                    own.databaseId(),
                    own.name(),
                    own.description(),
                    own.schema(),
                    own.shards(),
                    own.consistency(),
                    Map.of(Moments.ZONE_PROPERTY, "Asia/Shanghai"),
                    own.partitions(),
                    own.indexes(),
                    own.load(),
                    own.created(),
                    own.altered());
            var reading = new Reading(
                    Call.local(), abroad, house.shards, Models.NONE, house.work, house.memory, house.config);
            var aggregate = new Read.Aggregate(
                    "c",
                    List.of(),
                    House.filter("number < 800"),
                    List.of(),
                    List.of(figures("count(*)")),
                    List.of(),
                    OptionalInt.empty(),
                    0,
                    false);
            assertThat(new Aggregations(reading)
                            .asked(aggregate)
                            .where()
                            .filter()
                            .orElseThrow()
                            .zone())
                    .contains(ZoneId.of("Asia/Shanghai"));
        }
    }
}
