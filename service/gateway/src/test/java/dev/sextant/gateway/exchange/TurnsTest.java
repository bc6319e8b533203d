package dev.sextant.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static final List<Integer> MANY =
            IntStream.range(0, 200_000).boxed().toList();

    @Test
    void answersThatAreThereAtOnceNeedNoStack() {
        var taken = new ArrayList<Integer>();
        Turns.take(
                MANY,
                (each, next) -> {
                    taken.add(each);
                    next.run();
                },
                () -> taken.add(-1));
        assertThat(taken).hasSize(MANY.size() + 1).startsWith(0, 1, 2).endsWith(199_999, -1);
    }

    @Test
    void answersThatComeLaterAndFromElsewhereKeepTheOrder() throws InterruptedException {
        var taken = new ArrayList<Integer>();
        var end = new CountDownLatch(1);
        Turns.take(
                MANY.subList(0, 2_000),
                (each, next) -> {
                    taken.add(each);
                    if (each % 3 == 0) next.run();
                    else Thread.startVirtualThread(next);
                },
                end::countDown);
        assertThat(end.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(taken).isEqualTo(MANY.subList(0, 2_000));
    }

    @Test
    void nothingToAskIsTheEndAtOnce() {
        var ends = new ArrayList<String>();
        Turns.take(List.of(), (_, next) -> next.run(), () -> ends.add("end"));
        assertThat(ends).hasSize(1);
    }
}
