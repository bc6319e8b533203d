package dev.sextant.text;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.lucene.analysis.ja.dict.UserDictionary;

/// Words of a user's own, for Japanese and Korean, as Lindera's user dictionaries write them: a word, its part of
/// speech and its reading, commas between; or a whole line of the dictionary that it adds to, in thirteen columns.
/// Lucene's tokenizers take a word whole wherever it stands; the costs of a whole line are not looked at.
record OwnWords(Map<String, Entry> words) {
    private static final int SIMPLE = 3;
    private static final int WHOLE = 12; // of mecab-ko; IPADIC has one more
    private static final int FIRST_PART = 4;
    private static final int LAST_PART = 7;
    private static final int READING = 11;

    record Entry(String speech, String reading) {}

    static OwnWords of(Lines file) {
        var words = new LinkedHashMap<String, Entry>();
        for (int i = 0; i < file.lines().size(); i++) {
            var line = file.lines().get(i);
            if (!line.isBlank()) add(line.split(",", -1), file.place(i), words);
        }
        return new OwnWords(words);
    }

    private static void add(String[] columns, String place, Map<String, Entry> words) {
        var word = columns[0].strip();
        if (columns.length != SIMPLE && columns.length < WHOLE)
            throw Description.refused("lindera user dict: " + place + " has " + columns.length
                    + " columns, where a word, its part of speech and its reading are three");
        // Blanks part words, and what follows a # is a remark, where Lucene reads them.
        if (word.isEmpty()
                || word.chars().anyMatch(Character::isWhitespace)
                || word.contains("#")
                || word.contains("\""))
            throw Description.refused("lindera user dict: " + place + " begins with no word");
        words.put(
                word,
                columns.length == SIMPLE
                        ? new Entry(columns[1].strip(), columns[2].strip())
                        : new Entry(
                                IntStream.rangeClosed(FIRST_PART, LAST_PART)
                                        .mapToObj(i -> columns[i].strip())
                                        .filter(part -> !part.isEmpty() && !part.equals("*"))
                                        .collect(Collectors.joining("-")),
                                columns[READING].strip()));
    }

    Optional<UserDictionary> japanese() {
        var lines = words.entrySet().stream()
                .map(each -> each.getKey() + "," + each.getKey() + ","
                        + usual(each.getValue().reading()) + ","
                        + usual(each.getValue().speech()))
                .collect(Collectors.joining("\n"));
        try {
            return Optional.ofNullable(UserDictionary.open(new StringReader(lines)));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // lines in memory cannot fail to be read
        }
    }

    Optional<org.apache.lucene.analysis.ko.dict.UserDictionary> korean() {
        try {
            return Optional.ofNullable(org.apache.lucene.analysis.ko.dict.UserDictionary.open(
                    new StringReader(String.join("\n", words.keySet()))));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // lines in memory cannot fail to be read
        }
    }

    /// A column must hold something, and one thing.
    private static String usual(String column) {
        var plain = column.replaceAll("[\\s#\",]", "");
        return plain.isEmpty() ? "*" : plain;
    }
}
