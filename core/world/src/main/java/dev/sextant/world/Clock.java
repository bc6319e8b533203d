package dev.sextant.world;

/// Two clocks: one that people set, one that only goes forward.
public interface Clock {
    /// Milliseconds since 1970, UTC; may jump either way.
    long wallMillis();

    /// Nanoseconds since some moment; never goes back.
    long monotonicNanos();

    /// The clocks of this machine.
    Clock SYSTEM = new Clock() {
        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public long monotonicNanos() {
            return System.nanoTime();
        }
    };
}
