package dev.sextant.text;

/// A word that others may differ from by a few edits: a letter more, less or another, or two neighbours changed about.
/// Not for several threads at a time: it keeps the room for its counts.
public final class FuzzyWord {
    /// More would take a word for nearly every other one of its length.
    public static final int MOST_EDITS = 2;

    private final int[] letters;
    private final int edits;
    private int[] before; // counts of the line before the last, of the last, and of this one
    private int[] last;
    private int[] line;

    FuzzyWord(String word, int edits) {
        if (edits < 0 || edits > MOST_EDITS) throw new IllegalArgumentException(edits + " edits");
        this.letters = word.codePoints().toArray();
        this.edits = edits;
        before = new int[letters.length + 1];
        last = new int[letters.length + 1];
        line = new int[letters.length + 1];
    }

    /// Whether so few edits make `other` of this word.
    ///
    /// The distance letter by letter of `other`, in the band where it can still be small enough: at most 2 · edits + 1
    /// counts a letter.
    boolean isNear(String other) {
        int most = edits;
        int length = other.codePointCount(0, other.length());
        if (Math.abs(length - letters.length) > most) return false;
        for (int i = 0; i <= letters.length; i++) last[i] = i;
        int letterBefore = -1;
        for (int row = 1, at = 0; row <= length; row++) {
            int letter = other.codePointAt(at);
            at += Character.charCount(letter);
            int from = Math.max(1, row - most);
            int to = Math.min(letters.length, row + most);
            line[from - 1] = from == 1 ? row : most + 1;
            int least = line[from - 1];
            for (int i = from; i <= to; i++) {
                int count = last[i - 1] + (letters[i - 1] == letter ? 0 : 1);
                count = Math.min(count, line[i - 1] + 1);
                if (i < row + most) count = Math.min(count, last[i] + 1); // beyond, the last line was not counted
                if (row > 1 && i > 1 && letters[i - 1] == letterBefore && letters[i - 2] == letter)
                    count = Math.min(count, before[i - 2] + 1);
                line[i] = count;
                least = Math.min(least, count);
            }
            if (least > most) return false;
            letterBefore = letter;
            var oldest = before;
            before = last;
            last = line;
            line = oldest;
        }
        return last[letters.length] <= most;
    }
}
