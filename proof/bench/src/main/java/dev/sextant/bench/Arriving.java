package dev.sextant.bench;

import dev.sextant.cli.bench.Scalars;
import dev.sextant.cli.bench.Subject;
import java.util.ArrayList;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// One searcher over gRPC, first alone, then while rows arrive at a fixed rate, each insert acknowledged when it is
/// forced to disk. An insert waits from the moment it was due.
@Command(
        name = "arriving",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Searches while rows arrive: p99 beside that of an idle server.")
final class Arriving implements Callable<Integer> {
    @Mixin
    LoadOptions options;

    @Option(names = "--rate", defaultValue = "1000", description = "rows a second (default ${DEFAULT-VALUE})")
    int rate;

    @Option(names = "--insert", defaultValue = "100", description = "rows an insert (default ${DEFAULT-VALUE})")
    int insert;

    @Option(names = "--writers", defaultValue = "1", description = "connections that insert (default ${DEFAULT-VALUE})")
    int writers;

    @Option(
            names = "--searchers",
            defaultValue = "1",
            description = "connections that search (default ${DEFAULT-VALUE})")
    int searchers;

    @Option(
            names = "--start",
            defaultValue = "0.5",
            description = "share of the rows that is there before (default ${DEFAULT-VALUE})")
    double start;

    /// The server's compilers work beside the first searches, for longer than those would let one think.
    @Option(names = "--warm", defaultValue = "30", description = "seconds before (default ${DEFAULT-VALUE})")
    double warmSeconds;

    @Option(names = "--seconds", defaultValue = "30", description = "of each stretch (default ${DEFAULT-VALUE})")
    double seconds;

    @Override
    public Integer call() {
        var data = options.data();
        int before = Math.max(1, (int) (data.base().rows() * start));
        try (var served = options.served()) {
            var subject = served.subject();
            LoadOptions.fill(subject, data.base(), before);
            ClosedLoop.run(subject, data, options, searchers, warmSeconds);
            var idle = ClosedLoop.run(subject, data, options, searchers, seconds);
            System.out.printf(Locale.ROOT, "searches, idle:             %s%n", idle.sentence(seconds));
            var inserts = new Times();
            var taken = new AtomicLong();
            var threads = new ArrayList<Thread>();
            for (int w = 0; w < writers; w++) {
                int writer = w;
                threads.add(Thread.ofPlatform()
                        .name("writer-" + w)
                        .start(() -> write(subject, data, writer, before, inserts, taken)));
            }
            var busy = ClosedLoop.run(subject, data, options, searchers, seconds);
            threads.forEach(ClosedLoop::join);
            System.out.printf(Locale.ROOT, "searches, rows arriving:    %s%n", busy.sentence(seconds));
            System.out.printf(Locale.ROOT, "inserts of %d rows:         %s%n", insert, inserts.sentence(seconds));
            System.out.printf(
                    Locale.ROOT,
                    "rows acknowledged: %,d of %,d due (%,.0f/s); p99 of searches %.2f x idle, p50 %.2f x%n",
                    taken.get(),
                    due(),
                    taken.get() / seconds,
                    busy.quantile(0.99) / idle.quantile(0.99),
                    busy.quantile(0.5) / idle.quantile(0.5));
        }
        return 0;
    }

    private long due() {
        return (long) (seconds * rate / insert) * insert;
    }

    private void write(Subject subject, DataSet data, int writer, int before, Times inserts, AtomicLong taken) {
        long began = System.nanoTime();
        long end = began + (long) (seconds * 1e9);
        double gap = 1e9 * insert / rate;
        int fresh = data.base().rows() - before;
        try (var client = subject.client()) {
            for (long number = writer; number < due() / insert; number += writers) {
                long due = began + (long) (number * gap);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime())
                    LockSupport.parkNanos(left);
                if (System.nanoTime() > end) return; // what is late by now was not taken
                // New rows as long as there are any, then the same again under new keys.
                long place = number * insert;
                int from = fresh > insert ? before + (int) (place % (fresh - insert)) : 0;
                client.insert(
                        data.base(), Scalars.NONE, from, Math.min(data.base().rows(), from + insert), before + place);
                inserts.add(System.nanoTime() - due);
                taken.addAndGet(insert);
            }
        } catch (RuntimeException refused) {
            System.err.println("an insert failed: " + refused.getMessage());
            inserts.fail();
        }
    }
}
