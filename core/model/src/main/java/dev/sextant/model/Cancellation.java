package dev.sextant.model;

import java.util.ArrayList;
import java.util.List;

/// Set once, when nobody waits for the answer any more. Work polls it between steps; whoever blocks registers a
/// listener.
public final class Cancellation {
    private volatile boolean cancelled;
    private final List<Runnable> listeners = new ArrayList<>(1); // guarded by this

    public boolean isCancelled() {
        return cancelled;
    }

    public void cancel() {
        List<Runnable> told;
        synchronized (this) {
            if (cancelled) return;
            cancelled = true;
            told = List.copyOf(listeners);
        }
        told.forEach(Runnable::run);
    }

    /// Runs `listener` at the cancellation, at once if that is past.
    public void onCancel(Runnable listener) {
        synchronized (this) {
            if (!cancelled) {
                listeners.add(listener);
                return;
            }
        }
        listener.run();
    }
}
