package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.engine.entry.Effect;
import dev.sextant.engine.entry.Entry;
import dev.sextant.engine.entry.In;
import dev.sextant.engine.entry.SegmentFacts;
import dev.sextant.engine.log.LocalLog;
import dev.sextant.engine.log.LogConfig;
import dev.sextant.engine.segment.SegmentFile;
import dev.sextant.kernel.Memory;
import dev.sextant.model.Column;
import dev.sextant.world.Chance;
import dev.sextant.world.Clock;
import dev.sextant.world.Disk;
import dev.sextant.world.DiskFile;
import dev.sextant.world.MemoryDisk;
import dev.sextant.world.Meters;
import dev.sextant.world.World;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.RepeatedTest;

/// Replicas that read one log at different speeds, with files that come late or never, entries repeated and proposals
/// of deposed writers in between, some begun from a checkpoint of another: equal answers at every moment.
class DeterminismTest {
    private static final long MOST = 64 << 20;

    @RepeatedTest(4)
    void replicasOfOneLogGiveEqualAnswersAtEveryMoment() {
        long seed = Long.getLong("sextant.seed", System.nanoTime());
        System.out.println("seed " + seed);
        try {
            compare(new SplittableRandom(seed));
        } catch (Throwable failed) {
            throw new AssertionError("seed " + seed, failed);
        }
    }

    private static void compare(SplittableRandom random) {
        var disk = new NeverDeleting(new MemoryDisk(), new HashMap<>());
        var clean = history(random, disk);
        var log = withNoise(clean, random);
        var files = new Files(disk, "segments");
        var memory = new Memory(1L << 30);
        var late = new Late(files, random);
        var first = new Replica(memory, MOST, files);
        var second = new Replica(memory, MOST, late);
        var third = Optional.<Replica>empty();
        int secondAt = 0, thirdAt = 0;
        for (int i = 0; i < log.size(); i++) {
            first.apply(i + 1, log.get(i));
            while (secondAt < i && random.nextInt(3) != 0) second.apply(++secondAt, log.get(secondAt - 1));
            if (random.nextInt(4) == 0) {
                late.some();
                second.shards().values().forEach(Shard::filesArrived);
            }
            while (third.isPresent() && thirdAt <= i && random.nextInt(3) != 0)
                third.get().apply(++thirdAt, log.get(thirdAt - 1));
            if (random.nextInt(25) == 0) {
                third.ifPresent(Replica::close);
                try (var captured = (secondAt > 0 && random.nextBoolean() ? second : first)
                        .capture(random.nextBoolean() ? 1 << 20 : 0)) {
                    var bytes = MemorySegment.ofArray(CheckpointCodec.encode(captured));
                    third = Optional.of(CheckpointCodec.decode(new In("checkpoint", bytes), memory, MOST, files));
                    thirdAt = (int) captured.neededFrom() - 1;
                    int base = thirdAt;
                    while (thirdAt <= i) third.get().apply(++thirdAt, log.get(thirdAt - 1));
                    assertThat(base).isLessThanOrEqualTo(i + 1);
                }
            }
            if (random.nextInt(30) == 0) {
                while (secondAt <= i) second.apply(++secondAt, log.get(secondAt - 1));
                if (third.isPresent()) while (thirdAt <= i) third.get().apply(++thirdAt, log.get(thirdAt - 1));
                equal(first, second, third, moments(log, i, random), files);
            }
        }
        while (secondAt < log.size()) second.apply(++secondAt, log.get(secondAt - 1));
        if (third.isPresent()) while (thirdAt < log.size()) third.get().apply(++thirdAt, log.get(thirdAt - 1));
        equal(first, second, third, moments(log, log.size() - 1, random), files);
        var truth = new Replica(memory, MOST, files); // never heard of the noise
        for (int i = 0; i < clean.size(); i++)
            assertThat(truth.apply(i + 1, clean.get(i)))
                    .as("effect of entry " + i)
                    .isTrue();
        equal(truth, first, Optional.empty(), moments(clean, clean.size() - 1, random), files);
        truth.close();
        first.close();
        second.close();
        third.ifPresent(Replica::close);
        assertThat(memory.inUseBytes()).as(memory.byName().toString()).isZero();
    }

    private static List<Long> moments(List<Entry> log, int upTo, SplittableRandom random) {
        var moments = new ArrayList<Long>();
        for (int i = 0; i < 8; i++)
            moments.add(log.get(random.nextInt(upTo + 1)).timestamp() - random.nextInt(2));
        moments.add(log.get(upTo).timestamp());
        return moments;
    }

    private static void equal(Replica first, Replica second, Optional<Replica> third, List<Long> moments, Files files) {
        assertThat(second.catalog()).isEqualTo(first.catalog());
        third.ifPresent(replica -> assertThat(replica.catalog()).isEqualTo(first.catalog()));
        equalWhereBothAre(kept(second, files), kept(first, files));
        third.ifPresent(replica -> equalWhereBothAre(kept(replica, files), kept(first, files)));
        for (long t : moments) {
            if (t < first.state().horizon()) continue;
            var expected = digest(first, t);
            assertThat(digest(second, t)).as("the second replica at " + t).isEqualTo(expected);
            third.ifPresent(replica -> assertThat(digest(replica, t))
                    .as("the replica from a checkpoint at " + t)
                    .isEqualTo(expected));
        }
    }

    /// What snapshots keep of every shard, as far as it is in files. Which files these are is each replica's own
    /// affair: one that waits for a merged file keeps what it was merged of.
    private static Map<String, Long> kept(Replica replica, Files files) {
        var digests = new TreeMap<String, Long>();
        for (var shard : replica.shards().values())
            for (var kept : shard.kept()) {
                if (!kept.ready()) continue;
                long sum = 0;
                for (var held : kept.stores()) sum += digest(kept, held, files);
                digests.put(shard.id() + " " + kept.snapshot() + " " + kept.truncated(), sum);
            }
        return digests;
    }

    /// Rows that a truncation or a dropped partition hides are there as long as no merge has left them out.
    private static long digest(Keepsake kept, Keepsake.Held held, Files files) {
        long least = kept.truncated().stream().mapToLong(t -> t).max().orElse(Long.MIN_VALUE);
        long sum = 0;
        var facts = held.facts().orElseThrow();
        try (var file = files.open(facts).orElseThrow()) {
            var all = java.util.stream.IntStream.range(0, file.rows()).toArray();
            var keys = ((Column.Longs) file.fetch(Shop.KEY, all)).values();
            var numbers = ((Column.Longs) file.fetch(Shop.NUMBER, all)).values();
            var gone = Arrays.stream(held.sorted()).boxed().collect(java.util.stream.Collectors.toSet());
            for (int row : all)
                if (!gone.contains(row)
                        && file.timestamps().of(row) >= least
                        && !kept.dropped().containsKey(file.partitions().of(row)))
                    sum += mix(mix(keys[row]) ^ numbers[row]);
        } finally {
            files.closed(facts);
        }
        return sum;
    }

    private static void equalWhereBothAre(Map<String, Long> some, Map<String, Long> others) {
        some.keySet().retainAll(others.keySet());
        others.keySet().retainAll(some.keySet());
        assertThat(some).isEqualTo(others);
    }

    /// What every shard holds at a moment, wherever it keeps it.
    private static Map<Long, Long> digest(Replica replica, long t) {
        var digests = new TreeMap<Long, Long>();
        for (var shard : replica.shards().values()) {
            long sum = 0;
            try (var view = shard.view(t, Expiry.NEVER)) {
                for (var part : view.parts()) {
                    var visible = part.visible();
                    if (part.rows() == 0) continue;
                    var all = java.util.stream.IntStream.range(0, part.rows()).toArray();
                    var keys = ((Column.Longs) part.fetch(Shop.KEY, all)).values();
                    var numbers = ((Column.Longs) part.fetch(Shop.NUMBER, all)).values();
                    for (int row : all)
                        if (visible.get(row)) sum += mix(mix(mix(keys[row]) ^ numbers[row]) ^ part.insertedAt(row));
                }
            }
            digests.put(shard.id(), sum);
        }
        return digests;
    }

    private static long mix(long z) {
        z = (z ^ z >>> 33) * 0xff51afd7ed558ccdL;
        return (z ^ z >>> 33) * 0xc4ceb9fe1a85ec53L;
    }

    /// Repeats entries, and puts in what a writer proposed that no longer led.
    private static List<Entry> withNoise(List<Entry> log, SplittableRandom random) {
        var noisy = new ArrayList<Entry>();
        for (int i = 0; i < log.size(); i++) {
            noisy.add(log.get(i));
            if (random.nextInt(6) == 0) noisy.add(log.get(random.nextBoolean() ? i : random.nextInt(i + 1)));
            if (random.nextInt(8) == 0
                    && i + 1 < log.size()
                    && log.get(i).epoch() > 1
                    && log.get(i + 1).epoch() == log.get(i).epoch()) {
                var next = log.get(i + 1);
                noisy.add(new Entry(
                        next.epoch() - 1, next.timestamp(), next.timeCeiling(), next.idCeiling(), stolen(next)));
            }
        }
        return noisy;
    }

    /// The numbers of an entry with other effects.
    private static List<Entry.Part> stolen(Entry entry) {
        return entry.parts().stream()
                .map(part -> part.stream() == Effect.CATALOG
                        ? new Entry.Part(
                                part.stream(), part.n(), new Effect.Define(List.of(new Change.DropDatabase(1))))
                        : new Entry.Part(part.stream(), part.n(), new Effect.Truncate(999_999)))
                .toList();
    }

    /// The log of an engine that worked, restarted, and had its clock set.
    private static List<Entry> history(SplittableRandom random, NeverDeleting disk) {
        var steps = new Stepped();
        var c = Shop.config();
        var config = c.with(to -> {
            to.logFileBytes = 64 << 20;
            to.memtableBytes = 48 << 10;
            to.mergeWidth = 2;
            to.historyFor = random.nextBoolean() ? Duration.ofMillis(50) : Duration.ofHours(1);
        });
        long number = 0;
        for (int life = 0; life < 3; life++)
            try (var shop = new Shop(new World(disk, steps, Chance.seeded(random.nextLong()), Meters.NONE), config)) {
                var collection = life == 0 ? shop.create("c", 2) : shop.find("c");
                for (int i = 0; i < 60; i++) {
                    int what = random.nextInt(20);
                    var rows = new TreeMap<Long, Long>();
                    for (int r = random.nextInt(1, 60); r > 0; r--) rows.put((long) random.nextInt(300), number++);
                    if (what < 10)
                        shop.write(Shop.mutation(
                                collection,
                                random.nextBoolean(),
                                collection.partitions().getFirst().id(),
                                rows));
                    else if (what < 15) shop.write(Shop.removal(collection, 0, rows.keySet()));
                    else if (what < 17) shop.flush(collection);
                    else if (what < 18) shop.engine.compact(collection.shards(), Compaction.MAJOR);
                    else if (what < 19) steps.step(random.nextLong(-5000, 5000));
                    else if (random.nextInt(3) != 0) snapshot(shop, collection);
                    else if (random.nextInt(5) == 0) shop.define(new Change.Truncate(collection.id()));
                }
            }
        disk.restore();
        var entries = new ArrayList<Entry>();
        var identity = Directory.open(new World(disk, steps, Chance.seeded(1), Meters.NONE), "");
        UUID cluster = identity.identity().cluster();
        identity.close();
        try (var log =
                LocalLog.open(new World(disk, steps, Chance.seeded(1), Meters.NONE), LogConfig.of("log", cluster))) {
            log.start(
                    1,
                    (position, bytes) -> entries.add(Entry.decode(
                            "entry " + position, MemorySegment.ofArray(bytes.toArray(ValueLayout.JAVA_BYTE)))));
        }
        return entries;
    }

    /// Keeps one more, or lets the oldest of three go.
    private static void snapshot(Shop shop, Collection collection) {
        var there = shop.engine.catalog().snapshots().of(collection.id());
        if (there.size() > 2)
            shop.define(new Change.DropSnapshot(there.getFirst().id()));
        else SnapshotTest.snapshot(shop, collection, "s", 0);
    }

    private static final class Stepped implements Clock {
        private volatile long offset;

        void step(long millis) {
            offset += millis;
        }

        @Override
        public long wallMillis() {
            return System.currentTimeMillis() + offset;
        }

        @Override
        public long monotonicNanos() {
            return System.nanoTime();
        }
    }

    /// Files that come when they come.
    private static final class Late implements Shelf {
        private final Shelf shelf;
        private final SplittableRandom random;
        private final Set<Long> here = new HashSet<>();
        private final Set<Long> asked = new HashSet<>();

        Late(Shelf shelf, SplittableRandom random) {
            this.shelf = shelf;
            this.random = random;
        }

        void some() {
            for (long id : asked) if (random.nextInt(3) != 0) here.add(id);
        }

        @Override
        public Optional<SegmentFile> open(SegmentFacts facts) {
            asked.add(facts.id());
            return here.contains(facts.id()) ? shelf.open(facts) : Optional.empty();
        }

        @Override
        public void closed(SegmentFacts facts) {
            shelf.closed(facts);
        }
    }

    /// A disk on which nothing is lost, so that the whole history can be read again.
    private record NeverDeleting(Disk disk, Map<String, byte[]> deleted) implements Disk {
        /// Puts back the segments that were deleted.
        void restore() {
            deleted.forEach((path, bytes) -> {
                if (disk.exists(path)) return;
                try (var file = disk.create(path)) {
                    file.write(0, MemorySegment.ofArray(bytes));
                }
            });
        }

        @Override
        public String description() {
            return disk.description();
        }

        @Override
        public boolean exists(String path) {
            return disk.exists(path);
        }

        @Override
        public List<String> list(String directory) {
            return disk.list(directory);
        }

        @Override
        public void createDirectories(String directory) {
            disk.createDirectories(directory);
        }

        @Override
        public DiskFile create(String path) {
            return disk.create(path);
        }

        @Override
        public DiskFile openForReading(String path) {
            return disk.openForReading(path);
        }

        @Override
        public DiskFile openForWriting(String path) {
            return disk.openForWriting(path);
        }

        @Override
        public void delete(String path) {
            if (path.startsWith("log/")) return;
            if (path.endsWith(".segment"))
                try (var file = disk.openForReading(path)) {
                    var bytes = new byte[(int) file.size()];
                    file.read(0, MemorySegment.ofArray(bytes));
                    synchronized (deleted) {
                        deleted.put(path, bytes);
                    }
                }
            disk.delete(path);
        }

        @Override
        public void rename(String from, String to) {
            disk.rename(from, to);
        }

        @Override
        public void forceDirectory(String directory) {
            disk.forceDirectory(directory);
        }

        @Override
        public long usableBytes() {
            return disk.usableBytes();
        }

        @Override
        public AutoCloseable lock(String path) {
            return disk.lock(path);
        }
    }
}
