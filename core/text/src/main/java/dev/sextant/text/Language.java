package dev.sextant.text;

import java.lang.Character.UnicodeScript;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// In which language is a text written? Most scripts say it by themselves; languages that share a script are told apart
/// by their commonest words and by the letters that they have beside those of English.
final class Language {
    private static final int LONGEST_SAMPLE = 4_096;
    private static final int WORD = 2; // what a common word counts; a foreign letter counts one

    /// Names as users of the identifiers of Milvus write them, the first being this one's own.
    private record Named(List<String> names, Set<String> common, String letters) {
        static Named of(String stopWords, String letters, String... names) {
            return new Named(List.of(names), new HashSet<>(StopWords.list(stopWords)), letters);
        }
    }

    private static final List<String> CHINESE = List.of("Mandarin", "Chinese", "cmn");
    private static final List<String> JAPANESE = List.of("Japanese", "jpn");
    private static final List<String> RUSSIAN = List.of("Russian", "rus");

    private static final Map<UnicodeScript, List<String>> BY_SCRIPT = Map.of(
            UnicodeScript.HANGUL, List.of("Korean", "kor"),
            UnicodeScript.THAI, List.of("Thai", "tha"),
            UnicodeScript.ARABIC, List.of("Arabic", "ara"),
            UnicodeScript.HEBREW, List.of("Hebrew", "heb"),
            UnicodeScript.GREEK, List.of("Greek", "ell"),
            UnicodeScript.DEVANAGARI, List.of("Hindi", "hin"),
            UnicodeScript.TAMIL, List.of("Tamil", "tam"),
            UnicodeScript.ARMENIAN, List.of("Armenian", "hye"),
            UnicodeScript.GEORGIAN, List.of("Georgian", "kat"));

    private static final List<Named> LATIN = List.of(
            Named.of("_english_", "", "English", "eng"),
            Named.of("_german_", "äöüß", "German", "deu"),
            Named.of("_french_", "àâæçéèêëîïôœùûüÿ", "French", "fra"),
            Named.of("_spanish_", "áéíñóúü", "Spanish", "spa"),
            Named.of("_portuguese_", "àáâãçéêíóôõúü", "Portuguese", "por"),
            Named.of("_italian_", "àèéìíîòóùú", "Italian", "ita"),
            Named.of("_dutch_", "éëïóöü", "Dutch", "nld"),
            Named.of("_danish_", "æøåé", "Danish", "dan"),
            Named.of("_norwegian_", "æøåéòô", "Bokmal", "Norwegian", "nob"),
            Named.of("_swedish_", "åäöé", "Swedish", "swe"),
            Named.of("_finnish_", "åäö", "Finnish", "fin"),
            Named.of("_hungarian_", "áéíóöőúüű", "Hungarian", "hun"));

    private Language() {}

    /// What the language is called; nothing where it cannot be told.
    static List<String> names(String text) {
        var letters = new EnumMap<UnicodeScript, Integer>(UnicodeScript.class);
        text.codePoints()
                .limit(LONGEST_SAMPLE)
                .filter(Character::isLetter)
                .forEach(point -> letters.merge(UnicodeScript.of(point), 1, Integer::sum));
        // Japanese is mostly Han with some kana between.
        if (letters.containsKey(UnicodeScript.HIRAGANA) || letters.containsKey(UnicodeScript.KATAKANA)) return JAPANESE;
        return letters.entrySet().stream()
                .max(Map.Entry.<UnicodeScript, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(most -> of(most.getKey(), text))
                .orElse(List.of());
    }

    private static List<String> of(UnicodeScript script, String text) {
        return switch (script) {
            case HAN -> CHINESE;
            case CYRILLIC -> RUSSIAN;
            case LATIN -> latin(text);
            default -> BY_SCRIPT.getOrDefault(script, List.of());
        };
    }

    /// The language whose common words occur most, less for each letter that it does not have; English when nothing
    /// speaks for any, and none when something speaks against all.
    private static List<String> latin(String text) {
        var sample = text.substring(0, Math.min(text.length(), LONGEST_SAMPLE));
        var score = new int[LATIN.size()];
        Tokenizers.standard().run(sample, word -> {
            var small = Filters.lower(word.text());
            for (int i = 0; i < score.length; i++) if (LATIN.get(i).common().contains(small)) score[i] += WORD;
        });
        Filters.lower(sample)
                .codePoints()
                .filter(point -> point >= 0x80 && Character.isLetter(point))
                .forEach(point -> {
                    for (int i = 0; i < score.length; i++)
                        if (LATIN.get(i).letters().indexOf(point) < 0) score[i]--;
                });
        int best = 0;
        for (int i = 1; i < score.length; i++) if (score[i] > score[best]) best = i;
        return score[best] < 0 ? List.of() : LATIN.get(best).names();
    }
}
