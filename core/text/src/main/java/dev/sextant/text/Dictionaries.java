package dev.sextant.text;

/// What the dictionaries of analyzers take of the heap. The memory budget does not know of the heap, so they have a
/// bound of their own: what was built from words that callers gave stays below a quarter of it, whatever words they
/// are. Those that every process has (Jieba's, IPADIC, mecab-ko, ICU's) do not count: they are built once, when they
/// are first asked for, and stay.
public final class Dictionaries {
    /// What a character of a file or a description comes to, at most: the beginning of a word of one letter.
    static final int BYTES_OF_CHARACTER = 48;

    private static final int SHARE = 4;

    private Dictionaries() {}

    /// So many characters of words may be kept in dictionaries.
    public static long mostCharacters() {
        return mostCharacters(Runtime.getRuntime().maxMemory());
    }

    static long mostCharacters(long heapBytes) {
        return heapBytes / SHARE / BYTES_OF_CHARACTER;
    }
}
