package dev.sextant.text;

import com.ibm.icu.text.BreakIterator;
import com.ibm.icu.util.ULocale;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/// The tokenizers by name.
final class Tokenizers {
    private static final int LONGEST_TOKEN = 1024 * 1024;
    private static final int DEFAULT_LONGEST_TOKEN = 255;

    private Tokenizers() {}

    static Tokenizer of(String name, Json.Members parameters, WordFiles files) {
        return switch (name) {
            case "standard" -> standard(parameters);
            case "whitespace" -> (text, words) -> split(text, Tokenizers::isAsciiWhitespace, words);
            case "jieba" -> Jieba.of(parameters, files);
            case "lindera" -> Lindera.of(parameters, files);
            case "icu" -> Tokenizers::icu;
            case "thai" -> thai();
            case "char_group" -> {
                var delimiters = CharGroup.of(parameters);
                yield (text, words) -> split(text, delimiters, words);
            }
            case "language_identifier" -> LanguageIdentifier.of(parameters, files);
            case "grpc" ->
                throw Description.refused("unsupported tokenizer: grpc: words are made inside the server only");
            default -> throw Description.refused("unsupported tokenizer: " + name);
        };
    }

    /// Runs of letters and digits.
    static Tokenizer standard() {
        return (text, words) -> split(text, point -> !isAlphanumeric(point), words);
    }

    static Tokenizer jieba() {
        return Jieba.DEFAULT;
    }

    private static Tokenizer standard(Json.Members parameters) {
        boolean uax29 = Description.truth(parameters.get("uax29"), false, "standard tokenizer uax29 must be a boolean");
        var longest = parameters.get("max_token_length");
        if (!uax29 && longest.isPresent())
            throw Description.refused("standard tokenizer max_token_length requires uax29 to be true");
        if (!uax29) return standard();
        return new WordBoundaries(longest.map(Tokenizers::tokenLength).orElse(DEFAULT_LONGEST_TOKEN));
    }

    private static int tokenLength(Json value) {
        if (!(value instanceof Json.Whole(var length)) || length < 0)
            throw Description.refused("standard tokenizer max_token_length must be a positive integer");
        if (length == 0 || length > LONGEST_TOKEN)
            throw Description.refused("standard tokenizer max_token_length must be between 1 and " + LONGEST_TOKEN);
        return (int) length;
    }

    static boolean isAlphanumeric(int point) {
        return switch (Character.getType(point)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            default -> Character.isAlphabetic(point);
        };
    }

    private static boolean isAsciiWhitespace(int point) {
        return point == ' ' || point == '\t' || point == '\n' || point == '\r' || point == '\f';
    }

    /// What lies between delimiters, numbered from 0.
    private static void split(String text, IntPredicate delimiter, Consumer<Token> words) {
        int position = 0;
        int bytes = 0;
        int from = -1;
        int fromBytes = 0;
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            if (delimiter.test(point)) {
                if (from >= 0) words.accept(new Token(text.substring(from, at), fromBytes, bytes, position++, 1));
                from = -1;
            } else if (from < 0) {
                from = at;
                fromBytes = bytes;
            }
            at += Character.charCount(point);
            bytes += utf8Width(point);
        }
        if (from >= 0) words.accept(new Token(text.substring(from), fromBytes, bytes, position, 1));
    }

    private static int utf8Width(int point) {
        if (point < 0x80) return 1;
        if (point < 0x800) return 2;
        if (point >= 0x10000) return 4;
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? 1 : 3;
    }

    /// Everything between two word boundaries of Unicode, blanks and punctuation too.
    private static void icu(String text, Consumer<Token> words) {
        segments(
                text,
                ULocale.ROOT,
                new Places(text),
                (from, to, places) -> words.accept(places.byCharacter(text, from, to)));
    }

    /// Thai is written without blanks: words are found in a dictionary.
    static Tokenizer thai() {
        return (text, words) -> {
            var position = new int[1];
            segments(text, new ULocale("th"), new Places(text), (from, to, places) -> {
                var word = text.substring(from, to);
                if (word.codePoints().anyMatch(Tokenizers::isAlphanumeric))
                    words.accept(new Token(word, places.bytes(from), places.bytes(to), position[0]++, 1));
            });
        };
    }

    private interface Segment {
        void take(int from, int to, Places places);
    }

    private static void segments(String text, ULocale locale, Places places, Segment segment) {
        var breaks = BreakIterator.getWordInstance(locale);
        breaks.setText(text);
        int from = breaks.first();
        for (int to = breaks.next(); to != BreakIterator.DONE; from = to, to = breaks.next())
            segment.take(from, to, places);
    }
}
