package dev.sextant.engine;

import dev.sextant.kernel.Job;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.Work;
import dev.sextant.kernel.Worker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Work of a job's thread that the workers do, in slices between searches; the thread waits.
final class OnWorkers {
    private OnWorkers() {}

    /// Does some of it on a worker; returns whether nothing is left.
    @FunctionalInterface
    interface Slicing {
        boolean slice(Scratch scratch, Stop pause);
    }

    static Job.Ending run(Work work, Slicing slicing) throws InterruptedException {
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
