package dev.sextant.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Threads that ask in the place of clients. Each takes the next search from a schedule that was drawn beforehand,
/// waits until it is due, and asks it; where all are busy, what is due waits in the schedule, and is charged for that.
/// So the schedule is the queue, and there is no thread that hands searches out.
///
/// @param askers of each caller one, closed with this
/// @param lookNanos before a search is due from which on its caller only looks at the clock
record Callers(List<? extends Callers.Asker> askers, long lookNanos) implements AutoCloseable {
    private static final long BEFORE_FIRST_NANOS = 20_000_000;

    /// What one thread asks with.
    interface Asker extends AutoCloseable {
        /// Returns when it is answered.
        void ask(int number);

        @Override
        default void close() {}
    }

    /// Arrivals by chance, `rate` a second, as nanoseconds from the beginning.
    static long[] drawn(Random random, double rate, double seconds) {
        var due = new long[(int) (2 * rate * seconds) + 1000];
        double at = 0;
        for (int i = 0; i < due.length; i++) {
            at -= Math.log(1 - random.nextDouble()) / rate * 1e9;
            if (at > seconds * 1e9) return Arrays.copyOf(due, i);
            due[i] = (long) at;
        }
        return due;
    }

    /// As fast as it is answered: each caller asks the next when it has the last. The full load of what [#arrive] asks
    /// a share of.
    Times flood(double seconds) {
        var times = new Times(1 << 20);
        long end = System.nanoTime() + (long) (seconds * 1e9);
        var next = new AtomicInteger();
        all(asker -> {
            for (long at = System.nanoTime(); at < end; at = System.nanoTime()) {
                asker.ask(next.getAndIncrement() & Integer.MAX_VALUE);
                times.add(System.nanoTime() - at);
            }
        });
        return times.took(seconds);
    }

    /// @param offsets as [drawn][#drawn]
    Came arrive(long[] offsets) {
        long begin = System.nanoTime() + BEFORE_FIRST_NANOS;
        var came = new Came(Arrays.stream(offsets).map(offset -> begin + offset).toArray());
        var next = new AtomicInteger();
        all(asker -> {
            for (int i = next.getAndIncrement(); i < came.due.length; i = next.getAndIncrement()) {
                await(came.due[i]);
                came.took[i] = answered(asker, i) ? System.nanoTime() - came.due[i] : Came.FAILED;
            }
        });
        return came;
    }

    private void await(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime())
            if (left > lookNanos) LockSupport.parkNanos(left - lookNanos);
            else Thread.onSpinWait();
    }

    private static boolean answered(Asker asker, int number) {
        try {
            asker.ask(number);
            return true;
        } catch (RuntimeException refused) {
            return false;
        }
    }

    private void all(Consumer<Asker> loop) {
        var threads = new ArrayList<Thread>();
        for (var asker : askers)
            threads.add(Thread.ofPlatform().name("caller-" + threads.size()).start(() -> loop.accept(asker)));
        threads.forEach(ClosedLoop::join);
    }

    @Override
    public void close() {
        askers.forEach(Asker::close);
    }
}
