package dev.sextant.engine.log;

/// Somebody needs entries that the log does not hold: they were cut off, or files have been lost.
public final class LogLacks extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LogLacks(String where, long begin, long end, long wanted) {
        super("the log in %s holds positions %d to %d, wanted from %d on".formatted(where, begin, end - 1, wanted));
    }
}
