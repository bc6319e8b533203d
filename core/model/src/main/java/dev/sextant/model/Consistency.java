package dev.sextant.model;

/// How fresh a read must be. Timestamps are hybrid: milliseconds since 1970 << 18 | counter.
public sealed interface Consistency {
    /// Whatever the collection was created with.
    record Default() implements Consistency {}

    /// Everything acknowledged before the read began.
    record Strong() implements Consistency {}

    /// At least what was written up to `timestamp`: the caller's own last write, or a moment it asks for.
    record AtLeast(long timestamp) implements Consistency {}

    /// At most some seconds old.
    record Bounded() implements Consistency {}

    record Eventually() implements Consistency {}

    /// Exactly the state at `timestamp`: iterators, `AS OF`.
    record Exactly(long timestamp) implements Consistency {}

    Consistency DEFAULT = new Default();
    Consistency STRONG = new Strong();
}
