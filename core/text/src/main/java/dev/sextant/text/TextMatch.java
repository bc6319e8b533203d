package dev.sextant.text;

import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/// Does a text have the words that are asked for? Immutable; any thread.
public sealed interface TextMatch {
    boolean matches(String text);

    default boolean matches(byte[] bytes, int from, int to) {
        return matches(new String(bytes, from, to - from, StandardCharsets.UTF_8));
    }

    /// What every text that matches has, in terms.
    Needed needed();

    /// At least `least` of these terms, each once.
    record Needed(int[] terms, int least) {
        /// Words that share a term count as one.
        static Needed of(Set<String> words, int least) {
            var terms = words.stream().mapToInt(Terms::id).distinct().toArray();
            return new Needed(terms, least - (words.size() - terms.length));
        }
    }

    /// At least so many of the words that `query` has, in any order.
    static TextMatch words(Analyzer analyzer, String query, int least) {
        var words = new HashSet<String>();
        analyzer.run(query, word -> words.add(word.text()));
        return new Words(analyzer, Set.copyOf(words), least);
    }

    /// At least one word that so few edits make one of the words that `query` has.
    static TextMatch fuzzy(Analyzer analyzer, String query, int edits) {
        if (edits == 0) return words(analyzer, query, 1);
        var words = new HashSet<String>();
        analyzer.run(query, word -> words.add(word.text()));
        return new Fuzzy(analyzer, Set.copyOf(words), edits);
    }

    /// The words of `query` in their order, moved by no more than `slop` positions together.
    static TextMatch phrase(Analyzer analyzer, String query, long slop) {
        return new Phrase(analyzer, analyzer.tokens(query), slop);
    }

    /// @param words each once
    record Words(Analyzer analyzer, Set<String> words, int least) implements TextMatch {
        @Override
        public Needed needed() {
            return Needed.of(words, least);
        }

        @Override
        public boolean matches(String text) {
            if (words.size() < least) return false;
            var missing = new HashSet<>(words);
            int enough = words.size() - least;
            analyzer.run(text, word -> missing.remove(word.text()));
            return missing.size() <= enough && !words.isEmpty();
        }
    }

    /// @param words each once
    record Fuzzy(Analyzer analyzer, Set<String> words, int edits) implements TextMatch {
        @Override
        public Needed needed() {
            return new Needed(new int[0], 0); // terms are of whole words: which ones are near is not known by them
        }

        @Override
        public boolean matches(String text) {
            var near = words.stream().map(word -> new FuzzyWord(word, edits)).toList();
            var seen = new HashSet<String>();
            var found = new boolean[1];
            analyzer.run(text, word -> {
                if (found[0] || !seen.add(word.text())) return;
                for (var one : near) if (one.isNear(word.text())) found[0] = true;
            });
            return found[0];
        }
    }

    /// @param query its words by position
    record Phrase(Analyzer analyzer, List<Token> query, long slop) implements TextMatch {
        public Phrase {
            query = List.copyOf(query);
        }

        @Override
        public Needed needed() {
            var words = new HashSet<String>();
            query.forEach(word -> words.add(word.text()));
            return Needed.of(words, words.size());
        }

        @Override
        public boolean matches(String text) {
            var needed = TextMatch.slop(query, analyzer.tokens(text));
            return needed.isPresent() && needed.getAsInt() <= slop;
        }
    }

    /// By how many positions the words of `query` must be moved to lie as they do in `text`, at the least; nothing when
    /// one of them is not there. Each word's place less its place in the query is where the phrase would begin; the
    /// moves are the distance between the furthest of those.
    static OptionalInt slop(List<Token> query, List<Token> text) {
        if (query.isEmpty()) return OptionalInt.empty();
        Map<String, int[]> places = places(text);
        var found = new int[query.size()][];
        var offsets = new int[query.size()];
        long looks = 0;
        for (int i = 0; i < found.length; i++) {
            var word = query.get(i);
            found[i] = places.get(word.text()); // looked at, and not copied: many words may stand at many places
            if (found[i] == null) return OptionalInt.empty();
            offsets[i] = word.position();
            looks += found[i].length;
        }
        if (looks > Steps.MOST_PLACES)
            throw new Refused(new Refusal.LimitExceeded(
                    "places of the words of a phrase in one text", looks, Steps.MOST_PLACES, ""));
        return OptionalInt.of(narrowest(found, offsets));
    }

    private static Map<String, int[]> places(List<Token> text) {
        var lists = new HashMap<String, List<Integer>>();
        for (var word : text)
            lists.computeIfAbsent(word.text(), _ -> new ArrayList<>()).add(word.position());
        var places = new HashMap<String, int[]>();
        lists.forEach((word, at) -> places.put(
                word, at.stream().mapToInt(Integer::intValue).sorted().toArray()));
        return places;
    }

    /// The length of the shortest range that holds a number of each ascending list, less the list's offset: the one
    /// whose number is least moves on, until it cannot.
    private static int narrowest(int[][] lists, int[] offsets) {
        var at = new int[lists.length];
        var heap = new java.util.PriorityQueue<Integer>(
                (a, b) -> Integer.compare(lists[a][at[a]] - offsets[a], lists[b][at[b]] - offsets[b]));
        int most = Integer.MIN_VALUE;
        for (int i = 0; i < at.length; i++) {
            heap.add(i);
            most = Math.max(most, lists[i][0] - offsets[i]);
        }
        int best = Integer.MAX_VALUE;
        while (true) {
            int least = heap.remove();
            best = Math.min(best, most - (lists[least][at[least]] - offsets[least]));
            if (++at[least] == lists[least].length) return best;
            most = Math.max(most, lists[least][at[least]] - offsets[least]);
            heap.add(least);
        }
    }
}
