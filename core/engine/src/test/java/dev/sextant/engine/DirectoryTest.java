package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Consistency;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.world.DiskFailure;
import dev.sextant.world.FaultDisk;
import dev.sextant.world.MemoryDisk;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DirectoryTest {
    @Test
    void aDirectoryWithForeignFilesIsRefusedAndLeftAsItIs() {
        var disk = new MemoryDisk();
        disk.createDirectories("photos");
        assertThatThrownBy(() -> new Shop(disk, Shop.config()))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("photos");
        assertThat(disk.list("")).doesNotContain("log", "segments", "sextant.id");
    }

    @Test
    void aDirectoryOfOursWithoutItsLogIsRefused() {
        var disk = new MemoryDisk();
        try (var shop = new Shop(disk, Shop.config())) {
            shop.insert(shop.create("c", 1), Map.of(1L, 1L));
        }
        for (var file : disk.list("log")) disk.delete("log/" + file);
        assertThatThrownBy(() -> new Shop(disk, Shop.config()))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("log is missing");
    }

    @Test
    void aSecondEngineCannotOpenADirectoryInUse() {
        var disk = new MemoryDisk();
        try (var shop = new Shop(disk, Shop.config())) {
            assertThatThrownBy(() -> new Shop(disk, Shop.config())).isInstanceOf(DiskFailure.Locked.class);
            assertThat(shop.engine.troubles()).isEmpty();
        }
        new Shop(disk, Shop.config()).close();
    }

    @Test
    void aDamagedMarkerIsRefused() {
        var disk = new FaultDisk(1, 512);
        new Shop(disk, Shop.config()).close();
        disk.flipBit("sextant.id", 200);
        assertThatThrownBy(() -> new Shop(disk, Shop.config()))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("sextant.id");
    }

    @Test
    void aDirectoryOfALaterFormatIsRefusedAndNotCalledDamaged() {
        var disk = new FaultDisk(1, 512);
        new Shop(disk, Shop.config()).close();
        disk.flipBit("sextant.id", 8 * 8 + 1); // version 1 becomes 3
        for (ThrowingCallable opening :
                List.<ThrowingCallable>of(() -> new Shop(disk, Shop.config()), () -> Check.run(disk, (_, _, _) -> {})))
            assertThatThrownBy(opening)
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.Unusable.class))
                    .hasMessageContaining("its format is version 3 and this program reads 1");
    }

    @Test
    void checkingADamagedMarkerTellsOfIt() {
        var disk = new FaultDisk(1, 512);
        new Shop(disk, Shop.config()).close();
        disk.flipBit("sextant.id", 200);
        assertThat(Check.run(disk, (_, _, _) -> {}).damages())
                .singleElement()
                .asString()
                .startsWith("sextant.id");
    }

    @Test
    void aDamagedCheckpointCostsALongerReplayAndNothingElse() {
        var disk = new FaultDisk(1, 512);
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.create("c", 1);
            shop.insert(c, Map.of(1L, 1L));
            ((Node) shop.engine).saveNow();
            shop.insert(c, Map.of(2L, 2L));
        }
        var newest = disk.list("checkpoints").getLast();
        disk.flipBit("checkpoints/" + newest, 700);
        try (var shop = new Shop(disk, Shop.config())) {
            assertThat(shop.read(shop.find("c"), Consistency.STRONG))
                    .isEqualTo(Map.of(1L, List.of(1L), 2L, List.of(2L)));
            assertThat(shop.engine.troubles()).hasSize(1);
        }
    }

    @Test
    void aDamagedSegmentMakesItsShardUnavailableAndNotShorter() {
        var disk = new FaultDisk(1, 512);
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.create("c", 1);
            shop.insert(c, Map.of(1L, 1L));
            shop.flush(c);
            shop.create("d", 1);
        }
        var segment = disk.list("segments").getFirst();
        disk.delete("segments/" + segment);
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.find("c");
            assertThatThrownBy(() -> shop.read(c, Consistency.STRONG))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.Damaged.class));
            assertThatThrownBy(() -> shop.insert(c, Map.of(2L, 2L))).isInstanceOf(Refused.class);
            assertThat(shop.engine.troubles()).isNotEmpty();
            assertThat(shop.read(shop.find("d"), Consistency.STRONG)).isEmpty();
        }
    }

    @Test
    void filesThatNobodyNamesDisappearAndNamedOnesStay() {
        var disk = new MemoryDisk();
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.create("c", 1);
            shop.insert(c, Map.of(1L, 1L));
            shop.flush(c);
            disk.create("segments/00000000000000ff.segment").close();
            disk.create("segments/rubbish").close();
            ((Node) shop.engine).saveNow();
            assertThat(disk.list("segments")).hasSize(1);
            assertThat(shop.read(c, Consistency.STRONG)).containsOnlyKeys(1L);
        }
    }
}
