package dev.sextant.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// docs/operating/server.md is written from the settings: run with `-Daccept=true` to write it anew.
class SettingsPageTest {
    private static final Path PAGE = Path.of("../../docs/operating/server.md");

    @Test
    void thePageListsEverySetting() throws IOException {
        var page = new StringBuilder("""
                # Settings of the server

                Written by `SettingsPageTest` from the settings themselves; do not edit by hand.

                A setting stands on the command line as `--name value`, in the environment as `SEXTANT_NAME`, or in the YAML file that
                `--config` names as `name: value`; the first of these that says something wins. An unknown name or a wrong value stops
                the start. Secrets come from files or the environment, never from the command line, which everybody on the machine
                can read: the first password of `root` is in the file that `root-password-file` names, or in `SEXTANT_ROOT_PASSWORD`.

                Beyond loopback a server starts only with TLS and a password, or when it is told `--insecure`.

                The Java heap is set apart, with `SEXTANT_HEAP` (a quarter of the memory where unset): vectors, indexes and caches live
                outside of it, within `memory`.

                | Setting | Takes | Usually | What it does |
                |---|---|---|---|
                """);
        for (var setting : Setting.values())
            page.append("| `").append(setting.key).append("` | ").append(setting.placeholder.replace("|", "\\|")).append(" | ")
                    .append(setting.usual.isEmpty() ? "" : "`" + setting.usual + "`").append(" | ").append(setting.meaning).append(" |\n");
        if (Boolean.getBoolean("accept")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).as("docs/operating/server.md, which -Daccept=true writes").isEqualTo(page.toString());
    }
}
