package dev.sextant.text;

import java.util.ArrayList;
import java.util.List;

/// The analyzers that have a name.
final class Known {
    private Known() {}

    static Analyzer of(String type, List<String> stopWords) {
        return switch (type) {
            case "standard" -> standard(stopWords);
            case "english" ->
                with(
                        Tokenizers.standard(),
                        stopWords,
                        Filters.LOWERCASE,
                        Stemmers.of("english"),
                        StopWords.filter(StopWords.list("_english_")));
            case "chinese" -> with(Tokenizers.jieba(), stopWords, Filters.CHINESE_OR_ALPHANUMERIC);
            case "arabic" ->
                with(
                        Tokenizers.standard(),
                        stopWords,
                        Filters.LOWERCASE,
                        Filters.DECIMAL_DIGIT,
                        Filters.ARABIC,
                        Stemmers.of("arabic"),
                        StopWords.filter(StopWords.list("_arabic_")));
            case "thai" ->
                with(
                        Tokenizers.thai(),
                        stopWords,
                        Filters.LOWERCASE,
                        Filters.DECIMAL_DIGIT,
                        StopWords.filter(StopWords.list("_thai_")));
            default -> throw Description.refused("unknown build-in analyzer type: " + type);
        };
    }

    static Analyzer standard(List<String> stopWords) {
        return with(Tokenizers.standard(), stopWords, Filters.LOWERCASE);
    }

    private static Analyzer with(Tokenizer tokenizer, List<String> stopWords, Filter... filters) {
        var all = new ArrayList<>(List.of(filters));
        if (!stopWords.isEmpty()) all.add(StopWords.filter(stopWords));
        return new Analyzer(tokenizer, all);
    }
}
