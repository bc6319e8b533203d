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
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
        try (var ours = side("ours", () -> new Searches(subject.client(), questions))) {
            ours.callers.flood(warmSeconds);
            System.gc(); // else collections copy what was made beforehand again and again
            System.err.println("measuring ...");
            double rate = fullLoad(ours, others);
            int cores = Runtime.getRuntime().availableProcessors();
            // The control takes as much of a core as a search does.
            long service = (long) (Math.min(cores, callers) * 1e9 / rate);
            var sum = new Control.Sum(service);
            try (var control = side("control", () -> _ -> sum.compute())) {
                control.callers.flood(1);
                say(
                        "its control, %.0f us each: %s",
                        service / 1e3, control.callers.flood(seconds).sentence(seconds));
                inTurn(ours, control, others, share * rate, service);
            }
        }
    }

    private double fullLoad(Side ours, Others others) {
        var floods = new ArrayList<Times>();
        for (int i = 0; i < FLOODS; i++) {
            others.await(calmSeconds);
            floods.add(ours.callers.flood(seconds));
        }
        var full = floods.stream().max(Comparator.comparingInt(Times::count)).orElseThrow();
        say("full load, %d callers, the best of %d stretches: %s", callers, FLOODS, full.sentence(seconds));
        return full.count() / full.seconds();
    }

    private void inTurn(Side ours, Side control, Others others, double rate, long service) {
        say("%,.0f/s due, %.0f %% of full load; seed %d", rate, 100 * share, seed);
        var random = new Random(seed);
        Stalls stalls;
        try (var watch = new Stalls.Watch()) {
            for (int round = 0; round < rounds; round++) {
                var due = Callers.drawn(random, rate, seconds);
                ours.meet(due, others);
                control.meet(due, others);
            }
            stalls = watch.seen();
        }
        System.out.println("| | p50 us | p99 us | p99 / p50 | a perfect queue | with these stalls | stood still |"
                + " others had | collections |");
        System.out.println("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        for (var side : List.of(ours, control)) side.judge(service, stalls);
        for (var side : List.of(ours, control)) side.sum();
    }

    private Side side(String name, Supplier<Callers.Asker> asker) {
        return new Side(name, new Callers(Stream.generate(asker).limit(callers).toList(), lookMicros * 1000L));
    }

    private static void say(String form, Object... values) {
        System.out.printf(Locale.ROOT, form + "%n", values);
    }

    /// The data set's queries, one after the other; the requests are made beforehand, as the queries are.
    private static final class Searches implements Callers.Asker {
        private final Subject.Client client;
        private final List<Supplier<Subject.Found>> prepared;

        private Searches(Subject.Client client, List<Subject.Question> questions) {
            this.client = client;
            prepared = questions.stream().map(client::prepared).toList();
        }

        @Override
        public void ask(int number) {
            prepared.get(number % prepared.size()).get();
        }

        @Override
        public void close() {
            client.close();
        }
    }

    /// One of the two that are measured in turn.
    private final class Side implements AutoCloseable {
        private final String name;
        private final Callers callers;
        private final List<Stretch> stretches = new ArrayList<>();
        private List<Came.Verdict> verdicts = List.of();

        private Side(String name, Callers callers) {
            this.name = name;
            this.callers = callers;
        }

        private void meet(long[] due, Others others) {
            others.await(calmSeconds);
            var look = others.look();
            var before = Used.now();
            var came = callers.arrive(due);
            stretches.add(new Stretch(came, Used.now().since(before), Others.share(look, others.look())));
        }

        private void judge(long service, Stalls stalls) {
            int cores = Runtime.getRuntime().availableProcessors();
            verdicts = stretches.stream()
                    .map(each -> each.came.judge(cores, service, stalls))
                    .toList();
            for (int i = 0; i < verdicts.size(); i++)
                say(
                        "| %s | %s | %s |",
                        name, verdicts.get(i).cells(), stretches.get(i).cells());
        }

        private void sum() {
            var all = new Times(
                    stretches.stream().mapToInt(each -> each.came.due.length).sum());
            for (var each : stretches) each.came.addTo(all);
            say("%s, all stretches together: %s", name, all.sentence(seconds * stretches.size()));
            sum("in all", _ -> true);
            sum("where a perfect queue holds it", i -> allows(i));
            sum("and nothing was collected", i -> allows(i) && stretches.get(i).used.collections == 0);
            say(
                    "%s: %,d bytes allocated a search, %d collections of %d ms in all",
                    name,
                    stretches.stream().mapToLong(each -> each.used.allocated).sum() / Math.max(1, all.count()),
                    stretches.stream().mapToLong(each -> each.used.collections).sum(),
                    stretches.stream()
                            .mapToLong(each -> each.used.collectionMillis)
                            .sum());
        }

        private boolean allows(int stretch) {
            return verdicts.get(stretch).withStalls() <= WANTED;
        }

        private void sum(String which, IntPredicate chosen) {
            var some = IntStream.range(0, verdicts.size())
                    .filter(chosen)
                    .mapToObj(verdicts::get)
                    .toList();
            var ratios = some.stream().mapToDouble(Came.Verdict::ratio).summaryStatistics();
            double middle = median(verdicts, Came.Verdict::p50); // a stretch with a long queue is no measure for itself
            say(
                    "%s, stretches %s: %d; medians p50 %.0f us, p99 %.0f us, p99 / p50 %.1f (%.1f ... %.1f), a perfect"
                            + " queue %.1f, with the stalls %.1f; at most %.0f x the p50 of all in %d",
                    name,
                    which,
                    some.size(),
                    median(some, Came.Verdict::p50),
                    median(some, Came.Verdict::p99),
                    median(some, Came.Verdict::ratio),
                    ratios.getMin(),
                    ratios.getMax(),
                    median(some, Came.Verdict::perfect),
                    median(some, Came.Verdict::withStalls),
                    WANTED,
                    some.stream().filter(each -> each.p99() <= WANTED * middle).count());
        }

        private static double median(List<Came.Verdict> verdicts, ToDoubleFunction<Came.Verdict> of) {
            return Figures.median(verdicts.stream().mapToDouble(of).toArray());
        }

        @Override
        public void close() {
            callers.close();
        }
    }

    /// @param others what other processes had of the cores meanwhile
    private record Stretch(Came came, Used used, double others) {
        String cells() {
            return String.format(Locale.ROOT, "%.0f %% | %d", 100 * others, used.collections);
        }
    }

    /// What this process has used: in process that of searches, over the wire that of who asks.
    private record Used(long allocated, long collections, long collectionMillis) {
        static Used now() {
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long count = 0, millis = 0;
            for (var collector : ManagementFactory.getGarbageCollectorMXBeans()) {
                count += collector.getCollectionCount();
                millis += collector.getCollectionTime();
            }
            return new Used(threads.getTotalThreadAllocatedBytes(), count, millis);
        }

        Used since(Used before) {
            return new Used(
                    allocated - before.allocated,
                    collections - before.collections,
                    collectionMillis - before.collectionMillis);
        }
    }
}
