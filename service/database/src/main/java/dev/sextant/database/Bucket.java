package dev.sextant.database;

/// Fills at a steady rate up to what a second brings (or one, where a second brings less), and is emptied by what is
/// asked of it. Who finds anything in it may take all they want: what they take too much is owed, and holds up those
/// who come after. Any thread.
final class Bucket {
    private final double perSecond;
    private double filled;
    private long at;

    Bucket(double perSecond, long nowNanos) {
        this.perSecond = perSecond;
        filled = most();
        at = nowNanos;
    }

    double perSecond() {
        return perSecond;
    }

    synchronized boolean take(long units, long nowNanos) {
        if (perSecond == 0) return false;
        filled = Math.min(most(), filled + (nowNanos - at) * perSecond / 1e9);
        at = nowNanos;
        // Just short of one is one: a client that waits exactly as long as it was told must not be told again.
        if (filled < Math.min(1, most()) - 1e-9) return false;
        filled -= units;
        return true;
    }

    private double most() {
        return Math.max(1, perSecond);
    }
}
