package dev.sextant.bench;

import dev.sextant.cli.bench.Subject;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Searches that come when they come, whatever has become of those before: Poisson arrivals at a share of what the
/// machine can take, asked in the same way. A search waits from the moment it was due, so a stall is charged to all
/// that came during it. Who asks takes part of the cores, in both; it sleeps until the next search is due and never
/// waits for that in a loop, which would take a core from those that it asks.
@Command(
        name = "open-loop",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Latency at a share of full load: p99 beside p50.")
final class OpenLoop implements Callable<Integer> {
    @Mixin
    LoadOptions options;

    @Option(names = "--share", defaultValue = "0.8", description = "of the full load (default ${DEFAULT-VALUE})")
    double share;

    @Option(names = "--seconds", defaultValue = "20", description = "measured (default ${DEFAULT-VALUE})")
    double seconds;

    /// Compilers work beside the first searches, for longer than those would let one think.
    @Option(names = "--warm", defaultValue = "30", description = "seconds before (default ${DEFAULT-VALUE})")
    double warmSeconds;

    @Option(names = "--over-wire", description = "ask a server over gRPC instead of the embedded engine")
    boolean overWire;

    @Option(
            names = "--awake",
            description =
                    "keep cores that idle from sleeping (Linux, as root): for virtual machines that are slow to wake")
    boolean awake;

    @Override
    public Integer call() {
        if (!awake) return measure();
        try (var _ = new Awake()) {
            return measure();
        }
    }

    private int measure() {
        var data = options.data();
        if (overWire || options.uri != null)
            try (var served = options.served()) {
                run(served.subject(), data);
            }
        else
            try (var subject = options.inProcess()) {
                run(subject, data);
            }
        return 0;
    }

    private void run(Subject subject, DataSet data) {
        LoadOptions.fill(subject, data.base(), data.base().rows());
        int cores = Runtime.getRuntime().availableProcessors(), atOnce = 2 * cores;
        var questions = options.questions(data);
        System.out.println(Control.stalls(seconds / 4));
        double ours, service;
        try (var client = subject.client()) {
            Target target = (number, ended, failed) ->
                    client.submit(questions.get(number % questions.size()), _ -> ended.run(), _ -> failed.run());
            new Arrivals(target, 1 << 20).flood(atOnce, warmSeconds);
            var full = new Arrivals(target, 1 << 20).flood(atOnce, seconds / 2);
            // About half of what a search takes is handing it over and back, which the control does, too.
            service = cores * 1e9 * full.seconds() / full.count() / 2;
            System.out.printf(
                    Locale.ROOT,
                    "full load, %d searches under way at a time: %s%n",
                    atOnce,
                    full.sentence(seconds / 2));
            var used = Used.now();
            var came = atShare(target, full);
            System.out.println("this process meanwhile: " + Used.now().since(used, came.count));
            ours = came.kept();
        }
        try (var control = new Control(cores, (long) service)) {
            Target target = (_, ended, _) -> control.submit(ended);
            new Arrivals(target, 1 << 20).flood(atOnce, 1);
            var full = new Arrivals(target, 1 << 20).flood(atOnce, seconds / 4);
            System.out.printf(
                    Locale.ROOT,
                    "control, %d threads that compute %.0f us each time: full load %s%n",
                    cores,
                    service / 1e3,
                    full.sentence(seconds / 4));
            double theirs = atShare(target, full).kept();
            System.out.printf(
                    Locale.ROOT,
                    "without what stood still p99 / p50 is %.2f times that of the control%n",
                    ours / theirs);
        }
        System.out.println(Control.stalls(seconds / 4));
    }

    private Came atShare(Target target, Times full) {
        double rate = full.count() / full.seconds() * share;
        int cores = Runtime.getRuntime().availableProcessors();
        var times = new Arrivals(target, 0);
        try (var watch = new Stalls.Watch()) {
            var came = times.arrive(rate, seconds);
            came.judge(rate, seconds, (long) (cores * 1e9 * full.seconds() / full.count()), watch.seen());
            return came;
        }
    }

    /// Who is asked, without waiting: one of the two is run once, on some thread.
    private interface Target {
        void submit(int number, Runnable ended, Runnable failed);
    }

    /// What one thread submits that waits for none of it.
    private static final class Arrivals {
        private final Target target;
        private final Times times;
        private final AtomicInteger underWay = new AtomicInteger();
        private final Semaphore room = new Semaphore(0); // for more at once

        Arrivals(Target target, long expected) {
            this.target = target;
            times = new Times((int) Math.min(expected, 1 << 22));
        }

        /// As fast as it is answered: so many are always under way. The full load of what [#arrive] asks a share of.
        Times flood(int atOnce, double seconds) {
            long end = System.nanoTime() + (long) (seconds * 1e9);
            room.release(atOnce);
            for (int number = 0; System.nanoTime() < end; number = number + 1 & Integer.MAX_VALUE) {
                room.acquireUninterruptibly();
                submit(number, System.nanoTime(), this::add);
            }
            awaitAll();
            return times.took(seconds);
        }

        Came arrive(double rate, double seconds) {
            var came = new Came((int) Math.min(1.2 * rate * seconds + 1000, 1 << 27));
            var random = new Random(1);
            double due = System.nanoTime();
            double end = due + seconds * 1e9;
            for (int number = 0; due < end && number < came.due.length; number++) {
                due += -Math.log(1 - random.nextDouble()) / rate * 1e9;
                long now = System.nanoTime();
                for (; now < (long) due; now = System.nanoTime()) LockSupport.parkNanos((long) due - now);
                long since = (long) due;
                came.due[number] = since;
                came.late[number] = now - since;
                came.count = number + 1;
                int own = number;
                submit(number, since, nanos -> came.took[own] = nanos);
            }
            awaitAll();
            return came;
        }

        private void awaitAll() {
            while (underWay.get() > 0) LockSupport.parkNanos(1_000_000);
        }

        private void add(long nanos) {
            if (nanos < 0) times.fail();
            else times.add(nanos);
        }

        /// @param took is told how long it took; less than nothing when it failed
        private void submit(int number, long since, LongConsumer took) {
            underWay.incrementAndGet();
            target.submit(
                    number,
                    () -> {
                        took.accept(System.nanoTime() - since);
                        ended();
                    },
                    () -> {
                        took.accept(-1);
                        ended();
                    });
        }

        private void ended() {
            underWay.decrementAndGet();
            room.release();
        }
    }

    /// What this process has used so far: in process that of searches, over the wire that of who asks.
    private record Used(long wallNanos, long cpuNanos, long allocated, long collections, long collectionMillis) {
        static Used now() {
            var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long count = 0, millis = 0;
            for (var collector : ManagementFactory.getGarbageCollectorMXBeans()) {
                count += collector.getCollectionCount();
                millis += collector.getCollectionTime();
            }
            return new Used(
                    System.nanoTime(),
                    system.getProcessCpuTime(),
                    threads.getTotalThreadAllocatedBytes(),
                    count,
                    millis);
        }

        String since(Used before, int searches) {
            return String.format(
                    Locale.ROOT,
                    "%.2f cores busy, %.1f us of CPU and %,d bytes allocated a search, %d collections of %d ms in all",
                    (double) (cpuNanos - before.cpuNanos) / (wallNanos - before.wallNanos),
                    (cpuNanos - before.cpuNanos) / 1e3 / searches,
                    (allocated - before.allocated) / searches,
                    collections - before.collections,
                    collectionMillis - before.collectionMillis);
        }
    }
}
