package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Consistency;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.world.FaultDisk;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LostLogTest {
    private static final int ENTRIES = 5;

    /// A few rows stand in the checkpoint itself, many are read from the log again.
    @ParameterizedTest
    @ValueSource(ints = {1, 500})
    void aLogThatEndsBeforeItsCheckpointIsRefusedAndTheCheckTellsOfIt(int rowsOfAnEntry) {
        var disk = filled(rowsOfAnEntry);
        var log = "log/" + disk.list("log").getFirst();
        int refused = 0, opened = 0;
        long whole = size(disk, log);
        for (int i = 0; i <= 48; i++) {
            long bytes = whole * i / 48;
            var shorter = disk.cut();
            try (var file = shorter.openForWriting(log)) {
                file.truncate(bytes);
            }
            boolean isWell = Check.run(shorter, (_, _, _) -> {}).isWell();
            try (var shop = new Shop(shorter, Shop.config())) {
                assertThat(shop.read(shop.find("c"), Consistency.STRONG))
                        .as("%d bytes of the log", bytes)
                        .hasSize(ENTRIES * rowsOfAnEntry);
                assertThat(isWell).isTrue();
                opened++;
            } catch (Refused damaged) {
                assertThat(damaged.refusal()).isInstanceOf(Refusal.Damaged.class);
                assertThat(isWell)
                        .as("%s, after %d bytes", damaged.getMessage(), bytes)
                        .isFalse();
                refused++;
            }
        }
        assertThat(refused).isPositive();
        assertThat(opened).isPositive();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theCheckTellsOfALogThatIsGone(boolean withCheckpoints) {
        var disk = filled(1);
        disk.delete("log/" + disk.list("log").getFirst());
        if (!withCheckpoints) disk.list("checkpoints").forEach(name -> disk.delete("checkpoints/" + name));
        assertThat(Check.run(disk, (_, _, _) -> {}).damages())
                .singleElement()
                .asString()
                .contains("its log is missing");
    }

    /// What is read again for a large memtable passes by shards that the checkpoint holds whole.
    @Test
    void whatTheCheckpointHoldsIsNotAppliedOnceMore() {
        var disk = filled(500);
        try (var shop = new Shop(disk, Shop.config())) {
            var d = shop.create("d", 1);
            for (long key = 1; key <= 3; key++) shop.insert(d, Map.of(key, key));
            ((Node) shop.engine).saveNow();
        }
        try (var shop = new Shop(disk, Shop.config())) {
            assertThat(shop.read(shop.find("d"), Consistency.STRONG))
                    .isEqualTo(Map.of(1L, List.of(1L), 2L, List.of(2L), 3L, List.of(3L)));
            assertThat(shop.engine.rowCount(shop.find("d").id(), 0)).isEqualTo(3);
        }
    }

    @Test
    void theLogIsKeptForTheOlderOfTwoCheckpoints() {
        assertThat(Checkpoints.cutPosition(List.of(7L, 3L))).isEqualTo(3);
        assertThat(Checkpoints.cutPosition(List.of())).isZero();
    }

    @Test
    void aCheckpointThatWasSavedIsThereWhenThePowerFails() {
        var disk = new FaultDisk(1, 512);
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.create("c", 1);
            shop.insert(c, Map.of(1L, 1L));
            ((Node) shop.engine).saveNow();
            var names = disk.list("checkpoints");
            for (int i = 0; i < 20; i++) {
                var after = disk.cut();
                assertThat(after.list("checkpoints")).containsAll(names);
                assertThat(Check.run(after, (_, _, _) -> {}).damages()).isEmpty();
            }
        }
    }

    /// A disk whose newest checkpoint stands behind rows that are in no segment.
    private static FaultDisk filled(int rowsOfAnEntry) {
        var disk = new FaultDisk(1, 512);
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.create("c", 1);
            for (long key = 0, end = ENTRIES * (long) rowsOfAnEntry; key < end; key += rowsOfAnEntry) {
                var rows = new HashMap<Long, Long>();
                for (long each = key; each < key + rowsOfAnEntry; each++) rows.put(each, each);
                shop.insert(c, rows);
            }
            ((Node) shop.engine).saveNow();
        }
        return disk;
    }

    private static long size(FaultDisk disk, String path) {
        try (var file = disk.openForReading(path)) {
            return file.size();
        }
    }
}
