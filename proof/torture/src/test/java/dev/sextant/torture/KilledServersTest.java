package dev.sextant.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class KilledServersTest {
    @Test
    void whatWasAcknowledgedSurvivesEveryKillAndWhatWasDeletedStaysDeleted(@TempDir Path directory) {
        long seed = Long.getLong("sextant.seed", System.nanoTime());
        int rounds = Integer.getInteger("sextant.kills", 10);
        System.out.println("seed " + seed);
        var report = Torture.run(directory, rounds, seed, 6_000, round -> System.out.println(round));
        System.out.println(report);
        assertThat(report.wrong()).as("seed %d", seed).isEmpty();
        assertThat(report.rounds()).hasSize(rounds);
        assertThat(report.rounds().stream()
                        .mapToLong(Torture.Round::acknowledged)
                        .sum())
                .isPositive();
    }
}
