package dev.sextant.engine;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/// Threads that wait for pages of rows, so many that a solid-state disk is kept busy: a read of a file holds its
/// thread, virtual ones too. They begin when a disk is slow; pages that the system has at hand come sooner than a
/// thread.
final class RowReaders implements AutoCloseable {
    private static final int THREADS = 32;

    private final LongSupplier nanos;
    private final ExecutorService threads = Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().name("rows-", 0).daemon().factory());

    /// @param nanos on the monotonic clock
    RowReaders(LongSupplier nanos) {
        this.nanos = nanos;
    }

    long nanos() {
        return nanos.getAsLong();
    }

    /// Part of a reading.
    @FunctionalInterface
    interface Share {
        void read(int number);
    }

    /// How many shares a reading of so many parts is worth.
    static int shares(int parts) {
        return Math.clamp(parts, 1, THREADS);
    }

    /// Runs shares `0 … count` at the same time, and returns when all have ended; the first failure is thrown.
    void run(int count, Share share) {
        var trouble = new AtomicReference<Throwable>();
        var ended = new CountDownLatch(count - 1);
        for (int i = 1; i < count; i++) {
            int number = i;
            Runnable task = () -> {
                guarded(share, number, trouble);
                ended.countDown();
            };
            try {
                threads.execute(task);
            } catch (RejectedExecutionException closed) {
                task.run();
            }
        }
        guarded(share, 0, trouble);
        await(ended); // they write to memory that the caller frees
        switch (trouble.get()) {
            case null -> {}
            case RuntimeException why -> throw why;
            case Error why -> throw why;
            case Throwable why -> throw new IllegalStateException(why);
        }
    }

    private static void guarded(Share share, int number, AtomicReference<Throwable> trouble) {
        try {
            share.read(number);
        } catch (Throwable thrown) {
            trouble.compareAndSet(null, thrown);
        }
    }

    private static void await(CountDownLatch ended) {
        boolean interrupted = false;
        while (true)
            try {
                ended.await();
                break;
            } catch (InterruptedException again) {
                interrupted = true;
            }
        if (interrupted) Thread.currentThread().interrupt();
    }

    /// Begins nothing more; what was begun ends.
    @Override
    public void close() {
        threads.close();
    }
}
