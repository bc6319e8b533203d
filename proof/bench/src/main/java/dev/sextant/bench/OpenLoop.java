package dev.sextant.bench;

import dev.sextant.cli.bench.Figures;
import dev.sextant.cli.bench.Subject;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Searches that come when they come, whatever has become of those before: Poisson arrivals at a share of what the
/// machine can take, drawn beforehand. A search waits from the moment it was due, so a stall is charged to all that
/// came during it. Nobody hands them out ([Callers]): a thread that did would share the cores with those that it asks,
/// which clients on other machines don't.
///
/// In turn with it the same arrivals meet a control: the same callers, which only compute ([Control.Sum]). Stretches
/// are short, so that those in which the machine stood still can be told from the others, by a watch that neither of
/// the two touches ([Stalls]).
@Command(
        name = "open-loop",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Latency at a share of full load: p99 beside p50, in turn with threads that only compute.")
final class OpenLoop implements Callable<Integer> {
    /// Wanted of p99 over p50.
    private static final double WANTED = 5;
    /// Full load is the best of so many stretches: what else runs on a machine only makes it less.
    private static final int FLOODS = 5;

    @Mixin
    LoadOptions options;

    @Option(names = "--share", defaultValue = "0.8", description = "of the full load (default ${DEFAULT-VALUE})")
    double share;

    @Option(names = "--seconds", defaultValue = "1", description = "of each stretch (default ${DEFAULT-VALUE})")
    double seconds;

    @Option(names = "--rounds", defaultValue = "20", description = "stretches of each (default ${DEFAULT-VALUE})")
    int rounds;

    /// Compilers work beside the first searches, for longer than those would let one think.
    @Option(names = "--warm", defaultValue = "30", description = "seconds before (default ${DEFAULT-VALUE})")
    double warmSeconds;

    @Option(names = "--callers", description = "threads that ask (default: as many as cores)")
    int callers = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--look",
            defaultValue = "200",
            description = "µs before a search is due from which on its caller only looks at the clock; a caller that"
                    + " sleeps wakes late (default ${DEFAULT-VALUE})")
    int lookMicros;

    @Option(
            names = "--calm",
            defaultValue = "0",
            description = "wait at most so many seconds before each stretch until nobody else works on this machine"
                    + " (default ${DEFAULT-VALUE})")
    double calmSeconds;

    @Option(names = "--seed", defaultValue = "1", description = "of the arrivals (default ${DEFAULT-VALUE})")
    long seed;

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
        if (isServer())
            try (var served = options.served()) {
                run(served.subject(), data);
            }
        else
            try (var subject = options.inProcess()) {
                run(subject, data);
            }
        return 0;
    }

    private boolean isServer() {
        return overWire || options.uri != null;
    }

    private void run(Subject subject, DataSet data) {
        LoadOptions.fill(subject, data.base(), data.base().rows());
        var questions = options.questions(data);
        var others = new Others(() -> isServer() ? subject.cpuNanos(Set.of()) : 0);
        var ours = side("ours", () -> new Searches(subject.client(), questions));
        ours.callers.flood(warmSeconds);
        System.err.println("measuring ...");
        var floods = new ArrayList<Times>();
        for (int i = 0; i < FLOODS; i++) {
            others.await(calmSeconds);
            floods.add(ours.callers.flood(seconds));
        }
        var full = floods.stream().max(Comparator.comparingInt(Times::count)).orElseThrow();
        double rate = full.count() / full.seconds();
        say("full load, %d callers: %s", callers, full.sentence(seconds));
        int cores = Runtime.getRuntime().availableProcessors();
        // The control takes as much of a core as a search does.
        long service = (long) (Math.min(cores, callers) * 1e9 / rate);
        var sum = new Control.Sum(service);
        var control = side("control", () -> _ -> sum.compute());
        control.callers.flood(1);
        say(
                "its control, %.0f us each: %s",
                service / 1e3, control.callers.flood(seconds).sentence(seconds));
        say(
                "%,.0f/s due: %.0f %% of full load, the best of %d stretches; seed %d",
                share * rate, 100 * share, FLOODS, seed);
        var random = new Random(seed);
        try (var watch = new Stalls.Watch()) {
            for (int round = 0; round < rounds; round++) {
                var due = Callers.drawn(random, share * rate, seconds);
                ours.meet(due, others);
                control.meet(due, others);
            }
            var stalls = watch.seen();
            System.out.println(
                    "| | p50 us | p99 us | p99 / p50 | a perfect queue | with these stalls | stood still | others had |");
            System.out.println("|---|---:|---:|---:|---:|---:|---:|---:|");
            ours.judge(cores, service, stalls);
            control.judge(cores, service, stalls);
            ours.sum();
            control.sum();
        }
        say(
                "ours meanwhile: %s",
                ours.used.sentence(
                        ours.came.stream().mapToLong(each -> each.due.length).sum()));
    }

    private Side side(String name, Supplier<Callers.Asker> asker) {
        return new Side(name, new Callers(callers, lookMicros * 1000L, asker));
    }

    private static void say(String form, Object... values) {
        System.out.printf(Locale.ROOT, form + "%n", values);
    }

    private record Searches(Subject.Client client, List<Subject.Question> questions) implements Callers.Asker {
        @Override
        public void ask(int number) {
            client.search(questions.get(number % questions.size()));
        }

        @Override
        public void close() {
            client.close();
        }
    }

    /// One of the two that are measured in turn.
    private final class Side {
        private final String name;
        private final Callers callers;
        private final List<Came> came = new ArrayList<>();
        private final List<Double> shareOfOthers = new ArrayList<>();
        private List<Came.Verdict> verdicts = List.of();
        private Used used = Used.NOTHING;

        private Side(String name, Callers callers) {
            this.name = name;
            this.callers = callers;
        }

        private void meet(long[] due, Others others) {
            others.await(calmSeconds);
            var look = others.look();
            var before = Used.now();
            came.add(callers.arrive(due));
            used = used.and(before, Used.now());
            shareOfOthers.add(Others.share(look, others.look()));
        }

        private void judge(int cores, long service, Stalls stalls) {
            verdicts = IntStream.range(0, came.size())
                    .mapToObj(i -> came.get(i).judge(cores, service, stalls, shareOfOthers.get(i)))
                    .toList();
            for (var each : verdicts) say("| %s, a stretch | %s |", name, each.cells());
        }

        private void sum() {
            var pooled =
                    new Times(came.stream().mapToInt(each -> each.due.length).sum());
            for (var each : came) each.addTo(pooled);
            say("%s, all stretches together: %s", name, pooled.sentence(seconds * came.size()));
            sum("all", verdicts);
            var alone = verdicts.stream()
                    .filter(each -> Others.nobody(each.others()))
                    .toList();
            sum("with nobody else on the machine", alone);
            sum(
                    "and where a perfect queue holds it",
                    alone.stream().filter(each -> each.withStalls() <= WANTED).toList());
        }

        private void sum(String which, List<Came.Verdict> some) {
            double middle = median(verdicts, Came.Verdict::p50);
            say(
                    "%s, stretches %s: %d; medians p50 %.0f us, p99 %.0f us, p99 / p50 %.1f (%.1f ... %.1f), a perfect"
                            + " queue %.1f, with the stalls %.1f; at most %.0f x the p50 of all in %d",
                    name,
                    which,
                    some.size(),
                    median(some, Came.Verdict::p50),
                    median(some, Came.Verdict::p99),
                    median(some, Came.Verdict::ratio),
                    some.stream().mapToDouble(Came.Verdict::ratio).min().orElse(Double.NaN),
                    some.stream().mapToDouble(Came.Verdict::ratio).max().orElse(Double.NaN),
                    median(some, Came.Verdict::perfect),
                    median(some, Came.Verdict::withStalls),
                    WANTED,
                    some.stream().filter(each -> each.p99() <= WANTED * middle).count());
        }

        private static double median(List<Came.Verdict> verdicts, ToDoubleFunction<Came.Verdict> of) {
            return Figures.median(verdicts.stream().mapToDouble(of).toArray());
        }
    }

    /// What this process has used: in process that of searches, over the wire that of who asks.
    private record Used(long allocated, long collections, long collectionMillis) {
        static final Used NOTHING = new Used(0, 0, 0);

        static Used now() {
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long count = 0, millis = 0;
            for (var collector : ManagementFactory.getGarbageCollectorMXBeans()) {
                count += collector.getCollectionCount();
                millis += collector.getCollectionTime();
            }
            return new Used(threads.getTotalThreadAllocatedBytes(), count, millis);
        }

        /// This, and what was used between two moments.
        Used and(Used before, Used after) {
            return new Used(
                    allocated + after.allocated - before.allocated,
                    collections + after.collections - before.collections,
                    collectionMillis + after.collectionMillis - before.collectionMillis);
        }

        String sentence(long searches) {
            return String.format(
                    Locale.ROOT,
                    "%,d bytes allocated a search, %d collections of %d ms in all",
                    allocated / Math.max(1, searches),
                    collections,
                    collectionMillis);
        }
    }
}
