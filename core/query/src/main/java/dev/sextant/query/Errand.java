package dev.sextant.query;

import dev.sextant.kernel.Scratch;

/// One query on its way through one part, on one thread.
///
/// @param query its number in the question
/// @param into where its hits go
/// @param window which of them it wants
record Errand(int query, Candidates into, Window window, Scratch scratch, Patience patience) {
    Sought sought(Sought.Aim aim) {
        return new Sought(aim, into, window);
    }
}
