package dev.sextant.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.engine.EngineConfig.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    Path directory;

    private static Settings read(Map<Setting, String> flags, Map<String, String> environment) {
        return Settings.read(flags, environment);
    }

    private static void refused(String phrase, Map<Setting, String> flags, Map<String, String> environment) {
        assertThatThrownBy(() -> read(flags, environment))
                .isInstanceOf(WrongSetting.class)
                .hasMessageContaining(phrase);
    }

    @Test
    void withoutASettingItListensOnLoopbackAndForcesToDisk() {
        var settings = read(Map.of(), Map.of());
        assertThat(settings.host()).isEqualTo("127.0.0.1");
        assertThat(settings.port()).isEqualTo(19530);
        assertThat(settings.durability()).isEqualTo(Durability.FORCED);
        assertThat(settings.authorization()).isFalse();
        assertThat(settings.memoryBytes()).isBetween(1L << 20, Machine.memoryBytes());
    }

    @Test
    void aFlagWinsOverTheEnvironmentAndThatOverTheFile() throws IOException {
        var file = Files.writeString(directory.resolve("s.yaml"), "port: 1\nworkers: 3\nseal-after: 30s\n");
        var settings = read(
                Map.of(Setting.CONFIG, file.toString(), Setting.PORT, "3"),
                Map.of("SEXTANT_PORT", "2", "SEXTANT_WORKERS", "5"));
        assertThat(settings.port()).isEqualTo(3);
        assertThat(settings.workers()).isEqualTo(5);
        assertThat(settings.sealAfter()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void anUnknownNameStopsTheStartAndNamesItsNearestKin() throws IOException {
        var file = Files.writeString(directory.resolve("s.yaml"), "memmory: 4g\n");
        refused("did you mean memory?", Map.of(Setting.CONFIG, file.toString()), Map.of());
        refused("did you mean SEXTANT_PORT?", Map.of(), Map.of("SEXTANT_PROT", "1"));
    }

    @Test
    void aWrongValueStopsTheStartAndSaysWhatItTakes() {
        refused("a number from 0 to 65535", Map.of(Setting.PORT, "70000"), Map.of());
        refused("a size such as", Map.of(Setting.MEMORY, "4 apples"), Map.of());
        refused("a size from", Map.of(Setting.MEMORY, "99999999999g"), Map.of());
        refused("forced or unsafe-os-buffered", Map.of(Setting.DURABILITY, "maybe"), Map.of());
        refused("a duration", Map.of(Setting.SEAL_AFTER, "soon"), Map.of());
    }

    @Test
    void sizesAreReadAsPeopleWriteThem() {
        for (var text : new String[] {"4g", "4G", "4GiB", "4gb", "4096m", "4194304k"})
            assertThat(read(Map.of(Setting.MEMORY, text), Map.of()).memoryBytes())
                    .as(text)
                    .isEqualTo(4L << 30);
    }

    @Test
    void beyondLoopbackItNeedsSecretsOrTheWordThatSaysInsecure() {
        refused("TLS", Map.of(Setting.HOST, "0.0.0.0"), Map.of());
        assertThat(read(Map.of(Setting.HOST, "0.0.0.0", Setting.INSECURE, "true"), Map.of())
                        .insecure())
                .isTrue();
    }

    @Test
    void aRootPasswordTurnsLogInOnAndIsNeverShown() {
        var settings = read(Map.of(), Map.of("SEXTANT_ROOT_PASSWORD", "correct horse"));
        assertThat(settings.authorization()).isTrue();
        assertThat(settings.toString()).doesNotContain("correct horse");
        refused("too short", Map.of(), Map.of("SEXTANT_ROOT_PASSWORD", "abc"));
    }

    @Test
    void whatAPlatformPutsIntoTheEnvironmentIsNoSetting() {
        assertThat(read(
                                Map.of(),
                                Map.of(
                                        "SEXTANT_PORT",
                                        "tcp://10.0.0.1:19530",
                                        "SEXTANT_SERVICE_HOST",
                                        "10.0.0.1",
                                        "SEXTANT_PORT_19530_TCP",
                                        "x"))
                        .port())
                .isEqualTo(19530);
    }
}
