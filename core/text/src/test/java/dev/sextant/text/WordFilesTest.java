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
import org.junit.jupiter.api.Tag;
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
        var kept = new Kept<Integer>(64L << 20);
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

    @Test
    void japaneseAndKoreanWordsOfAUsersOwnStayWhole() {
        var japanese =
                "{\"tokenizer\": {\"type\": \"lindera\", \"dict_kind\": \"ipadic\", \"user_dict\": " + LOCAL + "}}";
        var tower = "東京スカイツリーに行く";
        assertThat(words(japanese, "\n", tower)).doesNotContain("東京スカイツリー").contains("東京");
        for (var line : List.of(
                "東京スカイツリー,カスタム名詞,トウキョウスカイツリー",
                "東京スカイツリー,1288,1288,4569,名詞,固有名詞,*,*,*,*,東京スカイツリー,トウキョウスカイツリー,トーキョースカイツリー"))
            assertThat(words(japanese, line + "\n", tower)).containsExactly("東京スカイツリー", "に", "行く");
        var kept = "{\"tokenizer\": {\"type\": \"lindera\", \"dict_kind\": \"ipadic\", \"user_dict\": " + LOCAL
                + ", \"filter\": [{\"kind\": \"japanese_keep_tags\", \"tags\": [\"カスタム名詞\"]}]}}";
        assertThat(words(kept, "東京スカイツリー,カスタム名詞,トウキョウスカイツリー", tower)).containsExactly("東京スカイツリー");
        var korean =
                "{\"tokenizer\": {\"type\": \"lindera\", \"dict_kind\": \"ko-dic\", \"user_dict\": " + LOCAL + "}}";
        assertThat(words(korean, "하네다공항,NNP,하네다공항", "하네다공항에서")).contains("하네다공항");
        for (var wrong : List.of("一,二", "a b,x,y", ",x,y", "#,x,y", "a,b,c,d"))
            assertThatThrownBy(() -> words(japanese, wrong, ""))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("line 1 of words.txt");
    }

    @Test
    @Tag("slow")
    void dictionariesOfCallersTakeNoMoreThanTheirShareOfTheHeap() {
        var random = new java.util.SplittableRandom(1);
        var file = new StringBuilder();
        while (file.length() < 400_000) {
            for (int i = random.nextInt(1, 6); i > 0; i--) file.appendCodePoint(0x4e00 + random.nextInt(0x5000));
            file.append('\n');
        }
        for (var description : List.of(
                "{\"tokenizer\": {\"type\": \"jieba\", \"extra_dict_file\": " + LOCAL + "}}",
                filter("\"type\": \"stop\", \"stop_words_file\": " + LOCAL),
                filter("\"type\": \"synonym\", \"synonyms_file\": " + LOCAL),
                filter("\"type\": \"decompounder\", \"word_list_file\": " + LOCAL),
                "{\"tokenizer\": {\"type\": \"lindera\", \"dict_kind\": \"ipadic\", \"user_dict\": " + LOCAL + "}}")) {
            var text = description.contains("user_dict")
                    ? file.toString().replace("\n", ",x,y\n")
                    : description.contains("synonym")
                            ? file.toString().replaceAll("(.*)\n(.*)\n", "$1, $2\n")
                            : file.toString();
            var files = List.of(new WordFile(new WordFile.Local("words.txt"), "digest" + description.length(), text));
            Analyzer.of(description.replace(LOCAL, "{\"type\": \"local\", \"path\": \"words.txt\"}"), files)
                    .tokens("a"); // what every process has is there
            var other = List.of(
                    new WordFile(new WordFile.Local("words.txt"), "other" + description.length(), text + "z,z,z\n"));
            long before = heap();
            var made = Analyzer.of(description, other);
            long bytes = heap() - before;
            assertThat(bytes).as(description).isLessThan((long) text.length() * Dictionaries.BYTES_OF_CHARACTER);
            assertThat(made).isNotNull();
        }
        assertThat(Dictionaries.mostCharacters(1L << 30) * Dictionaries.BYTES_OF_CHARACTER)
                .isLessThan((1L << 30) / 3);
    }

    private static long heap() {
        System.gc();
        var memory = java.lang.management.ManagementFactory.getMemoryMXBean();
        return memory.getHeapMemoryUsage().getUsed();
    }

    @Test
    void shortDescriptionsTooAreForgottenWhenTheirWordsAreTooMany() {
        var kept = new Kept<Integer>(4_000);
        var made = new int[1];
        for (int round = 0; round < 2; round++)
            for (int i = 0; i < 10; i++) {
                var description = "x".repeat(300 + i);
                int number = i;
                assertThat(kept.of(description, List.of(), () -> number + 0 * made[0]++))
                        .isEqualTo(number);
                assertThat(kept.of(description, List.of(), () -> -1)).isEqualTo(number);
            }
        assertThat(made[0]).isEqualTo(20);
    }
}
