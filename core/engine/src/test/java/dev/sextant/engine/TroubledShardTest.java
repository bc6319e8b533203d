package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Consistency;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.world.FaultDisk;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TroubledShardTest {
    @Test
    void aShardWhoseFileIsMissingKeepsNoOtherFromBeingSavedAndLosesNothing() {
        var disk = new FaultDisk(8, 512);
        FaultDisk after;
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.create("c", 1);
            shop.insert(c, Map.of(1L, 1L));
            shop.flush(c);
            shop.insert(c, Map.of(2L, 2L));
            ((Node) shop.engine).saveNow();
            shop.insert(c, Map.of(3L, 3L));
            shop.flush(c);
            after = disk.cut();
        }
        var oldest = "segments/" + after.list("segments").getFirst();
        after.rename(oldest, "elsewhere");
        try (var shop = new Shop(after, Shop.config())) {
            var c = shop.find("c");
            assertThatThrownBy(() -> shop.read(c, Consistency.STRONG)).isInstanceOf(Refused.class);
            var other = shop.create("other", 1);
            shop.insert(other, Map.of(9L, 9L));
            ((Node) shop.engine).saveNow();
        }
        after.rename("elsewhere", oldest);
        try (var shop = new Shop(after, Shop.config())) {
            assertThat(shop.read(shop.find("c"), Consistency.STRONG))
                    .isEqualTo(Map.of(1L, List.of(1L), 2L, List.of(2L), 3L, List.of(3L)));
            assertThat(shop.read(shop.find("other"), Consistency.STRONG)).containsOnlyKeys(9L);
        }
    }

    @Test
    void whatAReaderFindsDamagedIsAnAnswerAndATroubleAndNeverFewerRows() {
        var disk = new FaultDisk(8, 512);
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.create("c", 1);
            shop.insert(c, Map.of(1L, 1L, 2L, 2L, 3L, 3L));
            shop.flush(c);
        }
        var path = "segments/" + disk.list("segments").getFirst();
        long bytes;
        try (var file = disk.openForReading(path)) {
            bytes = file.size();
        }
        int told = 0;
        for (long at = 0; at < bytes; at += Math.max(1, bytes / 100)) {
            var rotten = disk.cut();
            try (var shop = new Shop(rotten, Shop.config())) {
                rotten.flipBit(path, 8 * at); // after it was opened and found well
                var c = shop.find("c");
                try {
                    assertThat(shop.read(c, Consistency.STRONG)).containsOnlyKeys(1L, 2L, 3L);
                    for (var view : shop.views(c, Consistency.STRONG))
                        try (view) {
                            view.parts().forEach(part -> part.vectors(Shop.VECTOR));
                        }
                } catch (Refused refused) {
                    assertThat(refused.refusal()).isInstanceOf(Refusal.Damaged.class);
                    assertThat(shop.engine.troubles()).anyMatch(trouble -> trouble.contains(path));
                    told++;
                }
            }
        }
        assertThat(told).isPositive();
    }

    @Test
    void aFileThatStandsUnderTheNameOfAnotherIsNotTakenForIt() {
        var disk = new FaultDisk(8, 512);
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.create("c", 1);
            shop.insert(c, Map.of(1L, 1L));
            shop.flush(c);
            shop.insert(c, Map.of(2L, 2L));
            shop.flush(c);
        }
        var files = disk.list("segments");
        assertThat(files).hasSize(2);
        disk.rename("segments/" + files.get(0), "aside");
        disk.rename("segments/" + files.get(1), "segments/" + files.get(0));
        disk.rename("aside", "segments/" + files.get(1));
        try (var shop = new Shop(disk, Shop.config())) {
            assertThatThrownBy(() -> shop.read(shop.find("c"), Consistency.STRONG))
                    .isInstanceOf(Refused.class);
            assertThat(shop.engine.troubles()).anyMatch(trouble -> trouble.contains("digest"));
        }
    }
}
