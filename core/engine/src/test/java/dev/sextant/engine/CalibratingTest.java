package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Index;
import dev.sextant.catalog.Load;
import dev.sextant.engine.file.CorruptFile;
import dev.sextant.index.Calibration;
import dev.sextant.model.Consistency;
import dev.sextant.world.Chance;
import dev.sextant.world.Disk;
import dev.sextant.world.DiskFailure;
import dev.sextant.world.FaultDisk;
import dev.sextant.world.MemoryDisk;
import dev.sextant.world.Meters;
import dev.sextant.world.World;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

class CalibratingTest {
    private static final IndexFile.Mark MARK = new IndexFile.Mark(1234, 0x5678);
    private static final String PATH = "segments/1-2.calibration";

    private final FaultDisk disk = new FaultDisk(1, 512);

    /// What nobody measures: told from what was measured wherever it shows.
    private static Calibration strange() {
        var recalls = new float[Calibration.steps()];
        for (int step = 0; step < recalls.length; step++) recalls[step] = (step + 1) / 32f;
        return new Calibration(recalls);
    }

    private static EngineConfig config() {
        return Shop.config().with(to -> {
            to.memtableBytes = 32 << 20;
            to.graphRows = 300;
        });
    }

    private static Collection loaded(Shop shop) {
        var c = shop.create("c", 1);
        var parameters = Map.of("index_type", "HNSW", "metric_type", "L2", "M", "8", "efConstruction", "40");
        shop.define(new Change.CreateIndex(
                c.id(), new Index(shop.engine.allocateIds(1), "near", Shop.VECTOR, parameters, 0)));
        var rows = new TreeMap<Long, Long>();
        for (long i = 0; i < 1000; i++) rows.put(i, i);
        shop.insert(c, rows);
        shop.flush(c);
        shop.define(new Change.SetLoad(c.id(), new Load.Everything(Set.of(), 1)));
        return shop.find("c");
    }

    /// What is known of the index once it is there; empty until then.
    private static Optional<Optional<Calibration>> known(Shop shop) {
        try (var view = shop.views(shop.find("c"), Consistency.STRONG).getFirst()) {
            return view.parts().stream()
                    .filter(part -> !part.growing() && part.index(Shop.VECTOR).isPresent())
                    .map(part -> part.calibration(Shop.VECTOR))
                    .findFirst();
        }
    }

    private static Calibration awaited(Shop shop) {
        Shop.eventually(() -> known(shop).flatMap(found -> found).isPresent());
        return known(shop).orElseThrow().orElseThrow();
    }

    private String file(String ending) {
        return "segments/"
                + disk.list("segments").stream()
                        .filter(name -> name.endsWith(ending))
                        .findFirst()
                        .orElseThrow();
    }

    private byte[] bytes(String path) {
        try (var file = disk.openForReading(path)) {
            var bytes = new byte[(int) file.size()];
            file.read(0, MemorySegment.ofArray(bytes));
            return bytes;
        }
    }

    private Calibration measured() {
        try (var shop = new Shop(disk, config())) {
            loaded(shop);
            var measured = awaited(shop);
            Shop.eventually(() -> disk.list("segments").stream().anyMatch(name -> name.endsWith(".calibration")));
            return measured;
        }
    }

    @Test
    void whatWasMeasuredIsThereAfterARestartAsSoonAsItsIndex() {
        assertThat(measured()).isNotEqualTo(Calibration.NONE);
        CalibrationFile.write(disk, file(".calibration"), IndexFile.mark(disk, file(".index")), strange());
        try (var shop = new Shop(disk, config())) {
            Shop.eventually(() -> known(shop).isPresent());
            assertThat(known(shop).orElseThrow()).contains(strange());
        }
        assertThat(Check.run(disk, (_, _, _) -> {}).isWell()).isTrue();
    }

    @Test
    void whatIsDamagedIsMeasuredAgain() {
        var measured = measured();
        var before = bytes(file(".calibration"));
        disk.flipBit(file(".calibration"), 8 * 40);
        assertThat(Check.run(disk, (_, _, _) -> {}).damages())
                .singleElement()
                .asString()
                .contains(".calibration");
        try (var shop = new Shop(disk, config())) {
            assertThat(awaited(shop)).isEqualTo(measured);
            Shop.eventually(() -> disk.list("segments").stream().anyMatch(name -> name.endsWith(".calibration"))
                    && Arrays.equals(bytes(file(".calibration")), before));
        }
    }

    /// The disk, without room for files of indexes.
    private Disk withoutIndexes() {
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (_, how, with) -> {
                    if (how.getName().equals("create") && with[0] instanceof String path && path.contains(".index"))
                        throw new DiskFailure.NoSpace(path, null);
                    try {
                        return how.invoke(disk, with);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    /// The file is written while the index is measured: what goes wrong there is neither lost nor left half done.
    @Test
    void anIndexThatCannotBeWrittenSaysSoAndIsBuiltWhenItCan() {
        try (var shop = new Shop(withoutIndexes(), config())) {
            var c = loaded(shop);
            long index = c.indexes().getFirst().id();
            Shop.eventually(
                    () -> shop.engine.indexProgress(c.id(), index).trouble().contains("no space left"));
            assertThat(known(shop)).isEmpty();
            assertThat(disk.list("segments"))
                    .noneMatch(name -> name.contains(".index") || name.endsWith(".calibration"));
        }
        try (var shop = new Shop(disk, config())) {
            assertThat(awaited(shop)).isNotEqualTo(Calibration.NONE);
            Shop.eventually(() -> disk.list("segments").stream().anyMatch(name -> name.endsWith(".index")));
            assertThat(disk.list("segments")).noneMatch(name -> name.endsWith(".new"));
        }
    }

    private record Counted(String of, LongAdder sum) implements Meters {
        @Override
        public Counter counter(String name, String help, String... labels) {
            return name.equals(of) ? sum::add : _ -> {};
        }

        @Override
        public Timer timer(String name, String help, String... labels) {
            return _ -> {};
        }

        @Override
        public void gauge(String name, String help, DoubleSupplier value, String... labels) {}
    }

    @Test
    void aDamagedIndexIsCountedAndBuiltAnew() {
        measured();
        disk.flipBit(file(".index"), 8L * (bytes(file(".index")).length / 2));
        var damaged = new Counted("sextant_index_files_damaged_total", new LongAdder());
        var world = new World(disk, new Shop.SystemTime(), Chance.seeded(7), damaged);
        try (var shop = new Shop(world, config())) {
            Shop.eventually(() -> known(shop).isPresent());
        }
        assertThat(damaged.sum().sum()).isEqualTo(1);
        assertThat(Check.run(disk, (_, _, _) -> {}).isWell()).isTrue();
    }

    @Test
    void whatWasMeasuredOfAnotherIndexIsNotBelieved() {
        var measured = measured();
        var mark = IndexFile.mark(disk, file(".index"));
        var other = new IndexFile.Mark(mark.bytes(), mark.checksum() ^ 1);
        CalibrationFile.write(disk, file(".calibration"), other, strange());
        try (var shop = new Shop(disk, config())) {
            assertThat(awaited(shop)).isEqualTo(measured);
        }
    }

    @Test
    void whereNothingWasKeptItIsMeasured() {
        var measured = measured();
        disk.delete(file(".calibration"));
        try (var shop = new Shop(disk, config())) {
            assertThat(awaited(shop)).isEqualTo(measured);
        }
    }

    /// Whoever asks for a recall right after a merge is searched for no harder than before.
    @Test
    void anIndexThatComesByAMergeHasBeenMeasured() {
        try (var shop = new Shop(disk, config())) {
            var c = loaded(shop);
            awaited(shop);
            for (long segment = 1; segment < 4; segment++) {
                var rows = new TreeMap<Long, Long>();
                for (long i = 0; i < 1000; i++) rows.put(1000 * segment + i, i);
                shop.insert(c, rows);
                shop.flush(c);
            }
            shop.engine.compact(c.shards(), Compaction.MAJOR);
            Shop.eventually(() -> {
                try (var view = shop.views(shop.find("c"), Consistency.STRONG).getFirst()) {
                    var merged = view.parts().stream()
                            .filter(part -> part.rows() > 1000
                                    && part.index(Shop.VECTOR).isPresent())
                            .toList();
                    for (var part : merged)
                        assertThat(part.calibration(Shop.VECTOR)).isPresent();
                    return merged.stream().anyMatch(part -> part.rows() == 4000);
                }
            });
        }
    }

    private static MemoryDisk with(byte[] bytes) {
        var disk = new MemoryDisk();
        disk.createDirectories("segments");
        try (var file = disk.create(PATH)) {
            if (bytes.length > 0) file.write(0, MemorySegment.ofArray(bytes));
        }
        return disk;
    }

    private static byte[] written() {
        var disk = new MemoryDisk();
        disk.createDirectories("segments");
        CalibrationFile.write(disk, PATH, MARK, strange());
        try (var file = disk.openForReading(PATH)) {
            var bytes = new byte[(int) file.size()];
            file.read(0, MemorySegment.ofArray(bytes));
            return bytes;
        }
    }

    @Test
    void noByteCanBeAnotherOneAndNoneCanBeMissing() {
        var whole = written();
        for (int at = 0; at < whole.length; at++) {
            var broken = whole.clone();
            broken[at] ^= 0x10;
            assertThatThrownBy(() -> CalibrationFile.read(with(broken), PATH, MARK))
                    .as("byte %d", at)
                    .isInstanceOf(CorruptFile.class);
        }
        for (int length = 0; length < whole.length; length++) {
            var torn = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> CalibrationFile.read(with(torn), PATH, MARK))
                    .as("%d bytes", length)
                    .isInstanceOf(CorruptFile.class);
        }
    }

    /// Samples of what earlier builds wrote are read by every later one: what tried other efforts is measured again.
    @Test
    void everyFormIsRead() throws IOException {
        var formats = Path.of("src/test/formats");
        assertThat(CalibrationFile.read(with(Files.readAllBytes(formats.resolve("calibration-1"))), PATH, MARK))
                .isEmpty();
        var sample = formats.resolve("calibration-2");
        if (!Files.exists(sample)) Files.write(sample, written()); // once for each form, before its release
        assertThat(CalibrationFile.read(with(Files.readAllBytes(sample)), PATH, MARK))
                .contains(strange());
    }
}
