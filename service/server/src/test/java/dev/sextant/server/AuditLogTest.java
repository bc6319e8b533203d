package dev.sextant.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sextant.database.DatabaseConfig;
import dev.sextant.database.Sextant;
import dev.sextant.database.SextantConfig;
import dev.sextant.model.Access;
import dev.sextant.model.Call;
import dev.sextant.model.Define;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import dev.sextant.world.Clock;
import dev.sextant.world.SimulatedClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
    @TempDir
    Path directory;

    private List<String> lines(boolean everything) throws IOException {
        var file = directory.resolve("audit-" + everything);
        var config = SextantConfig.DEFAULT
                .withMemory(64L << 20)
                .withWorkers(1)
                .with(DatabaseConfig.DEFAULT.with(
                        to -> to.access = new DatabaseConfig.Access("rootroot", Duration.ofSeconds(30), 4)));
        Clock clock = new SimulatedClock(1_800_000_000_000L);
        try (var audit = new AuditLog(file, everything, clock);
                var db = Sextant.open(directory.resolve("data-" + everything), config.with(audit))) {
            db.execute(Call.local(), new Define.CreateDatabase("shop", Map.of()));
            db.execute(Call.local(), new Watch.ListDatabases());
            var ann = new Call(
                    new Call.Caller.User("ann"),
                    "sh\"op\n",
                    Call.NO_DEADLINE,
                    "trace-7",
                    Call.local().consistency(),
                    Call.local().cancellation());
            assertThatThrownBy(() -> db.execute(ann, new Access.CreateUser("bob", "hunter22", "")))
                    .isInstanceOf(Refused.class);
            assertThatThrownBy(() -> db.authenticate("ann", "hunter22")).isInstanceOf(Refused.class);
        }
        return Files.readAllLines(file);
    }

    @Test
    void eachCallLeavesALineAlsoWhenItWasRefusedAndNoneShowsAPassword() throws IOException {
        var lines = lines(true);
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0))
                .contains(
                        "\"privilege\":\"CreateDatabase\"",
                        "\"targets\":[\"database 'shop'\"]",
                        "\"outcome\":\"done\"");
        assertThat(lines.get(2))
                .contains(
                        "\"user\":\"ann\"",
                        "\"database\":\"sh\\\"op\\u000a\"",
                        "\"trace\":\"trace-7\"",
                        "\"privilege\":\"CreateOwnership\"",
                        "NotPermitted: ");
        assertThat(lines.get(3)).contains("\"user\":\"ann\",\"outcome\":\"not let in\"");
        assertThat(String.join("", lines)).doesNotContain("hunter22");
    }

    @Test
    void itMayKeepToWhatChanges() throws IOException {
        assertThat(lines(false)).hasSize(3).noneMatch(line -> line.contains("ListDatabases"));
    }

    @Test
    void whatCouldNotBeWrittenIsCountedAndWhatComesAfterIsWrittenAgain() throws Exception {
        var full = Path.of("/dev/full");
        assumeThat(full).exists();
        var file = directory.resolve("audit");
        Files.createSymbolicLink(file, full);
        var written = directory.resolve("written");
        try (var audit = new AuditLog(file, true, new SimulatedClock(1_800_000_000_000L));
                var db = Sextant.open(
                        directory.resolve("data"),
                        SextantConfig.DEFAULT
                                .withMemory(64L << 20)
                                .withWorkers(1)
                                .with(audit))) {
            audit.turnedAway("ann");
            for (int i = 0; i < 60_000 && audit.trouble().isEmpty(); i++) Thread.sleep(1);
            audit.turnedAway("bob");
            assertThat(db.execute(Call.local(), new Watch.Health()).reasons())
                    .anyMatch(reason -> reason.contains("audit"));
            var next = Files.createSymbolicLink(directory.resolve("next"), Files.createFile(written));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE); // never without a file: the log would make one
            for (int i = 0; i < 60_000 && audit.trouble().isPresent(); i++) {
                audit.turnedAway("cat");
                Thread.sleep(1);
            }
            assertThat(db.execute(Call.local(), new Watch.Health()).healthy()).isTrue();
        }
        var lines = Files.readAllLines(written);
        assertThat(lines.getFirst()).matches("\\{\"missing\":[1-9]\\d*}");
        assertThat(lines.get(1)).matches("\\{.*}");
        assertThat(String.join("", lines)).contains("\"cat\"").doesNotContain("\"ann\"");
    }

    @Test
    void aDiskThatNeverCameBackDoesNotHoldUpTheStop() {
        var full = Path.of("/dev/full");
        assumeThat(full).exists();
        try (var audit = new AuditLog(full, true, new SimulatedClock(1_800_000_000_000L))) {
            audit.turnedAway("first");
            // More than can wait: whoever stops must not wait for room that nobody makes.
            for (int i = 0; i < 1 << 17; i++) audit.turnedAway("more");
        }
    }
}
