package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Consistency;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.world.FaultDisk;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DiskTroubleTest {
    @Test
    void aFullDiskRefusesWritesServesReadsAndRecoversByItself() {
        var disk = new FaultDisk(3, 512);
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.create("c", 1);
            shop.insert(c, Map.of(1L, 1L));
            disk.setCapacity(disk.usedBytes());
            Shop.eventually(() -> refused(shop, c) && !shop.engine.troubles().isEmpty());
            assertThat(shop.read(c, Consistency.STRONG).get(1L)).contains(1L);
            disk.setCapacity(1L << 40);
            Shop.eventually(() -> !refused(shop, c) && shop.engine.troubles().isEmpty());
        }
    }

    private static boolean refused(Shop shop, dev.sextant.catalog.Collection c) {
        var rows = new TreeMap<Long, Long>();
        for (long i = 0; i < 2000; i++) rows.put(1000 + i, i);
        try {
            shop.upsert(c, rows);
            return false;
        } catch (Refused refused) {
            assertThat(refused.refusal()).isInstanceOfAny(Refusal.DiskUnavailable.class, Refusal.OutcomeUnknown.class);
            return true;
        }
    }

    @Test
    void aReadOnlyDiskRefusesWritesAndServesReads() {
        var disk = new FaultDisk(4, 512);
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.create("c", 1);
            shop.insert(c, Map.of(1L, 1L));
            disk.setReadOnly(true);
            assertThatThrownBy(() -> shop.insert(c, Map.of(2L, 2L)))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.refusal())
                                    .isInstanceOfAny(Refusal.DiskUnavailable.class, Refusal.OutcomeUnknown.class));
            assertThat(shop.read(c, Consistency.STRONG)).containsKey(1L);
            disk.setReadOnly(false);
            Shop.eventually(() -> !refused(shop, c));
        }
    }

    @Test
    void whatIsOnAReadOnlyDiskCanBeOpenedAndRead() {
        var disk = new FaultDisk(6, 512);
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.create("c", 1);
            shop.insert(c, Map.of(1L, 1L));
            shop.flush(c);
            shop.insert(c, Map.of(2L, 2L));
        }
        disk.setReadOnly(true);
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.find("c");
            assertThat(shop.read(c, Consistency.STRONG)).containsOnlyKeys(1L, 2L);
            assertThatThrownBy(() -> shop.insert(c, Map.of(3L, 3L))).isInstanceOf(Refused.class);
            disk.setReadOnly(false);
            Shop.eventually(() -> !refused(shop, c));
        }
    }

    @Test
    void writesThatFailNowAndThenLoseNothingThatWasAcknowledged() {
        var disk = new FaultDisk(5, 512);
        var expected = new TreeMap<Long, Long>();
        try (var shop = new Shop(disk, Shop.with(Shop.config(), 64 << 10, 32 << 10))) {
            var c = shop.create("c", 1);
            disk.failForces(0.05);
            disk.failWrites(0.05);
            for (long i = 0; i < 300; i++)
                try {
                    shop.insert(c, Map.of(i, i));
                    expected.put(i, i);
                } catch (Refused refused) {
                    assertThat(refused.refusal())
                            .isInstanceOfAny(Refusal.DiskUnavailable.class, Refusal.OutcomeUnknown.class);
                }
            disk.failForces(0);
            disk.failWrites(0);
            Shop.eventually(() -> !refused(shop, c));
            assertThat(shop.read(c, Consistency.STRONG)).containsAllEntriesOf(lists(expected));
        }
        try (var shop = new Shop(disk, Shop.config())) {
            assertThat(shop.read(shop.find("c"), Consistency.STRONG)).containsAllEntriesOf(lists(expected));
        }
        assertThat(expected).isNotEmpty();
    }

    private static Map<Long, List<Long>> lists(Map<Long, Long> numbers) {
        var lists = new TreeMap<Long, List<Long>>();
        numbers.forEach((key, number) -> lists.put(key, List.of(number)));
        return lists;
    }
}
