package dev.sextant.engine;

import dev.sextant.kernel.Job;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.Work;
import dev.sextant.kernel.Worker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;

/// Work of a job's thread that the workers do, in slices between searches; the thread waits.
final class OnWorkers {
    private OnWorkers() {}

    /// Does some of it on a worker; returns whether nothing is left.
    @FunctionalInterface
    interface Slicing {
        boolean slice(Scratch scratch, Stop pause);
    }

    /// All of it, in slices between searches, with rows read on this thread where work waits for them. Returns whether
    /// nothing is left: not when it was stopped or cancelled.
    static boolean all(Work work, Slicing slicing, BooleanSupplier awaitsRows, Runnable readRows, Stop stop)
            throws InterruptedException {
        return all(work, slicing, awaitsRows, readRows, () -> {}, stop);
    }

    /// The same, while this thread does something else that throws nothing, once; not where it was stopped before.
    static boolean all(Work work, Slicing slicing, Runnable meanwhile, Stop stop) throws InterruptedException {
        return all(work, slicing, () -> false, () -> {}, meanwhile, stop);
    }

    private static boolean all(
            Work work, Slicing slicing, BooleanSupplier awaitsRows, Runnable readRows, Runnable meanwhile, Stop stop)
            throws InterruptedException {
        var here = meanwhile;
        while (!stop.stopped()) {
            Slicing stoppable = (scratch, pause) -> slicing.slice(scratch, pause.or(stop)) || stop.stopped();
            switch (run(work, stoppable, here)) {
                case Job.Ending.Finished _ -> {
                    if (stop.stopped() || !awaitsRows.getAsBoolean()) return !stop.stopped();
                    readRows.run();
                    here = () -> {};
                }
                case Job.Ending.Cancelled _ -> {
                    return false;
                }
                case Job.Ending.Failed(var trouble) ->
                    throw trouble instanceof RuntimeException why ? why : new IllegalStateException(trouble);
            }
        }
        return false;
    }

    static Job.Ending run(Work work, Slicing slicing) throws InterruptedException {
        return run(work, slicing, () -> {});
    }

    private static Job.Ending run(Work work, Slicing slicing, Runnable meanwhile) throws InterruptedException {
        var ended = new CompletableFuture<Job.Ending>();
        var handle = work.start(new Job() {
            @Override
            public boolean slice(Worker worker, Stop pause) {
                return slicing.slice(worker.scratch(), pause);
            }

            @Override
            public int width() {
                return work.workers();
            }

            @Override
            public void ended(Ending ending) {
                ended.complete(ending);
            }
        });
        meanwhile.run();
        return await(handle, ended);
    }

    private static Job.Ending await(Job.Handle handle, CompletableFuture<Job.Ending> ended)
            throws InterruptedException {
        boolean interrupted = false;
        while (true)
            try {
                var ending = ended.get();
                if (interrupted) throw new InterruptedException();
                return ending;
            } catch (InterruptedException stop) {
                if (ended.isDone() && interrupted) throw stop;
                interrupted = true;
                handle.cancel(); // its workers must be out before what they work on is closed
            } catch (ExecutionException failed) {
                throw new IllegalStateException(failed.getCause());
            }
    }
}
