package dev.sextant.index;

/// What a [Walk] has to say after a step.
public sealed interface Step {
    Step MORE = new More();
    Step DONE = new Done();
    Step PAUSED = new Paused();

    /// There is more to look at: call again, if the caller still wants it.
    record More() implements Step {}

    /// Stopped short where it would wait for memory: call again, with what is left of the budget, after another walk.
    record Paused() implements Step {}

    /// `rows` must be read and scored by whoever walks: [Walk#awaited()].
    record Waiting(int rows) implements Step {}

    /// All hits have left.
    record Done() implements Step {}
}
