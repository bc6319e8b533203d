package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.ImportJob;
import dev.sextant.kernel.Memory;
import dev.sextant.model.Consistency;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.world.FaultDisk;
import dev.sextant.world.MemoryDisk;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ShipmentTest {
    private static final long MEMORY = 1 << 20;

    private final MemoryDisk disk = new MemoryDisk();

    private Shop open() {
        return new Shop(disk, Shop.config());
    }

    private static Map<Long, Long> numbers(long from, long to) {
        var numbers = new TreeMap<Long, Long>();
        for (long key = from; key < to; key++) numbers.put(key, key * 3);
        return numbers;
    }

    private static Map<Long, List<Long>> shown(Map<Long, Long> numbers) {
        var shown = new TreeMap<Long, List<Long>>();
        numbers.forEach((key, number) -> shown.put(key, List.of(number)));
        return shown;
    }

    private static void add(Shipment shipment, Collection c, Map<Long, Long> numbers) {
        for (var part :
                Shop.mutation(c, false, c.partitions().getFirst().id(), numbers).parts())
            shipment.add(part.shard(), part.insertion().orElseThrow());
    }

    private static Change ending(Collection c, long job) {
        return new Change.PutImport(new ImportJob(
                job, 1, c.id(), "c", "", List.of(), Map.of(), ImportJob.Phase.COMPLETED, 1, 2, "", List.of()));
    }

    private static long publish(Shop shop, Shipment shipment, Collection c) {
        return Shop.<Long>await(reply -> shop.engine.publish(shipment, _ -> List.of(ending(c, 1)), reply));
    }

    @Test
    void rowsAreSeenAllAtOnceAndOnlyAfterTheyArePublished() {
        try (var shop = open()) {
            var c = shop.create("c", 3);
            shop.insert(c, Map.of(-1L, 2L));
            var all = numbers(0, 5000);
            try (var shipment = shop.engine.ship(c.id(), MEMORY)) {
                add(shipment, c, numbers(0, 2500));
                add(shipment, c, numbers(2500, 5000));
                shipment.finish();
                assertThat(shop.read(c, Consistency.STRONG)).containsOnlyKeys(-1L);
                long at = publish(shop, shipment, c);
                assertThat(shop.read(c, new Consistency.Exactly(at - 1))).containsOnlyKeys(-1L);
                assertThat(shop.engine.catalog().imports().get(1L).phase()).isEqualTo(ImportJob.Phase.COMPLETED);
            }
            all.put(-1L, 2L);
            assertThat(shop.read(c, Consistency.STRONG)).isEqualTo(shown(all));
        }
        try (var shop = open()) {
            var c = shop.find("c");
            assertThat(shop.read(c, Consistency.STRONG)).hasSize(5001);
            assertThat(shop.engine.catalog().imports()).containsOnlyKeys(1L);
        }
    }

    private static long replace(Shop shop, Shipment shipment, Collection c) {
        return Shop.<Long>await(reply ->
                shop.engine.publish(shipment, _ -> List.of(new Change.Truncate(c.id()), ending(c, 1)), reply));
    }

    @Test
    void rowsThatTakeThePlaceOfOthersComeWhenThoseGo() {
        try (var shop = open()) {
            var c = shop.create("c", 3);
            shop.insert(c, numbers(-50, 0));
            var seen = numbers(-50, 0);
            for (int i = 0; i < 6; i++)
                try (var shipment = shop.engine.ship(c.id(), MEMORY)) {
                    add(shipment, c, numbers(100L * i, 100L * i + 150));
                    shipment.finish();
                    long at = replace(shop, shipment, c);
                    assertThat(shop.read(c, new Consistency.Exactly(at - 1))).isEqualTo(shown(seen));
                    seen = numbers(100L * i, 100L * i + 150);
                    assertThat(shop.read(c, new Consistency.Exactly(at))).isEqualTo(shown(seen));
                    assertThat(shop.read(c, Consistency.STRONG)).isEqualTo(shown(seen));
                    shop.engine.compact(c.shards(), Compaction.MAJOR); // puts rows that went beside those that came
                    assertThat(shop.engine.rowCount(c.id(), 0)).isEqualTo(150);
                    if (i % 2 == 1) ((Node) shop.engine).saveNow();
                }
            shop.engine.compact(c.shards(), Compaction.MAJOR);
        }
        try (var shop = open()) {
            assertThat(shop.read(shop.find("c"), Consistency.STRONG)).isEqualTo(shown(numbers(500, 650)));
        }
    }

    @Test
    void aTruncationForgetsThoseBeforeItThatHideNothing() {
        var schema = new Schema(0, List.of(Field.of("id", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY)));
        var memory = new Memory(16 << 20);
        var active = new Memtable(1, schema, memory, 1 << 20);
        var layout = new Layout(schema, List.of(), active, List.of(), Map.of());
        for (long t = 1; t <= 1000; t++) layout = layout.truncatedAt(t);
        assertThat(layout.truncated()).containsExactly(1000L);
        active.release();
    }

    @Test
    void deletesBeforeThePublicationMissTheRowsAndDeletesAfterItHitThem() {
        try (var shop = open()) {
            var c = shop.create("c", 2);
            try (var shipment = shop.engine.ship(c.id(), MEMORY)) {
                add(shipment, c, numbers(0, 100));
                shipment.finish();
                shop.delete(c, 1L, 2L);
                publish(shop, shipment, c);
            }
            assertThat(shop.read(c, Consistency.STRONG)).hasSize(100);
            shop.delete(c, 1L);
            shop.upsert(c, Map.of(2L, 8L));
            assertThat(shop.read(c, Consistency.STRONG)).hasSize(99).containsEntry(2L, List.of(8L));
        }
        try (var shop = open()) {
            assertThat(shop.read(shop.find("c"), Consistency.STRONG))
                    .hasSize(99)
                    .containsEntry(2L, List.of(8L));
        }
    }

    @Test
    void whatIsGivenUpLeavesNoFile() {
        try (var shop = open()) {
            var c = shop.create("c", 2);
            int before = disk.list("segments").size();
            try (var shipment = shop.engine.ship(c.id(), MEMORY)) {
                add(shipment, c, numbers(0, 100));
                shipment.finish();
                add(shipment, c, numbers(100, 200));
            }
            assertThat(disk.list("segments")).hasSize(before);
            try (var shipment = shop.engine.ship(c.id(), MEMORY)) {
                add(shipment, c, numbers(0, 100));
                shipment.finish();
                shop.define(new Change.DropCollection(c.id(), Long.MAX_VALUE));
                assertThatThrownBy(() -> publish(shop, shipment, c)).isInstanceOf(Refused.class);
            }
            assertThat(disk.list("segments")).hasSize(before);
        }
    }

    @Test
    void aPublicationThatChangesNothingPublishesNothing() {
        try (var shop = open()) {
            var c = shop.create("c", 1);
            try (var shipment = shop.engine.ship(c.id(), MEMORY)) {
                add(shipment, c, numbers(0, 10));
                shipment.finish();
                Shop.<Long>await(reply -> shop.engine.publish(shipment, _ -> List.of(), reply));
            }
            assertThat(shop.read(c, Consistency.STRONG)).isEmpty();
        }
    }

    @Test
    void memoryBoundsWhatWaitsAndCutsSegments() {
        try (var shop = open()) {
            var c = shop.create("c", 1);
            try (var shipment = shop.engine.ship(c.id(), 64 << 10)) {
                for (int i = 0; i < 20; i++) add(shipment, c, numbers(i * 500L, i * 500L + 500));
                shipment.finish();
                assertThat(shipment.rows()).isEqualTo(10_000);
                publish(shop, shipment, c);
            }
            assertThat(shop.engine.segments(c.id())).hasSizeGreaterThan(3);
            assertThat(shop.read(c, Consistency.STRONG)).isEqualTo(shown(numbers(0, 10_000)));
        }
    }

    @Test
    void mergesAndCheckpointsKeepWhatWasAdopted() {
        try (var shop = open()) {
            var c = shop.create("c", 1);
            for (int i = 0; i < 6; i++)
                try (var shipment = shop.engine.ship(c.id(), MEMORY)) {
                    shop.insert(c, numbers(-100 * i - 100, -100 * i));
                    add(shipment, c, numbers(i * 100L, i * 100L + 100));
                    shipment.finish();
                    publish(shop, shipment, c);
                }
            ((Node) shop.engine).saveNow();
            Shop.eventually(() -> {
                shop.engine.compact(c.shards(), Compaction.MAJOR); // until it meets no other merge
                return shop.engine.segments(c.id()).stream()
                                .filter(s -> !s.growing())
                                .count()
                        == 1;
            });
            assertThat(shop.read(c, Consistency.STRONG)).isEqualTo(shown(numbers(-600, 600)));
            ((Node) shop.engine).saveNow();
        }
        try (var shop = open()) {
            assertThat(shop.read(shop.find("c"), Consistency.STRONG)).isEqualTo(shown(numbers(-600, 600)));
        }
    }

    /// The power fails anywhere between the first row and long after the publication: all rows of it are there, or
    /// none, and the catalog says which.
    @Test
    @Tag("slow")
    void aCutOfThePowerLeavesAllRowsOrNone() {
        long seed = Long.getLong("sextant.seed", System.nanoTime());
        System.out.println("seed " + seed);
        var random = new SplittableRandom(seed);
        int complete = 0, cuts = 150;
        for (int i = 0; i < cuts; i++) {
            var faulty = new FaultDisk(random.nextLong(), 512);
            int shards = 1 + random.nextInt(3);
            faulty.powerOffAfter(random.nextLong(10, 110));
            boolean replaces = random.nextBoolean();
            work(faulty, shards, replaces);
            try (var shop = new Shop(faulty.cut(), Shop.config())) {
                var c = shop.engine.catalog().collection(1, "c");
                if (c.isEmpty()) continue;
                boolean done = shop.engine.catalog().imports().containsKey(1L);
                var keys = shop.read(c.get(), Consistency.STRONG).keySet();
                long there = keys.stream().filter(key -> key >= 0).count();
                if (done) {
                    complete++;
                    assertThat(there).as("seed " + seed + ", cut " + i).isBetween(999L, 1000L);
                    if (replaces)
                        assertThat(keys).as("seed " + seed + ", cut " + i).noneMatch(key -> key >= -50 && key < 0);
                } else assertThat(there).as("seed " + seed + ", cut " + i).isZero();
            }
        }
        System.out.println(complete + " of " + cuts + " published");
        assertThat(complete).isBetween(1, cuts - 1);
    }

    private static void work(FaultDisk disk, int shards, boolean replaces) {
        Shop shop = null;
        try {
            shop = new Shop(disk, Shop.config());
            var c = shop.create("c", shards);
            shop.insert(c, numbers(-50, 0));
            try (var shipment = shop.engine.ship(c.id(), 32 << 10)) {
                add(shipment, c, numbers(0, 500));
                add(shipment, c, numbers(500, 1000));
                shipment.finish();
                if (replaces) replace(shop, shipment, c);
                else publish(shop, shipment, c);
            }
            shop.delete(c, 7L);
            shop.engine.compact(c.shards(), Compaction.MAJOR);
            ((Node) shop.engine).saveNow();
            for (int i = 0; i < 20; i++) shop.insert(c, numbers(-70 - i, -50 - i));
            ((Node) shop.engine).saveNow();
        } catch (RuntimeException powerless) {
            assertThat(disk.changes()).isPositive();
        } finally {
            disk.powerOff();
            if (shop != null) close(shop);
        }
    }

    private static void close(Shop shop) {
        try {
            shop.close();
        } catch (RuntimeException powerOff) {
            shop.work.close();
        }
    }
}
