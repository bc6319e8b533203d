package dev.sextant.engine;

import dev.sextant.world.Clock;

/// Timestamps that only grow: 46 bits of milliseconds, 18 bits of counter. Never behind the wall clock, and ahead of it
/// only while the wall clock stands still or is set back. Any thread.
final class HybridClock {
    private static final int COUNTER_BITS = 18;

    private final Clock clock;
    private long last; // guarded by this

    /// Begins above `floor`.
    HybridClock(Clock clock, long floor) {
        this.clock = clock;
        last = floor;
    }

    synchronized long next() {
        return last = Math.max(last + 1, wall());
    }

    long wall() {
        return ofMillis(clock.wallMillis());
    }

    static long ofMillis(long millis) {
        return millis << COUNTER_BITS;
    }

    static long millis(long timestamp) {
        return timestamp >>> COUNTER_BITS;
    }

    static long minus(long timestamp, long millis) {
        return Math.max(0, timestamp - ofMillis(millis));
    }
}
