package dev.sextant.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
    @Test
    void oneKeyGivesASettingForEachValue() {
        assertThat(Settings.parse("ef=20, 40")).containsExactly(Map.of("ef", "20"), Map.of("ef", "40"));
    }

    @Test
    void severalKeysGoSideBySideAndASingleValueIsRepeated() {
        assertThat(Settings.parse("nprobe=8,16;ef=64;refine_k=1,2"))
                .containsExactly(
                        Map.of("nprobe", "8", "ef", "64", "refine_k", "1"),
                        Map.of("nprobe", "16", "ef", "64", "refine_k", "2"));
    }

    @Test
    void thereIsNoProductOfAllWithAll() {
        assertThatThrownBy(() -> Settings.parse("nprobe=8,16,32;refine_k=1,2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("refine_k has 2 values, others have 3");
    }

    @Test
    void severalSweepsFollowEachOtherAndDefaultIsOneSettingWithoutParameters() {
        assertThat(Settings.parse(List.of("ef=1", "default"))).containsExactly(Map.of("ef", "1"), Map.of());
        assertThat(Settings.text(Map.of())).isEqualTo("default");
    }

    @Test
    void whatIsNoSweepIsRefused() {
        for (var wrong : List.of("ef", "=4", "ef=", "ef=1,,2", "ef=1;", "ef=,1", "ef=1;ef=2"))
            assertThatThrownBy(() -> Settings.parse(wrong)).as(wrong).isInstanceOf(IllegalArgumentException.class);
    }
}
