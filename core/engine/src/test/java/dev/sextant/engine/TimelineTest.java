package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimelineTest {
    private final HybridClock clock = new HybridClock(new Shop.SystemTime(), 0);

    @Test
    void nothingIsShownThatARestartMightGiveOutAgain() {
        long ceiling = clock.next();
        var timeline = new Timeline(clock, ceiling, 0);
        assertThat(timeline.closed()).isEqualTo(ceiling);
        timeline.raise(Long.MAX_VALUE);
        assertThat(timeline.closed()).isGreaterThan(ceiling);
    }

    @Test
    void anEntryUnderWayHoldsBackWhatIsShownUntilItIsSettled() {
        var timeline = new Timeline(clock, Long.MAX_VALUE, 0);
        long first = timeline.stamp(), second = timeline.stamp();
        assertThat(timeline.closed()).isEqualTo(first - 1);
        timeline.settle(second);
        assertThat(timeline.closed()).isEqualTo(first - 1);
        timeline.settle(first);
        assertThat(timeline.closed()).isGreaterThan(second);
    }

    @Test
    void whatTheLogHasGonePastIsSettledTogether() {
        var timeline = new Timeline(clock, Long.MAX_VALUE, 0);
        timeline.stamp();
        long last = timeline.stamp(), later = timeline.stamp();
        timeline.settleUpTo(last);
        assertThat(timeline.closed()).isEqualTo(later - 1);
    }
}
