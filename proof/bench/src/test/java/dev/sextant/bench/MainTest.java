package dev.sextant.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
    @Test
    void everyCommandTellsItsSwitchesWhenItIsAsked() {
        tells(new CommandLine(new Main()));
    }

    private static void tells(CommandLine line) {
        for (var command : line.getSubcommands().values()) {
            var spec = command.getCommandSpec();
            assertThat(spec.optionsMap()).as(spec.qualifiedName()).containsKey("-h");
            tells(command);
        }
    }
}
