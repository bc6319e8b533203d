package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Load;
import dev.sextant.model.Consistency;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Schema;
import dev.sextant.world.Chance;
import dev.sextant.world.Clock;
import dev.sextant.world.MemoryDisk;
import dev.sextant.world.Meters;
import dev.sextant.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Rows whose own last moment has come.
class ExpiryTest {
    private static final long HOUR = 3_600_000_000L;

    /// The shop's rows, whose number is a moment.
    private static Schema mortal() {
        var fields = new ArrayList<Field>();
        for (var field : Shop.schema().fields())
            fields.add(
                    field.id() == Shop.NUMBER
                            ? Field.of(field.name(), FieldType.Primitive.TIMESTAMPTZ)
                                    .withId(field.id())
                            : field);
        return new Schema(1, fields);
    }

    private static EngineConfig config() {
        var c = Shop.config();
        return c.with(to -> to.historyFor = Duration.ZERO);
    }

    private static Collection mortal(Shop shop) {
        var c = shop.create("c", mortal(), 1);
        shop.define(new Change.AlterCollection(c.id(), Map.of("ttl_field", "number"), ConsistencyLevel.STRONG, ""));
        return shop.find("c");
    }

    private static long now() {
        return System.currentTimeMillis() * 1000;
    }

    private static int kept(Shop shop, Collection c) {
        int rows = 0;
        for (var view : shop.views(c, Consistency.STRONG))
            try (view) {
                rows += view.parts().stream().mapToInt(Part::rows).sum();
            }
        return rows;
    }

    @Test
    void aRowIsNotSeenFromItsLastMomentOn() {
        try (var shop = new Shop(new MemoryDisk(), config())) {
            var c = mortal(shop);
            long soon = now() + 300_000;
            shop.insert(c, Map.of(1L, now() - HOUR, 2L, now() + HOUR, 3L, soon, 4L, 0L, 5L, -HOUR));
            assertThat(shop.read(c, Consistency.STRONG))
                    .doesNotContainKeys(1L, 4L, 5L)
                    .containsKey(2L);
            shop.flush(c);
            assertThat(shop.read(c, Consistency.STRONG))
                    .doesNotContainKeys(1L, 4L, 5L)
                    .containsKey(2L);
            Shop.eventually(() -> !shop.read(c, Consistency.STRONG).containsKey(3L));
            assertThat(now()).isGreaterThanOrEqualTo(soon);
            assertThat(shop.read(c, Consistency.STRONG)).containsOnlyKeys(2L);
            shop.upsert(c, Map.of(1L, now() + 2 * HOUR));
            assertThat(shop.read(c, Consistency.STRONG)).containsOnlyKeys(1L, 2L);
        }
    }

    @Test
    void anotherPropertyShowsOldRowsAgainOrHidesThem() {
        try (var shop = new Shop(new MemoryDisk(), Shop.config())) {
            var c = mortal(shop);
            shop.insert(c, Map.of(1L, now() - HOUR, 2L, now() + HOUR));
            shop.flush(c);
            shop.define(new Change.AlterCollection(c.id(), Map.of(), ConsistencyLevel.STRONG, ""));
            assertThat(shop.read(c, Consistency.STRONG)).containsOnlyKeys(1L, 2L);
            shop.define(new Change.AlterCollection(c.id(), Map.of("ttl_field", "number"), ConsistencyLevel.STRONG, ""));
            assertThat(shop.read(c, Consistency.STRONG)).containsOnlyKeys(2L);
        }
    }

    @Test
    void compactionDropsThemForGood() {
        var disk = new MemoryDisk();
        try (var shop = new Shop(disk, config())) {
            var c = mortal(shop);
            for (long i = 0; i < 30; i++) shop.insert(c, Map.of(i, i % 3 == 0 ? now() + HOUR : now() - HOUR));
            shop.flush(c);
            assertThat(kept(shop, c)).isEqualTo(30);
            assertThat(shop.read(c, Consistency.STRONG)).hasSize(10);
            Shop.eventually(() -> {
                shop.delete(c, 1_000L); // so that the horizon moves
                shop.engine.compact(c.shards(), Compaction.MAJOR);
                return kept(shop, c) == 10;
            });
            assertThat(shop.read(c, Consistency.STRONG)).hasSize(10);
        }
        try (var shop = new Shop(disk, config())) {
            assertThat(shop.read(shop.find("c"), Consistency.STRONG)).hasSize(10);
        }
    }

    @Test
    void expiredRowsThatCameAfterTheHorizonCauseNoMerges() {
        try (var shop = new Shop(new MemoryDisk(), Shop.config())) {
            var c = mortal(shop);
            shop.insert(c, Map.of(1L, -HOUR, 2L, -HOUR, 3L, now() + HOUR));
            shop.flush(c);
            var before = shop.engine.segments(c.id());
            assertThat(shop.engine.compact(c.shards(), Compaction.PLAIN)).isEqualTo(-1);
            long job = shop.engine.compact(c.shards(), Compaction.MAJOR);
            Shop.eventually(
                    () -> shop.engine.jobs().stream().anyMatch(each -> each.id() == job && each.progress() == 1));
            assertThat(shop.engine.segments(c.id())).isEqualTo(before);
        }
    }

    /// A clock that stands until it is set on.
    private static final class Standing implements Clock {
        private volatile long millis = 1_800_000_000_000L;

        @Override
        public long wallMillis() {
            return millis;
        }

        @Override
        public long monotonicNanos() {
            return System.nanoTime();
        }
    }

    @Test
    void aSearchLooksAtNoRowsButThoseWhoseMomentHasComeSinceTheLastOne() {
        var clock = new Standing();
        int count = 5_000;
        long start = clock.millis;
        try (var shop = new Shop(
                new World(new MemoryDisk(), clock, Chance.seeded(1), Meters.NONE),
                Shop.with(config(), 1 << 20, 8 << 20))) {
            var c = mortal(shop);
            // What nobody has loaded is let go again, and its order with it.
            shop.define(new Change.SetLoad(c.id(), new Load.Everything(Set.of(), 1)));
            var numbers = new java.util.TreeMap<Long, Long>();
            for (long key = 0; key < count; key++) numbers.put(key, (start + 1 + 7919 * key % count) * 1000);
            shop.insert(c, numbers);
            var shard = ((Node) shop.engine).shard(c.shards().getFirst());
            var memtable = shard.layout().active();
            assertThat(seen(shop, c)).isEqualTo(count);
            for (int i = 0; i < 300; i++) {
                clock.millis++;
                assertThat(seen(shop, c)).isEqualTo(count - (clock.millis - start));
                for (int again = 0; again < 3; again++) seen(shop, c);
            }
            // A heap of 5,000 is 13 deep.
            assertThat(memtable.expiring().steps()).isLessThan(13L * (count + 300) + 300);
            shop.flush(c);
            var segment = shard.layout().segments().getFirst();
            for (int i = 0; i < 300; i++) {
                clock.millis++;
                assertThat(seen(shop, c)).isEqualTo(count - (clock.millis - start));
                for (int again = 0; again < 3; again++) seen(shop, c);
            }
            assertThat(segment.visibility().changed()).isEqualTo(600);
            assertThat(segment.expired().bytes()).isEqualTo(12L * count);
            assertThat(shop.memory.byName().get("visible rows")).isGreaterThanOrEqualTo(12L * count);
        }
    }

    private static long seen(Shop shop, Collection c) {
        long rows = 0;
        for (var view : shop.views(c, Consistency.STRONG))
            try (view) {
                for (var part : view.parts()) rows += part.visible().count(part.rows());
            }
        return rows;
    }

    @Test
    void whateverComesAndGoesEveryMomentShowsWhatItShowed() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new java.util.SplittableRandom(seed);
        var clock = new Standing();
        try (var shop = new Shop(
                new World(new MemoryDisk(), clock, Chance.seeded(1), Meters.NONE),
                Shop.with(Shop.config(), 1 << 20, 8 << 20))) {
            var c = mortal(shop);
            var rows = new java.util.TreeMap<Long, Long>();
            var then = new java.util.TreeMap<Long, java.util.Set<Long>>(); // what each moment showed
            for (int step = 0; step < 60; step++) {
                clock.millis += random.nextInt(8);
                var more = new java.util.TreeMap<Long, Long>();
                for (int i = random.nextInt(6); i > 0; i--) // some are gone before they come
                more.put((long) rows.size() + more.size(), (clock.millis + random.nextInt(-40, 60)) * 1000);
                if (!more.isEmpty()) shop.insert(c, more);
                rows.putAll(more);
                if (random.nextInt(12) == 0) shop.flush(c);
                clock.millis++;
                long t = shop.engine.now();
                long micros = HybridClock.millis(t) * 1000;
                var shown = new java.util.TreeSet<Long>();
                rows.forEach((key, last) -> {
                    if (last > micros) shown.add(key);
                });
                then.put(t, shown);
                for (int look = 0; look < 3; look++) {
                    var keys = new ArrayList<>(then.keySet());
                    long at = look == 0 ? t : keys.get(random.nextInt(keys.size()));
                    assertThat(shop.read(c, new Consistency.Exactly(at)).keySet())
                            .as("seed %d, step %d, at %d of %d", seed, step, at, t)
                            .isEqualTo(then.get(at));
                }
            }
        }
    }

    @Test
    void withoutRoomForTheOrderEveryRowIsLookedAt() {
        try (var shop = new Shop(new MemoryDisk(), config())) {
            var c = mortal(shop);
            var numbers = new java.util.TreeMap<Long, Long>();
            for (long key = 0; key < 1000; key++) numbers.put(key, key % 3 == 0 ? now() + HOUR : now() - HOUR);
            shop.insert(c, numbers);
            shop.flush(c);
            try (var all = shop.memory.reserve("all", shop.memory.limitBytes() - shop.memory.inUseBytes())) {
                assertThat(all.bytes()).isPositive();
                assertThat(seen(shop, c)).isEqualTo(334);
            }
            assertThat(seen(shop, c)).isEqualTo(334);
        }
    }
}
