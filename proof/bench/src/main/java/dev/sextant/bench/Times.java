package dev.sextant.bench;

import dev.sextant.cli.bench.Figures;
import java.util.Arrays;
import java.util.Locale;

/// Latencies of one stretch of time, taken by any number of threads.
final class Times {
    private long[] nanos;
    private int count;
    private int failures;
    private double seconds;

    Times() {
        this(1 << 16);
    }

    /// @param expected how many, about: room for them is no work while it is measured
    Times(int expected) {
        nanos = new long[Math.max(1 << 16, expected + expected / 8)];
    }

    /// How long the stretch was.
    Times took(double stretch) {
        seconds = stretch;
        return this;
    }

    double seconds() {
        return seconds;
    }

    synchronized void add(long took) {
        if (count == nanos.length) nanos = Arrays.copyOf(nanos, 2 * count);
        nanos[count++] = took;
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
