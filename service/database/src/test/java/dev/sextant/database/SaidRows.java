package dev.sextant.database;

import dev.sextant.model.Rows;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntFunction;

/// Rows that are only said to be in a file, in batches. A file whose name begins with `slow` waits before its second
/// batch until it is told to go on, or that nobody wants it any more.
final class SaidRows implements RowFiles.Batches {
    static final int BATCH = 10;

    private final String name;
    private final int rows;
    private final Gate gate;
    private final IntFunction<Rows> batch;
    private final Queue<Integer> left = new ArrayDeque<>();

    /// Where slow files wait.
    static final class Gate {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch shut = new CountDownLatch(1);

        /// Until a file waits here.
        void awaitReached() throws InterruptedException {
            reached.await();
        }

        /// Until files may go on.
        void await() throws InterruptedException {
            shut.await();
        }

        /// Lets all go on that wait here, and that come.
        void open() {
            shut.countDown();
        }

        private void pass() {
            reached.countDown();
            try {
                shut.await();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// @param batch its rows from one on
    SaidRows(String name, int rows, Gate gate, IntFunction<Rows> batch) {
        this.name = name;
        this.rows = rows;
        this.gate = gate;
        this.batch = batch;
        for (int at = 0; at < rows; at += BATCH) left.add(at);
    }

    @Override
    public Optional<Rows> next() {
        if (left.isEmpty()) return Optional.empty();
        int from = left.remove();
        if (from > 0 && name.startsWith("slow")) gate.pass();
        return Optional.of(batch.apply(from));
    }

    @Override
    public OptionalLong rows() {
        return OptionalLong.of(rows);
    }

    @Override
    public long bytes() {
        return rows;
    }

    @Override
    public long bytesRead() {
        return rows - left.size() * (long) BATCH;
    }

    @Override
    public void cancel() {
        gate.open();
    }

    @Override
    public void close() {}
}
