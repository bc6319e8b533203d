package dev.sextant.kernel;

/// What somebody waits for, told to the operating system: a thread of the foreground that wakes goes before others that
/// compute, in short shares. It gets no more of the cores than before.
public final class Foreground {
    private static final long SHARE_NANOS = 500_000;

    private Foreground() {}

    /// The thread that calls this belongs to the foreground from now on. Returns whether the system has agreed.
    public static boolean enter() {
        return Scheduling.ask(0, SHARE_NANOS);
    }
}
