package dev.sextant.text;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;

/// The filters by name.
final class Filters {
    static final Filter LOWERCASE = Filter.writing(Filters::lower);
    static final Filter DECIMAL_DIGIT = Filter.writing(Filters::decimal);
    static final Filter ARABIC = Filter.writing(Filters::arabic);
    static final Filter CHINESE_OR_ALPHANUMERIC =
            Filter.keeping(word -> word.codePoints().anyMatch(point -> isHan(point) || isAsciiAlphanumeric(point)));

    private Filters() {}

    static Filter named(String name) {
        return switch (name) {
            case "lowercase" -> LOWERCASE;
            case "asciifolding" -> Filter.writing(Filters::folded);
            case "alphanumonly" -> Filter.keeping(word -> word.codePoints().allMatch(Filters::isAsciiAlphanumeric));
            case "cncharonly" -> Filter.keeping(word -> word.codePoints().anyMatch(Filters::isHan));
            case "cnalphanumonly" -> CHINESE_OR_ALPHANUMERIC;
            case "removepunct" ->
                Filter.keeping(word -> word.codePoints()
                        .noneMatch(point -> CharGroup.isPunctuation(point)
                                || Character.isWhitespace(point)
                                || Character.isSpaceChar(point)));
            case "decimaldigit" -> DECIMAL_DIGIT;
            case "arabic_normalization" -> ARABIC;
            case "pinyin" -> Pinyin.DEFAULT;
            default -> throw Description.refused("build analyzer failed, filter not found :" + name);
        };
    }

    static Filter of(Json.Members parameters, WordFiles files) {
        var type = Description.text(
                parameters.get("type").orElseThrow(() -> Description.refused("no type field in filter params")),
                "filter type should be string");
        return switch (type) {
            case "length" -> length(parameters);
            case "stop" -> StopWords.filter(parameters, files);
            case "decompounder" -> Decompounder.of(parameters, files);
            case "stemmer" -> Stemmers.of(parameters);
            case "regex" -> Regex.of(parameters);
            case "synonym" -> Synonyms.of(parameters, files);
            case "pinyin" -> Pinyin.of(parameters);
            case "lowercase",
                    "asciifolding",
                    "alphanumonly",
                    "cncharonly",
                    "cnalphanumonly",
                    "removepunct",
                    "decimaldigit",
                    "arabic_normalization" -> named(type);
            default -> throw Description.refused("unsupport filter type: " + type);
        };
    }

    private static Filter length(Json.Members parameters) {
        if (!(parameters.get("max").orElse(new Json.Nothing()) instanceof Json.Whole(var most)) || most < 0)
            throw Description.refused("lenth max param was none or not uint");
        return Filter.keeping(word -> word.length() * 3L <= most // no character has more bytes in UTF-8
                || word.getBytes(StandardCharsets.UTF_8).length <= most);
    }

    /// Character by character: no letter depends on where it stands in its word.
    static String lower(String word) {
        for (int i = 0; i < word.length(); i++) if (word.charAt(i) >= 0x80) return lowerUnicode(word);
        return word.toLowerCase(Locale.ROOT);
    }

    private static String lowerUnicode(String word) {
        var lower = new StringBuilder(word.length());
        word.codePoints().forEach(point -> {
            // The one letter whose small form is two characters.
            if (point == 0x130) lower.append("i\u0307");
            else lower.appendCodePoint(Character.toLowerCase(point));
        });
        return lower.toString();
    }

    private static String folded(String word) {
        var from = word.toCharArray();
        var to = new char[from.length * 4];
        int length = ASCIIFoldingFilter.foldToASCII(from, 0, to, 0, from.length);
        return new String(to, 0, length);
    }

    private static String decimal(String word) {
        var digits = new StringBuilder(word.length());
        word.codePoints().forEach(point -> {
            if (Character.getType(point) == Character.DECIMAL_DIGIT_NUMBER)
                digits.append(Character.getNumericValue(point));
            else digits.appendCodePoint(point);
        });
        return digits.toString();
    }

    /// Forms of alef, yeh and teh marbuta are written alike; vowel signs and the tatweel are left out.
    private static String arabic(String word) {
        var letters = new StringBuilder(word.length());
        for (int i = 0; i < word.length(); i++)
            switch (word.charAt(i)) {
                case '\u0622', '\u0623', '\u0625' -> letters.append('\u0627');
                case '\u0649' -> letters.append('\u064a');
                case '\u0629' -> letters.append('\u0647');
                case '\u0640', '\u064b', '\u064c', '\u064d', '\u064e', '\u064f', '\u0650', '\u0651', '\u0652' -> {}
                default -> letters.append(word.charAt(i));
            }
        return letters.toString();
    }

    private static boolean isHan(int point) {
        return point >= 0x80 && Character.UnicodeScript.of(point) == Character.UnicodeScript.HAN;
    }

    private static boolean isAsciiAlphanumeric(int point) {
        return point >= '0' && point <= '9' || point >= 'a' && point <= 'z' || point >= 'A' && point <= 'Z';
    }
}
