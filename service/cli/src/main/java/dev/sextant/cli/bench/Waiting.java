package dev.sextant.cli.bench;

import java.util.concurrent.CountDownLatch;

/// Waiting that nobody is expected to interrupt.
final class Waiting {
    private Waiting() {}

    private interface Interruptible {
        void run() throws InterruptedException;
    }

    static void on(CountDownLatch latch) {
        uninterrupted(latch::await);
    }

    static void on(Thread thread) {
        uninterrupted(thread::join);
    }

    static void millis(long millis) {
        uninterrupted(() -> Thread.sleep(millis));
    }

    static RuntimeException rethrown(Throwable failure) {
        return switch (failure) {
            case RuntimeException ours -> ours;
            case Error error -> throw error;
            default -> new IllegalStateException(failure);
        };
    }

    private static void uninterrupted(Interruptible waiting) {
        try {
            waiting.run();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }
}
