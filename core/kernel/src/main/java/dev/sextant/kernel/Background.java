package dev.sextant.kernel;

/// What nobody waits for, told to the operating system: a thread of the background gives its core up the moment that
/// another thread wakes there, and has about a tenth of it where others never rest.
public final class Background {
    private static final int NICER = 10;
    private static final long SHARE_NANOS = 100_000_000; // the longest that Linux gives

    private Background() {}

    /// The thread that calls this belongs to the background from now on, for good. Returns whether the system has
    /// agreed.
    public static boolean enter() {
        return Scheduling.ask(NICER, SHARE_NANOS);
    }
}
