package dev.sextant.text;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Compounds taken apart, where words of a list cover them from end to end; the longest word first.
final class Decompounder {
    private final Set<String> words;
    private final int longest;

    private Decompounder(List<String> words) {
        this.words = new HashSet<>(words);
        this.words.remove("");
        longest = words.stream().mapToInt(String::length).max().orElse(0);
    }

    static Filter of(Json.Members parameters) {
        Description.refuseFile(parameters, "word_list_file");
        var list = parameters
                .get("word_list")
                .orElseThrow(() -> Description.refused("decompounder word list should be array"));
        var decompounder = new Decompounder(Description.texts(list, "decompounder word list"));
        return next -> word -> {
            for (var part : decompounder.parts(word.text())) next.accept(word.with(part));
        };
    }

    private List<String> parts(String word) {
        var parts = new ArrayList<String>();
        for (int at = 0; at < word.length(); at += parts.getLast().length()) {
            int end = Math.min(word.length(), at + longest);
            while (end > at && !words.contains(word.substring(at, end))) end--;
            if (end == at) return List.of(word);
            parts.add(word.substring(at, end));
        }
        return parts;
    }
}
