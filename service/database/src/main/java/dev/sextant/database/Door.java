package dev.sextant.database;

import dev.sextant.kernel.Foreground;
import dev.sextant.kernel.Work;
import dev.sextant.model.Call;
import dev.sextant.model.Reply;
import dev.sextant.model.Statement;

/// The one way in: every protocol, the embedded form and the console come through here, so rights, quotas, audit and
/// limits are looked after once.
public interface Door {
    /// How long a search may hold up a thread that has others to serve: about as long as two changes of threads, which
    /// it saves, take on a busy machine.
    long LENT_NANOS = 250_000;

    /// Never blocks; the reply is completed where it was computed, exactly once, with an answer, a
    /// [dev.sextant.model.Refused], or a fault.
    <R> void submit(Call call, Statement<R> statement, Reply<R> reply);

    /// Does what submits a read: the read may run, and be answered, on this very thread when it is estimated to be
    /// short and a worker is free. For threads that serve many, as an event loop does.
    static void lending(Runnable begin) {
        Work.lending(begin, LENT_NANOS);
    }

    /// The thread that calls this answers reads that it lends itself for: the system lets it go first when it wakes.
    static void answering() {
        Foreground.enter();
    }

    /// Submits and waits: for embedded callers and tests, never on a worker. A read may run on this thread.
    default <R> R execute(Call call, Statement<R> statement) {
        var waiting = new Waiting<R>();
        Work.waiting(() -> submit(call, statement, waiting));
        return waiting.await();
    }
}
