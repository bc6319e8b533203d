package dev.sextant.server;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// What ails the database, for whoever reads the log: a line when a trouble comes, and one when it is over. Used by one
/// thread.
final class Troubles {
    private final Consumer<String> comes;
    private final Consumer<String> goes;
    private Set<String> known = Set.of();

    Troubles(Consumer<String> comes, Consumer<String> goes) {
        this.comes = comes;
        this.goes = goes;
    }

    /// @param told all that there are now, in sentences
    void are(List<String> told) {
        var now = new LinkedHashSet<>(told);
        now.stream().filter(trouble -> !known.contains(trouble)).forEach(comes);
        known.stream().filter(trouble -> !now.contains(trouble)).forEach(goes);
        known = now;
    }
}
