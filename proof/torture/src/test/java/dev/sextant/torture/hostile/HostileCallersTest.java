package dev.sextant.torture.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class HostileCallersTest {
    @Test
    void whatHostileRequestsAreMadeFromIsGranted(@TempDir Path directory) throws IOException {
        assertThat(Hostilities.refusedPolitely(directory)).isEmpty();
    }

    @Test
    void whateverIsAskedIsAnsweredOrRefusedAndNothingIsLost(@TempDir Path directory) throws IOException {
        long seed = Long.getLong("sextant.seed", System.nanoTime());
        System.out.println("seed " + seed);
        var minutes = Integer.getInteger("sextant.fuzz", 0);
        var report =
                Hostilities.run(directory, seed, minutes > 0 ? Duration.ofMinutes(minutes) : Duration.ofSeconds(25));
        System.out.println(report);
        assertThat(report.findings()).as("seed %d", seed).isEmpty();
        assertThat(report.answers()).containsKeys(0, 100, 1100);
    }
}
