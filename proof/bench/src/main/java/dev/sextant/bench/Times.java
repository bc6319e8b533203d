package dev.sextant.bench;

import dev.sextant.cli.bench.Figures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Latencies of one stretch of time, taken by any number of threads.
final class Times {
    private long[] nanos;
    private long[] begun; // on the monotonic clock
    private int count;
    private int failures;
    private double seconds;

    Times() {
        this(1 << 16);
    }

    /// @param expected how many, about: room for them is no work while it is measured
    Times(int expected) {
        nanos = new long[Math.max(1 << 16, expected + expected / 8)];
        begun = new long[nanos.length];
    }

    /// How long the stretch was.
    Times took(double stretch) {
        seconds = stretch;
        return this;
    }

    /// All of them as one.
    static Times pooled(List<Times> stretches) {
        var all = new Times(stretches.stream().mapToInt(Times::count).sum());
        for (var each : stretches) {
            for (int i = 0; i < each.count; i++) all.add(each.begun[i], each.nanos[i]);
            all.failures += each.failures;
            all.seconds += each.seconds;
        }
        return all;
    }

    double seconds() {
        return seconds;
    }

    void add(long took) {
        add(0, took);
    }

    synchronized void add(long begin, long took) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
            begun = Arrays.copyOf(begun, 2 * count);
        }
        begun[count] = begin;
        nanos[count++] = took;
    }

    /// A line for each: when it began on the monotonic clock, and how long it took, in nanoseconds.
    synchronized void write(Path file) {
        var lines = new StringBuilder();
        for (int i = 0; i < count; i++)
            lines.append(begun[i]).append(' ').append(nanos[i]).append('\n');
        try {
            Files.writeString(file, lines);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    synchronized void fail() {
        failures++;
    }

    synchronized int count() {
        return count;
    }

    synchronized int failures() {
        return failures;
    }

    /// In microseconds.
    synchronized double quantile(double share) {
        var sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return Figures.quantile(sorted, share) / 1e3;
    }

    String sentence(double seconds) {
        return String.format(
                Locale.ROOT,
                "%,.0f/s, p50 %,.0f us, p99 %,.0f us, p99.9 %,.0f us%s",
                count() / seconds,
                quantile(0.5),
                quantile(0.99),
                quantile(0.999),
                failures() == 0 ? "" : ", " + failures() + " FAILED");
    }
}
