package dev.sextant.bench;

import dev.sextant.cli.bench.Subject;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Searches that come when they come, whatever has become of those before: Poisson arrivals at a share of what the
/// machine can take, asked in the same way. A search waits from the moment it was due, so a stall is charged to all
/// that came during it. Who asks takes part of the cores, in both.
@Command(
        name = "open-loop",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Latency at a share of full load: p99 beside p50.")
final class OpenLoop implements Callable<Integer> {
    private static final long LEAST_PAUSE = 20_000;

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

    @Override
    public Integer call() {
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
        int atOnce = 2 * Runtime.getRuntime().availableProcessors();
        new Arrivals(subject, data, 1 << 20).flood(atOnce, warmSeconds);
        var full = new Arrivals(subject, data, 1 << 20).flood(atOnce, seconds / 2);
        double rate = full.count() / (seconds / 2) * share;
        System.out.printf(
                Locale.ROOT, "full load, %d searches under way at a time: %s%n", atOnce, full.sentence(seconds / 2));
        var used = Used.now();
        var times = new Arrivals(subject, data, (long) (rate * seconds)).arrive(rate, seconds);
        System.out.printf(
                Locale.ROOT,
                "open loop at %.0f %% (%,.0f/s due): %s; p99 / p50 = %.1f%n",
                100 * share,
                rate,
                times.sentence(seconds),
                times.quantile(0.99) / times.quantile(0.5));
        System.out.println("this process meanwhile: " + Used.now().since(used, times.count()));
    }

    /// Searches submitted by one thread, which waits for none of them.
    private final class Arrivals {
        private final Subject subject;
        private final List<Subject.Question> questions;
        private final Times times;
        private final AtomicInteger underWay = new AtomicInteger();
        private final Semaphore room = new Semaphore(0); // for more at once

        Arrivals(Subject subject, DataSet data, long expected) {
            this.subject = subject;
            questions = options.questions(data);
            times = new Times((int) Math.min(expected, 1 << 22));
        }

        /// As fast as they are answered: so many are always under way. The full load of what [#arrive] asks a share of.
        Times flood(int atOnce, double seconds) {
            long end = System.nanoTime() + (long) (seconds * 1e9);
            room.release(atOnce);
            try (var client = subject.client()) {
                for (int q = 0; System.nanoTime() < end; q = (q + 1) % questions.size()) {
                    room.acquireUninterruptibly();
                    submit(client, q, System.nanoTime());
                }
                awaitAll();
            }
            return times;
        }

        Times arrive(double rate, double seconds) {
            var random = new Random(1);
            try (var client = subject.client()) {
                double due = System.nanoTime();
                double end = due + seconds * 1e9;
                for (int q = 0; due < end; q = (q + 1) % questions.size()) {
                    due += -Math.log(1 - random.nextDouble()) / rate * 1e9;
                    for (long left = (long) due - System.nanoTime();
                            left > LEAST_PAUSE;
                            left = (long) due - System.nanoTime()) LockSupport.parkNanos(left);
                    // One that comes a little early waits from then on.
                    submit(client, q, Math.min((long) due, System.nanoTime()));
                }
                awaitAll();
            }
            return times;
        }

        private void awaitAll() {
            while (underWay.get() > 0) LockSupport.parkNanos(1_000_000);
        }

        private void submit(Subject.Client client, int query, long since) {
            underWay.incrementAndGet();
            client.submit(
                    questions.get(query),
                    _ -> {
                        times.add(System.nanoTime() - since);
                        ended();
                    },
                    _ -> {
                        times.fail();
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
