package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Consistency;
import dev.sextant.world.MemoryDisk;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IdleTest {
    private static final int COLLECTIONS = 500;

    @Test
    void idleCollectionsCostNoThreadNoFileAndLittleMemory() {
        var disk = new MemoryDisk();
        try (var shop = new Shop(disk, Shop.config())) {
            long floor = shop.memory.inUseBytes();
            int threads = Thread.activeCount();
            for (int i = 0; i < COLLECTIONS; i++) {
                var c = shop.create("c" + i, 1);
                if (i % 2 == 0) shop.insert(c, Map.of(1L, (long) i));
            }
            assertThat(shop.memory.inUseBytes() - floor).isLessThan(COLLECTIONS * 20_000L);
            assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 2);
            assertThat(disk.list("segments")).isEmpty();
        }
        assertThat(disk.list("segments")).isEmpty();
        assertThat(disk.list("checkpoints").size()).isBetween(1, 2);
        try (var shop = new Shop(disk, Shop.config())) {
            assertThat(((Node) shop.engine).replayed()).as("entries replayed").isLessThan(5);
            assertThat(shop.engine.catalog().collections()).hasSize(COLLECTIONS);
            assertThat(shop.read(shop.find("c10"), Consistency.STRONG).get(1L)).containsExactly(10L);
        }
    }

    @Test
    void memoryReturnsToItsFloor() {
        var disk = new MemoryDisk();
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.create("c", 2);
            long floor = shop.memory.inUseBytes();
            for (long i = 0; i < 20; i++) {
                shop.upsert(c, Map.of(i, i));
                if (i % 5 == 4) shop.flush(c);
                shop.read(c, Consistency.STRONG);
            }
            shop.define(new dev.sextant.catalog.Change.DropCollection(c.id(), 0));
            Shop.eventually(() -> shop.engine.catalog().trash().isEmpty());
            Shop.eventually(() -> shop.memory.inUseBytes() <= floor);
            ((Node) shop.engine).saveNow();
            ((Node) shop.engine).saveNow();
            assertThat(disk.list("segments")).isEmpty();
        }
    }
}
