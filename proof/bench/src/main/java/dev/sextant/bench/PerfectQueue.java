package dev.sextant.bench;

import java.util.Arrays;
import java.util.List;

/// One queue before as many servers as there are cores: who came first is served first, by whoever is free first,
/// always for the same time; a core that stands still serves nobody meanwhile. What no program can be better than by
/// much: its latencies are made of arrivals by chance and of the machine.
final class PerfectQueue {
    private PerfectQueue() {}

    /// The latency of each arrival, in nanoseconds.
    ///
    /// @param due when each came, ascending
    static long[] latencies(long[] due, int count, int cores, long serviceNanos, Stalls stalls) {
        var free = new long[cores]; // when each core can begin the next
        Arrays.fill(free, Long.MIN_VALUE);
        var next = new int[cores]; // stall that may still matter
        var latencies = new long[count];
        for (int i = 0; i < count; i++) {
            int core = 0;
            for (int c = 1; c < cores; c++) if (free[c] < free[core]) core = c;
            long begun = Math.max(due[i], free[core]);
            var own = core < stalls.perCore().size() ? stalls.perCore().get(core) : List.<Stalls.Stall>of();
            while (next[core] < own.size() && own.get(next[core]).to() <= begun) next[core]++;
            long end = begun + serviceNanos;
            // What it is in the middle of goes on behind the stall.
            for (int s = next[core]; s < own.size() && own.get(s).from() < end; s++)
                end += own.get(s).to() - Math.max(begun, own.get(s).from());
            free[core] = end;
            latencies[i] = end - due[i];
        }
        return latencies;
    }
}
