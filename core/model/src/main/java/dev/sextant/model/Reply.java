package dev.sextant.model;

/// Where an answer goes, exactly once. Called on the worker that computed it: hand over, don't work there.
public interface Reply<R> {
    void complete(R answer);

    /// A [Refused], or a fault of ours or of the world.
    void fail(Throwable reason);
}
