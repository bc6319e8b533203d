package dev.sextant.engine.log;

/// Somebody needs entries that the log does not hold any more.
public final class LogBegins extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LogBegins(String where, long begin, long wanted) {
        super("%s begins at position %d, wanted from %d on".formatted(where, begin, wanted));
    }
}
