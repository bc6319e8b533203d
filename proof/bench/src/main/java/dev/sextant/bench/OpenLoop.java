package dev.sextant.bench;

import dev.sextant.cli.bench.Subject;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Searches that come when they come, whatever has become of those before: Poisson arrivals at a share of what the
/// machine can take. A search waits from the moment it was due, so a stall is charged to all that came during it.
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
        int callers = 2 * Runtime.getRuntime().availableProcessors();
        ClosedLoop.run(subject, data, options, callers, seconds / 4); // warms
        var full = ClosedLoop.run(subject, data, options, callers, seconds / 2);
        double rate = full.count() / (seconds / 2) * share;
        System.out.printf(
                Locale.ROOT, "full load, %d callers in a closed loop: %s%n", callers, full.sentence(seconds / 2));
        var times = arrive(subject, data, rate);
        System.out.printf(
                Locale.ROOT,
                "open loop at %.0f %% (%,.0f/s due): %s; p99 / p50 = %.1f%n",
                100 * share,
                rate,
                times.sentence(seconds),
                times.quantile(0.99) / times.quantile(0.5));
    }

    private Times arrive(Subject subject, DataSet data, double rate) {
        var times = new Times();
        var random = new Random(1);
        var underWay = new AtomicInteger();
        try (var client = subject.client()) {
            double due = System.nanoTime();
            double end = due + seconds * 1e9;
            for (int q = 0; due < end; q = (q + 1) % data.queries().rows()) {
                due += -Math.log(1 - random.nextDouble()) / rate * 1e9;
                for (long left = (long) due - System.nanoTime();
                        left > LEAST_PAUSE;
                        left = (long) due - System.nanoTime()) LockSupport.parkNanos(left);
                long wasDue = (long) due;
                underWay.incrementAndGet();
                client.submit(
                        Subject.Question.of(data.queries().row(q), options.k, options.setting()),
                        _ -> {
                            times.add(System.nanoTime() - wasDue);
                            underWay.decrementAndGet();
                        },
                        _ -> {
                            times.fail();
                            underWay.decrementAndGet();
                        });
            }
            while (underWay.get() > 0) LockSupport.parkNanos(1_000_000);
        }
        return times;
    }
}
