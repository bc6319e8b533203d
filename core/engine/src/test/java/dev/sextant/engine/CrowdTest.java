package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.catalog.Collection;
import dev.sextant.model.Column;
import dev.sextant.model.Consistency;
import dev.sextant.world.MemoryDisk;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Many at once: what one entry does is seen as a whole or not at all, whatever is sealed, merged and saved meanwhile.
class CrowdTest {
    private static final int ACCOUNTS = 40;
    private static final long SUM = ACCOUNTS * 100L;

    @Test
    void everyViewShowsWholeEntriesWhileOthersWriteSealMergeAndSave() throws Exception {
        var config = Shop.with(Shop.config(), 256 << 10, 24 << 10);
        var disk = new MemoryDisk();
        try (var shop = new Shop(disk, config)) {
            var c = shop.create("c", 3);
            var start = new TreeMap<Long, Long>();
            for (long i = 0; i < ACCOUNTS; i++) start.put(i, 100L);
            shop.insert(c, start);
            var stop = new AtomicBoolean();
            var transfers = new AtomicLong();
            var views = new AtomicLong();
            var crowd = List.of(
                    CompletableFuture.runAsync(() -> transfer(shop, c, stop, transfers, 1), Thread::startVirtualThread),
                    CompletableFuture.runAsync(() -> transfer(shop, c, stop, transfers, 2), Thread::startVirtualThread),
                    CompletableFuture.runAsync(
                            () -> look(shop, c, stop, views),
                            r -> Thread.ofPlatform().start(r)),
                    CompletableFuture.runAsync(
                            () -> look(shop, c, stop, views),
                            r -> Thread.ofPlatform().start(r)),
                    CompletableFuture.runAsync(() -> tidy(shop, c, stop), Thread::startVirtualThread));
            Shop.eventually(() -> transfers.get() > 400 && views.get() > 50
                    || crowd.stream().anyMatch(CompletableFuture::isCompletedExceptionally));
            stop.set(true);
            for (var one : crowd) one.join();
            assertThat(sum(shop.read(c, Consistency.STRONG))).isEqualTo(SUM);
        }
        try (var shop = new Shop(disk, config)) {
            assertThat(sum(shop.read(shop.find("c"), Consistency.STRONG))).isEqualTo(SUM);
        }
    }

    private static long sum(Map<Long, List<Long>> rows) {
        assertThat(rows).hasSize(ACCOUNTS);
        return rows.values().stream()
                .mapToLong(numbers -> {
                    assertThat(numbers).hasSize(1);
                    return numbers.getFirst();
                })
                .sum();
    }

    private static void look(Shop shop, Collection c, AtomicBoolean stop, AtomicLong views) {
        while (!stop.get()) {
            assertThat(sum(shop.read(c, Consistency.STRONG))).isEqualTo(SUM);
            views.incrementAndGet();
        }
    }

    private static void tidy(Shop shop, Collection c, AtomicBoolean stop) {
        while (!stop.get()) {
            shop.flush(c);
            shop.engine.compact(c.shards(), Compaction.MAJOR);
            ((Node) shop.engine).saveNow();
        }
    }

    /// Takes from one account and gives to another, in whatever shards they are.
    private static void transfer(Shop shop, Collection c, AtomicBoolean stop, AtomicLong transfers, long seed) {
        var random = new SplittableRandom(seed);
        while (!stop.get()) {
            long from = random.nextInt(ACCOUNTS),
                    to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS,
                    amount = random.nextInt(20);
            Shop.<Outcome>await(reply -> shop.engine.write(
                    Set.copyOf(c.shards()),
                    found -> {
                        var balances = new HashMap<Long, Long>();
                        balances.put(from, balance(c, found, from) - amount);
                        balances.put(to, balance(c, found, to) + amount);
                        return Shop.mutation(c, true, c.partitions().getFirst().id(), balances);
                    },
                    Long.MAX_VALUE,
                    reply));
            transfers.incrementAndGet();
        }
    }

    private static long balance(Collection c, Map<Long, View> views, long account) {
        var view = views.get(Shop.shardOf(c, account));
        var places = view.find(Column.longs(account), 0);
        assertThat(places.count()).isEqualTo(1);
        return ((Column.Longs) view.parts().get(places.part()[0]).fetch(Shop.NUMBER, new int[] {places.row()[0]}))
                .values()[0];
    }
}
