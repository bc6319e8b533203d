package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.index.Accept;
import dev.sextant.index.DenseRows;
import dev.sextant.index.QuantisedBuild;
import dev.sextant.index.QuantisedGraph;
import dev.sextant.index.QuantisedParameters;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Metric;
import dev.sextant.model.Schema;
import dev.sextant.model.VectorType;
import dev.sextant.query.filter.Binder;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FilterCacheTest {
    private static final Schema SCHEMA = new Schema(
            1, List.of(Field.of("pk", Primitive.INT64, Trait.PRIMARY_KEY).withId(100)));

    private final Memory memory = new Memory(1 << 20);
    private int reads;

    private MemoryPart part(long id, boolean growing) {
        var keys = new long[1_000];
        for (int i = 0; i < keys.length; i++) keys[i] = i;
        return new MemoryPart(
                id, growing, Map.of(100, Column.longs(keys)), Bits.ALL, new long[1], new long[1_000], false) {
            @Override
            public Column chunk(int field, int chunk) {
                reads++;
                return super.chunk(field, chunk);
            }
        };
    }

    private static int count(FilterCache cache, MemoryPart part, String text, Bits among) {
        var filter = House.filter(text).orElseThrow();
        return cache.rows(1, part, 1, filter, Binder.bind(filter, SCHEMA), among, 0, () -> {})
                .rows()
                .count(1_000);
    }

    @Test
    void aFilterThatComesAThirdTimeReadsNothing() {
        try (var cache = new FilterCache(Optional.of(memory), 1 << 19)) {
            var part = part(1, false);
            for (int i = 0; i < 5; i++)
                assertThat(count(cache, part, "pk < 10", Bits.ALL)).isEqualTo(10);
            assertThat(reads).isEqualTo(2);
            assertThat(memory.byName()).containsKey("filters");
            assertThat(count(cache, part, "pk < 20", Bits.ALL)).isEqualTo(20);
        }
        assertThat(memory.byName()).doesNotContainKey("filters");
    }

    /// The rows that are visible are the same until something is deleted.
    @Test
    void whatIsLeftOfAFilterIsTheSameAsLongAsWhatIsAskedAboutIsTheSame() {
        try (var cache = new FilterCache(Optional.of(memory), 1 << 19)) {
            var part = part(1, false);
            var filter = House.filter("pk < 10").orElseThrow();
            var bound = Binder.bind(filter, SCHEMA);
            for (int gone = 0; gone < 3; gone++) {
                var visible = Bits.ALL.change(1_000).clear(gone).build();
                var taken = cache.rows(1, part, 1, filter, bound, visible, 0, () -> {});
                taken = cache.rows(1, part, 1, filter, bound, visible, 0, () -> {});
                taken = cache.rows(1, part, 1, filter, bound, visible, 0, () -> {});
                assertThat(taken.rows().count(1_000)).isEqualTo(9);
                assertThat(taken.rows().get(gone)).isFalse();
                assertThat(cache.rows(1, part, 1, filter, bound, visible, 0, () -> {})
                                .rows())
                        .isSameAs(taken.rows());
                assertThat(count(cache, part, "pk < 10", Bits.ALL)).isEqualTo(10);
            }
            assertThat(reads).isEqualTo(2);
        }
    }

    @Test
    void aRestoredCollectionWithTheSegmentsOfItsSourceIsReadForItself() {
        var filter = House.filter("pk < 10").orElseThrow();
        try (var cache = new FilterCache(Optional.of(memory), 1 << 19);
                var source = part(1, false);
                var heir = new MemoryPart(
                        1,
                        false,
                        Map.of(100, Column.longs(new long[1_000])),
                        Bits.ALL,
                        new long[1],
                        new long[1_000],
                        false)) {
            var bound = Binder.bind(filter, SCHEMA);
            for (int i = 0; i < 3; i++) {
                assertThat(cache.rows(1, source, 1, filter, bound, Bits.ALL, 0, () -> {})
                                .rows()
                                .count(1_000))
                        .isEqualTo(10);
                assertThat(cache.rows(2, heir, 1, filter, bound, Bits.ALL, 0, () -> {})
                                .rows()
                                .count(1_000))
                        .isEqualTo(1_000);
            }
        }
    }

    @Test
    void whoIsVisibleIsAskedEachTime() {
        try (var cache = new FilterCache(Optional.of(memory), 1 << 19)) {
            var part = part(1, false);
            for (int i = 0; i < 3; i++) count(cache, part, "pk < 10", Bits.ALL);
            assertThat(count(
                            cache,
                            part,
                            "pk < 10",
                            Bits.builder(1_000).set(3).set(500).build()))
                    .isEqualTo(1);
        }
    }

    @Test
    void aMomentWithoutAnOffsetIsAnotherOneInEachZone() {
        var schema = new Schema(
                1,
                List.of(
                        Field.of("pk", Primitive.INT64, Trait.PRIMARY_KEY).withId(100),
                        Field.of("at", Primitive.TIMESTAMPTZ).withId(101)));
        var hours = new long[24];
        for (int i = 0; i < hours.length; i++) hours[i] = i * 3_600_000_000L;
        try (var cache = new FilterCache(Optional.of(memory), 1 << 19);
                var part = new MemoryPart(
                        1, false, Map.of(101, Column.longs(hours)), Bits.ALL, new long[1], new long[24], false)) {
            var filter = House.filter("at >= '1970-01-01T12:00:00'").orElseThrow();
            for (int i = 0; i < 3; i++)
                for (var expected : Map.of("UTC", 12, "Asia/Shanghai", 20).entrySet()) {
                    var there = filter.in(ZoneId.of(expected.getKey()));
                    assertThat(cache.rows(1, part, 1, there, Binder.bind(there, schema), Bits.ALL, 0, () -> {})
                                    .rows()
                                    .count(24))
                            .isEqualTo(expected.getValue());
                }
        }
    }

    /// From the walk on that makes it pay, for each index by itself, out of the budget as long as it is kept.
    @Test
    @Tag("slow")
    void whatManyWalksAskForIsAlsoKeptInTheOrderOfTheirIndex() {
        var memory = new Memory(64 << 20);
        int rows = 5_000, dimension = 16;
        var random = new Random(4);
        try (var region = memory.allocate("rows", 4L * rows * dimension);
                var scratch = new Scratch(memory);
                var cache = new FilterCache(Optional.of(memory), 1 << 20)) {
            for (int i = 0; i < rows * dimension; i++) Raw.putFloat(region.address() + 4L * i, random.nextFloat());
            var vectors = DenseRows.packed(region.address(), rows, dimension, VectorType.FLOAT32);
            try (var first = graph(memory, vectors, scratch);
                    var second = graph(memory, vectors, scratch)) {
                var part = part(1, false);
                var filter = House.filter("pk < 10").orElseThrow();
                var bound = Binder.bind(filter, SCHEMA);
                assertThat(cache.rows(1, part, 1, filter, bound, Bits.ALL, 0, () -> {})
                                .kept())
                        .isEmpty();
                cache.rows(1, part, 1, filter, bound, Bits.ALL, 0, () -> {});
                long kept = memory.byName().get("filters");
                for (int walk = 1; walk <= FilterCache.WALKS + 5; walk++) {
                    boolean pays = walk >= FilterCache.WALKS;
                    var taken = cache.rows(1, part, 1, filter, bound, Bits.ALL, 0, () -> {});
                    for (var index : List.of(first, second))
                        assertThat(taken.kept().orElseThrow().arranged(index))
                                .as("walk %d", walk)
                                .matches(pays ? Optional::isPresent : Optional::isEmpty);
                }
                long arranged = first.arranged(Bits.none(rows)).orElseThrow().bytes();
                assertThat(memory.byName().get("filters")).isEqualTo(kept + 2 * arranged);
            }
        }
        assertThat(memory.byName()).doesNotContainKey("filters");
    }

    private static QuantisedGraph graph(Memory memory, DenseRows rows, Scratch scratch) {
        try (var build = new QuantisedBuild(memory, rows, Metric.L2, QuantisedParameters.DEFAULT, Accept.ALL)) {
            build.work(scratch, Stop.NEVER);
            return build.finish();
        }
    }

    @Test
    void aPartThatGrowsIsReadEachTime() {
        try (var cache = new FilterCache(Optional.of(memory), 1 << 19)) {
            var part = part(1, true);
            for (int i = 0; i < 5; i++) count(cache, part, "pk < 10", Bits.ALL);
            assertThat(reads).isEqualTo(5);
        }
    }

    @Test
    void theOldestMakeRoom() {
        try (var cache = new FilterCache(Optional.of(memory), 1 << 16)) {
            for (int id = 0; id < 50; id++) {
                var part = part(id, false);
                for (int i = 0; i < 3; i++)
                    assertThat(count(cache, part, "pk < 10", Bits.ALL)).isEqualTo(10);
            }
            assertThat(memory.inUseBytes()).isLessThanOrEqualTo(1 << 16);
        }
    }
}
