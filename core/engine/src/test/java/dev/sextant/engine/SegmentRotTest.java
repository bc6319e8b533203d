package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.engine.segment.SegmentFile;
import dev.sextant.kernel.Memory;
import dev.sextant.world.FaultDisk;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SegmentRotTest {
    @Test
    void aFileThatCannotServeIsNeverOpenedAndNeverAnErrorOfWhoeverOpensIt() {
        var disk = new FaultDisk(9, 512);
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.create("c", 1);
            for (long key = 0; key < 5; key++) shop.insert(c, Map.of(key, key));
            shop.flush(c);
        }
        var path = "segments/" + disk.list("segments").getFirst();
        dev.sextant.engine.entry.SegmentFacts facts;
        try (var file = SegmentFile.open(disk, path)) {
            facts = Files.facts(file.head().segment(), file.written(), Set.of(1L));
        }
        var memory = new Memory(1L << 30);
        int refused = 0;
        for (long at = 0; at < facts.bytes(); at++) {
            disk.flipBit(path, 8 * at);
            var files = new Files(disk, "segments");
            var file = files.open(facts);
            file.ifPresent(opened -> new Segment(1, facts, opened, new Deletions(), files, memory).release());
            assertThat(files.damage().isEmpty()).isEqualTo(file.isPresent());
            if (file.isEmpty()) refused++;
            disk.flipBit(path, 8 * at);
        }
        assertThat(refused).isPositive();
        assertThat(memory.inUseBytes()).isZero();
    }
}
