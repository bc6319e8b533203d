package dev.sextant.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Refused;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Descriptions and texts come from callers: none of them takes the memory or the time of everybody.
@Timeout(60) // what is looked for never ends
class AnalyzerLimitsTest {
    private static Analyzer filtered(String... filters) {
        return Analyzer.of("{\"tokenizer\": \"whitespace\", \"filter\": [" + String.join(",", filters) + "]}");
    }

    private static String synonyms(int words) {
        var row = IntStream.range(0, words).mapToObj(i -> "a" + i).collect(Collectors.joining(","));
        return "{\"type\": \"synonym\", \"synonyms\": [\"" + row + "\"]}";
    }

    @Test
    void aGroupOfSynonymsTakesTheRoomOfItsWordsAndNotOfTheirPairs() {
        var tokens = filtered(synonyms(60_000)).tokens("a7 b");
        assertThat(tokens).hasSize(60_001);
        assertThat(tokens.get(0).text()).isEqualTo("a7");
        assertThat(tokens.get(1).text()).isEqualTo("a0");
    }

    @Test
    void filtersThatMultiplyWordsAreStopped() {
        var twice = filtered(synonyms(1_000), synonyms(1_000), "{\"type\": \"length\", \"max\": 0}");
        assertThatThrownBy(() -> twice.tokens("a1"))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("words that an analyzer makes of one text");
    }

    @Test
    void wordsThatAreLongAndManyAreStopped() {
        var synonym = "{\"type\": \"synonym\", \"synonyms\": [\"a => " + "b".repeat(100_000) + "\"]}";
        assertThatThrownBy(() -> filtered(synonym).tokens("a ".repeat(1_000)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("characters of the words");
    }

    @Test
    void descriptionsThatAreTooLongAreRefused() {
        assertThatThrownBy(() -> filtered(synonyms(200_000)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("characters of analyzer_params");
        assertThatThrownBy(() -> filtered("\"lowercase\",".repeat(64) + "\"lowercase\""))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("filters of one analyzer");
    }

    @Test
    @Tag("slow")
    void compoundsAreTakenApartInTimeWhateverTheyAreMadeOf() {
        var words = filtered("{\"type\": \"decompounder\", \"word_list\": [\"a\", \"" + "a".repeat(60_000) + "b\"]}");
        assertThatThrownBy(() -> words.tokens("a".repeat(60_000)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("decompounder");
        var usual = filtered(
                "{\"type\": \"decompounder\", \"word_list\": [\"dampf\", \"dampfer\", \"er\", \"schiff\", \"d\"]}");
        assertThat(usual.tokens("dampferschiff dampfschiffe dampf").stream().map(Token::text))
                .containsExactly("dampfer", "schiff", "dampfschiffe", "dampf");
    }

    @Test
    void theWordsOfATextShareTheStepsOfAnExpression() {
        var looking = filtered("{\"type\": \"regex\", \"expr\": \"^(a|aa)+\\\\1b\"}");
        assertThat(looking.tokens("aab aa b").stream().map(Token::text)).containsExactly("aab");
        assertThatThrownBy(() -> looking.tokens(("a".repeat(20) + " ").repeat(3_000)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("takes too long");
        assertThatThrownBy(() -> filtered("{\"type\": \"regex\", \"expr\": \"" + "a".repeat(2_000) + "\"}"))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("regex expression invalid");
        assertThatThrownBy(() -> filtered("{\"type\": \"regex\", \"expr\": \"" + "(abcd){999}".repeat(10) + "\"}"))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("regex expression invalid");
    }
}
