package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// What searches allocate once the compiler has seen enough of them: until then, vectors in registers are objects.
final class Allocation {
    private static final int MOST_ROUNDS = 2_000;
    private static final int IN_ORDER = 5;

    private Allocation() {}

    /// Repeats rounds of `searches` searches until several rounds one after the other stay below so many bytes a
    /// search. A machine that has much else to do compiles late, so rounds are what is bounded, not time. Returns the
    /// least that a round took.
    static long settlesBelow(long bytes, int searches, Runnable round) {
        var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        List<Long> seen = new ArrayList<>();
        int below = 0;
        while (below < IN_ORDER && seen.size() < MOST_ROUNDS) {
            long before = bean.getCurrentThreadAllocatedBytes();
            round.run();
            long each = (bean.getCurrentThreadAllocatedBytes() - before) / searches;
            seen.add(each);
            below = each < bytes ? below + 1 : 0;
        }
        assertThat(below)
                .as(
                        "rounds below %,d bytes a search; the last ones took %s",
                        bytes, seen.reversed().stream().limit(10).toList())
                .isEqualTo(IN_ORDER);
        return Collections.min(seen);
    }
}
