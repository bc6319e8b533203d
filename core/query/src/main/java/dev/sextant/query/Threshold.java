package dev.sextant.query;

/// The score that a hit must reach to be among the best, shared by all who search for one query. Any thread.
final class Threshold {
    private final Window window;
    private volatile float bound;

    Threshold(Window window) {
        this.window = window;
        bound = window.worst();
    }

    float bound() {
        return bound;
    }

    void tighten(float found) {
        if (window.compare(found, bound) >= 0) return;
        synchronized (this) { // guards the change, so that the bound only ever tightens
            if (window.compare(found, bound) < 0) bound = found;
        }
    }
}
