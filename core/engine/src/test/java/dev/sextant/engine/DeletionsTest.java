package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.world.MemoryDisk;
import java.util.HashMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DeletionsTest {
    @Test
    void aRowGoesAwayOnceAndAtItsFirstTime() {
        var deletions = new Deletions();
        assertThat(deletions.add(3, 10)).isTrue();
        assertThat(deletions.add(3, 20)).isFalse();
        assertThat(deletions.add(5, 20)).isTrue();
        deletions.publish();
        assertThat(deletions.seen().count()).isEqualTo(2);
        assertThat(deletions.seen().upTo(9)).isZero();
        assertThat(deletions.seen().upTo(10)).isEqualTo(1);
        assertThat(deletions.seen().upTo(19)).isEqualTo(1);
        assertThat(deletions.seen().upTo(20)).isEqualTo(2);
        assertThat(deletions.at(10, 8).get(3)).isFalse();
        assertThat(deletions.at(10, 8).get(5)).isTrue();
        assertThat(deletions.at(20, 8).get(5)).isFalse();
    }

    @Test
    void whatIsKeptOfThemIsCountedInTheBudget() {
        try (var shop = new Shop(new MemoryDisk(), Shop.config())) {
            var c = shop.create("c", 1);
            var rows = new HashMap<Long, Long>();
            for (long key = 0; key < 1000; key++) rows.put(key, key);
            shop.insert(c, rows);
            shop.flush(c);
            long before = shop.memory.byName().getOrDefault("deletions", 0L);
            shop.delete(c, LongStream.range(0, 500).boxed().toArray(Long[]::new));
            assertThat(shop.memory.byName().getOrDefault("deletions", 0L)).isGreaterThanOrEqualTo(before + 12 * 500);
        }
    }
}
