package dev.sextant.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/// Runs in a process of its own, on one core and ahead of everybody else there: wakes every half millisecond and writes
/// down when it came late. Whoever goes first and is late was not let run: the machine stood still. No collector and no
/// safepoint of the process that is measured touches it.
final class StallWatch {
    static final long PERIOD_NANOS = 500_000;
    /// Timers are late by some ten µs.
    static final long LATE_NANOS = 300_000;

    private StallWatch() {}

    /// Says `ready`, watches until its input ends, and then prints a line for each stall: from, to, on the clock of
    /// [System#nanoTime()], which all processes of a machine share on Linux.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var stalls = new Written();
        var watching = Thread.ofPlatform().start(stalls::watch);
        System.out.println("ready");
        while (System.in.read() >= 0) {}
        stalls.over = true;
        watching.join();
        stalls.print();
    }

    private static final class Written {
        private volatile boolean over;
        private long[] ends = new long[1 << 16]; // from, to
        private int n;

        void watch() {
            long due = System.nanoTime() + PERIOD_NANOS;
            while (!over) {
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime())
                    LockSupport.parkNanos(left);
                long now = System.nanoTime();
                if (now - due > LATE_NANOS) add(due, now);
                due = now + PERIOD_NANOS;
            }
        }

        private void add(long from, long to) {
            if (n == ends.length) ends = Arrays.copyOf(ends, 2 * n);
            ends[n++] = from;
            ends[n++] = to;
        }

        void print() {
            for (int i = 0; i < n; i += 2) System.out.println(ends[i] + " " + ends[i + 1]);
        }
    }
}
