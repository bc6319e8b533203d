package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Index;
import dev.sextant.catalog.Load;
import dev.sextant.catalog.RestoreJob;
import dev.sextant.catalog.Snapshot;
import dev.sextant.model.Consistency;
import dev.sextant.model.Refused;
import dev.sextant.world.FaultDisk;
import dev.sextant.world.MemoryDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SnapshotTest {
    private final MemoryDisk disk = new MemoryDisk();

    private Shop open() {
        return new Shop(disk, Shop.config());
    }

    private static Map<Long, Long> numbers(long from, long to) {
        var numbers = new TreeMap<Long, Long>();
        for (long key = from; key < to; key++) numbers.put(key, key * 3);
        return numbers;
    }

    static long snapshot(Shop shop, Collection c, String name, long protectedUntil) {
        long id = shop.engine.allocateIds(1);
        shop.define(new Change.CreateSnapshot(
                new Snapshot(id, name, "", shop.find(c.name()), 0, protectedUntil, Map.of())));
        return id;
    }

    /// The collection that a snapshot has, once more, under another name.
    static Collection restore(Shop shop, long snapshot, String name) {
        Shop.eventually(() -> shop.engine.isKept(snapshot));
        var was = shop.engine.catalog().snapshots().all().get(snapshot).collection();
        long first = shop.engine.allocateIds(1 + was.shards().size());
        var heirs = new TreeMap<Long, Long>();
        var shards = new ArrayList<Long>();
        for (int i = 0; i < was.shards().size(); i++) {
            shards.add(first + 1 + i);
            heirs.put(was.shards().get(i), first + 1 + i);
        }
        var made = new Collection(
                first,
                was.databaseId(),
                name,
                was.description(),
                was.schema(),
                shards,
                was.consistency(),
                was.properties(),
                was.partitions(),
                was.indexes(),
                Load.NOTHING,
                0,
                0);
        Shop.<Long>await(
                reply -> shop.engine.restore(snapshot, heirs, _ -> List.of(new Change.CreateCollection(made)), reply));
        return shop.find(name);
    }

    private static void mergeAll(Shop shop, Collection c) {
        Shop.eventually(() -> {
            shop.engine.compact(c.shards(), Compaction.MAJOR); // until it meets no other merge
            return shop.engine.segments(c.id()).stream()
                            .filter(s -> !s.growing())
                            .count()
                    <= c.shards().size();
        });
    }

    @Test
    void aSnapshotHoldsWhatWasAcknowledgedBeforeItAndNothingThatCameAfter() {
        try (var shop = open()) {
            var c = shop.create("c", 3);
            shop.insert(c, numbers(0, 2000));
            shop.flush(c);
            shop.delete(c, 1L, 2L, 1999L);
            shop.insert(c, numbers(2000, 2500));
            shop.delete(c, 2001L);
            var then = shop.read(c, Consistency.STRONG);
            long id = snapshot(shop, c, "s", 0);
            shop.delete(c, 3L, 2002L);
            shop.upsert(c, Map.of(4L, 8L, 2003L, 8L));
            shop.insert(c, numbers(9000, 9100));
            var now = shop.read(c, Consistency.STRONG);

            var again = restore(shop, id, "again");
            assertThat(shop.read(again, Consistency.STRONG)).isEqualTo(then);
            assertThat(shop.read(shop.find("c"), Consistency.STRONG)).isEqualTo(now);
        }
    }

    @Test
    void aSnapshotOutlivesMergesCollectionsOfGarbageAndRestarts() {
        Map<Long, List<Long>> then;
        long id;
        try (var shop = open()) {
            var c = shop.create("c", 2);
            for (int i = 0; i < 6; i++) {
                shop.insert(c, numbers(i * 300L, i * 300L + 300));
                shop.flush(c);
            }
            shop.delete(c, 5L, 305L, 905L);
            then = shop.read(c, Consistency.STRONG);
            id = snapshot(shop, c, "s", 0);
            shop.delete(c, numbers(0, 1500).keySet().toArray(Long[]::new));
            mergeAll(shop, c);
            for (int i = 0; i < 3; i++) {
                shop.insert(c, numbers(10_000 + i, 10_001 + i));
                ((Node) shop.engine).saveNow();
            }
        }
        try (var shop = open()) {
            ((Node) shop.engine).saveNow();
            assertThat(shop.engine.catalog().snapshots().named(shop.find("c").id(), "s"))
                    .isPresent();
            var again = restore(shop, id, "again");
            assertThat(shop.read(again, Consistency.STRONG)).isEqualTo(then);
            mergeAll(shop, again);
            assertThat(shop.read(again, Consistency.STRONG)).isEqualTo(then);
        }
        assertThat(Check.run(disk, (_, _, _) -> {}).damages()).isEmpty();
    }

    @Test
    void theCheckMissesAFileThatOnlyASnapshotNames() {
        try (var shop = new Shop(disk, withoutHistory())) {
            var c = shop.create("c", 1);
            for (int i = 0; i < 2; i++) {
                shop.insert(c, numbers(i * 300L, i * 300L + 300));
                shop.flush(c);
            }
            long id = snapshot(shop, c, "s", 0);
            var kept =
                    ((Node) shop.engine).shard(c.shards().getFirst()).kept(id).orElseThrow();
            mergeAll(shop, c);
            ((Node) shop.engine).saveNow();
            disk.delete(((Node) shop.engine)
                    .files()
                    .segmentPath(kept.files().iterator().next()));
        }
        assertThat(Check.run(disk, (_, _, _) -> {}).damages())
                .singleElement()
                .asString()
                .contains("is missing");
    }

    @Test
    void theCopyAndItsSourceGoTheirOwnWays() {
        try (var shop = open()) {
            var c = shop.create("c", 2);
            shop.insert(c, numbers(0, 600));
            shop.flush(c);
            long id = snapshot(shop, c, "s", 0);
            var again = restore(shop, id, "again");
            shop.delete(shop.find("c"), 1L);
            shop.delete(again, 2L);
            shop.upsert(again, Map.of(3L, 4L));
            assertThat(shop.read(again, Consistency.STRONG))
                    .containsKey(1L)
                    .doesNotContainKey(2L)
                    .containsEntry(3L, List.of(4L));
            assertThat(shop.read(shop.find("c"), Consistency.STRONG))
                    .doesNotContainKey(1L)
                    .containsKey(2L)
                    .containsEntry(3L, List.of(9L));
            shop.define(new Change.DropCollection(c.id(), 0), new Change.PurgeCollection(c.id()));
            assertThat(shop.engine.catalog().snapshots().all()).isEmpty();
            ((Node) shop.engine).saveNow();
            ((Node) shop.engine).saveNow();
        }
        try (var shop = open()) {
            ((Node) shop.engine).saveNow();
            assertThat(shop.read(shop.find("again"), Consistency.STRONG)).hasSize(599);
            assertThat(shop.engine.troubles()).isEmpty();
        }
    }

    @Test
    void filesOfADroppedSnapshotGoOnceNobodyElseNamesThem() {
        var before = new HashSet<String>();
        try (var shop = open()) {
            var c = shop.create("c", 1);
            shop.insert(c, numbers(0, 500));
            shop.flush(c);
            before.addAll(disk.list("segments"));
            long id = snapshot(shop, c, "s", 0);
            shop.define(new Change.Truncate(c.id()));
            shop.insert(c, numbers(500, 600));
            for (int i = 0; i < 3; i++) {
                shop.insert(c, numbers(1000 + i, 1001 + i));
                ((Node) shop.engine).saveNow();
            }
            assertThat(disk.list("segments")).containsAll(before);
            shop.define(new Change.DropSnapshot(id));
        }
        try (var shop = new Shop(disk, withoutHistory())) {
            var c = shop.find("c");
            Shop.eventually(() -> {
                shop.insert(c, numbers(2000, 2001));
                shop.engine.compact(c.shards(), Compaction.MAJOR);
                ((Node) shop.engine).saveNow();
                return disk.list("segments").stream().noneMatch(before::contains);
            });
        }
    }

    private static EngineConfig withoutHistory() {
        var c = Shop.config();
        return c.with(to -> to.historyFor = Duration.ZERO);
    }

    @Test
    void whatHidRowsWholesaleHidesThemInTheCopyToo() {
        try (var shop = open()) {
            var c = shop.create("c", 2, "other");
            shop.write(Shop.mutation(c, false, c.partitions().get(1).id(), numbers(0, 100)));
            shop.insert(c, numbers(100, 200));
            shop.flush(c);
            shop.define(new Change.Truncate(c.id()));
            shop.write(Shop.mutation(c, false, c.partitions().get(1).id(), numbers(200, 300)));
            shop.insert(c, numbers(300, 400));
            shop.define(new Change.DropPartition(c.id(), c.partitions().get(1).id()));
            var then = shop.read(c, Consistency.STRONG);
            assertThat(then).hasSize(100);
            var again = restore(shop, snapshot(shop, c, "s", 0), "again");
            assertThat(shop.read(again, Consistency.STRONG)).isEqualTo(then);
            mergeAll(shop, again);
            assertThat(shop.read(again, Consistency.STRONG)).isEqualTo(then);
        }
    }

    @Test
    void aSnapshotThatIsGoneCannotBeRestored() {
        try (var shop = open()) {
            var c = shop.create("c", 1);
            shop.insert(c, numbers(0, 10));
            long id = snapshot(shop, c, "s", 0);
            Shop.eventually(() -> shop.engine.isKept(id));
            shop.define(new Change.DropSnapshot(id));
            assertThat(shop.engine.isKept(id)).isFalse();
            assertThatThrownBy(() -> Shop.<Long>await(reply -> shop.engine.restore(
                            id,
                            Map.of(c.shards().getFirst(), shop.engine.allocateIds(1)),
                            _ -> List.of(new Change.CreateCollection(c)),
                            reply)))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("snapshot");
        }
    }

    @Test
    void filesOfAProtectedSnapshotAreNotMerged() {
        try (var shop = open()) {
            var c = shop.create("c", 1);
            for (int i = 0; i < 3; i++) {
                shop.insert(c, numbers(i * 100L, i * 100L + 100));
                shop.flush(c);
            }
            long id = snapshot(shop, c, "s", Long.MAX_VALUE);
            Shop.eventually(() -> shop.engine.isKept(id));
            var kept =
                    ((Node) shop.engine).shard(c.shards().getFirst()).kept(id).orElseThrow();
            assertThat(shop.engine.compact(c.shards(), Compaction.MAJOR)).isEqualTo(-1);
            assertThat(shop.engine.segments(c.id()).stream().map(s -> s.id())).containsAll(kept.files());
            shop.define(new Change.DropSnapshot(id));
            mergeAll(shop, c);
        }
    }

    private static EngineConfig withoutTrash() {
        var c = Shop.config();
        return c.with(to -> to.trashFor = Duration.ZERO);
    }

    @Test
    void aCollectionInTheTrashIsNotPurgedWhileASnapshotOfItIsPinned() {
        try (var shop = new Shop(disk, withoutTrash())) {
            var pinned = shop.create("pinned", 1);
            var free = shop.create("free", 1);
            long id = snapshot(shop, pinned, "s", 0);
            snapshot(shop, free, "s", 0);
            shop.define(new Change.PinSnapshot(id, 7, Long.MAX_VALUE));
            shop.define(new Change.DropCollection(pinned.id(), 0), new Change.DropCollection(free.id(), 0));
            Shop.eventually(() -> shop.engine.catalog().trash().size() == 1);
            assertThat(shop.engine.catalog().trash()).containsOnlyKeys(pinned.id());
            shop.define(new Change.UnpinSnapshot(id, 7));
            Shop.eventually(() -> shop.engine.catalog().trash().isEmpty());
            assertThat(shop.engine.catalog().snapshots().all()).isEmpty();
        }
    }

    @Test
    void aCollectionInTheTrashIsNotPurgedWhileASnapshotOfItIsBeingRestored() {
        try (var shop = new Shop(disk, withoutTrash())) {
            var source = shop.create("source", 1);
            var free = shop.create("free", 1);
            long id = snapshot(shop, source, "s", 0);
            var job = new RestoreJob(
                    7, id, "s", source.id(), source.databaseId(), "again", 0, RestoreJob.Phase.OPEN, 1, 0, "");
            shop.define(new Change.PutRestore(job));
            shop.define(new Change.DropCollection(source.id(), 0), new Change.DropCollection(free.id(), 0));
            Shop.eventually(() -> shop.engine.catalog().trash().size() == 1);
            assertThat(shop.engine.catalog().trash()).containsOnlyKeys(source.id());
            shop.define(new Change.PutRestore(job.failed("given up", 2)));
            Shop.eventually(() -> shop.engine.catalog().trash().isEmpty());
        }
    }

    @Test
    void vectorsOfARestoredCollectionAreWhereItsOwnIndexWantsThem() {
        try (var shop = open()) {
            var c = shop.create("c", 1);
            long index = shop.engine.allocateIds(1);
            var onDisk = Map.of("index_type", "DISKANN", "metric_type", "L2");
            shop.define(new Change.CreateIndex(c.id(), new Index(index, "near", Shop.VECTOR, onDisk, 0)));
            shop.insert(c, numbers(0, 300));
            shop.flush(c);
            long id = snapshot(shop, c, "s", 0);
            var again = restore(shop, id, "again");
            shop.define(new Change.DropIndex(c.id(), index));
            assertThat(vectors(shop, again)).isNotEmpty().allMatch(Vectors.Stored.class::isInstance);
            assertThat(vectors(shop, shop.find("c"))).isNotEmpty().noneMatch(Vectors.Stored.class::isInstance);
        }
    }

    private static List<Vectors> vectors(Shop shop, Collection c) {
        return ((Node) shop.engine)
                .shard(c.shards().getFirst()).layout().segments().stream()
                        .map(segment -> segment.vectors(Shop.VECTOR))
                        .toList();
    }

    /// The power fails anywhere while rows are written, snapshots made, dropped and restored, files merged and
    /// collected: every snapshot that the catalog has is what its collection was when it was made.
    @Test
    @Tag("slow")
    void aCutOfThePowerLeavesEverySnapshotWhole() {
        long seed = Long.getLong("sextant.seed", System.nanoTime());
        System.out.println("seed " + seed);
        var random = new SplittableRandom(seed);
        int restored = 0, cuts = Integer.getInteger("sextant.cuts", 60);
        for (int i = 0; i < cuts; i++) {
            var faulty = new FaultDisk(random.nextLong(), 512);
            faulty.powerOffAfter(random.nextLong(20, 500));
            var history = new History(random.split());
            history.work(faulty);
            try {
                restored += history.check(faulty.cut());
            } catch (Throwable failed) {
                throw new AssertionError("seed " + seed + ", cut " + i, failed);
            }
        }
        System.out.println(restored + " snapshots restored after " + cuts + " cuts");
        assertThat(restored).isPositive();
    }

    /// One collection that is written to, and what it was at each snapshot.
    private static final class History {
        private final SplittableRandom random;
        private final Map<Long, List<Long>> rows = new TreeMap<>();
        private final Map<Long, Map<Long, List<Long>>> snapshots = new TreeMap<>(); // by id
        private final Map<String, Map<Long, List<Long>>> copies = new TreeMap<>();

        History(SplittableRandom random) {
            this.random = random;
        }

        void work(FaultDisk disk) {
            Shop shop = null;
            try {
                shop = new Shop(disk, withoutHistory());
                var c = shop.create("c", 2);
                for (int step = 0; step < 300; step++) step(shop, c, step);
            } catch (RuntimeException powerless) {
                assertThat(disk.changes()).isPositive();
            } finally {
                disk.powerOff();
                if (shop != null) close(shop);
            }
        }

        private void step(Shop shop, Collection c, int step) {
            int what = random.nextInt(100);
            if (what < 70) write(shop, c, step);
            else if (what < 80) Shop.<Map<Long, List<Long>>>await(reply -> shop.engine.seal(c.shards(), reply));
            else if (what < 84) shop.engine.compact(c.shards(), Compaction.MAJOR);
            else if (what < 88) ((Node) shop.engine).saveNow();
            else if (what < 95) {
                var then = new TreeMap<>(rows);
                long id = shop.engine.allocateIds(1);
                snapshots.put(id, then); // it may be in the log although nobody heard
                shop.define(new Change.CreateSnapshot(new Snapshot(id, "s" + id, "", shop.find("c"), 0, 0, Map.of())));
            } else if (snapshots.isEmpty()) return;
            else if (what < 97) {
                long id = snapshots.keySet().iterator().next();
                shop.define(new Change.DropSnapshot(id));
                snapshots.remove(id);
            } else {
                long id = snapshots.keySet().iterator().next();
                if (!shop.engine.isKept(id)) return;
                copies.put("copy" + step, snapshots.get(id));
                restore(shop, id, "copy" + step);
            }
        }

        /// Whole, or not at all: a write whose outcome is unknown is the last of its history.
        private void write(Shop shop, Collection c, int step) {
            var numbers = new TreeMap<Long, Long>();
            for (int i = random.nextInt(1, 40); i > 0; i--) numbers.put((long) random.nextInt(300), (long) step);
            if (random.nextInt(3) == 0) {
                shop.delete(c, numbers.keySet().toArray(Long[]::new));
                rows.keySet().removeAll(numbers.keySet());
            } else {
                shop.upsert(c, numbers);
                numbers.forEach((key, number) -> rows.put(key, List.of(number)));
            }
        }

        int check(FaultDisk disk) {
            int restored = 0;
            try (var shop = new Shop(disk, withoutHistory())) {
                var catalog = shop.engine.catalog();
                assertThat(snapshots.keySet())
                        .containsAll(catalog.snapshots().all().keySet().stream()
                                .filter(id -> !snapshots.isEmpty()
                                        && id > snapshots.keySet().iterator().next())
                                .toList());
                for (long id : catalog.snapshots().all().keySet()) {
                    if (!snapshots.containsKey(id)) continue; // it was being dropped
                    var again = restore(shop, id, "again" + id);
                    assertThat(shop.read(again, Consistency.STRONG)).isEqualTo(snapshots.get(id));
                    restored++;
                }
                copies.forEach((name, expected) -> catalog.collection(1, name)
                        .ifPresent(c ->
                                assertThat(shop.read(c, Consistency.STRONG)).isEqualTo(expected)));
                ((Node) shop.engine).saveNow();
                assertThat(shop.engine.troubles()).isEmpty();
            }
            return restored;
        }

        private static void close(Shop shop) {
            try {
                shop.close();
            } catch (RuntimeException powerOff) {
                shop.work.close();
            }
        }
    }
}
