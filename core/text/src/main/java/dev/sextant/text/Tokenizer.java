package dev.sextant.text;

import java.util.function.Consumer;

/// Finds the words of a text. Immutable; any thread.
interface Tokenizer {
    void run(String text, Consumer<Token> words);
}
