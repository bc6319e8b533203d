package dev.sextant.database;

import dev.sextant.model.Call;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.world.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// Admission: how many calls may be under way at once, and how many bytes they may carry. Who does not fit is told to
/// come again; who is too late is told so before anything is done. Any thread may call.
final class Guard {
    private final DatabaseConfig.Admission limits;
    private final Clock clock;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final CompletableFuture<Void> empty = new CompletableFuture<>();
    private volatile boolean closed;

    Guard(DatabaseConfig.Admission limits, Clock clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /// Lets the call in, or throws; whoever came in leaves when the returned reply is answered.
    <R> Reply<R> admit(Call call, long cost, Reply<R> reply) {
        if (closed) throw new Refused(new Refusal.Closing());
        if (call.cancellation().isCancelled()) throw new Refused(new Refusal.Cancelled());
        if (call.deadlineNanos() != Call.NO_DEADLINE && clock.monotonicNanos() - call.deadlineNanos() >= 0)
            throw new Refused(new Refusal.DeadlinePassed(true));
        take(calls, 1, limits.maxCalls(), "the number of calls under way");
        try {
            take(bytes, cost, limits.maxBytes(), "the memory for requests");
        } catch (Refused refused) {
            calls.decrementAndGet();
            throw refused;
        }
        var leaving = new Leaving<>(reply, cost);
        if (closed) {
            leaving.gone(); // came in while the door was closing, and may not have been waited for
            throw new Refused(new Refusal.Closing());
        }
        return leaving;
    }

    /// From now on nobody comes in.
    void close() {
        closed = true;
        tellWhenEmpty();
    }

    /// Waits until whoever is in has left, but not longer than `patience`: a call that is never answered must not hold
    /// up the end.
    void awaitEmpty(Duration patience) {
        try {
            empty.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException _) {
            // Those who are still in are answered, or fail, while what they use is closed.
        }
    }

    private void tellWhenEmpty() {
        if (closed && calls.get() == 0) empty.complete(null);
    }

    long callsUnderWay() {
        return calls.get();
    }

    long bytesUnderWay() {
        return bytes.get();
    }

    /// A single call may be larger than the limit when it is alone: otherwise it would be told for ever to come again.
    private void take(AtomicLong counter, long amount, long limit, String what) {
        while (true) {
            long now = counter.get();
            if (now > 0 && now + amount > limit) throw new Refused(new Refusal.Busy(what, limits.retryAfterMillis()));
            if (counter.compareAndSet(now, now + amount)) return;
        }
    }

    private final class Leaving<R> implements Reply<R> {
        private final Reply<R> reply;
        private final long cost;
        private final AtomicBoolean left = new AtomicBoolean();

        private Leaving(Reply<R> reply, long cost) {
            this.reply = reply;
            this.cost = cost;
        }

        @Override
        public void complete(R answer) {
            if (!leave()) return;
            try {
                reply.complete(answer);
            } finally {
                gone();
            }
        }

        @Override
        public void fail(Throwable reason) {
            if (!leave()) return;
            try {
                reply.fail(reason);
            } finally {
                gone();
            }
        }

        /// After the answer is handed over: a closing database waits for it.
        private void gone() {
            bytes.addAndGet(-cost);
            calls.decrementAndGet();
            tellWhenEmpty();
        }

        /// Whether this is the first answer: a second one would be a fault of ours, and must not count twice.
        private boolean leave() {
            return left.compareAndSet(false, true);
        }
    }
}
