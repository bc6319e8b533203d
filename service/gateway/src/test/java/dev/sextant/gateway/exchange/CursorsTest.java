package dev.sextant.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Read.After;
import dev.sextant.model.Refused;
import dev.sextant.model.Value;
import dev.sextant.world.Clock;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CursorsTest {
    private final AtomicLong now = new AtomicLong();
    private final Cursors cursors = new Cursors(new Clock() {
        @Override
        public long wallMillis() {
            return 0;
        }

        @Override
        public long monotonicNanos() {
            return now.get();
        }
    });

    private static final Optional<After> FIRST = Optional.of(new After(0.5f, Value.of(1)));
    private static final Optional<After> SECOND = Optional.of(new After(0.4f, Value.of(2)));

    @Test
    void aPageBeginsBehindTheOneBefore() {
        cursors.move("t", Optional.empty(), FIRST);
        assertThat(cursors.after("t", OptionalDouble.of(0.5f))).isEqualTo(FIRST);
    }

    @Test
    void aPageWhoseAnswerGotLostIsGivenAgain() {
        cursors.move("t", Optional.empty(), FIRST);
        cursors.move("t", FIRST, SECOND);
        assertThat(cursors.after("t", OptionalDouble.of(0.5f))).isEqualTo(FIRST);
        assertThat(cursors.after("t", OptionalDouble.of(0.4f))).isEqualTo(SECOND);
        assertThat(cursors.after("t", OptionalDouble.empty())).isEqualTo(SECOND);
    }

    @Test
    void whoStaysAwayTooLongIsForgotten() {
        cursors.move("old", Optional.empty(), FIRST);
        now.addAndGet(TimeUnit.MINUTES.toNanos(10));
        cursors.move("young", Optional.empty(), FIRST);
        now.addAndGet(TimeUnit.MINUTES.toNanos(10));
        assertThat(cursors.after("young", OptionalDouble.empty())).isEqualTo(FIRST);
        assertThatThrownBy(() -> cursors.after("old", OptionalDouble.empty())).isInstanceOf(Refused.class);
    }
}
