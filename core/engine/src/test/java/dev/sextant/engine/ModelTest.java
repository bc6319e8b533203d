package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.model.Column;
import dev.sextant.model.Consistency;
import dev.sextant.world.MemoryDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The engine against a plain model of it, through random histories with seals, merges, restarts and reads of the past.
class ModelTest {
    private static final long SEED = Long.getLong("sextant.seed", System.nanoTime());

    @RepeatedTest(4)
    void theEngineAnswersAsAPlainModelDoesAtEveryMoment() {
        run(new SplittableRandom(SEED).split().nextLong() + System.nanoTime() % 1000, 120, Duration.ofHours(1));
    }

    @RepeatedTest(2)
    void forgettingThePastChangesNoPresent() {
        run(System.nanoTime(), 120, Duration.ZERO);
    }

    @Test
    @Tag("slow")
    void aLongHistoryEndsRight() {
        run(42, 300, Duration.ofHours(1));
    }

    private static void run(long seed, int steps, Duration history) {
        System.out.println("seed " + seed + ", " + steps + " steps, history " + history);
        var disk = new MemoryDisk();
        var c = Shop.config();
        var config = c.with(to -> {
            to.logFileBytes = 64 << 10;
            to.memtableBytes = 64 << 10;
            to.mergeWidth = 3;
            to.historyFor = history;
        });
        var run = new Run(new SplittableRandom(seed), disk, config, !history.isZero());
        try {
            run.all(steps);
        } catch (Throwable failed) {
            throw new AssertionError("seed " + seed + " at step " + run.step + ": " + failed.getMessage(), failed);
        } finally {
            run.shop.close();
        }
        assertThat(run.shop.memory.inUseBytes())
                .as("memory after closing, seed " + seed + ": " + run.shop.memory.byName())
                .isZero();
    }

    private static final class Run {
        final SplittableRandom random;
        final MemoryDisk disk;
        final EngineConfig config;
        final boolean past;
        final Model model = new Model();
        final List<Long> moments = new ArrayList<>();
        Shop shop;
        Collection c;
        long number;
        int step;
        int partitionsMade;

        Run(SplittableRandom random, MemoryDisk disk, EngineConfig config, boolean past) {
            this.random = random;
            this.disk = disk;
            this.config = config;
            this.past = past;
            shop = new Shop(disk, config);
            c = shop.create("c", 2, "p1", "p2");
        }

        void all(int steps) {
            for (step = 0; step < steps; step++) {
                step();
                if (random.nextInt(4) == 0) check();
            }
            check();
        }

        void step() {
            int what = random.nextInt(100);
            if (what < 35) insert(false, 1 + random.nextInt(20));
            else if (what < 55) insert(true, 1 + random.nextInt(50));
            else if (what < 60) insert(random.nextBoolean(), 300);
            else if (what < 80) delete();
            else if (what < 87) seal();
            else if (what < 91)
                shop.engine.compact(c.shards(), random.nextBoolean() ? Compaction.MAJOR : Compaction.PLAIN);
            else if (what < 95) restart();
            else if (what < 97) saveAndLookAgain();
            else if (what < 98) truncate();
            else if (what < 99) dropPartition();
            else {
                shop.define(new Change.RenameCollection(c.id(), c.databaseId(), "c"));
                c = shop.find("c");
            }
        }

        long partition() {
            return c.partitions().get(random.nextInt(c.partitions().size())).id();
        }

        Map<Long, Long> numbers(int count) {
            var rows = new TreeMap<Long, Long>();
            for (int i = 0; i < count; i++) rows.put((long) random.nextInt(500), number++);
            return rows;
        }

        void insert(boolean upsert, int count) {
            long partition = partition();
            var rows = numbers(count);
            long t = shop.write(Shop.mutation(c, upsert, partition, rows)).timestamp();
            if (upsert) model.delete(0, rows.keySet(), t);
            model.insert(partition, rows, t);
            moments.add(t);
        }

        void delete() {
            var keys = new HashSet<Long>();
            for (int i = random.nextInt(1, 60); i > 0; i--) keys.add((long) random.nextInt(500));
            long partition = random.nextInt(3) == 0 ? partition() : 0;
            long t = shop.write(Shop.removal(c, partition, keys)).timestamp();
            model.delete(partition, keys, t);
            moments.add(t);
        }

        void seal() {
            Shop.<Map<Long, List<Long>>>await(reply -> shop.engine.seal(c.shards(), reply));
        }

        void truncate() {
            long t = shop.define(new Change.Truncate(c.id()));
            model.truncate(t);
            moments.add(t);
        }

        void dropPartition() {
            long gone = c.partitions().get(1).id();
            long t = shop.define(new Change.DropPartition(c.id(), gone));
            model.dropPartition(gone, t);
            moments.add(t);
            long fresh = shop.engine.allocateIds(1);
            shop.define(new Change.CreatePartition(
                    c.id(), new dev.sextant.catalog.Partition(fresh, "new" + partitionsMade++, 0)));
            c = shop.find("c");
        }

        void restart() {
            shop.close();
            assertThat(shop.memory.inUseBytes())
                    .as("memory after closing: " + shop.memory.byName())
                    .isZero();
            shop = new Shop(disk, config);
            c = shop.find("c");
        }

        void saveAndLookAgain() {
            ((Node) shop.engine).saveNow();
        }

        void check() {
            assertThat(shop.read(c, Consistency.STRONG)).as("now").isEqualTo(model.at(Long.MAX_VALUE - 1));
            if (past && !moments.isEmpty())
                for (int i = 0; i < 3; i++) {
                    long t = moments.get(random.nextInt(moments.size())) - random.nextInt(2);
                    assertThat(shop.read(c, new Consistency.Exactly(t)))
                            .as("at " + t)
                            .isEqualTo(model.at(t));
                }
            find();
        }

        /// Looking keys up finds what reading finds.
        void find() {
            long key = random.nextInt(500);
            int found = 0;
            var shard = Shop.shardOf(c, key);
            for (var view : Shop.<List<View>>await(
                    reply -> shop.engine.views(List.of(shard), Consistency.STRONG, Long.MAX_VALUE, reply)))
                try (view) {
                    found += view.find(Column.longs(key), 0).count();
                }
            assertThat(found)
                    .isEqualTo(model.at(Long.MAX_VALUE - 1)
                            .getOrDefault(key, List.of())
                            .size());
            assertThat(Set.copyOf(model.keys(Long.MAX_VALUE - 1)).size()).isLessThanOrEqualTo(500);
        }
    }
}
