package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Column;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.query.House.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What a read holds while it runs is in the budget, and gone from it afterwards.
class ReadMemoryTest {
    private static final QueryConfig SCANS = new QueryConfig(1L << 40, Integer.MAX_VALUE, 64, 4_096, 128, 0, 0, 0);

    private static Read.Search search(House house, int queries, int limit) {
        var vectors = IntStream.range(0, queries).mapToObj(_ -> house.vector()).toList();
        var near = new Read.Near(
                "vector",
                new Read.Target.Vectors(House.vectors(vectors)),
                Optional.of(Metric.L2),
                Map.of(),
                OptionalDouble.empty(),
                OptionalDouble.empty());
        return new Read.Search(
                "c",
                List.of(),
                near,
                Optional.empty(),
                limit,
                0,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                -1,
                false);
    }

    private static Read.Query everything() {
        return new Read.Query("c", List.of(), Optional.empty(), List.of(), OptionalInt.empty(), 0, false);
    }

    private static void refusedWithNumbers(House house, Read<?> read) {
        assertThatThrownBy(() -> house.run(read))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.refusal())
                                .isInstanceOfSatisfying(Refusal.OutOfMemory.class, none -> {
                                    assertThat(none.limitBytes()).isEqualTo(house.memory.limitBytes());
                                    assertThat(none.askedBytes()).isPositive();
                                }));
    }

    @Test
    @Tag("slow")
    void candidatesOfASearchAreCountedAndAreRefusedWhereTheyDoNotFit() {
        for (boolean textKeys : new boolean[] {false, true})
            try (var house = new House(3, new Shape(1, 2, 8_000, 1, textKeys, Metric.L2, false), SCANS)) {
                house.run(search(house, 40, 10)); // the workers have their scratch from here on
                house.run(search(house, 40, 6_000));
                long idle = house.memory.inUseBytes();
                long least = 40L * 6_000 * 12;
                assertThat(house.run(search(house, 40, 6_000)).total()).isGreaterThan(40 * 5_000);
                assertThat(house.memory.peakBytes() - idle).isGreaterThan(least);
                assertThat(house.memory.inUseBytes()).isEqualTo(idle);
                try (var hog = house.memory.reserve("test", house.memory.limitBytes() - idle - (2L << 20))) {
                    assertThat(hog.bytes()).isPositive();
                    house.run(search(house, 4, 10));
                    refusedWithNumbers(house, search(house, 40, 6_000));
                }
                assertThat(house.memory.inUseBytes()).isEqualTo(idle);
            }
    }

    @Test
    void keysOfAnUnlimitedQueryAreCountedAsTheyGrow() {
        for (boolean textKeys : new boolean[] {false, true})
            try (var house = new House(4, new Shape(2, 2, 30_000, 1, textKeys, Metric.L2, false), SCANS)) {
                long idle = house.memory.inUseBytes();
                try (var hog = house.memory.reserve("test", house.memory.limitBytes() - idle - (1_200L << 10))) {
                    assertThat(hog.bytes()).isPositive();
                    refusedWithNumbers(house, everything());
                    var few = new Read.Query("c", List.of(), Optional.empty(), List.of(), OptionalInt.of(3), 0, false);
                    assertThat(house.run(few).rows().count()).isEqualTo(3);
                }
                assertThat(house.memory.inUseBytes()).isEqualTo(idle);
                assertThat(house.run(everything()).rows().count()).isGreaterThan(30_000);
                assertThat(house.memory.inUseBytes()).isEqualTo(idle);
            }
    }

    @Test
    void aReadThatFailsGivesItsMemoryBack() {
        try (var house = new House(5, new Shape(2, 2, 3_000, 1, false, Metric.L2, false), SCANS)) {
            house.run(search(house, 2, 10));
            long idle = house.memory.inUseBytes();
            house.whenRead = () -> {
                throw new IllegalStateException("for the test");
            };
            assertThatThrownBy(() -> house.run(everything())).hasMessage("for the test");
            assertThat(house.memory.inUseBytes()).isEqualTo(idle);
            var missing = new Read.Near(
                    "vector",
                    new Read.Target.Keys(Column.longs(-1)),
                    Optional.of(Metric.L2),
                    Map.of(),
                    OptionalDouble.empty(),
                    OptionalDouble.empty());
            assertThatThrownBy(() -> house.run(new Read.Search(
                            "c",
                            List.of(),
                            missing,
                            Optional.empty(),
                            1,
                            0,
                            List.of(),
                            Optional.empty(),
                            Optional.empty(),
                            -1,
                            false)))
                    .isInstanceOf(Refused.class);
            assertThat(house.memory.inUseBytes()).isEqualTo(idle);
        }
    }
}
