package dev.sextant.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguagesTest {
    private static final String THREE = """
            {"by_field": "language",
             "analyzers": {"default": {"tokenizer": "icu"}, "en": {"type": "english"}, "cn": {"type": "chinese"}},
             "alias": {"english": "en", "chinese": "cn"}}""";

    @Test
    void eachNameAndAliasHasItsAnalyzerAndAllOthersTheDefault() {
        var languages = Languages.of(THREE);
        assertThat(languages.byField()).isEqualTo("language");
        for (var name : new String[] {"en", "english"})
            assertThat(languages.named(name).tokens("The runs"))
                    .extracting(Token::text)
                    .containsExactly("run");
        assertThat(languages.named("klingon").tokens("The runs"))
                .extracting(Token::text)
                .containsExactly("The", " ", "runs");
        assertThat(languages.named("")).isSameAs(languages.named("default"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|by_field",
                "{\"by_field\": \"l\"}|analyzers",
                "{\"by_field\": \"l\", \"analyzers\": {\"en\": {}}}|multi analyzer must set default analyzer",
                "{\"by_field\": \"l\", \"analyzers\": {\"default\": {\"type\": \"x\"}}}|unknown build-in analyzer type: x"
            })
    void whatIsMissingIsSaid(String parameters, String phrase) {
        assertThatThrownBy(() -> Languages.of(parameters)).hasMessageContaining(phrase);
    }
}
