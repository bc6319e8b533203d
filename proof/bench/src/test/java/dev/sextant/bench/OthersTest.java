package dev.sextant.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OthersTest {
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    @Test
    void aShareIsOfAllCores() {
        var before = new Others.Look(1_000, 50);
        assertThat(Others.share(before, new Others.Look(2_000, 50 + 100L * CORES)))
                .isEqualTo(0.1);
        assertThat(Others.share(before, new Others.Look(2_000, 40))).isZero(); // ticks of the system are coarse
    }

    @Test
    void whatAServerUnderMeasurementUsesIsNotOthers() {
        long[] server = {0};
        var others = new Others(() -> server[0]);
        var before = others.look();
        server[0] = 60_000_000_000L;
        assertThat(Others.share(before, others.look())).isZero();
    }
}
