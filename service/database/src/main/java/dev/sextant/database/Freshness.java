package dev.sextant.database;

import dev.sextant.catalog.Collection;
import dev.sextant.model.Consistency;

/// How fresh a read must be when the call leaves it to the collection.
final class Freshness {
    private Freshness() {}

    static Consistency of(Consistency asked, Collection collection) {
        return switch (asked) {
            case Consistency.Default _ -> byLevel(collection);
            // A reader that serves an older moment than the last change of the schema would answer in a shape that
            // nobody expects any more.
            case Consistency.AtLeast(var timestamp) ->
                new Consistency.AtLeast(Math.max(timestamp, collection.altered()));
            case Consistency.Strong _, Consistency.Bounded _, Consistency.Eventually _, Consistency.Exactly _ -> asked;
        };
    }

    /// A session that says nothing of its last write, and a custom level without a moment, promise no more than that
    /// the schema is seen.
    private static Consistency byLevel(Collection collection) {
        return switch (collection.consistency()) {
            case STRONG -> Consistency.STRONG;
            case BOUNDED -> new Consistency.Bounded();
            case SESSION, CUSTOMIZED -> new Consistency.AtLeast(collection.altered());
            case EVENTUALLY -> new Consistency.Eventually();
        };
    }
}
