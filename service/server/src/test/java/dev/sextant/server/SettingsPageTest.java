package dev.sextant.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SettingsPageTest {
    private static final Path PAGE = Path.of("../../docs/operating/settings.md");

    /// The table of the server's own settings is the page's first.
    @Test
    void thePageNamesEverySettingAndNoOther() throws IOException {
        var page = Files.readString(PAGE);
        var table = page.substring(page.indexOf("|---"), page.indexOf("\n## "));
        for (var setting : Setting.values()) assertThat(table).contains("`" + setting.key + "`");
        var firsts = Pattern.compile("(?m)^\\| `([a-z-]+)`").matcher(table);
        while (firsts.find())
            assertThat(Setting.byKey(firsts.group(1))).as(firsts.group(1)).isPresent();
    }
}
