package dev.sextant.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What may not stand in any text of the repository.
class WordsTest {
    /// Written apart, or this file would break its own rule.
    private static final Pattern OPEN_END = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b(?!\\s*\\(?#\\d+)");

    /// Folders of one machine or one person. Places that every system of a kind has, such as `/usr/lib/jvm`, are fine.
    private static final Pattern MACHINE =
            Pattern.compile("(?<![\\w.$}~*-])/(work|farm|root|home/[a-z]\\w*|Users/\\w+)/\\w");

    @Test
    void everyOpenEndNamesItsIssue() {
        assertThat(linesWith(OPEN_END)).isEmpty();
        assertThat(OPEN_END.matcher("// TO" + "DO later").find()).isTrue();
        assertThat(OPEN_END.matcher("// TO" + "DO #12: later").find()).isFalse();
    }

    @Test
    void noPathOfOneMachineIsWrittenDown() {
        assertThat(linesWith(MACHINE)).isEmpty();
        assertThat(MACHINE.matcher("see /ro" + "ot/notes").find()).isTrue();
        assertThat(MACHINE.matcher("https://host/work/x").find()).isFalse();
    }

    private static TreeSet<String> linesWith(Pattern pattern) {
        var found = new TreeSet<String>();
        for (var text : House.texts()) {
            int number = 0;
            for (var line : House.read(text).lines().toList()) {
                number++;
                if (pattern.matcher(line).find()) {
                    found.add(text + ":" + number + ": " + line.strip());
                }
            }
        }
        return found;
    }
}
