package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Index;
import dev.sextant.catalog.Load;
import dev.sextant.index.Accept;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Column;
import dev.sextant.model.Consistency;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.world.FaultDisk;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LoadTest {
    private final FaultDisk disk = new FaultDisk(1, 512);

    private static EngineConfig config() {
        var c = Shop.config();
        return c.with(to -> {
            to.memtableBytes = 32 << 20;
            to.graphRows = 300;
        });
    }

    private static Map<Long, Long> rows(long from, long to) {
        var rows = new TreeMap<Long, Long>();
        for (long i = from; i < to; i++) rows.put(i, i);
        return rows;
    }

    private static Collection indexed(Shop shop) {
        return indexed(shop, Map.of("index_type", "HNSW", "metric_type", "L2", "M", "8", "efConstruction", "40"));
    }

    private static Collection indexed(Shop shop, Map<String, String> parameters) {
        var c = shop.create("c", 1);
        shop.define(new Change.CreateIndex(
                c.id(), new Index(shop.engine.allocateIds(1), "near", Shop.VECTOR, parameters, 0)));
        return shop.find("c");
    }

    private static final Load ALL = new Load.Everything(Set.of(), 1);

    /// Looks a row up through the graph of every part that has one; returns how many parts had.
    private static int search(Shop shop, Collection c, long wanted) {
        int graphs = 0;
        for (var view : shop.views(c, Consistency.STRONG))
            try (view;
                    var scratch = new Scratch(shop.memory)) {
                for (var part : view.parts()) {
                    var graph = part.index(Shop.VECTOR);
                    // A graph that has just begun has no node yet: its rows are scanned.
                    if (graph.isEmpty() || graph.get().count() == 0) continue;
                    graphs++;
                    var query =
                            Column.Dense.of(Shop.DIMENSION, new float[] {wanted, wanted + 1, wanted + 2, wanted + 3});
                    var walk = graph.get()
                            .walk(
                                    MemorySegment.ofArray(
                                            query.bytes().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)),
                                    1,
                                    50,
                                    Accept.of(part.visible()),
                                    scratch);
                    float best = Float.MAX_VALUE;
                    int row = -1;
                    for (boolean more = true; more; ) {
                        more = !(walk.advance(1000) instanceof dev.sextant.index.Step.Done);
                        for (int i = 0; i < walk.hits().count(); i++)
                            if (walk.hits().scores()[i] < best) {
                                best = walk.hits().scores()[i];
                                row = walk.hits().rows()[i];
                            }
                    }
                    assertThat(row).isBetween(0, part.rows() - 1);
                    if (best == 0)
                        assertThat(((Column.Longs) part.fetch(Shop.KEY, new int[] {row})).values()[0])
                                .isEqualTo(wanted);
                }
            }
        return graphs;
    }

    @Test
    void aPartIsReadyOnceItsVectorsHaveBeenLoaded() {
        try (var shop = new Shop(disk, config())) {
            var c = shop.create("c", 1);
            shop.insert(c, rows(0, 1000));
            try (var view = shop.views(c, Consistency.STRONG).getFirst()) {
                assertThat(view.parts()).allMatch(part -> part.isReady(Shop.VECTOR));
            }
            shop.flush(c);
            try (var view = shop.views(c, Consistency.STRONG).getFirst()) {
                var sealed = view.parts().stream()
                        .filter(part -> !part.growing())
                        .findFirst()
                        .orElseThrow();
                assertThat(sealed.isReady(Shop.VECTOR)).isFalse();
                sealed.vectors(Shop.VECTOR);
                assertThat(sealed.isReady(Shop.VECTOR)).isTrue();
            }
        }
    }

    /// A thousand rows in one segment, with their graph.
    private static Collection built(Shop shop) {
        var c = indexed(shop);
        shop.insert(c, rows(0, 1000));
        shop.flush(c);
        long index = c.indexes().getFirst().id();
        Shop.eventually(() -> shop.engine.indexProgress(c.id(), index).indexedRows() == 1000);
        return c;
    }

    private String file(String end) {
        return disk.list("segments").stream()
                .filter(name -> name.endsWith(end))
                .map(name -> "segments/" + name)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aGraphIsBuiltBesideItsSegmentLoadedAfterRestartAndBuiltAgainWhenDamaged() {
        try (var shop = new Shop(disk, config())) {
            var c = built(shop);
            assertThat(disk.list("segments"))
                    .filteredOn(name -> !name.endsWith(".calibration"))
                    .hasSize(2);
            shop.define(new Change.SetLoad(c.id(), ALL));
            Shop.eventually(() -> shop.engine.loadedPercent(c.id(), Set.of()) == 100 && search(shop, c, 77) == 1);
        }
        try (var shop = new Shop(disk, config())) {
            var c = shop.find("c");
            Shop.eventually(() -> shop.engine.loadedPercent(c.id(), Set.of()) == 100 && search(shop, c, 500) == 1);
        }
        disk.flipBit(file(".index"), 20_000);
        try (var shop = new Shop(disk, config())) {
            var c = shop.find("c");
            Shop.eventually(() -> search(shop, c, 500) == 1);
            shop.define(new Change.DropIndex(c.id(), c.indexes().getFirst().id()));
            Shop.eventually(() -> search(shop, c, 500) == 0);
            ((Node) shop.engine).saveNow();
            assertThat(disk.list("segments")).hasSize(1);
        }
    }

    @Test
    void whoAsksForADamagedIndexHearsThatItIsBuiltAnewAndNotThatItFailed() {
        try (var shop = new Shop(disk, config())) {
            shop.define(new Change.SetLoad(built(shop).id(), ALL));
        }
        disk.flipBit(file(".index"), 20_000);
        try (var shop = new Shop(disk, config())) {
            var c = shop.find("c");
            var told = new TreeSet<String>();
            Shop.eventually(() -> {
                var progress =
                        shop.engine.indexProgress(c.id(), c.indexes().getFirst().id());
                assertThat(progress.failed()).isFalse();
                if (!progress.trouble().isEmpty()) told.add(progress.trouble());
                return progress.trouble().isEmpty() && progress.indexedRows() == 1000 && search(shop, c, 500) == 1;
            });
            assertThat(told).allMatch(trouble -> trouble.startsWith("damaged, will be built anew: "));
        }
    }

    @Test
    void whatKeepsACollectionFromBeingLoadedIsTold() {
        try (var shop = new Shop(disk, config())) {
            var c = built(shop);
            shop.define(new Change.SetLoad(c.id(), ALL));
            Shop.eventually(() -> shop.engine.loadedPercent(c.id(), Set.of()) == 100);
            assertThat(shop.engine.loadTrouble(c.id(), Set.of())).isEmpty();
        }
        var path = file(".segment");
        long bytes;
        try (var file = disk.openForReading(path)) {
            bytes = file.size();
        }
        disk.flipBit(path, 8 * (bytes / 2)); // among the vectors, which are most of it
        try (var shop = new Shop(disk, config())) {
            var c = shop.find("c");
            Shop.eventually(() -> shop.engine.loadTrouble(c.id(), Set.of()).isPresent());
            assertThat(shop.engine.loadTrouble(c.id(), Set.of()))
                    .get()
                    .isInstanceOfSatisfying(
                            Refusal.Damaged.class,
                            damaged -> assertThat(damaged.detail()).contains(path));
            assertThat(shop.engine.troubles()).anyMatch(trouble -> trouble.contains(path));
            assertThat(shop.engine.loadedPercent(c.id(), Set.of())).isZero();
        }
    }

    @Test
    void theCheckTellsOfAnIndexOfWhichAnyBitHasTurnedOver() {
        try (var shop = new Shop(disk, config())) {
            built(shop);
        }
        assertThat(Check.run(disk, (_, _, _) -> {}).damages()).isEmpty();
        var path = file(".index");
        long bytes;
        try (var file = disk.openForReading(path)) {
            bytes = file.size();
        }
        for (long at = 0; at < bytes; at += at < 128 ? 1 : bytes / 50) {
            disk.flipBit(path, 8 * at);
            assertThat(Check.run(disk, (_, _, _) -> {}).damages())
                    .as("byte %d", at)
                    .singleElement()
                    .asString()
                    .contains(path);
            disk.flipBit(path, 8 * at);
        }
    }

    @Test
    void aLargeMemtableGrowsAGraphAndShowsNoRowsFromAfterTheView() {
        try (var shop = new Shop(disk, config())) {
            var c = indexed(shop);
            shop.define(new Change.SetLoad(c.id(), ALL));
            shop.insert(c, rows(0, 600));
            Shop.eventually(() -> search(shop, c, 300) == 1);
            for (long i = 600; i < 1500; i += 100) {
                shop.insert(c, rows(i, i + 100));
                search(shop, c, i - 50);
            }
            shop.delete(c, 700L);
            search(shop, c, 701);
            shop.flush(c);
            Shop.eventually(() -> search(shop, c, 900) == 1);
        }
    }

    @Test
    void aGraphThatWillNotStayBeginsWhenSearchesHavePaidForIt() {
        try (var shop = new Shop(disk, config())) {
            var c = indexed(shop, Map.of("index_type", "IVF_FLAT", "metric_type", "L2", "nlist", "16"));
            shop.define(new Change.SetLoad(c.id(), ALL));
            for (long i = 0; i < 600; i += 100) {
                shop.insert(c, rows(i, i + 100));
                for (int ask = 0; ask < 100; ask++)
                    assertThat(search(shop, c, 50)).isZero();
            }
            for (int ask = 600; ask < Feeding.WORTHWHILE; ask++) search(shop, c, 50);
            Shop.eventually(() -> search(shop, c, 300) == 1);
        }
    }

    @Test
    void aMergedSegmentIsPublishedWithItsGraph() {
        try (var shop = new Shop(disk, config())) {
            var c = indexed(shop);
            shop.define(new Change.SetLoad(c.id(), ALL));
            for (int i = 0; i < 2; i++) {
                shop.insert(c, rows(i * 1000L, i * 1000L + 1000 - i * 400));
                shop.flush(c);
                int segments = i + 1;
                Shop.eventually(() -> search(shop, c, 300) == segments);
            }
            shop.delete(c, 5L, 1005L);
            shop.engine.compact(c.shards(), Compaction.MAJOR);
            Shop.eventually(() -> shop.engine.segments(c.id()).size() == 1);
            assertThat(disk.list("segments").stream()
                            .filter(name -> name.endsWith(".index"))
                            .count())
                    .isGreaterThanOrEqualTo(1);
            Shop.eventually(() -> search(shop, c, 1300) == 1);
            assertThat(shop.engine
                            .indexProgress(c.id(), c.indexes().getFirst().id())
                            .indexedRows())
                    .isEqualTo(1600);
            assertThat(shop.read(c, Consistency.STRONG)).hasSize(1598);
        }
    }

    @Test
    void releasingGivesMemoryBackAndLoadingTooMuchIsRefusedWithTheNumbers() {
        try (var shop = new Shop(disk, config())) {
            var c = indexed(shop);
            shop.insert(c, rows(0, 3000));
            shop.flush(c);
            Shop.eventually(() -> shop.engine
                            .indexProgress(c.id(), c.indexes().getFirst().id())
                            .indexedRows()
                    == 3000);
            Shop.eventually(() -> shop.engine.jobs().stream()
                    .noneMatch(job -> job.phase() == dev.sextant.model.Watch.JobPhase.RUNNING));
            long floor = besidesScratch(shop);
            shop.define(new Change.SetLoad(c.id(), ALL));
            Shop.eventually(() -> search(shop, c, 77) == 1);
            assertThat(besidesScratch(shop)).isGreaterThan(floor + 3000 * 64);
            shop.define(new Change.SetLoad(c.id(), Load.NOTHING));
            Shop.eventually(() -> besidesScratch(shop) <= floor + 4096);
            try (var taken = shop.memory.reserve(
                    "somebody else", shop.memory.limitBytes() - shop.memory.inUseBytes() - 10_000)) {
                assertThat(taken.bytes()).isPositive();
                assertThatThrownBy(() -> shop.define(new Change.SetLoad(c.id(), ALL)))
                        .isInstanceOfSatisfying(
                                Refused.class,
                                refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.OutOfMemory.class));
            }
        }
    }

    /// What workers keep for the next search is theirs, loaded or not.
    private static long besidesScratch(Shop shop) {
        return shop.memory.inUseBytes() - shop.memory.byName().getOrDefault("scratch", 0L);
    }

    @Test
    void writesWaitForMemoryAndAreRefusedAtTheirDeadline() {
        try (var shop = new Shop(disk, config())) {
            var c = shop.create("c", 1);
            shop.insert(c, rows(0, 10));
            try (var taken =
                    shop.memory.reserve("somebody else", shop.memory.limitBytes() - shop.memory.inUseBytes() - 1000)) {
                assertThat(taken.bytes()).isPositive();
                var m = Shop.mutation(c, false, c.partitions().getFirst().id(), rows(10, 5000));
                var inTime =
                        new Mutation(m.collection(), m.catalogVersion(), m.parts(), System.nanoTime() + 300_000_000L);
                assertThatThrownBy(() -> shop.write(inTime)).isInstanceOf(Refused.class);
                assertThat(shop.read(c, Consistency.STRONG)).hasSize(10);
            }
            shop.insert(c, rows(10, 5000));
            assertThat(shop.read(c, Consistency.STRONG)).hasSize(5000);
        }
    }
}
