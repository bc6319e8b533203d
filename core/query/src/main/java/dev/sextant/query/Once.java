package dev.sextant.query;

import dev.sextant.kernel.OutOfBudget;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A reply that is completed at most once, whatever happens around it, and before that runs what must happen in any
/// case.
final class Once<R> implements Reply<R> {
    private static final VarHandle DONE;

    static {
        try {
            DONE = MethodHandles.lookup().findVarHandle(Once.class, "done", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private final Reply<R> reply;
    private final Runnable before;
    private volatile boolean done; // changed through DONE only

    Once(Reply<R> reply, Runnable before) {
        this.reply = reply;
        this.before = before;
    }

    @Override
    public void complete(R answer) {
        if (!DONE.compareAndSet(this, false, true)) return;
        try {
            before.run();
        } catch (Throwable thrown) {
            reply.fail(thrown);
            return;
        }
        reply.complete(answer);
    }

    @Override
    public void fail(Throwable reason) {
        failed(reason);
    }

    /// Whether this was the answer; when there was one already the reason is a fault behind the door, and the caller's
    /// to report.
    boolean failed(Throwable reason) {
        if (!DONE.compareAndSet(this, false, true)) return false;
        try {
            before.run();
        } catch (Throwable thrown) {
            reason.addSuppressed(thrown);
        }
        reply.fail(translated(reason));
        return true;
    }

    private static Throwable translated(Throwable reason) {
        return reason instanceof OutOfBudget budget
                ? new Refused(new Refusal.OutOfMemory(
                        budget.what(), budget.askedBytes(), budget.inUseBytes(), budget.limitBytes()))
                : reason;
    }
}
