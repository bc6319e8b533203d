package dev.sextant.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Refused;
import dev.sextant.model.WordFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Analyzers whose words stand in files.
class WordFilesTest {
    private static final String LOCAL = "{\"type\": \"local\", \"path\": \"words.txt\"}";

    private static List<String> words(String parameters, String file, String text) {
        var files = List.of(WordFile.of(new WordFile.Local("words.txt"), file));
        return Analyzer.of(parameters, files).tokens(text).stream()
                .map(Token::text)
                .toList();
    }

    private static List<String> words(String parameters, String text) {
        return Analyzer.of(parameters).tokens(text).stream().map(Token::text).toList();
    }

    private static String filter(String members) {
        return "{\"tokenizer\": \"standard\", \"filter\": [{" + members + "}]}";
    }

    @Test
    void aFileSaysWhatAListSays() {
        var text = "the quick banknote jumps over a lazy dog";
        assertThat(words(filter("\"type\": \"stop\", \"stop_words_file\": " + LOCAL), "the\na\r\nover\n", text))
                .isEqualTo(words(filter("\"type\": \"stop\", \"stop_words\": [\"the\", \"a\", \"over\"]"), text))
                .containsExactly("quick", "banknote", "jumps", "lazy", "dog");
        assertThat(words(filter("\"type\": \"decompounder\", \"word_list_file\": " + LOCAL), "bank\nnote", text))
                .isEqualTo(words(filter("\"type\": \"decompounder\", \"word_list\": [\"bank\", \"note\"]"), text))
                .contains("bank", "note");
        assertThat(words(
                        filter("\"type\": \"synonym\", \"synonyms_file\": " + LOCAL),
                        "quick, fast\n\ndog => hound, cur\n",
                        text))
                .isEqualTo(words(
                        filter("\"type\": \"synonym\", \"synonyms\": [\"quick, fast\", \"dog => hound, cur\"]"), text))
                .contains("fast", "hound", "cur");
    }

    @Test
    void aFileAddsToAList() {
        assertThat(words(
                        filter("\"type\": \"stop\", \"stop_words\": [\"_english_\"], \"stop_words_file\": " + LOCAL),
                        "_german_\nfox",
                        "the fox und hund"))
                .containsExactly("und", "hund"); // a file names no lists
        assertThat(words(
                        filter("\"type\": \"decompounder\", \"word_list\": [\"bank\"], \"word_list_file\": " + LOCAL),
                        "note",
                        "banknote"))
                .containsExactly("bank", "note");
    }

    @Test
    void aMarkOfByteOrderIsNoPartOfAWord() {
        assertThat(words(filter("\"type\": \"stop\", \"stop_words_file\": " + LOCAL), "\uFEFFthe\nof", "the house of"))
                .containsExactly("house");
    }

    @Test
    void aDictionaryOfJiebaDecidesWhatAWordIs() {
        var text = "苹果香蕉橘子";
        var jieba = "{\"tokenizer\": {\"type\": \"jieba\", \"mode\": \"exact\", \"hmm\": false%s}}";
        var file = jieba.formatted(", \"extra_dict_file\": " + LOCAL);
        assertThat(words(jieba.formatted(""), text)).containsExactly("苹果", "香蕉", "橘子");
        // By how often it occurs, with a part of speech or without, or by nothing but itself.
        assertThat(words(file, "苹果香蕉 1000000 n\n", text)).containsExactly("苹果香蕉", "橘子");
        assertThat(words(file, "  香蕉橘子   90000000  \n\n", text)).containsExactly("苹果", "香蕉橘子");
        assertThat(words(file, "苹果香蕉\n", text)).containsExactly("苹果香蕉", "橘子");
        // What is rare stays apart, and what the standard dictionary has can be made rare.
        assertThat(words(file, "苹果香蕉 1\n苹果 1000000\n香蕉 1000000", text)).containsExactly("苹果", "香蕉", "橘子");
        assertThat(words(file, "果香 100000000\n苹果 1\n香蕉 1", text)).containsExactly("苹", "果香", "蕉", "橘子");
        // Alone, and beside a list.
        assertThat(words(jieba.formatted(", \"dict\": [], \"extra_dict_file\": " + LOCAL), "香蕉 5", text))
                .containsExactly("苹", "果", "香蕉", "橘", "子");
        assertThat(words(
                        jieba.formatted(", \"dict\": [\"_default_\", \"香蕉橘子\"], \"extra_dict_file\": " + LOCAL),
                        "苹果 9",
                        text))
                .containsExactly("苹果", "香蕉橘子");
    }

    @Test
    void theFilesOfADescriptionAreFoundWhereverTheyStand() {
        var remote = "{\"type\": \"remote\", \"resource_name\": \"terms\", \"file_name\": \"terms.txt\"}";
        var one = "{\"tokenizer\": {\"type\": \"jieba\", \"extra_dict_file\": " + remote + "}, \"filter\": ["
                + "{\"type\": \"stop\", \"stop_words_file\": " + LOCAL + "}]}";
        var several = "{\"by_field\": \"language\", \"analyzers\": {\"default\": {}, \"zh\": " + one + "}}";
        assertThat(Analyzer.sources(one))
                .containsExactlyInAnyOrder(new WordFile.Remote("terms", "terms.txt"), new WordFile.Local("words.txt"));
        assertThat(TextField.sources(field(Map.of("multi_analyzer_params", several), List.of())))
                .isEqualTo(Analyzer.sources(one));
        assertThat(Analyzer.sources("{\"tokenizer\": {\"type\": \"language_identifier\", \"analyzers\": {\"default\": "
                        + one + "}}}"))
                .isEqualTo(Analyzer.sources(one));
        assertThat(Analyzer.sources("{\"type\": \"english\"}")).isEmpty();
    }

    private static Field field(Map<String, String> parameters, List<WordFile> files) {
        return new Field(0, "text", "", new FieldType.Varchar(100), Set.of(), Optional.empty(), parameters, files);
    }

    @Test
    void aFieldFindsItsWordsInItself() {
        var parameters = Map.of("analyzer_params", filter("\"type\": \"stop\", \"stop_words_file\": " + LOCAL));
        var field = field(parameters, List.of(WordFile.of(new WordFile.Local("words.txt"), "the")));
        assertThat(TextField.analyzer(field).tokens("the end"))
                .extracting(Token::text)
                .containsExactly("end");
        // The same description over another file is another analyzer.
        var other = field.withFiles(List.of(WordFile.of(new WordFile.Local("words.txt"), "end")));
        assertThat(TextField.analyzer(other).tokens("the end"))
                .extracting(Token::text)
                .containsExactly("the");
        assertThatThrownBy(() -> TextField.analyzer(field.withFiles(List.of())))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("words.txt was not read");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"words.txt\" | file config of stop words dict file must be object",
                "{} | file type of stop words dict file must be set",
                "{\"type\": 1} | file type of stop words dict file must be string",
                "{\"type\": \"resource\"} | unsupported file type resource",
                "{\"type\": \"local\"} | file path of local file",
                "{\"type\": \"local\", \"path\": 3} | must be string",
                "{\"type\": \"remote\", \"name\": \"a\"} | resource name of remote file",
                "{\"type\": \"remote\", \"resource_name\": \"a\"} | file name of remote file",
            })
    void aFileThatIsNamedWronglyIsRefused(String file, String phrase) {
        var parameters = filter("\"type\": \"stop\", \"stop_words_file\": " + file);
        assertThat(Analyzer.sources(parameters)).isEmpty();
        assertThatThrownBy(() -> Analyzer.of(parameters))
                .isInstanceOf(Refused.class)
                .hasMessageContaining(phrase);
    }

    @Test
    void whatIsWrongInAFileIsToldByItsPlaceAlone() {
        var synonyms = filter("\"type\": \"synonym\", \"synonyms_file\": " + LOCAL);
        for (var row : List.of("secret => a => b", "secret\\", "secret \\x", "secret word"))
            assertThatThrownBy(() -> words(synonyms, "a, b\n" + row, ""))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("line 2 of words.txt")
                    .hasMessageNotContaining("secret");
        var jieba = "{\"tokenizer\": {\"type\": \"jieba\", \"extra_dict_file\": " + LOCAL + "}}";
        for (var row : List.of("词 secret", "词 0", "词 -1", "词 1.5", "词 99999999999999999999"))
            assertThatThrownBy(() -> words(jieba, row, ""))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("line 1 of words.txt")
                    .hasMessageNotContaining("secret");
        assertThatThrownBy(
                        () -> words(filter("\"type\": \"decompounder\", \"word_list_file\": " + LOCAL), "\n\r\n", ""))
                .hasMessageContaining("decompounder word list is empty");
    }

    @Test
    void descriptionsWithFilesAreMadeOnceAndForgottenWhenTheyAreTooMany() {
        var kept = new Kept<Integer>();
        var made = new int[1];
        var large = "x".repeat(1 << 20);
        for (int round = 0; round < 2; round++)
            for (int i = 0; i < 80; i++) {
                var files = List.of(new WordFile(new WordFile.Local("f"), Integer.toString(i), large));
                int number = i;
                assertThat(kept.of("d", files, () -> number + 0 * made[0]++)).isEqualTo(number);
                assertThat(kept.of("d", files, () -> -1)).isEqualTo(number);
            }
        assertThat(made[0]).isEqualTo(160); // the oldest went each time before they were asked for again
        var refusing = List.of(new WordFile(new WordFile.Local("f"), "r", ""));
        assertThatThrownBy(() -> kept.of("d", refusing, () -> {
                    throw Description.refused("no");
                }))
                .isInstanceOf(Refused.class);
        assertThat(kept.of("d", refusing, () -> 7)).isEqualTo(7);
    }
}
