package dev.sextant.text;

import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// The pieces of a text in which words were found, with tags around those words. Immutable; any thread.
///
/// @param size the most characters of a piece, tags not counted
/// @param most how many pieces
/// @param before so many characters stand in a piece before its first word
/// @param pre tags before words, in turn
/// @param post tags behind words, in turn
public record Fragments(int size, int most, int before, List<String> pre, List<String> post) {
    /// Of all pieces of one text, with their tags.
    private static final int MOST_CHARACTERS = 4 << 20;

    public Fragments {
        pre = List.copyOf(pre);
        post = List.copyOf(post);
    }

    /// In the order of the text; none when no word occurs. A piece begins behind the one before it, but for a word that
    /// that one cuts off.
    public List<String> of(Analyzer analyzer, String text, Set<String> words) {
        var spots = spots(analyzer, text, words);
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var pieces = new ArrayList<String>();
        int tag = 0;
        int end = 0;
        int told = 0;
        for (int i = 0; i < spots.size() && pieces.size() < most; ) {
            int from = back(bytes, spots.get(i).from, before, end);
            int to = Math.max(forth(bytes, from, size), spots.get(i).to);
            var piece = new StringBuilder();
            int at = from;
            for (; i < spots.size() && spots.get(i).to <= to; i++, tag++) {
                var spot = spots.get(i);
                piece.append(text(bytes, at, spot.from))
                        .append(pre.get(tag % pre.size()))
                        .append(text(bytes, spot.from, spot.to))
                        .append(post.get(tag % post.size()));
                at = spot.to;
                refuseMoreThan(told + piece.length());
            }
            pieces.add(piece.append(text(bytes, at, to)).toString());
            refuseMoreThan(told += piece.length());
            end = to;
        }
        return pieces;
    }

    private static void refuseMoreThan(int characters) {
        if (characters > MOST_CHARACTERS)
            throw new Refused(new Refusal.LimitExceeded(
                    "characters of the marked pieces of one text", characters, MOST_CHARACTERS, ""));
    }

    /// Where a word lies, in bytes.
    private record Spot(int from, int to) {}

    /// Those of words inside of words lie inside of the longer ones.
    private static List<Spot> spots(Analyzer analyzer, String text, Set<String> words) {
        var found = new ArrayList<Spot>();
        analyzer.run(text, word -> {
            if (words.contains(word.text())) found.add(new Spot(word.start(), word.end()));
        });
        found.sort(Comparator.comparingInt(Spot::from).thenComparing(Spot::to, Comparator.reverseOrder()));
        var apart = new ArrayList<Spot>();
        for (var spot : found) {
            if (apart.isEmpty() || spot.from >= apart.getLast().to) apart.add(spot);
            else if (spot.to > apart.getLast().to) apart.set(apart.size() - 1, new Spot(apart.getLast().from, spot.to));
        }
        return apart;
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    private static int forth(byte[] bytes, int from, int characters) {
        int at = from;
        for (int left = characters; left > 0 && at < bytes.length; left--) {
            at++;
            while (at < bytes.length && isInside(bytes[at])) at++;
        }
        return at;
    }

    private static int back(byte[] bytes, int from, int characters, int least) {
        int at = from;
        for (int left = characters; left > 0 && at > least; left--) {
            at--;
            while (at > least && isInside(bytes[at])) at--;
        }
        return at;
    }

    private static boolean isInside(byte unit) {
        return (unit & 0xc0) == 0x80;
    }
}
