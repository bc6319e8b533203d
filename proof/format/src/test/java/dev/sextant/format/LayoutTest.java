package dev.sextant.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.palantir.javaformat.java.FormatterException;
import org.junit.jupiter.api.Test;

class LayoutTest {
    private static final String IN_ORDER = """
            package dev.sextant.model;

            import java.util.Map;

            /// What a leader knows, in *markdown*, of a [Map].
            ///
            /// ```text
            /// a  -->   b
            /// ```
            sealed interface Progress {
                record Probing(long next) implements Progress {}

                record Streaming(long matched, long sent) implements Progress {}

                static long of(Progress progress, Map<String, Long> more) {
                    return switch (progress) {
                        case Probing(_) -> more.computeIfAbsent("_", _ -> 1L);
                        case Streaming(var matched, _) when matched > 1 -> matched;
                        case Streaming(_, var _) -> 0;
                    };
                }
            }
            """;

    @Test
    void whatIsInOrderStaysAsItIs() throws FormatterException {
        assertThat(Layout.of(IN_ORDER)).isEqualTo(IN_ORDER);
    }

    @Test
    void whatIsNotInOrderIsLaidOut() throws FormatterException {
        var untidy = IN_ORDER.replace("import java.util.Map;", "import java.util.Set;\nimport java.util.Map;")
                .replace("    case", "  case")
                .replace("matched, _)", "matched,_ )")
                .replace("{}\n\n", "{ }\n");
        assertThat(Layout.of(untidy)).isEqualTo(IN_ORDER);
    }

    @Test
    void whatIsNotJavaIsRefused() {
        assertThatThrownBy(() -> Layout.of("class {")).isInstanceOf(FormatterException.class);
    }

    @Test
    void theFormattersOwnMarkIsRefused() {
        assertThatThrownBy(() -> Layout.of("class A { $" + " _; }")).hasMessageContaining("own mark");
    }

    @Test
    void raggedAndOverlongParagraphsAreFilledAndStayFilled() throws FormatterException {
        var long_ = "/// " + "word ".repeat(40).strip() + "\n/// and\n/// more\n/// @param a "
                + "text ".repeat(30).strip();
        var source = "package a;\n\n" + long_ + "\nrecord A(int a) {}\n";
        var filled = Layout.of(source);
        assertThat(filled.lines()).allMatch(line -> line.length() <= 120);
        assertThat(filled.lines().filter(line -> line.startsWith("///"))).hasSize(4);
        assertThat(Layout.of(filled)).isEqualTo(filled);
    }

    @Test
    void aWordThatWouldBecomeAMarkNeverBeginsALine() {
        var source = "/// " + "word ".repeat(22) + "abcde - abcdefgh and on\n";
        assertThat(Prose.filled(source).lines().skip(1)).noneMatch(line -> line.startsWith("/// -"));
    }
}
