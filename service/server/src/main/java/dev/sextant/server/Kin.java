package dev.sextant.server;

import java.util.Collection;
import java.util.Comparator;

/// What somebody may have meant who wrote a name that is none.
public final class Kin {
    private Kin() {}

    /// The known name that is most like what was said, as a question behind a sentence; empty where none is like it.
    public static String hint(String said, Collection<String> known) {
        int most = Math.max(2, (int) said.chars().filter(Character::isLetter).count() / 2);
        return known.stream()
                .min(Comparator.comparingInt(each -> distance(each, said)))
                .filter(each -> distance(each, said) <= most)
                .map(each -> "; did you mean " + each + "?")
                .orElse("");
    }

    /// Letters to insert, remove or change.
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                row[j] = a.charAt(i - 1) == b.charAt(j - 1)
                        ? diagonal
                        : 1 + Math.min(diagonal, Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
