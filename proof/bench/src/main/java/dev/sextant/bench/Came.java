package dev.sextant.bench;

import java.util.Locale;

/// Each search that came: when it was due and how long it took from then on, and how long of that it was not asked yet.
final class Came {
    final long[] due;
    final long[] took; // -1: failed
    final long[] late; // who asks woke so long after it was due
    int count;
    private double kept;

    Came(int most) {
        due = new long[most];
        took = new long[most];
        late = new long[most];
    }

    /// The ratio without what stood still.
    double kept() {
        return kept;
    }

    private static double ratio(Times times) {
        return times.quantile(0.99) / times.quantile(0.5);
    }

    /// Says what these took, what a perfect queue would have made of the same arrivals on the same machine, and what
    /// those took that the machine's stalls would not have delayed there: not by more than a service.
    ///
    /// @param service of one search on one core, at full load
    void judge(double rate, double seconds, long service, Stalls stalls) {
        int cores = Runtime.getRuntime().availableProcessors();
        System.out.printf(
                Locale.ROOT,
                "open loop at %,.0f/s due: %s%n",
                rate,
                times(new long[count]).sentence(seconds));
        var asked = sinceAsked();
        System.out.printf(
                Locale.ROOT, "from when each was asked: %s, p99 / p50 = %.1f%n", asked.sentence(seconds), ratio(asked));
        var perfect = PerfectQueue.latencies(due, count, cores, service, Stalls.NONE);
        var delayed = PerfectQueue.latencies(due, count, cores, service, stalls);
        var delays = new long[count];
        int met = 0;
        for (int i = 0; i < count; i++) {
            delays[i] = delayed[i] - perfect[i] - service;
            if (delays[i] > 0) met++;
        }
        System.out.println(stalls.sentence(seconds));
        System.out.printf(
                Locale.ROOT,
                "a perfect queue, %.0f us each: p99 / p50 = %.1f, with these stalls %.1f, which delay %.2f %%%n",
                service / 1e3,
                ratio(of(perfect)),
                ratio(of(delayed)),
                100.0 * met / Math.max(1, count));
        var without = times(delays);
        kept = ratio(without);
        System.out.printf(
                Locale.ROOT,
                "p99 / p50 = %.1f; without those that the stalls delay %.1f: %s%n",
                ratio(times(new long[count])),
                kept,
                without.sentence(seconds));
    }

    /// Without what who asks was late: it wakes some tens of µs after a search was due and then asks for all that are,
    /// which is harder than one by one.
    private Times sinceAsked() {
        var times = new Times(count);
        for (int i = 0; i < count; i++)
            if (took[i] < 0) times.fail();
            else times.add(took[i] - late[i]);
        return times;
    }

    /// Of the arrivals whose delay is not positive.
    private Times times(long[] delays) {
        var times = new Times(count);
        for (int i = 0; i < count; i++)
            if (delays[i] <= 0) {
                if (took[i] < 0) times.fail();
                else times.add(took[i]);
            }
        return times;
    }

    private static Times of(long[] latencies) {
        var times = new Times(latencies.length);
        for (long latency : latencies) times.add(latency);
        return times;
    }
}
