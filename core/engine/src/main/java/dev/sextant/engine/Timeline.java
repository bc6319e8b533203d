package dev.sextant.engine;

import java.util.TreeSet;

/// Which timestamps are given out, which are settled. A view at a settled one repeats: nothing stamped at or before it
/// comes any more. Any thread; one lock guards all fields.
final class Timeline {
    /// How far beyond its newest entry the log lets the clock run.
    static final long CEILING_MILLIS = 10_000;

    private final HybridClock clock;
    private final TreeSet<Long> open = new TreeSet<>();
    private long ceiling;
    private long settled;

    Timeline(HybridClock clock, long ceiling, long settled) {
        this.clock = clock;
        this.ceiling = ceiling;
        this.settled = settled;
    }

    /// A timestamp for an entry; not settled before [#settle].
    synchronized long stamp() {
        long t = clock.next();
        open.add(t);
        return t;
    }

    long ceilingFor(long stamp) {
        return stamp + HybridClock.ofMillis(CEILING_MILLIS);
    }

    /// The entry is applied, or never will be.
    synchronized void settle(long stamp) {
        open.remove(stamp);
        notifyAll();
    }

    /// Entries up to this one are settled: their fate was unknown, but the log has gone past them.
    synchronized void settleUpTo(long stamp) {
        open.headSet(stamp, true).clear();
        notifyAll();
    }

    /// The log has a new ceiling.
    synchronized void raise(long newCeiling) {
        ceiling = Math.max(ceiling, newCeiling);
    }

    /// The newest timestamp at which a view repeats, and which no restart will give out again.
    synchronized long closed() {
        long t = open.isEmpty() ? clock.next() : open.first() - 1;
        return settled = Math.max(settled, Math.min(t, ceiling));
    }

    /// Whether the ceiling holds views back or soon will, or an entry whose fate nobody knows does: one more entry
    /// settles both.
    synchronized boolean wantsRaise() {
        boolean stuck = !open.isEmpty() && clock.wall() - open.first() > HybridClock.ofMillis(500);
        return stuck || clock.wall() + HybridClock.ofMillis(CEILING_MILLIS / 3) > ceiling;
    }

    synchronized boolean idle() {
        return open.isEmpty();
    }
}
