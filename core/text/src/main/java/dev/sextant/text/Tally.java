package dev.sextant.text;

import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.util.function.Consumer;

/// Counts the words of one text that pass a place between two filters: filters behind each other multiply words, and
/// what describes them came from a caller. One thread.
final class Tally implements Consumer<Token> {
    /// Eight times what the longest text of a field can have.
    static final int MOST_WORDS = 1 << 19;

    private static final long MOST_CHARACTERS = 1L << 25;

    private final Consumer<Token> next;
    private int words;
    private long characters;

    Tally(Consumer<Token> next) {
        this.next = next;
    }

    @Override
    public void accept(Token word) {
        characters += word.text().length();
        if (++words > MOST_WORDS) throw refused("words that an analyzer makes of one text", words, MOST_WORDS);
        if (characters > MOST_CHARACTERS)
            throw refused("characters of the words that an analyzer makes of one text", characters, MOST_CHARACTERS);
        next.accept(word);
    }

    private static Refused refused(String what, long count, long most) {
        return new Refused(new Refusal.LimitExceeded(what, count, most, ""));
    }
}
