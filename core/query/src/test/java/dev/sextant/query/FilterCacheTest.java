package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Schema;
import dev.sextant.query.filter.Binder;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
                                .count(1_000))
                        .isEqualTo(10);
                assertThat(cache.rows(2, heir, 1, filter, bound, Bits.ALL, 0, () -> {})
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
                                    .count(24))
                            .isEqualTo(expected.getValue());
                }
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
