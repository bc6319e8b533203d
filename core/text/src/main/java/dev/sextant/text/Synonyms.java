package dev.sextant.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/// Words for words: `a, b, c` mean the same, `a => b, c` is written otherwise.
final class Synonyms {
    /// What stands for a word: a group is one list that all its words share, however many they are.
    private final Map<String, List<List<String>>> groups = new HashMap<>();

    private final boolean expand;

    private Synonyms(boolean expand) {
        this.expand = expand;
    }

    static Filter of(Json.Members parameters, WordFiles files) {
        var file = Lines.of(parameters, "synonyms_file", "synonyms dict file", files);
        var synonyms = new Synonyms(Description.truth(
                parameters.get("expand"), true, "create synonym filter failed, `expand` must be bool"));
        for (var row :
                Description.items(parameters.get("synonyms"), "create synonym filter failed, `synonyms` must be array"))
            synonyms.add(Description.text(row, "create synonym filter failed, item in `synonyms` must be string"));
        for (int i = 0; i < file.lines().size(); i++)
            synonyms.add(new Row(file.lines().get(i), file.place(i)));
        return next -> word -> {
            var others = synonyms.of(word.text());
            if (others.isEmpty()) next.accept(word);
            else others.forEach(other -> next.accept(word.with(other)));
        };
    }

    private void add(String row) {
        add(new Row(row, row));
    }

    private void add(Row row) {
        var sides = row.sides();
        var from = distinct(sides.getFirst());
        var to = sides.size() == 1 ? expand || from.isEmpty() ? from : from.subList(0, 1) : distinct(sides.getLast());
        for (var word : from)
            groups.computeIfAbsent(word, _ -> new ArrayList<>(1)).add(to);
    }

    private static List<String> distinct(List<String> words) {
        return List.copyOf(new LinkedHashSet<>(words));
    }

    private Set<String> of(String word) {
        var known = groups.getOrDefault(word, List.of());
        SequencedSet<String> others = new LinkedHashSet<>();
        if (expand && !known.isEmpty()) others.add(word);
        known.forEach(others::addAll);
        return others;
    }

    /// Reads one row: commas part words, a backslash takes the meaning from `,`, `=>`, blank and itself.
    private static final class Row {
        private final String row;
        private final String told; // by which refusals call it
        private final List<List<String>> sides = new ArrayList<>();
        private final StringBuilder word = new StringBuilder();
        private boolean ended;

        Row(String row, String told) {
            this.row = row;
            this.told = told;
            sides.add(new ArrayList<>());
        }

        List<List<String>> sides() {
            for (int at = 0; at < row.length(); ) {
                char c = row.charAt(at);
                boolean arrow = row.startsWith("=>", at);
                if (c == '\\') at = escaped(at + 1);
                else if (c == ' ') {
                    ended = !word.isEmpty();
                    at++;
                } else if (c == ',') {
                    finish();
                    at++;
                } else if (arrow) {
                    if (sides.size() == 2)
                        throw Description.refused("read synonym dict failed, has more than one \"=>\" in " + told);
                    finish();
                    sides.add(new ArrayList<>());
                    at += 2;
                } else {
                    plain(c);
                    at++;
                }
            }
            finish();
            return sides;
        }

        private int escaped(int at) {
            if (at >= row.length()) throw Description.refused("invalid synonym escaped in the end: " + told);
            if (row.startsWith("=>", at)) {
                word.append("=>");
                return at + 2;
            }
            char c = row.charAt(at);
            if (c != ',' && c != '\\' && c != ' ')
                throw Description.refused("invalid synonym escaped: \\" + c + " in " + told);
            word.append(c);
            return at + 1;
        }

        private void plain(char c) {
            if (ended)
                throw Description.refused("read synonym dict failed, has space between words " + told
                        + ", please use \\ to escape space");
            word.append(c);
        }

        private void finish() {
            if (!word.isEmpty()) sides.getLast().add(word.toString());
            word.setLength(0);
            ended = false;
        }
    }
}
