package dev.sextant.database;

import dev.sextant.model.Call;
import dev.sextant.model.Reply;
import dev.sextant.model.Statement;

/// The one way in: every protocol, the embedded form and the console come through here, so rights, quotas, audit and
/// limits are looked after once.
public interface Door {
    /// Never blocks; the reply is completed on the worker that computed it, exactly once, with an answer, a
    /// [dev.sextant.model.Refused], or a fault.
    <R> void submit(Call call, Statement<R> statement, Reply<R> reply);

    /// Submits and waits: for embedded callers and tests, never on a worker.
    default <R> R execute(Call call, Statement<R> statement) {
        var waiting = new Waiting<R>();
        submit(call, statement, waiting);
        return waiting.await();
    }
}
