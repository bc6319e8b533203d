package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Consistency;
import dev.sextant.world.FaultDisk;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BaseDirectoryTest {
    @Test
    void aDirectoryThatTheEngineMadeSurvivesTheLossOfPowerWithWhatIsInIt() {
        var disk = new FaultDisk(11, 512);
        var c = Shop.config();
        var config = c.with(to -> to.directory = "data/of/ours");
        var cuts = new java.util.ArrayList<FaultDisk>();
        try (var shop = new Shop(disk, config)) {
            shop.insert(shop.create("c", 1), Map.of(1L, 1L));
            for (int i = 0; i < 8; i++) cuts.add(disk.cut());
        }
        for (var cut : cuts)
            try (var shop = new Shop(cut, config)) {
                assertThat(shop.engine.catalog().collections()).hasSize(1);
                assertThat(shop.read(shop.find("c"), Consistency.STRONG)).containsOnlyKeys(1L);
            }
    }
}
