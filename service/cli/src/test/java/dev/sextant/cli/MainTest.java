package dev.sextant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.server.Setting;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Map<String, String> environment, String... arguments) {
        var line = Main.commandLine(environment);
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        line.getSubcommands()
                .values()
                .forEach(each -> each.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)));
        return line.execute(arguments);
    }

    @Test
    void helpForServeListsEverySetting() {
        assertThat(run(Map.of(), "help", "serve")).isZero();
        for (var setting : Setting.values()) assertThat(out.toString()).contains("--" + setting.key);
    }

    @Test
    void anUnknownFlagStopsWithItsNearestKin() {
        assertThat(run(Map.of(), "serve", "--prot", "19530")).isEqualTo(Main.ASKED_WRONGLY);
        assertThat(err.toString()).contains("unknown option --prot; did you mean --port?");
    }

    @Test
    void whatIsLikeNothingHasNoKin() {
        assertThat(run(Map.of(), "check", ".", "--zebra")).isEqualTo(Main.ASKED_WRONGLY);
        assertThat(err.toString().lines())
                .containsExactly("sextant: unknown option --zebra", "see: sextant help check");
    }

    @Test
    void aWordTooManyIsNoCommand() {
        assertThat(run(Map.of(), "info", "zebra")).isEqualTo(Main.ASKED_WRONGLY);
        assertThat(err.toString().lines()).containsExactly("sextant: info takes no 'zebra'", "see: sextant help info");
    }

    @Test
    void aFileOfSettingsThatIsNotThereIsSaidToBeMissing() {
        assertThat(run(Map.of(), "serve", "--config", "/no/such.yaml")).isEqualTo(Main.ASKED_WRONGLY);
        assertThat(err.toString().lines()).containsExactly("sextant: there is no file of settings /no/such.yaml");
    }

    @Test
    void aWrongSettingIsOneLineAndNoTrace() {
        assertThat(run(Map.of(), "serve", "--port", "harbour")).isEqualTo(Main.ASKED_WRONGLY);
        assertThat(err.toString().lines())
                .containsExactly("sextant: port cannot be 'harbour': it takes a number from 0 to 65535");
    }

    @Test
    void aVariableThatIsNoSettingStopsTheStart() {
        assertThat(run(Map.of("SEXTANT_MEMROY", "4g"), "serve")).isEqualTo(Main.ASKED_WRONGLY);
        assertThat(err.toString()).contains("did you mean SEXTANT_MEMORY?");
    }

    @Test
    void checkingWhatIsNoDirectoryFailsInOneLine() {
        assertThat(run(Map.of(), "check", "/no/such/place")).isEqualTo(Main.FAILED);
        assertThat(err.toString().lines()).hasSize(1);
    }
}
