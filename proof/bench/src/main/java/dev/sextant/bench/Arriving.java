package dev.sextant.bench;

import dev.sextant.cli.bench.Scalars;
import dev.sextant.cli.bench.Subject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// One searcher over gRPC, first alone, then while rows arrive at a fixed rate, each insert acknowledged when it is
/// forced to disk. An insert waits from the moment it was due. Then the same once more with nothing of the server in it
/// ([ArrivingControl]), which tells what the machine has part in.
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

    /// What was compiled for rows in one segment alone is thrown away when the first new row comes; that happens once.
    @Option(
            names = "--warm-arriving",
            defaultValue = "20",
            description =
                    "seconds in which rows arrive before, and are merged; 0: the first stretch of them is measured"
                            + " (default ${DEFAULT-VALUE})")
    double warmArrivingSeconds;

    @Option(names = "--seconds", defaultValue = "30", description = "of each stretch (default ${DEFAULT-VALUE})")
    double seconds;

    /// To lay beside what the operating system did meanwhile (`perf sched record -k CLOCK_MONOTONIC`).
    @Option(names = "--log", paramLabel = "FOLDER", description = "write when each search began and what it took here")
    Path log;

    @Override
    public Integer call() {
        var data = options.data();
        int before = Math.max(1, (int) (data.base().rows() * start));
        try (var served = options.served()) {
            var subject = served.subject();
            LoadOptions.fill(subject, data.base(), before);
            System.err.println("searching ...");
            ClosedLoop.run(subject, data, options, searchers, warmSeconds);
            long keys = before;
            if (warmArrivingSeconds > 0) {
                keys += arriving(subject, data, keys, warmArrivingSeconds).due;
                subject.build();
                ClosedLoop.run(subject, data, options, searchers, warmSeconds / 3);
            }
            long cpuBefore = subject.cpuNanos(Set.of());
            System.err.println("measuring ...");
            var idle = ClosedLoop.run(subject, data, options, searchers, seconds);
            long cpuIdle = subject.cpuNanos(Set.of()) - cpuBefore;
            System.out.printf(Locale.ROOT, "searches, idle:             %s%n", idle.sentence(seconds));
            var busy = arriving(subject, data, keys, seconds);
            long cpuBusy = subject.cpuNanos(Set.of()) - cpuBefore - cpuIdle;
            if (log != null) {
                idle.write(log.resolve("idle"));
                busy.searches.write(log.resolve("arriving"));
                busy.inserts.write(log.resolve("inserts"));
            }
            System.out.printf(Locale.ROOT, "searches, rows arriving:    %s%n", busy.searches.sentence(seconds));
            System.out.printf(Locale.ROOT, "inserts of %d rows:         %s%n", insert, busy.inserts.sentence(seconds));
            System.out.printf(
                    Locale.ROOT,
                    "rows acknowledged: %,d of %,d due (%,.0f/s); p99 of searches %.2f x idle, p50 %.2f x%n",
                    busy.taken,
                    busy.due,
                    busy.taken / seconds,
                    ratio(busy.searches, idle, 0.99),
                    ratio(busy.searches, idle, 0.5));
            if (cpuBefore < 0) return 0; // a server that does not tell, so that nothing like it can be made
            // What searches took of it, each as much as when idle, is no part of an insert.
            double ofInserts = cpuBusy - (double) cpuIdle * busy.searches.count() / Math.max(1, idle.count());
            control(data, idle, busy.searches, (long) Math.max(0, ofInserts / Math.max(1, busy.inserts.count())));
        }
        return 0;
    }

    /// What became of searches and of rows in the same time.
    private record Stretch(Times searches, Times inserts, long taken, long due) {}

    private Stretch arriving(Subject subject, DataSet data, long firstKey, double stretch) {
        var inserts = new Times();
        var taken = new AtomicLong();
        long due = (long) (stretch * rate / insert) * insert;
        var threads = new ArrayList<Thread>();
        for (int w = 0; w < writers; w++) {
            int writer = w;
            threads.add(Thread.ofPlatform()
                    .name("writer-" + w)
                    .start(() -> write(subject, data, writer, firstKey, stretch, due, inserts, taken)));
        }
        var searches = ClosedLoop.run(subject, data, options, searchers, stretch);
        threads.forEach(ClosedLoop::join);
        return new Stretch(searches, inserts, taken.get(), due);
    }

    private void control(DataSet data, Times idle, Times busy, long insertNanos) {
        int query = 4 * data.base().dimension();
        try (var control = new ArrivingControl(query, (long) (1e3 * idle.quantile(0.5)))) {
            var quiet = control.run(seconds / 2);
            var disturbed = control.run(seconds / 2, insertNanos, query * insert, (long) (1e9 * insert / rate));
            System.out.printf(
                    Locale.ROOT,
                    "control, idle:              %s%n"
                            + "control, %.1f ms an insert:   %s%n"
                            + "p99 of the control %.2f x idle, p50 %.2f x; p99 over idle is %.2f times that of the control%n",
                    quiet.sentence(seconds / 2),
                    insertNanos / 1e6,
                    disturbed.sentence(seconds / 2),
                    ratio(disturbed, quiet, 0.99),
                    ratio(disturbed, quiet, 0.5),
                    ratio(busy, idle, 0.99) / ratio(disturbed, quiet, 0.99));
        }
        System.out.println(Control.stalls(seconds / 4));
    }

    private static double ratio(Times busy, Times idle, double quantile) {
        return busy.quantile(quantile) / idle.quantile(quantile);
    }

    private void write(
            Subject subject,
            DataSet data,
            int writer,
            long firstKey,
            double stretch,
            long rows,
            Times inserts,
            AtomicLong taken) {
        long began = System.nanoTime();
        long end = began + (long) (stretch * 1e9);
        double gap = 1e9 * insert / rate;
        int before = (int) (data.base().rows() * start);
        int fresh = data.base().rows() - before;
        try (var client = subject.client()) {
            for (long number = writer; number < rows / insert; number += writers) {
                long due = began + (long) (number * gap);
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime())
                    LockSupport.parkNanos(left);
                if (System.nanoTime() > end) return; // what is late by now was not taken
                // New rows as long as there are any, then the same again under new keys.
                long place = firstKey - before + number * insert;
                int from = fresh > insert ? before + (int) (place % (fresh - insert)) : 0;
                client.insert(
                        data.base(),
                        Scalars.NONE,
                        from,
                        Math.min(data.base().rows(), from + insert),
                        firstKey + number * insert);
                inserts.add(due, System.nanoTime() - due);
                taken.addAndGet(insert);
            }
        } catch (RuntimeException refused) {
            System.err.println("an insert failed: " + refused.getMessage());
            inserts.fail();
        }
    }
}
