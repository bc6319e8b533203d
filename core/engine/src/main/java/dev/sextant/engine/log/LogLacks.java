package dev.sextant.engine.log;

/// Somebody needs entries that the log does not hold: they were cut off, or files have been lost.
public final class LogLacks extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LogLacks(String where, long begin, long end, long wanted) {
        super(sentence(where, begin, end, wanted));
    }

    /// @param end the position behind the last
    public static String sentence(String where, long begin, long end, long wanted) {
        var held = begin == end ? "no positions" : "positions " + begin + " to " + (end - 1);
        return "the log in " + where + " holds " + held + ", wanted from " + wanted + " on";
    }
}
