package dev.sextant.database.embedding;

import dev.sextant.model.Call;
import dev.sextant.model.Cancellation;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.world.Clock;

/// How long somebody waits for a model: until a deadline, and while nobody cancels.
public record Patience(Clock clock, long deadlineNanos, Cancellation cancellation) {
    public static Patience of(Call call, Clock clock) {
        return new Patience(clock, call.deadlineNanos(), call.cancellation());
    }

    /// The same, but no longer than so from now on.
    Patience within(long nanos) {
        long end = clock.monotonicNanos() + nanos;
        boolean sooner = deadlineNanos == Call.NO_DEADLINE || end - deadlineNanos < 0;
        return sooner ? new Patience(clock, end, cancellation) : this;
    }

    /// The time until the deadline, but not more than `most`. Refuses when it is over, and what was cancelled.
    long left(long most) {
        if (cancellation.isCancelled()) throw new Refused(new Refusal.Cancelled());
        if (deadlineNanos == Call.NO_DEADLINE) return most;
        long left = deadlineNanos - clock.monotonicNanos();
        if (left <= 0) throw new Refused(new Refusal.DeadlinePassed(true));
        return Math.min(left, most);
    }
}
