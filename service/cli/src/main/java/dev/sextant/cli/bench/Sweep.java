package dev.sextant.cli.bench;

import dev.sextant.cli.progress.Bar;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// Runs all queries for each setting, several rounds in turn, so that a slow moment of the machine hits all settings
/// alike. What was found is judged when the clock stands.
///
/// @param batch queries a request
public record Sweep(Subject subject, Truth truth, int threads, int batch, int rounds, double warmSeconds) {

    public List<Point> run(List<Map<String, String>> settings) {
        try (var bar = new Bar("searching", "rounds", (long) rounds * settings.size())) {
            return run(settings, () -> bar.add(1));
        }
    }

    /// As [#run], for a part of longer work that shows how far it is.
    public List<Point> runQuietly(List<Map<String, String>> settings) {
        return run(settings, () -> {});
    }

    private List<Point> run(List<Map<String, String>> settings, Runnable afterEach) {
        var measured = new ArrayList<List<Point>>();
        for (int i = 0; i < settings.size(); i++) measured.add(new ArrayList<>());
        warm(settings);
        for (int round = 0; round < rounds; round++)
            for (int i = 0; i < settings.size(); i++) {
                measured.get(i).add(measure(settings.get(i)));
                afterEach.run();
            }
        return measured.stream().map(Sweep::middle).toList();
    }

    private int count() {
        return truth.queries().rows();
    }

    private Subject.Question question(int from, int to, Map<String, String> setting) {
        return new Subject.Question(
                truth.queries().rows(from, to),
                to - from,
                truth.k(),
                setting,
                truth.filters().text(from));
    }

    private void warm(List<Map<String, String>> settings) {
        try (var client = subject.client()) {
            long until = System.nanoTime() + (long) (warmSeconds * 1e9);
            int from = 0;
            for (int i = 0; System.nanoTime() < until; i++, from = from + batch >= count() ? 0 : from + batch)
                client.search(question(from, Math.min(count(), from + batch), settings.get(i % settings.size())));
        }
    }

    /// What the callers came to, one slot a query or request.
    private static final class Tally {
        final long[] latencies;
        final long[][] found;
        final int[][] counts;
        final AtomicInteger next = new AtomicInteger();
        final AtomicLong callersCpu = new AtomicLong();
        final AtomicLong evaluations = new AtomicLong(); // far below nothing once a subject does not tell
        final AtomicLong bytes = new AtomicLong();
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final Set<Long> callers = ConcurrentHashMap.newKeySet();

        Tally(int requests) {
            latencies = new long[requests];
            found = new long[requests][];
            counts = new int[requests][];
        }
    }

    private Point measure(Map<String, String> setting) {
        int requests = (count() + batch - 1) / batch;
        var questions = new Subject.Question[requests]; // made before the clock runs
        for (int i = 0; i < requests; i++)
            questions[i] = question(i * batch, Math.min(count(), (i + 1) * batch), setting);
        var tally = new Tally(requests);
        var ended = new CountDownLatch(threads);
        var let = new CountDownLatch(1);
        var workers = new ArrayList<Thread>();
        for (int t = 0; t < threads; t++) {
            var worker = Thread.ofPlatform().name("caller-" + t).unstarted(() -> {
                call(questions, tally, let, ended);
            });
            tally.callers.add(worker.threadId());
            workers.add(worker);
        }
        workers.forEach(Thread::start);
        long cpu = subject.cpuNanos(tally.callers);
        long began = System.nanoTime();
        let.countDown();
        Waiting.on(ended);
        long wall = System.nanoTime() - began;
        long used = cpu < 0 ? -1 : subject.cpuNanos(tally.callers) - cpu;
        for (var worker : workers) Waiting.on(worker);
        if (tally.failure.get() != null) throw Waiting.rethrown(tally.failure.get());
        if (used >= 0 && subject.worksForCallers()) used += tally.callersCpu.get();
        return point(setting, tally, wall, used);
    }

    private void call(Subject.Question[] questions, Tally tally, CountDownLatch let, CountDownLatch ended) {
        try (var client = subject.client()) {
            Waiting.on(let);
            var threadTimes = ManagementFactory.getThreadMXBean();
            long cpu = threadTimes.getCurrentThreadCpuTime();
            for (int i = tally.next.getAndIncrement(); i < questions.length; i = tally.next.getAndIncrement()) {
                long at = System.nanoTime();
                var found = client.search(questions[i]);
                tally.latencies[i] = System.nanoTime() - at;
                tally.found[i] = found.ids();
                tally.counts[i] = found.counts();
                add(found.evaluations(), tally.evaluations);
                add(found.bytes(), tally.bytes);
            }
            tally.callersCpu.addAndGet(threadTimes.getCurrentThreadCpuTime() - cpu);
        } catch (Throwable failed) {
            tally.failure.compareAndSet(null, failed);
            tally.next.set(questions.length);
        } finally {
            ended.countDown();
        }
    }

    private static void add(long told, AtomicLong sum) {
        if (told >= 0) sum.addAndGet(told);
        else sum.set(Long.MIN_VALUE / 2);
    }

    private double perQuery(AtomicLong sum) {
        return sum.get() < 0 ? Double.NaN : (double) sum.get() / count();
    }

    private Point point(Map<String, String> setting, Tally tally, long wall, long used) {
        long right = 0;
        long wanted = 0;
        long returned = 0;
        for (int request = 0; request < tally.found.length; request++) {
            int at = 0;
            for (int i = 0; i < tally.counts[request].length; i++) {
                int query = request * batch + i;
                int end = at + tally.counts[request][i];
                right += truth.right(query, tally.found[request], at, end);
                wanted += truth.wanted(query);
                returned += tally.counts[request][i];
                at = end;
            }
        }
        Arrays.sort(tally.latencies);
        double qps = count() * 1e9 / wall;
        return new Point(
                setting,
                wanted == 0 ? 1 : (double) right / wanted,
                (double) returned / count(),
                used <= 0 ? Double.NaN : count() * 1e9 / used,
                qps,
                qps,
                qps,
                Figures.quantile(tally.latencies, 0.5) / 1e3,
                Figures.quantile(tally.latencies, 0.99) / 1e3,
                Figures.quantile(tally.latencies, 0.999) / 1e3,
                perQuery(tally.evaluations),
                perQuery(tally.bytes));
    }

    private static Point middle(List<Point> rounds) {
        var middle = Figures.middle(rounds, Point::qpsWall);
        var all = rounds.stream().mapToDouble(Point::qpsWall).summaryStatistics();
        return new Point(
                middle.params(),
                middle.recall(),
                middle.returned(),
                middle.qpsCpu(),
                middle.qpsWall(),
                all.getMin(),
                all.getMax(),
                middle.p50Micros(),
                middle.p99Micros(),
                middle.p999Micros(),
                middle.evaluations(),
                middle.bytesPerQuery());
    }
}
