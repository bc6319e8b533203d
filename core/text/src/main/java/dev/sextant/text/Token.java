package dev.sextant.text;

/// One word of a text as an analyzer leaves it.
///
/// @param start where it began in the text, in bytes of UTF-8
/// @param end behind where it ended
/// @param position among the words of the text; words that stand for one place share it
/// @param length how many positions it spans
public record Token(String text, int start, int end, int position, int length) {
    Token with(String other) {
        return other.equals(text) ? this : new Token(other, start, end, position, length);
    }

    /// What stands for this word in a sparse vector.
    public int term() {
        return Terms.id(text);
    }
}
