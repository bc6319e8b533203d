package dev.sextant.bench;

import dev.sextant.cli.bench.Figures;
import dev.sextant.cli.bench.Scalars;
import dev.sextant.cli.bench.Subject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// One searcher over gRPC, in turns alone with a server that has merged all it holds, and while rows arrive at a fixed
/// rate, each insert acknowledged when it is forced to disk, files written and merged. In turns, since a machine is not
/// the same from one minute to the next. An insert waits from the moment it was due. Then the same once more with
/// nothing of the server in it ([ArrivingControl]), which tells what the machine has part in.
@Command(
        name = "arriving",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Searches while rows arrive: p99 beside that of an idle server.")
final class Arriving implements Callable<Integer> {
    private static final double CONTROL_SECONDS = 2;

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

    @Option(names = "--rounds", defaultValue = "6", description = "turns, idle and arriving (default ${DEFAULT-VALUE})")
    int rounds;

    @Option(
            names = "--calm",
            defaultValue = "0",
            description = "wait at most so many seconds before each turn until nobody else works on this machine"
                    + " (default ${DEFAULT-VALUE})")
    double calmSeconds;

    @Option(
            names = "--idle-seconds",
            defaultValue = "5",
            description = "of each turn in which nothing arrives (default ${DEFAULT-VALUE})")
    double idleSeconds;

    @Option(
            names = "--seconds",
            defaultValue = "12",
            description = "of each turn in which rows arrive (default ${DEFAULT-VALUE})")
    double seconds;

    /// What is in memory would be written by itself once in minutes at such a rate, and merged once in ten.
    @Option(
            names = "--flush",
            defaultValue = "2.5",
            description =
                    "seconds after which somebody asks for a flush, again and again, so that files are written and merged"
                            + " while rows arrive; 0: nobody does (default ${DEFAULT-VALUE})")
    double flushSeconds;

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
            var turns = new ArrayList<Turn>();
            for (int round = 0; round < rounds; round++) {
                var turn = turn(subject, data, keys);
                keys += turn.busy.due;
                turns.add(turn);
                System.out.println(turn.sentence(insert));
                subject.build();
            }
            if (log != null) write(turns);
            var all = Turn.pooled(turns);
            System.out.printf(Locale.ROOT, "all turns: %s%n", all.sentence(insert));
            var ratios = turns.stream().mapToDouble(turn -> turn.ratio(0.99)).toArray();
            System.out.printf(
                    Locale.ROOT,
                    "rows acknowledged: %,d of %,d due; p99 of searches %.2f x idle, turn by turn %.2f x in the median,"
                            + " %.2f ... %.2f; p50 %.2f x%n",
                    all.busy.taken,
                    all.busy.due,
                    all.ratio(0.99),
                    Figures.median(ratios),
                    Arrays.stream(ratios).min().orElse(Double.NaN),
                    Arrays.stream(ratios).max().orElse(Double.NaN),
                    all.ratio(0.5));
            if (all.cpuIdle > 0) control(data, all);
        }
        return 0;
    }

    /// An idle server and one at which rows arrive, one after the other.
    ///
    /// @param others what other processes had of the cores meanwhile
    /// @param cpuIdle nanoseconds of the server meanwhile; 0 where it does not tell
    private record Turn(Times idle, long cpuIdle, Stretch busy, long cpuBusy, double others) {
        double ratio(double quantile) {
            return Arriving.ratio(busy.searches, idle, quantile);
        }

        /// What inserts took of the server: searches take of it each as much as when it is idle.
        long cpuOfAnInsert() {
            double ofInserts = cpuBusy - (double) cpuIdle * busy.searches.count() / Math.max(1, idle.count());
            return (long) (Math.max(0, ofInserts) / Math.max(1, busy.inserts.count()));
        }

        String sentence(int insert) {
            return String.format(
                    Locale.ROOT,
                    "idle %s; arriving %s: p99 %.2f x, p50 %.2f x; inserts of %d rows %s; %d flushes; others had %.0f %%",
                    idle.sentence(idle.seconds()),
                    busy.searches.sentence(busy.searches.seconds()),
                    ratio(0.99),
                    ratio(0.5),
                    insert,
                    busy.inserts.sentence(busy.inserts.seconds()),
                    busy.flushes,
                    100 * others);
        }

        static Turn pooled(List<Turn> turns) {
            return new Turn(
                    Times.pooled(turns.stream().map(Turn::idle).toList()),
                    turns.stream().mapToLong(Turn::cpuIdle).sum(),
                    new Stretch(
                            Times.pooled(turns.stream()
                                    .map(turn -> turn.busy.searches)
                                    .toList()),
                            Times.pooled(turns.stream()
                                    .map(turn -> turn.busy.inserts)
                                    .toList()),
                            turns.stream().mapToLong(turn -> turn.busy.taken).sum(),
                            turns.stream().mapToLong(turn -> turn.busy.due).sum(),
                            turns.stream().mapToInt(turn -> turn.busy.flushes).sum()),
                    turns.stream().mapToLong(Turn::cpuBusy).sum(),
                    turns.stream().mapToDouble(Turn::others).average().orElse(Double.NaN));
        }
    }

    private Turn turn(Subject subject, DataSet data, long keys) {
        var others = new Others(() -> subject.cpuNanos(Set.of()));
        others.await(calmSeconds);
        var look = others.look();
        long begun = subject.cpuNanos(Set.of());
        var idle = ClosedLoop.run(subject, data, options, searchers, idleSeconds);
        long between = subject.cpuNanos(Set.of());
        System.err.println("rows arrive ...");
        var busy = arriving(subject, data, keys, seconds);
        long end = subject.cpuNanos(Set.of());
        return new Turn(idle, between - begun, busy, end - between, Others.share(look, others.look()));
    }

    private void write(List<Turn> turns) {
        for (int i = 0; i < turns.size(); i++) {
            turns.get(i).idle.write(log.resolve("idle-" + i));
            turns.get(i).busy.searches.write(log.resolve("arriving-" + i));
            turns.get(i).busy.inserts.write(log.resolve("inserts-" + i));
        }
    }

    /// What became of searches and of rows in the same time.
    private record Stretch(Times searches, Times inserts, long taken, long due, int flushes) {}

    private Stretch arriving(Subject subject, DataSet data, long firstKey, double stretch) {
        var inserts = new Times();
        var taken = new AtomicLong();
        var flushes = new AtomicInteger();
        long due = (long) (stretch * rate / insert) * insert;
        var threads = new ArrayList<Thread>();
        for (int w = 0; w < writers; w++) {
            int writer = w;
            threads.add(Thread.ofPlatform()
                    .name("writer-" + w)
                    .start(() -> write(subject, data, writer, firstKey, stretch, due, inserts, taken)));
        }
        if (flushSeconds > 0)
            threads.add(Thread.ofPlatform().name("flushing").start(() -> flush(subject, stretch, flushes)));
        var searches = ClosedLoop.run(subject, data, options, searchers, stretch);
        threads.forEach(ClosedLoop::join);
        return new Stretch(searches, inserts.took(stretch), taken.get(), due, flushes.get());
    }

    /// The next no sooner than the last is over.
    private void flush(Subject subject, double stretch, AtomicInteger flushes) {
        long begun = System.nanoTime();
        for (double at = flushSeconds; at < stretch; at += flushSeconds) {
            long due = begun + (long) (1e9 * at);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime())
                LockSupport.parkNanos(left);
            if (System.nanoTime() - begun > 1e9 * stretch) return;
            subject.flush();
            flushes.incrementAndGet();
        }
    }

    private void control(DataSet data, Turn all) {
        int query = 4 * data.base().dimension();
        long insertNanos = all.cpuOfAnInsert();
        var quiet = new ArrayList<Times>();
        var disturbed = new ArrayList<Times>();
        try (var control = new ArrivingControl(query, (long) (1e3 * all.idle.quantile(0.5)))) {
            for (int round = 0; round < rounds; round++) {
                quiet.add(control.run(CONTROL_SECONDS));
                disturbed.add(control.run(CONTROL_SECONDS, insertNanos, query * insert, (long) (1e9 * insert / rate)));
            }
        }
        var idle = Times.pooled(quiet);
        var busy = Times.pooled(disturbed);
        System.out.printf(
                Locale.ROOT,
                "control, idle:              %s%n"
                        + "control, %.1f ms an insert:   %s%n"
                        + "p99 of the control %.2f x idle, p50 %.2f x; p99 over idle is %.2f times that of the control%n",
                idle.sentence(idle.seconds()),
                insertNanos / 1e6,
                busy.sentence(busy.seconds()),
                ratio(busy, idle, 0.99),
                ratio(busy, idle, 0.5),
                all.ratio(0.99) / ratio(busy, idle, 0.99));
        System.out.println(Control.stalls(CONTROL_SECONDS));
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
