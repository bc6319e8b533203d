package dev.sextant.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Refused;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Words of texts: the examples that Milvus publishes, and what is peculiar about scripts.
class AnalyzerTest {
    private static List<String> words(String parameters, String text) {
        return Analyzer.of(parameters).tokens(text).stream().map(Token::text).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"type\": \"standard\"}"})
    void theStandardAnalyzerSplitsAtWhatIsNoLetterAndWritesSmall(String parameters) {
        assertThat(words(parameters, "An efficient system relies on a robust analyzer."))
                .containsExactly("an", "efficient", "system", "relies", "on", "a", "robust", "analyzer");
    }

    @Test
    void standardDropsTheStopWordsThatItIsGiven() {
        assertThat(words(
                        "{\"type\": \"standard\", \"stop_words\": [\"_english_\", \"robust\"]}",
                        "An efficient system relies on a robust analyzer"))
                .containsExactly("efficient", "system", "relies", "analyzer");
    }

    @Test
    void englishStemsAndDropsCommonWords() {
        assertThat(words("{\"type\": \"english\"}", "Milvus is a vector database built for scale!"))
                .containsExactly("milvus", "vector", "databas", "built", "scale");
    }

    @Test
    void chineseFindsWordsAndTheShortWordsInside() {
        assertThat(words("{\"type\": \"chinese\"}", "Milvus 是一个高性能、可扩展的向量数据库！"))
                .containsExactly("Milvus", "是", "一个", "高性", "性能", "高性能", "可", "扩展", "的", "向量", "数据", "据库", "数据库");
    }

    @Test
    void jiebaKeepsEverythingAndCountsPositionsInCharacters() {
        var tokens = Analyzer.of("{\"tokenizer\": \"jieba\"}").tokens("向量 数据库!");
        assertThat(tokens)
                .containsExactly(
                        new Token("向量", 0, 6, 0, 2),
                        new Token(" ", 6, 7, 2, 1),
                        new Token("数据", 7, 13, 3, 2),
                        new Token("据库", 10, 16, 4, 2),
                        new Token("数据库", 7, 16, 3, 3),
                        new Token("!", 16, 17, 6, 1));
    }

    @Test
    void jiebaInExactModeGivesNoInnerWords() {
        assertThat(words("{\"tokenizer\": {\"type\": \"jieba\", \"mode\": \"exact\"}}", "结巴分词器向量数据库"))
                .contains("数据库")
                .doesNotContain("数据", "据库");
    }

    @Test
    void jiebaWithAListOfItsOwnKnowsNoOtherWords() {
        assertThat(words(
                        "{\"tokenizer\": {\"type\": \"jieba\", \"dict\": [\"结巴分词器\"], \"mode\": \"exact\", \"hmm\": false}}",
                        "milvus结巴分词器中文测试"))
                .containsExactly("milvus", "结巴分词器", "中", "文", "测", "试");
    }

    @Test
    void jiebaKnowsBothItsWordsAndThoseThatAreAdded() {
        assertThat(words(
                        "{\"tokenizer\": {\"type\": \"jieba\", \"dict\": [\"_default_\", \"结巴分词器\"], \"mode\": \"exact\"}}",
                        "结巴分词器中文测试"))
                .containsExactly("结巴分词器", "中文", "测试");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "我来到北京清华大学|我 来到 北京 清华大学",
                "他来到了网易杭研大厦|他 来到 了 网易 杭研 大厦",
                "小明硕士毕业于中国科学院计算所|小明 硕士 毕业 于 中国科学院 计算所",
                "工信处女干事每月经过下属科室|工信处 女干事 每月 经过 下属 科室"
            })
    void jiebaCutsAsThePublishedExamplesOfItsProject(String text, String expected) {
        assertThat(words("{\"tokenizer\": {\"type\": \"jieba\", \"mode\": \"exact\"}}", text))
                .containsExactly(expected.split(" "));
    }

    @Test
    void whitespaceSplitsAtBlanksOnly() {
        assertThat(words(
                        "{\"tokenizer\": \"whitespace\", \"filter\": [\"lowercase\"]}",
                        "The Milvus vector-database, v2.6!"))
                .containsExactly("the", "milvus", "vector-database,", "v2.6!");
    }

    @Test
    void icuGivesBlanksAndPunctuationToo() {
        assertThat(words("{\"tokenizer\": \"icu\"}", "Привет! Как дела?"))
                .containsExactly("Привет", "!", " ", "Как", " ", "дела", "?");
    }

    @Test
    void theBoundariesOfUnicodeKeepAddressesTogether() {
        assertThat(words(
                        "{\"tokenizer\": {\"type\": \"standard\", \"uax29\": true}}",
                        "O'Reilly can't jump 32.3 feet from 中文"))
                .containsExactly("O'Reilly", "can't", "jump", "32.3", "feet", "from", "中", "文");
        assertThat(words(
                        "{\"tokenizer\": {\"type\": \"standard\", \"uax29\": true, \"max_token_length\": 5}}",
                        "jumped"))
                .containsExactly("jumpe", "d");
    }

    @Test
    void linderaCutsJapaneseAndKorean() {
        assertThat(words("{\"tokenizer\": {\"type\": \"lindera\", \"dict_kind\": \"ipadic\"}}", "東京スカイツリーの最寄り駅"))
                .startsWith("東京")
                .contains("の", "最寄り駅");
        assertThat(words("{\"tokenizer\": {\"type\": \"lindera\", \"dict_kind\": \"ko-dic\"}}", "한국어를 처리하는 예시입니다"))
                .contains("한국어", "를");
        assertThat(words(
                        "{\"tokenizer\": {\"type\": \"lindera\", \"dict_kind\": \"ipadic\", \"filter\": [{\"kind\": \"japanese_stop_tags\", \"tags\": [\"助詞\"]}]}}",
                        "東京の駅"))
                .containsExactly("東京", "駅");
    }

    @Test
    void thaiIsCutByItsDictionary() {
        assertThat(words("{\"tokenizer\": \"thai\"}", "ภาษาไทย 123")).containsExactly("ภาษา", "ไทย", "123");
    }

    @Test
    void charGroupSplitsAtCharactersAndGroups() {
        assertThat(words(
                        "{\"tokenizer\": {\"type\": \"char_group\", \"delimiters\": [\"o\", \"punctuation\", \"digit\"]}}",
                        "mind,fulness1b1to"))
                .containsExactly("mind", "fulness", "b", "t");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "The quick fox of the hill|English|quick fox hill",
                "向量数据库|Mandarin|向量 数据 据库 数据库",
                "Привет мир|none|Привет мир"
            })
    void theLanguageChoosesTheAnalyzer(String text, String _unused, String expected) {
        var parameters = """
                {"tokenizer": {"type": "language_identifier", "identifier": "whatlang",
                  "analyzers": {"default": {"tokenizer": "standard"},
                                "en": {"type": "english"}, "Mandarin": {"tokenizer": "jieba"}},
                  "mapping": {"English": "en"}}}""";
        assertThat(words(parameters, text)).containsExactly(expected.split(" "));
    }

    @ParameterizedTest
    @CsvSource({
        "Café français très délicieux, French",
        "Schöne Häuser, German",
        "a café in the town, English",
        "plain words, English",
        "el niño come, Spanish",
        "smørrebrød på bordet, Danish",
        "zażółć gęślą jaźń, default"
    })
    void lettersTellLanguagesOfOneScriptApart(String text, String language) {
        var analyzers = new StringBuilder("\"default\": " + marking("default"));
        for (var name : new String[] {"English", "French", "German", "Spanish", "Danish", "Portuguese", "Swedish"})
            analyzers.append(", \"").append(name).append("\": ").append(marking(name));
        var parameters =
                "{\"tokenizer\": {\"type\": \"language_identifier\", \"identifier\": \"lingua\", \"analyzers\": {"
                        + analyzers + "}}}";
        assertThat(words(parameters, text)).startsWith(language);
    }

    /// An analyzer that makes its own name of every word.
    private static String marking(String name) {
        return "{\"tokenizer\": \"whitespace\", \"filter\": [\"lowercase\", {\"type\": \"synonym\", \"expand\": false,"
                + " \"synonyms\": [\"café, schöne, a, plain, el, smørrebrød, zażółć => " + name + "\"]}]}";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"lowercase\"|ΑΣ Straße İ|ας->ασ straße i̇",
                "\"asciifolding\"|Café naïve Ünï æ|Cafe naive Uni ae",
                "\"alphanumonly\"|abc é 1a 文|abc 1a",
                "\"cncharonly\"|Milvus 是 文a b|是 文a",
                "\"cnalphanumonly\"|Milvus é 2 文|Milvus 2 文",
                "\"decimaldigit\"|٣ x४|3 x4",
                "{\"type\": \"length\", \"max\": 4}|four fives 文 文文|four 文",
                "{\"type\": \"stop\", \"stop_words\": [\"of\", \"_english_\"]}|bird of the prey|bird prey",
                "{\"type\": \"stemmer\", \"language\": \"english\"}|running runs|run run",
                "{\"type\": \"stemmer\", \"language\": \"german\"}|Häuser|Haus",
                "{\"type\": \"regex\", \"expr\": \"^(?!test)\"}|test1 other|other",
                "{\"type\": \"regex\", \"expr\": \"^[a-z]+$\"}|a1 b|b",
                "{\"type\": \"decompounder\", \"word_list\": [\"dampf\", \"schiff\", \"dampfer\"]}|dampfschiff schifffahrt|dampf schiff schifffahrt",
                "{\"type\": \"synonym\", \"synonyms\": [\"trans => translate, x\\\\=>\", \"a, b\"], \"expand\": false}|trans b|translate x=> a",
                "{\"type\": \"synonym\", \"synonyms\": [\"car, auto\"]}|auto bus|auto car bus",
                "{\"type\": \"pinyin\", \"keep_joined_full_pinyin\": true, \"keep_separate_first_letter\": true}|中文|中文 zhong wen zhongwen zw"
            })
    void filtersDoAsTheyAreCalled(String filter, String text, String expected) {
        var parameters = "{\"tokenizer\": \"whitespace\", \"filter\": [" + filter + "]}";
        if (expected.contains("->")) {
            // A sigma at the end of a word is a sigma: letters are made small one by one.
            assertThat(words(parameters, text)).containsExactly("ασ", "straße", "i̇");
            return;
        }
        assertThat(words(parameters, text)).containsExactly(expected.split(" "));
    }

    @Test
    void filtersRunInTheirOrder() {
        assertThat(words(
                        "{\"tokenizer\": \"standard\", \"filter\": [\"lowercase\", {\"type\": \"stop\", \"stop_words\": [\"the\"]}]}",
                        "The the THE fox"))
                .containsExactly("fox");
        assertThat(words(
                        "{\"tokenizer\": \"standard\", \"filter\": [{\"type\": \"stop\", \"stop_words\": [\"the\"]}, \"lowercase\"]}",
                        "The the fox"))
                .containsExactly("the", "fox");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"filter\": []}|tokenizer name or type must be set",
                "{\"tokenizer\": \"standard\", \"x\": 1}|unknown analyzer option key: x",
                "{\"type\": \"klingon\"}|unknown build-in analyzer type: klingon",
                "{\"tokenizer\": \"klingon\"}|unsupported tokenizer: klingon",
                "{\"tokenizer\": {\"type\": \"grpc\", \"endpoint\": \"http://x\"}}|unsupported tokenizer: grpc",
                "{\"tokenizer\": \"standard\", \"filter\": [\"x\"]}|filter not found :x",
                "{\"tokenizer\": \"standard\", \"filter\": [{\"type\": \"x\"}]}|unsupport filter type: x",
                "{\"tokenizer\": \"standard\", \"filter\": \"lowercase\"}|filter params should be array",
                "{\"tokenizer\": \"standard\", \"filter\": [{\"type\": \"stemmer\", \"language\": \"elvish\"}]}|unsupported language: elvish",
                "{\"tokenizer\": \"standard\", \"filter\": [{\"type\": \"regex\", \"expr\": \"(\"}]}|regex expression invalid",
                "{\"tokenizer\": {\"type\": \"lindera\", \"dict_kind\": \"unidic\"}}|dict_kind unidic is not supported",
                "{\"tokenizer\": {\"type\": \"language_identifier\", \"analyzers\": {}}}|default sub analyzer",
                "[1]|params should be a json map",
                "{\"type\": |is not JSON"
            })
    void whatIsWrongIsSaidAtOnce(String parameters, String phrase) {
        assertThatThrownBy(() -> Analyzer.of(parameters))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.refusal().sentence()).contains(phrase));
    }

    @Test
    void anAnalyzerInsideItselfWithoutEndIsRefused() {
        var nested = "{\"tokenizer\": {\"type\": \"language_identifier\", \"analyzers\": {\"default\": ".repeat(200);
        assertThatThrownBy(() -> Analyzer.of(nested)).isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"type\": \"english\"}",
                "{\"type\": \"chinese\"}",
                "{\"type\": \"thai\"}",
                "{\"type\": \"arabic\"}",
                "{\"tokenizer\": \"icu\"}",
                "{\"tokenizer\": \"jieba\", \"filter\": [\"pinyin\"]}",
                "{\"tokenizer\": {\"type\": \"standard\", \"uax29\": true}}",
                "{\"tokenizer\": {\"type\": \"lindera\", \"dict_kind\": \"ipadic\"}}"
            })
    void oddTextsHaveWordsWithinTheirBounds(String parameters) {
        var odd = List.of(
                "",
                " ",
                "\u0000",
                "\ud800 lone",
                "a\udc00",
                "👩‍🔬 🇨🇳 1️⃣",
                "𠀀𠀁字",
                "ไทย文字العربية",
                "\r\n\r\n",
                "１２３ ＡＢＣ",
                "x".repeat(20_000),
                "数据库".repeat(5_000));
        for (var text : odd) {
            int bytes = text.getBytes(StandardCharsets.UTF_8).length;
            for (var token : Analyzer.of(parameters).tokens(text)) {
                assertThat(token.start()).isBetween(0, bytes);
                assertThat(token.end()).isBetween(token.start(), bytes);
            }
        }
    }

    @Test
    void offsetsAreThoseOfUtf8() {
        var text = "é 文 𠀀 z";
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        for (var token : Analyzer.of("{\"tokenizer\": \"whitespace\"}").tokens(text))
            assertThat(new String(bytes, token.start(), token.end() - token.start(), StandardCharsets.UTF_8))
                    .isEqualTo(token.text());
    }

    @Test
    void anExpressionThatWouldRunForEverIsGivenUp() {
        var parameters =
                "{\"tokenizer\": \"whitespace\", \"filter\": [{\"type\": \"regex\", \"expr\": \"(?=(a+)+b)(a+)+$\"}]}";
        assertThatThrownBy(() -> Analyzer.of(parameters).tokens("a".repeat(2_000)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("takes too long");
    }
}
