package dev.sextant.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.analysis.da.DanishAnalyzer;
import org.apache.lucene.analysis.de.GermanAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.es.SpanishAnalyzer;
import org.apache.lucene.analysis.fi.FinnishAnalyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.hu.HungarianAnalyzer;
import org.apache.lucene.analysis.it.ItalianAnalyzer;
import org.apache.lucene.analysis.nl.DutchAnalyzer;
import org.apache.lucene.analysis.no.NorwegianAnalyzer;
import org.apache.lucene.analysis.pt.PortugueseAnalyzer;
import org.apache.lucene.analysis.ru.RussianAnalyzer;
import org.apache.lucene.analysis.sv.SwedishAnalyzer;
import org.apache.lucene.analysis.th.ThaiAnalyzer;

/// Words that say nothing: given one by one, or as the list of a language, `_english_`.
final class StopWords {
    private StopWords() {}

    static Filter filter(Json.Members parameters, WordFiles files) {
        var file = Lines.of(parameters, "stop_words_file", "stop words dict file", files);
        var given = parameters.get("stop_words");
        if (given.isEmpty() && file == Lines.NONE)
            throw Description.refused("stop words filter: stop_words should be array");
        var words = new ArrayList<String>(file.lines()); // as they stand there: a file names no lists
        given.ifPresent(list -> words.addAll(of(list, "stop_words")));
        return filter(words);
    }

    static Filter filter(List<String> words) {
        Set<String> dropped = new HashSet<>(words);
        return Filter.keeping(word -> !dropped.contains(word));
    }

    /// The words that a parameter names, lists written out. What looks like a list and is none is a word.
    static List<String> of(Json value, String subject) {
        var words = new ArrayList<String>();
        for (var word : Description.texts(value, subject)) {
            var list = word.startsWith("_") && word.endsWith("_") ? list(word) : List.<String>of();
            if (list.isEmpty()) words.add(word);
            else words.addAll(list);
        }
        return words;
    }

    /// Empty when there is none of this name.
    static List<String> list(String name) {
        return switch (name) {
            case "_arabic_" -> words(ArabicAnalyzer.getDefaultStopSet());
            case "_chinese_" -> resource("chinese.txt");
            case "_danish_" -> words(DanishAnalyzer.getDefaultStopSet());
            case "_dutch_" -> words(DutchAnalyzer.getDefaultStopSet());
            case "_english_" -> words(EnglishAnalyzer.ENGLISH_STOP_WORDS_SET);
            case "_finnish_" -> words(FinnishAnalyzer.getDefaultStopSet());
            case "_french_" -> words(FrenchAnalyzer.getDefaultStopSet());
            case "_german_" -> words(GermanAnalyzer.getDefaultStopSet());
            case "_hungarian_" -> words(HungarianAnalyzer.getDefaultStopSet());
            case "_italian_" -> words(ItalianAnalyzer.getDefaultStopSet());
            case "_norwegian_" -> words(NorwegianAnalyzer.getDefaultStopSet());
            case "_portuguese_" -> words(PortugueseAnalyzer.getDefaultStopSet());
            case "_russian_" -> words(RussianAnalyzer.getDefaultStopSet());
            case "_spanish_" -> words(SpanishAnalyzer.getDefaultStopSet());
            case "_swedish_" -> words(SwedishAnalyzer.getDefaultStopSet());
            case "_thai_" -> words(ThaiAnalyzer.getDefaultStopSet());
            default -> List.of();
        };
    }

    private static List<String> words(CharArraySet set) {
        return set.stream().map(word -> new String((char[]) word)).toList();
    }

    private static List<String> resource(String name) {
        try (var lines = new BufferedReader(
                new InputStreamReader(StopWords.class.getResourceAsStream(name), StandardCharsets.UTF_8))) {
            return lines.lines()
                    .flatMap(line -> List.of(line.split(" ")).stream())
                    .toList();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
