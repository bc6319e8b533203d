package dev.sextant.query;

import dev.sextant.kernel.Work;
import dev.sextant.model.Call;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;

/// Asked between steps: does anybody still wait for the answer?
record Patience(Call call, Work work) implements Runnable {
    /// Throws when the call was cancelled or its deadline passed.
    @Override
    public void run() {
        if (call.cancellation().isCancelled()) throw new Refused(new Refusal.Cancelled());
        if (call.deadlineNanos() != Call.NO_DEADLINE && nanos() - call.deadlineNanos() >= 0)
            throw new Refused(new Refusal.DeadlinePassed(true));
    }

    /// On the monotonic clock.
    long nanos() {
        return work.nanos();
    }
}
