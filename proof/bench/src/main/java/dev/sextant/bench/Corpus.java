package dev.sextant.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/// Texts out of a folder of pages: markup taken out, cut into documents of some hundred words, each once. Words are
/// runs of Latin letters and digits in lower case.
final class Corpus {
    private static final Pattern MARKUP =
            Pattern.compile("(?s)<(script|style|nav)\\b.*?</\\1>|<[^>]*>|&[a-z#0-9]{1,8};", Pattern.CASE_INSENSITIVE);
    private static final Pattern WORD = Pattern.compile("[a-z0-9]{1,40}");

    final List<String[]> documents = new ArrayList<>();
    private final Map<String, Integer> terms = new HashMap<>();

    /// @param most documents
    /// @param longest of them, in words
    static Corpus read(Path folder, int most, int longest) throws IOException {
        var corpus = new Corpus();
        var seen = new HashSet<Integer>();
        var random = new SplittableRandom(7);
        List<Path> files;
        try (var walk = Files.walk(folder)) {
            files = walk.filter(path -> path.toString().matches(".*\\.(html|md|txt|rst)"))
                    .sorted(java.util.Comparator.comparingInt(
                            path -> path.toString().hashCode()))
                    .toList();
        }
        for (var file : files) {
            if (corpus.documents.size() >= most) break;
            if (Files.size(file) > 4 << 20) continue;
            var text = MARKUP.matcher(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
                    .replaceAll(" ")
                    .toLowerCase(Locale.ROOT);
            var words = WORD.matcher(text)
                    .results()
                    .map(found -> found.group().intern())
                    .toArray(String[]::new);
            for (int from = 0; from < words.length && corpus.documents.size() < most; ) {
                int to = Math.min(words.length, from + random.nextInt(longest / 10, longest + 1));
                var document = java.util.Arrays.copyOfRange(words, from, to);
                if (seen.add(java.util.Arrays.hashCode(document))) corpus.documents.add(document);
                from = to;
            }
        }
        return corpus;
    }

    /// A number for each word, spread over all of uint32 as hashes are.
    int term(String word) {
        return terms.computeIfAbsent(word, _ -> terms.size() + 1) * 0x9e3779b1;
    }

    int vocabulary() {
        return terms.size();
    }

    /// Some words that follow each other in some document, as somebody may remember them.
    List<String[]> queries(int count, int words) {
        var random = new SplittableRandom(words);
        var queries = new ArrayList<String[]>();
        while (queries.size() < count) {
            var document = documents.get(random.nextInt(documents.size()));
            if (document.length < words) continue;
            int from = random.nextInt(document.length - words + 1);
            var query = java.util.Arrays.copyOfRange(document, from, from + words);
            if (new HashSet<>(List.of(query)).size() == words) queries.add(query);
        }
        return queries;
    }
}
