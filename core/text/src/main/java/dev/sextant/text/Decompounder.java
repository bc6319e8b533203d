package dev.sextant.text;

import java.util.ArrayList;
import java.util.List;

/// Compounds taken apart, where words of a list cover them from end to end; the longest word first.
final class Decompounder {
    /// Letters compared for one text: some hundred for each that the longest text of a field has.
    private static final int MOST_STEPS = 16_000_000;

    private final String[] words; // ascending, so that those that begin alike lie together

    private Decompounder(List<String> words) {
        this.words = words.stream()
                .filter(word -> !word.isEmpty())
                .sorted()
                .distinct()
                .toArray(String[]::new);
    }

    static Filter of(Json.Members parameters, WordFiles files) {
        var file = Lines.of(parameters, "word_list_file", "decompounder word list file", files);
        var list = parameters.get("word_list");
        if (list.isEmpty() && file == Lines.NONE) throw Description.refused("decompounder word list should be array");
        var words = new ArrayList<String>(file.lines());
        list.ifPresent(given -> words.addAll(Description.texts(given, "decompounder word list")));
        if (file != Lines.NONE && words.stream().allMatch(String::isEmpty))
            throw Description.refused("decompounder word list is empty");
        var decompounder = new Decompounder(words);
        return next -> {
            var steps = new Steps(MOST_STEPS, "decompounder filter takes too long for one text");
            return word -> {
                for (var part : decompounder.parts(word.text(), steps)) next.accept(word.with(part));
            };
        };
    }

    private List<String> parts(String word, Steps steps) {
        var parts = new ArrayList<String>();
        for (int at = 0; at < word.length(); at += parts.getLast().length()) {
            int end = longest(word, at, steps);
            if (end == at) return List.of(word);
            parts.add(word.substring(at, end));
        }
        return parts;
    }

    /// Behind the longest word of the list that stands at `from`; `from` where none does.
    private int longest(String text, int from, Steps steps) {
        int end = from;
        int low = 0;
        int high = words.length;
        for (int at = from; at < text.length(); at++) {
            steps.take();
            // Those that go on as the text does: among words that begin alike the shortest is the first.
            low = first(low, high, at - from, text.charAt(at));
            high = first(low, high, at - from, text.charAt(at) + 1);
            if (low == high) break;
            if (words[low].length() == at - from + 1) end = at + 1;
        }
        return end;
    }

    /// Of words that are alike up to `place`, the first whose letter there is not before `letter`.
    private int first(int low, int high, int place, int letter) {
        while (low < high) {
            int middle = (low + high) >>> 1;
            int there = words[middle].length() == place ? -1 : words[middle].charAt(place);
            if (there < letter) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
