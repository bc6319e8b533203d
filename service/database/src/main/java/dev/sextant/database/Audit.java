package dev.sextant.database;

import dev.sextant.model.Call;
import java.util.Optional;

/// Where it is written down who asked for what, and how it ended. Called on the worker that answered: hand over, don't
/// work there.
@FunctionalInterface
public interface Audit {
    /// @param refused why it was not done; empty when it was
    void record(Call call, Facts facts, Optional<Throwable> refused);

    /// Whether a statement leaves a line. Asked before it runs.
    default boolean wants(Facts facts) {
        return facts.audit() != Facts.Audited.NEVER;
    }

    /// Somebody was not let in.
    default void turnedAway(String name) {}

    /// What keeps it from being written down, as health tells it.
    default Optional<String> trouble() {
        return Optional.empty();
    }

    /// Nobody keeps books.
    Audit NONE = (_, _, _) -> {};
}
