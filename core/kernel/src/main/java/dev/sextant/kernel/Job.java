package dev.sextant.kernel;

import java.util.Optional;

/// Long work in slices, so that searches need not wait for it.
public interface Job {
    /// Works until `pause` says stop (a slice is about 2 ms) or nothing is left. Returns whether it is finished. Called
    /// by up to [#width()] workers at once; after one has returned true or thrown no new slice begins.
    boolean slice(Worker worker, Stop pause);

    /// How many workers may work on it at once.
    default int width() {
        return 1;
    }

    /// Called exactly once, on a worker, when the last slice has returned.
    void ended(Ending ending);

    /// How a job ended.
    sealed interface Ending {
        record Finished() implements Ending {}

        record Cancelled() implements Ending {}

        record Failed(Throwable trouble) implements Ending {}
    }

    /// A job handed to [Work].
    interface Handle {
        /// Begins no further slice; the job ends as cancelled unless it finished before.
        void cancel();

        Optional<Ending> ending();
    }
}
