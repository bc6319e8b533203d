package dev.sextant.engine.segment;

import dev.sextant.model.Value;

/// What a chunk of a column holds, as statistics: enough to skip it, never to answer from it.
public sealed interface Bounds {
    /// Nothing is known.
    record Unknown() implements Bounds {}

    /// Every row is null.
    record AllNull() implements Bounds {}

    /// Values between `least` and `most`, inclusive; both of the column's kind ([Value.Int], [Value.Real],
    /// [Value.Text], [Value.Bool]). A text bound may be cut short: then `most` is rounded up, so that it still bounds.
    record Between(Value least, Value most, int nulls) implements Bounds {}

    Bounds UNKNOWN = new Unknown();
}
