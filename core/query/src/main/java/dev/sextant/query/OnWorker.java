package dev.sextant.query;

import dev.sextant.kernel.Work;
import dev.sextant.kernel.Worker;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import java.util.function.Consumer;

/// Brings a computation onto a worker, or goes on where it is when that is one already: a read of one shard changes
/// threads once.
final class OnWorker {
    /// Who computes on each thread. A variable that is bound anew would be an object or two at each search.
    private static final ThreadLocal<Place> PLACE = ThreadLocal.withInitial(Place::new);

    private static final class Place {
        private Worker worker; // null while the thread computes for nobody
    }

    private OnWorker() {}

    /// What `task` throws becomes the failure of `reply`; what it does not answer it must have handed on.
    static <R> void run(Work work, Reply<R> reply, Consumer<Once<R>> task) {
        var once = reply instanceof Once<R> already ? already : new Once<>(reply, () -> {});
        if (PLACE.get().worker != null) guarded(once, task);
        else elsewhere(work, once, task);
    }

    /// As [#run], for what is estimated to take so long: not on a thread that was lent for less.
    static <R> void run(Work work, double nanos, Reply<R> reply, Consumer<Once<R>> task) {
        var worker = PLACE.get().worker;
        if (worker == null || worker.mayTake(nanos)) run(work, reply, task);
        else elsewhere(work, reply instanceof Once<R> already ? already : new Once<>(reply, () -> {}), task);
    }

    /// As [#run], but on another worker even when this is one.
    static <R> void elsewhere(Work work, Once<R> once, Consumer<Once<R>> task) {
        try {
            work.search(worker -> at(worker, () -> guarded(once, task)));
        } catch (IllegalStateException _) {
            once.fail(new Refused(new Refusal.Closing()));
        }
    }

    /// Lets one more worker help, if one comes to it: who offers does not wait for that. The task keeps what it throws
    /// to itself.
    static void offer(Work work, Runnable task) {
        try {
            work.search(worker -> at(worker, task));
        } catch (IllegalStateException _) {
            // The workers are closing: nobody helps.
        }
    }

    private static void at(Worker worker, Runnable task) {
        var place = PLACE.get();
        var before = place.worker;
        place.worker = worker;
        try {
            task.run();
        } finally {
            place.worker = before;
        }
    }

    /// The worker that this runs on.
    static Worker current() {
        var worker = PLACE.get().worker;
        if (worker == null) throw new IllegalStateException("asked outside of the workers");
        return worker;
    }

    private static <R> void guarded(Once<R> once, Consumer<Once<R>> task) {
        try {
            task.accept(once);
        } catch (Throwable thrown) {
            if (!once.failed(thrown)) throw thrown;
        }
    }
}
