package dev.sextant.text;

import com.ibm.icu.text.Transliterator;
import java.text.Normalizer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Chinese words as they are spoken, in Latin letters without tones.
///
/// @param original keep the word itself
/// @param full a word for each character
/// @param joined one word for all characters
/// @param initials one word of first letters
record Pinyin(boolean original, boolean full, boolean joined, boolean initials) implements Filter {
    static final Filter DEFAULT = new Pinyin(true, true, false, false);

    private static final Transliterator LATIN = Transliterator.getInstance("Han-Latin");
    /// As many as there are characters in use.
    private static final Map<Integer, String> SPOKEN = new ConcurrentHashMap<>();

    static Filter of(Json.Members parameters) {
        return new Pinyin(
                option(parameters, "keep_original", true),
                option(parameters, "keep_full_pinyin", true),
                option(parameters, "keep_joined_full_pinyin", false),
                option(parameters, "keep_separate_first_letter", false));
    }

    private static boolean option(Json.Members parameters, String name, boolean otherwise) {
        return Description.truth(parameters.get(name), otherwise, name + " must be a boolean value");
    }

    @Override
    public Consumer<Token> before(Consumer<Token> next) {
        return word -> {
            if (original) next.accept(word);
            var all = new StringBuilder();
            var first = new StringBuilder();
            word.text().codePoints().forEach(point -> {
                var spoken = spoken(point);
                if (spoken.isEmpty()) return;
                if (full) next.accept(word.with(spoken));
                all.append(spoken);
                first.append(spoken.charAt(0));
            });
            if (joined && !all.isEmpty()) next.accept(word.with(all.toString()));
            if (initials && !first.isEmpty()) next.accept(word.with(first.toString()));
        };
    }

    private static String spoken(int point) {
        if (Character.UnicodeScript.of(point) != Character.UnicodeScript.HAN) return "";
        return SPOKEN.computeIfAbsent(point, key -> {
            var latin = LATIN.transliterate(Character.toString(key)).strip();
            // The four tones; the two dots over u are no tone.
            var plain = Normalizer.normalize(
                    Normalizer.normalize(latin, Normalizer.Form.NFD).replaceAll("[\u0300\u0301\u0304\u030c]", ""),
                    Normalizer.Form.NFC);
            return plain.codePoints().allMatch(Character::isLetter) && plain.charAt(0) < 0x2000 ? plain : "";
        });
    }
}
