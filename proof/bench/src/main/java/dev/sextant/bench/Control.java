package dev.sextant.bench;

import java.util.ArrayList;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/// What a machine makes of a load by itself: arithmetic, with nothing of Sextant in it.
final class Control {
    private static final long CALIBRATING_NANOS = 2_000_000_000L;

    private Control() {}

    /// Arithmetic that takes some time where nothing disturbs it, always as many steps.
    static final class Sum {
        private final AtomicLong seen = new AtomicLong(); // so that no step can be left out
        private final long steps;

        Sum(long nanos) {
            steps = nanos <= 0 ? 0 : stepsFor(nanos);
        }

        void compute() {
            seen.lazySet(compute(steps));
        }

        private static long compute(long steps) {
            long x = steps;
            for (long i = 0; i < steps; i++) x = x * 6364136223846793005L + 1442695040888963407L;
            return x;
        }

        /// By the quickest of many tries: what disturbs them is no part of the work, and the first ones are not
        /// compiled.
        private long stepsFor(long nanos) {
            long tried = 20_000, least = Long.MAX_VALUE;
            for (long end = System.nanoTime() + CALIBRATING_NANOS; System.nanoTime() < end; ) {
                long begun = System.nanoTime();
                seen.lazySet(compute(tried));
                least = Math.min(least, System.nanoTime() - begun);
            }
            return Math.max(1, tried * nanos / Math.max(1, least));
        }
    }

    /// What threads that only look at the clock lose, one a core.
    static String stalls(double seconds) {
        int cores = Runtime.getRuntime().availableProcessors();
        var lost = new AtomicLong();
        var longest = new AtomicLong();
        var long1 = new AtomicLong();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < cores; i++)
            threads.add(Thread.ofPlatform().name("clock-" + i).start(() -> {
                long end = System.nanoTime() + (long) (seconds * 1e9);
                for (long before = System.nanoTime(), now; before < end; before = now) {
                    now = System.nanoTime();
                    long gap = now - before;
                    if (gap < 100_000) continue;
                    lost.addAndGet(gap);
                    longest.accumulateAndGet(gap, Math::max);
                    if (gap > 1_000_000) long1.incrementAndGet();
                }
            }));
        threads.forEach(ClosedLoop::join);
        return String.format(
                Locale.ROOT,
                "threads that only look at the clock lose %.1f %% of the time, %d times more than 1 ms, at most %.1f ms",
                100 * lost.get() / (cores * seconds * 1e9),
                long1.get(),
                longest.get() / 1e6);
    }
}
