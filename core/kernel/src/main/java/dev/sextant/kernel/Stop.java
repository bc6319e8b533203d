package dev.sextant.kernel;

/// Asked between pieces of work: cancelled, past the deadline, or time to let others in? Cheap enough for every hundred
/// microseconds; never blocks.
@FunctionalInterface
public interface Stop {
    Stop NEVER = () -> false;

    boolean stopped();

    default Stop or(Stop other) {
        return () -> stopped() || other.stopped();
    }
}
