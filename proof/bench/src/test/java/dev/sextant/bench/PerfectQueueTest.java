package dev.sextant.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PerfectQueueTest {
    private static long[] latencies(int cores, Stalls stalls, long... due) {
        return PerfectQueue.latencies(due, due.length, cores, 10, stalls);
    }

    @Test
    void whoComesWhileACoreIsFreeIsServedAtOnceAndTheOthersInTurn() {
        assertThat(latencies(1, Stalls.NONE, 0, 3, 30)).containsExactly(10, 17, 10);
        assertThat(latencies(2, Stalls.NONE, 0, 3, 4, 30)).containsExactly(10, 10, 16, 10);
    }

    @Test
    void aStallDelaysWhomItMeetsAndWhoStandsBehind() {
        var stalls = new Stalls(List.of(List.of(new Stalls.Stall(5, 105))));
        assertThat(latencies(1, stalls, 0, 50, 300)).containsExactly(110, 70, 10);
        assertThat(latencies(1, stalls, 20)).containsExactly(95);
    }

    @Test
    void atEightyPercentOfTwoCoresTheSlowestInAHundredTakesBetweenFourAndFiveTimesTheMiddle() {
        var random = new Random(1);
        var due = new long[400_000];
        double at = 0;
        for (int i = 0; i < due.length; i++) {
            at += -Math.log(1 - random.nextDouble()) * 100_000 / (0.8 * 2);
            due[i] = (long) at;
        }
        var sorted = PerfectQueue.latencies(due, due.length, 2, 100_000, Stalls.NONE);
        java.util.Arrays.sort(sorted);
        double ratio = (double) sorted[(int) (0.99 * sorted.length)] / sorted[sorted.length / 2];
        System.out.println("perfect ratio " + ratio);
        assertThat(ratio).isBetween(3.0, 6.0);
    }
}
