package dev.sextant.world;

import java.util.concurrent.atomic.AtomicLong;

/// A clock that stands still until somebody moves it: for simulations. Any thread may read and move it.
public final class SimulatedClock implements Clock {
    private final AtomicLong wallMillis;
    private final AtomicLong nanos = new AtomicLong();

    public SimulatedClock(long wallMillis) {
        this.wallMillis = new AtomicLong(wallMillis);
    }

    @Override
    public long wallMillis() {
        return wallMillis.get();
    }

    @Override
    public long monotonicNanos() {
        return nanos.get();
    }

    /// Time passes: both clocks go on.
    public void pass(long millis) {
        if (millis < 0) throw new IllegalArgumentException("time does not pass by " + millis);
        nanos.addAndGet(millis * 1_000_000);
        wallMillis.addAndGet(millis);
    }

    /// Somebody sets the wall clock, either way; the other one does not notice.
    public void stepWall(long millis) {
        wallMillis.addAndGet(millis);
    }
}
