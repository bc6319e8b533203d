package dev.sextant.bench;

import java.util.Locale;

/// Searches that came: when each was due and how long it took from then on.
final class Came {
    static final long FAILED = -1;

    final long[] due; // ascending
    final long[] took; // or FAILED

    Came(long[] due) {
        this.due = due;
        took = new long[due.length];
    }

    void addTo(Times times) {
        for (long each : took)
            if (each == FAILED) times.fail();
            else times.add(each);
    }

    /// What a stretch came to, in microseconds and ratios.
    ///
    /// @param perfect p99 over p50 of a perfect queue that meets the same arrivals
    /// @param withStalls the same on a machine that stands still when this one did
    /// @param stood still, of all cores together, a share of the time
    record Verdict(double p50, double p99, double perfect, double withStalls, double stood) {
        double ratio() {
            return p99 / p50;
        }

        String cells() {
            return String.format(
                    Locale.ROOT,
                    "%.0f | %,.0f | %.1f | %.1f | %.1f | %.2f %%",
                    p50,
                    p99,
                    ratio(),
                    perfect,
                    withStalls,
                    100 * stood);
        }
    }

    /// @param service of one search on one core, at full load
    Verdict judge(int cores, long service, Stalls stalls) {
        var times = new Times(due.length);
        addTo(times);
        return new Verdict(
                times.quantile(0.5),
                times.quantile(0.99),
                ofPerfectQueue(cores, service, Stalls.NONE),
                ofPerfectQueue(cores, service, stalls),
                stalls.share(due[0], due[due.length - 1]));
    }

    private double ofPerfectQueue(int cores, long service, Stalls stalls) {
        var times = new Times(due.length);
        for (long latency : PerfectQueue.latencies(due, due.length, cores, service, stalls)) times.add(latency);
        return times.quantile(0.99) / times.quantile(0.5);
    }
}
