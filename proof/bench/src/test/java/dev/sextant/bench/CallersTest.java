package dev.sextant.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class CallersTest {
    private static final long LOOK_NANOS = 100_000;
    private static final long LONG_NANOS = 5_000_000;

    private static Callers callers(int count, Callers.Asker asker) {
        return new Callers(Collections.nCopies(count, asker), LOOK_NANOS);
    }

    @Test
    void arrivalsAreAscendingAsManyAsTheRateSaysAndTheSameForTheSameSeed() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var due = Callers.drawn(new Random(seed), 20_000, 2);
        assertThat(due).isSorted();
        assertThat(due[due.length - 1]).isLessThanOrEqualTo(2_000_000_000L);
        assertThat(due.length).isBetween(40_000 - 1_200, 40_000 + 1_200); // six deviations
        assertThat(Callers.drawn(new Random(seed), 20_000, 2)).isEqualTo(due);
    }

    @Test
    void eachIsAskedOnceAndNoneBeforeItIsDue() {
        var due = Callers.drawn(new Random(7), 3_000, 0.1);
        var asked = new AtomicIntegerArray(due.length);
        var at = new AtomicLongArray(due.length);
        var came = callers(3, number -> {
                    asked.incrementAndGet(number);
                    at.set(number, System.nanoTime());
                })
                .arrive(due);
        for (int i = 0; i < due.length; i++) {
            assertThat(asked.get(i)).isEqualTo(1);
            assertThat(at.get(i)).isGreaterThanOrEqualTo(came.due[i]);
            assertThat(came.took[i]).isGreaterThanOrEqualTo(at.get(i) - came.due[i]);
        }
    }

    @Test
    void whoeverWaitsForABusyCallerIsChargedForThat() {
        var came = callers(1, number -> {
                    if (number > 0) return;
                    for (long end = System.nanoTime() + LONG_NANOS; System.nanoTime() < end; )
                        LockSupport.parkNanos(LONG_NANOS);
                })
                .arrive(new long[] {0, 1000, 2000});
        assertThat(Arrays.stream(came.took)).allMatch(took -> took >= LONG_NANOS - 2000);
    }

    @Test
    void whatIsRefusedHasFailedAndTheOthersGoOn() {
        var came = callers(2, number -> {
                    if (number == 1) throw new IllegalArgumentException("refused");
                })
                .arrive(new long[] {0, 1000, 2000});
        assertThat(came.took[1]).isEqualTo(Came.FAILED);
        assertThat(came.took[0]).isNotNegative();
        assertThat(came.took[2]).isNotNegative();
    }
}
