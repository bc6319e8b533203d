package dev.sextant.kernel;

import java.util.concurrent.atomic.AtomicLong;

/// How far a piece of work is. Written by the workers that do it, read by anyone.
public final class Progress {
    private final AtomicLong done = new AtomicLong();
    private volatile long total;

    public Progress(long total) {
        this.total = total;
    }

    public void total(long units) {
        total = units;
    }

    public void add(long units) {
        done.addAndGet(units);
    }

    public long done() {
        return done.get();
    }

    public long total() {
        return total;
    }

    /// Between 0 and 1.
    public double share() {
        var of = total;
        return of == 0 ? 1 : Math.min(1, (double) done.get() / of);
    }
}
