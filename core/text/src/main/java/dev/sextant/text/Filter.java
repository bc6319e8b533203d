package dev.sextant.text;

import java.util.function.Consumer;

/// Changes, drops or adds words on their way. Immutable; what it makes serves one text.
interface Filter {
    Consumer<Token> before(Consumer<Token> next);

    /// Keeps the words that pass.
    static Filter keeping(java.util.function.Predicate<String> passes) {
        return next -> word -> {
            if (passes.test(word.text())) next.accept(word);
        };
    }

    /// Writes each word anew.
    static Filter writing(java.util.function.UnaryOperator<String> spelling) {
        return next -> word -> next.accept(word.with(spelling.apply(word.text())));
    }
}
