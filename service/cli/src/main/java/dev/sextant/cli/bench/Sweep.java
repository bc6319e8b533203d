package dev.sextant.cli.bench;

import dev.sextant.cli.progress.Bar;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Runs all queries for each setting, several rounds in turn, so that a slow moment of the machine hits all settings
/// alike; the median round counts.
record Sweep(Subject subject, VectorFile queries, int count, Truth truth, int threads, int rounds) {

    List<Point> run(List<Map<String, String>> settings) {
        var measured = new ArrayList<List<Point>>();
        for (int i = 0; i < settings.size(); i++) measured.add(new ArrayList<>());
        warm(settings.getFirst());
        try (var bar = new Bar("searching", "rounds", (long) rounds * settings.size())) {
            for (int round = 0; round < rounds; round++)
                for (int i = 0; i < settings.size(); i++) {
                    measured.get(i).add(measure(settings.get(i)));
                    bar.add(1);
                }
        }
        return measured.stream().map(Sweep::median).toList();
    }

    private void warm(Map<String, String> setting) {
        try (var client = subject.client()) {
            long until = System.nanoTime() + 3_000_000_000L;
            for (int q = 0; System.nanoTime() < until; q = (q + 1) % count)
                client.search(queries.row(q), truth.k(), setting);
        }
    }

    private Point measure(Map<String, String> setting) {
        var latencies = new long[count];
        var right = new AtomicLong();
        var next = new AtomicInteger();
        long cpu = subject.cpuNanos();
        long began = System.nanoTime();
        var workers = new ArrayList<Thread>();
        for (int t = 0; t < threads; t++)
            workers.add(Thread.ofPlatform().start(() -> {
                try (var client = subject.client()) {
                    for (int q = next.getAndIncrement(); q < count; q = next.getAndIncrement()) {
                        var query = queries.row(q);
                        long at = System.nanoTime();
                        var scores = client.search(query, truth.k(), setting);
                        latencies[q] = System.nanoTime() - at;
                        right.addAndGet(truth.right(q, scores, 0, scores.length));
                    }
                }
            }));
        long used = 0;
        for (var worker : workers) join(worker);
        long wall = System.nanoTime() - began;
        if (cpu >= 0) used = subject.cpuNanos() - cpu;
        Arrays.sort(latencies);
        return new Point(
                setting,
                (double) right.get() / ((long) count * truth.k()),
                cpu < 0 || used <= 0 ? Double.NaN : count * 1e9 / used,
                count * 1e9 / wall,
                latencies[count / 2] / 1e3,
                latencies[(int) (count * 0.99)] / 1e3,
                latencies[(int) (count * 0.999)] / 1e3);
    }

    private static Point median(List<Point> points) {
        var sorted = new ArrayList<>(points);
        sorted.sort(Comparator.comparingDouble(Point::qpsWall));
        return sorted.get(sorted.size() / 2);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }
}
