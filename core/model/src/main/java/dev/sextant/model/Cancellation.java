package dev.sextant.model;

/// Set once, when nobody waits for the answer any more. Whoever works or waits for a caller looks at it now and then.
public final class Cancellation {
    private volatile boolean cancelled;

    public boolean isCancelled() {
        return cancelled;
    }

    public void cancel() {
        cancelled = true;
    }
}
