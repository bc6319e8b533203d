package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Index;
import dev.sextant.catalog.Load;
import dev.sextant.kernel.Raw;
import dev.sextant.model.Column;
import dev.sextant.model.Consistency;
import dev.sextant.world.FaultDisk;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Whatever becomes of row pages, by a loss of power or by rot: it is found, told and mended, and no vector is ever
/// another than the one that was written.
@Tag("slow")
class RowPagesPowerCutTest {
    private static final int ROWS = 600;
    private static final int RUNS = Integer.getInteger("sextant.cuts", 12);

    private final long seed = System.nanoTime();
    private final SplittableRandom random = new SplittableRandom(seed);

    private static EngineConfig config() {
        return Shop.config().with(to -> to.graphRows = 200);
    }

    private static Collection begun(Shop shop) {
        var c = shop.create("c", 1);
        shop.define(new Change.CreateIndex(
                c.id(),
                new Index(
                        shop.engine.allocateIds(1),
                        "near",
                        Shop.VECTOR,
                        Map.of("index_type", "DISKANN", "metric_type", "L2"),
                        0)));
        shop.define(new Change.SetLoad(c.id(), new Load.Everything(Set.of(), 1)));
        return shop.find("c");
    }

    private static void insert(Shop shop, Collection c, int from) {
        var rows = new TreeMap<Long, Long>();
        for (long key = from; key < from + ROWS; key++) rows.put(key, key);
        shop.insert(c, rows);
    }

    private static List<String> pages(FaultDisk disk) {
        return disk.list("segments").stream()
                .filter(name -> name.endsWith(".rows"))
                .map(name -> "segments/" + name)
                .toList();
    }

    private static boolean isBuilt(Shop shop, Collection c) {
        return shop.engine.indexProgress(c.id(), c.indexes().getFirst().id()).indexedRows() > 0
                && shop.engine.loadedPercent(c.id(), Set.of()) == 100;
    }

    /// Every vector, as searches read them: some rows at a time, and all in a row.
    private static int check(Shop shop, Collection c) {
        int stored = 0;
        for (var view : shop.views(c, Consistency.STRONG))
            try (view) {
                for (var part : view.parts()) {
                    var all = new int[part.rows()];
                    for (int row = 0; row < all.length; row++) all[row] = row;
                    var keys = ((Column.Longs) part.fetch(Shop.KEY, all)).values();
                    if (!(part.vectors(Shop.VECTOR) instanceof Vectors.Stored(var rows, _))) continue;
                    stored += rows.count();
                    try (var room = shop.memory.allocate("test", rows.count() * rows.strideBytes())) {
                        rows.file().read(all, all.length, room.address());
                        expect(keys, room.address(), rows.strideBytes());
                        Raw.fill(room.address(), room.size(), (byte) 1);
                        rows.file().read(0, rows.count(), room.address());
                        expect(keys, room.address(), rows.strideBytes());
                    }
                }
            }
        return stored;
    }

    private static void expect(long[] keys, long address, long stride) {
        for (int row = 0; row < keys.length; row++)
            for (int d = 0; d < Shop.DIMENSION; d++)
                assertThat(Raw.getFloat(address + row * stride + 4L * d)).isEqualTo(keys[row] + d);
    }

    @Test
    void aLossOfPowerWhileTheyAreWrittenCostsNoRow() {
        System.out.println("seed " + seed);
        for (int run = 0; run < RUNS; run++) {
            var disk = new FaultDisk(random.nextLong(), random.nextBoolean() ? 512 : 4096);
            Shop shop = new Shop(disk, config());
            try {
                var c = begun(shop);
                insert(shop, c, 0);
                disk.powerOffAfter(random.nextLong(1, 60));
                Shop.<Map<Long, List<Long>>>await(reply -> shop.engine.seal(c.shards(), reply));
                for (int i = 0; i < 400 && !isBuilt(shop, c); i++) pause();
            } catch (RuntimeException powerOff) {
                assertThat(disk.changes()).isPositive();
            } finally {
                disk.powerOff();
                close(shop);
            }
            var after = disk.cut();
            try (var again = new Shop(after, config())) {
                var c = again.find("c");
                check(again, c);
                assertThat(again.read(c, Consistency.STRONG))
                        .as("seed %d, run %d", seed, run)
                        .hasSize(ROWS);
                again.flush(c);
                Shop.eventually(() -> isBuilt(again, c));
                Shop.eventually(() -> pages(after).size() == 1);
                assertThat(check(again, c)).isEqualTo(ROWS);
                for (var path : pages(after)) RowPages.verify(after, path);
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }

    private static void close(Shop shop) {
        try {
            shop.close();
        } catch (RuntimeException powerOff) {
            shop.work.close();
        }
    }

    @Test
    void rotAndTornAndMissingPagesAreFoundToldAndMended() {
        System.out.println("seed " + seed);
        var disk = new FaultDisk(random.nextLong(), 512);
        try (var shop = new Shop(disk, config())) {
            var c = begun(shop);
            insert(shop, c, 0);
            shop.flush(c);
            Shop.eventually(() -> isBuilt(shop, c) && pages(disk).size() == 1);
        }
        for (var harm : Harm.values()) {
            var path = pages(disk).getFirst();
            harm.to(disk, path, random);
            var told = Check.run(disk, (_, _, _) -> {}).damages();
            assertThat(told.isEmpty()).as("%s, seed %d: %s", harm, seed, told).isEqualTo(harm == Harm.MISSING);
            try (var shop = new Shop(disk, config())) {
                var c = shop.find("c");
                Shop.eventually(() -> isBuilt(shop, c));
                assertThat(check(shop, c)).as("%s, seed %d", harm, seed).isEqualTo(ROWS);
                Shop.eventually(() -> isWhole(disk));
                assertThat(check(shop, c)).isEqualTo(ROWS);
            }
            assertThat(Check.run(disk, (_, _, _) -> {}).damages()).isEmpty();
        }
    }

    private static boolean isWhole(FaultDisk disk) {
        try {
            if (pages(disk).size() != 1) return false;
            RowPages.verify(disk, pages(disk).getFirst());
            return true;
        } catch (RuntimeException damaged) {
            return false;
        }
    }

    private enum Harm {
        FLIPPED {
            @Override
            void to(FaultDisk disk, String path, RandomGenerator random) {
                disk.flipBit(path, random.nextLong(8L * size(disk, path)));
            }
        },
        EVERY_PAGE {
            @Override
            void to(FaultDisk disk, String path, RandomGenerator random) {
                for (long at = 100; at < size(disk, path); at += RowPages.PAGE) disk.flipBit(path, 8 * at);
            }
        },
        CUT {
            @Override
            void to(FaultDisk disk, String path, RandomGenerator random) {
                rewrite(disk, path, (int) (size(disk, path) - random.nextInt(1, RowPages.PAGE)));
            }
        },
        EMPTY {
            @Override
            void to(FaultDisk disk, String path, RandomGenerator random) {
                rewrite(disk, path, 0);
            }
        },
        MISSING {
            @Override
            void to(FaultDisk disk, String path, RandomGenerator random) {
                disk.delete(path);
            }
        };

        abstract void to(FaultDisk disk, String path, RandomGenerator random);

        static long size(FaultDisk disk, String path) {
            try (var file = disk.openForReading(path)) {
                return file.size();
            }
        }

        private static void rewrite(FaultDisk disk, String path, int bytes) {
            var kept = MemorySegment.ofArray(new byte[bytes]);
            try (var file = disk.openForReading(path)) {
                if (bytes > 0) file.read(0, kept);
            }
            disk.delete(path);
            try (var file = disk.create(path)) {
                if (bytes > 0) file.write(0, kept);
            }
        }
    }
}
