package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.catalog.Collection;
import dev.sextant.model.Consistency;
import dev.sextant.model.Refused;
import dev.sextant.world.FaultDisk;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The power fails anywhere while rows are written, sealed, merged and checkpointed; every disk that can result is
/// opened again. `-Dsextant.cuts=5000` makes it longer, `-Dsextant.seed=…` repeats it.
@Tag("slow")
class EnginePowerCutTest {
    private static final int CUTS = Integer.getInteger("sextant.cuts", 200);
    private static final int CUTS_PER_RUN = 4;

    @Test
    void noAcknowledgedRowIsLostAndNoDeletedRowComesBack() {
        long seed = Long.getLong("sextant.seed", System.nanoTime());
        System.out.println("seed " + seed + ", " + CUTS + " cuts");
        int opened = 0;
        for (int run = 0; opened < CUTS; run++) {
            var random = new SplittableRandom(seed + run);
            var history = new History(random);
            try {
                opened += history.run();
            } catch (Throwable failed) {
                throw new AssertionError("seed " + (seed + run) + ", " + history, failed);
            }
        }
        System.out.println(opened + " disks opened after a loss of power");
    }

    /// What one key may show: the last acknowledged state, or that of a write whose outcome nobody heard.
    private static final class Key {
        long acknowledged = -1; // -1: not there
        final Set<Long> possible = new HashSet<>(Set.of(-1L));

        void begin(long number) {
            possible.add(number);
        }

        void acknowledge(long number) {
            acknowledged = number;
            possible.clear();
            possible.add(number);
        }
    }

    private static final class History {
        private final SplittableRandom random;
        private final Map<Long, Key> keys = new TreeMap<>();
        private final EngineConfig config;
        private long number;
        private int step;
        private String state = "";

        History(SplittableRandom random) {
            this.random = random;
            var c = Shop.config();
            config = c.with(to -> {
                to.logFileBytes = 64 << 10;
                to.memtableBytes = 32 << 10;
                to.mergeWidth = 2 + random.nextInt(3);
                to.historyFor = random.nextBoolean() ? Duration.ZERO : Duration.ofHours(1);
            });
        }

        int run() {
            var disk = new FaultDisk(random.nextLong(), random.nextBoolean() ? 512 : 4096);
            disk.powerOffAfter(random.nextLong(10, 400));
            work(disk);
            int opened = 0;
            for (int i = 0; i < CUTS_PER_RUN; i++) {
                var after = disk.cut();
                state = "cut " + i + " after " + disk.changes() + " changes";
                check(after);
                opened++;
                if (i == CUTS_PER_RUN - 1 && random.nextBoolean()) { // and once more, on the way up
                    after = disk.cut();
                    after.powerOffAfter(random.nextLong(1, 60));
                    work(after);
                    state = "second cut";
                    check(after.cut());
                    opened++;
                }
            }
            return opened;
        }

        /// Works until the power fails.
        private void work(FaultDisk disk) {
            Shop shop = null;
            try {
                shop = new Shop(disk, config);
                var c = shop.engine.catalog().collections().isEmpty() ? shop.create("c", 2) : shop.find("c");
                for (step = 0; step < 400; step++) step(shop, c);
            } catch (RuntimeException powerOff) {
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

        private void step(Shop shop, Collection c) {
            int what = random.nextInt(100);
            if (what < 88) write(shop, c);
            else if (what < 95) shop.engine.seal(c.shards(), nobody());
            else if (what < 97) shop.engine.compact(c.shards(), Compaction.MAJOR);
            else {
                ((Node) shop.engine).saveNow();
            }
        }

        private void write(Shop shop, Collection c) {
            var rows = new TreeMap<Long, Long>();
            boolean delete = random.nextInt(3) == 0;
            for (int i = random.nextInt(1, 30); i > 0; i--)
                rows.put((long) random.nextInt(200), delete ? -1L : number++);
            rows.forEach((key, n) -> keys.computeIfAbsent(key, _ -> new Key()).begin(n));
            var mutation = delete
                    ? Shop.removal(c, 0, rows.keySet())
                    : Shop.mutation(c, true, c.partitions().getFirst().id(), rows);
            try {
                shop.write(mutation);
                rows.forEach((key, n) -> keys.get(key).acknowledge(n));
            } catch (Refused unknownOrRefused) {
                throw unknownOrRefused;
            }
        }

        private void check(FaultDisk disk) {
            try (var shop = new Shop(disk, config)) {
                if (shop.engine.catalog().collections().isEmpty()) {
                    assertThat(keys.values()).allMatch(key -> key.acknowledged == -1);
                    return;
                }
                var c = shop.find("c");
                var found = shop.read(c, Consistency.STRONG);
                var seen = new HashMap<Long, Long>();
                keys.forEach((key, expected) -> {
                    var numbers = found.getOrDefault(key, List.of());
                    assertThat(numbers.size())
                            .as("rows of key " + key + ": " + numbers)
                            .isLessThanOrEqualTo(1);
                    long is = numbers.isEmpty() ? -1 : numbers.getFirst();
                    assertThat(expected.possible).as("key " + key).contains(is);
                    seen.put(key, is);
                });
                assertThat(found.keySet()).isSubsetOf(keys.keySet());
                // What was found is acknowledged by being found: it may not change by opening again.
                shop.flush(c);
                var again = shop.read(c, Consistency.STRONG);
                assertThat(again).isEqualTo(found);
                assertThat(shop.engine.troubles()).isEmpty();
            }
        }

        private static <R> dev.sextant.model.Reply<R> nobody() {
            var ignored = new CompletableFuture<R>();
            return new dev.sextant.model.Reply<>() {
                @Override
                public void complete(R answer) {
                    ignored.complete(answer);
                }

                @Override
                public void fail(Throwable reason) {
                    ignored.orTimeout(1, TimeUnit.SECONDS);
                }
            };
        }

        @Override
        public String toString() {
            return "step " + step + " " + state;
        }
    }
}
