package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.kernel.Work;
import dev.sextant.model.Call;
import dev.sextant.model.Hits;
import dev.sextant.model.Metric;
import dev.sextant.model.Read;
import dev.sextant.model.Reply;
import dev.sextant.query.House.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A search takes a lent thread only as long as it was lent for.
@Timeout(60)
class LentThreadTest {
    private static final QueryConfig CONFIG =
            new QueryConfig(100L << 20, Integer.MAX_VALUE, 64, 4_096, 128, 1_000_000_000, 100, 1 << 20);

    private static Thread answered(House house, String filter, long nanos) {
        var near = new Read.Near(
                "vector",
                new Read.Target.Vectors(House.vectors(List.of(house.vector()))),
                Optional.empty(),
                Map.of(),
                OptionalDouble.empty(),
                OptionalDouble.empty());
        var search = new Read.Search(
                "c",
                List.of(),
                near,
                House.filter(filter),
                10,
                0,
                List.of("number"),
                Optional.empty(),
                Optional.empty(),
                -1,
                false);
        var by = new CompletableFuture<Thread>();
        Work.lending(
                () -> house.queries.run(Call.local(), house.collection, search, new Reply<Hits>() {
                    @Override
                    public void complete(Hits hits) {
                        assertThat(hits.total()).isEqualTo(10);
                        by.complete(Thread.currentThread());
                    }

                    @Override
                    public void fail(Throwable reason) {
                        by.completeExceptionally(reason);
                    }
                }),
                nanos);
        return by.join();
    }

    @Test
    void aShortOneIsAnsweredWhereItWasAskedAndALongOneIsNot() {
        try (var house = new House(1, new Shape(2, 2, 2_000, 0, false, Metric.L2, false), CONFIG)) {
            assertThat(answered(house, "", 1_000_000_000)).isEqualTo(Thread.currentThread());
            // 4,000 rows of 256 bytes a shard cannot be scored in that time.
            assertThat(answered(house, "", 20_000)).isNotEqualTo(Thread.currentThread());
        }
    }

    @Test
    void neitherDoesAFilterThatLooksAtManyRows() {
        try (var house = new House(1, new Shape(1, 2, 2_000, 0, false, Metric.L2, false), CONFIG)) {
            assertThat(answered(house, "number < 100000", 19_999)).isNotEqualTo(Thread.currentThread());
            assertThat(answered(house, "number < 100000", 1_000_000_000)).isEqualTo(Thread.currentThread());
        }
    }

    @Test
    void norOneWhoseVectorsMustBeLoadedFirst() {
        try (var house = new House(1, new Shape(1, 2, 2_000, 0, false, Metric.L2, false), CONFIG)) {
            house.parts.getFirst().getLast().ready = false;
            assertThat(answered(house, "", 1_000_000_000)).isNotEqualTo(Thread.currentThread());
        }
    }
}
