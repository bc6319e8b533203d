package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static dev.sextant.database.Threshold.vector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Call;
import dev.sextant.model.Define;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Watch;
import dev.sextant.world.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GuardTest {
    private final AtomicLong nanos = new AtomicLong();
    private final Guard guard = new Guard(new DatabaseConfig.Admission(2, 100, 50), new Clock() {
        @Override
        public long wallMillis() {
            return 0;
        }

        @Override
        public long monotonicNanos() {
            return nanos.get();
        }
    });

    private Reply<String> admit(long bytes) {
        return guard.admit(Call.local(), bytes, new Waiting<>());
    }

    @Test
    void noMoreCallsComeInThanMayBeUnderWay() {
        var first = admit(1);
        admit(1);
        assertThat(Threshold.refusal(() -> admit(1))).isEqualTo(new Refusal.Busy("the number of calls under way", 50));
        first.complete("done");
        admit(1);
        assertThat(guard.callsUnderWay()).isEqualTo(2);
    }

    @Test
    void noMoreBytesComeInThanMayBeUnderWay() {
        var first = admit(60);
        assertThat(Threshold.refusal(() -> admit(41))).isInstanceOf(Refusal.Busy.class);
        assertThat(guard.callsUnderWay()).isEqualTo(1);
        first.fail(new IllegalStateException());
        assertThat(guard.bytesUnderWay()).isZero();
        admit(40);
    }

    @Test
    void aLargeCallComesInWhenItIsAlone() {
        admit(1000).complete("done");
        assertThat(guard.bytesUnderWay()).isZero();
    }

    @Test
    void aSecondAnswerIsNotGivenAndNotCounted() {
        var answers = new ArrayList<String>();
        var reply = guard.admit(Call.local(), 10, new Reply<String>() {
            @Override
            public void complete(String answer) {
                answers.add(answer);
            }

            @Override
            public void fail(Throwable reason) {
                answers.add("failed");
            }
        });
        reply.complete("one");
        reply.complete("two");
        reply.fail(new IllegalStateException());
        assertThat(answers).containsExactly("one");
        assertThat(guard.callsUnderWay()).isZero();
        assertThat(guard.bytesUnderWay()).isZero();
    }

    @Test
    void whoIsTooLateOrGoneIsToldBeforeAnythingIsDone() {
        nanos.set(1000);
        assertThat(Threshold.refusal(() -> guard.admit(Call.local().until(1000), 0, new Waiting<>())))
                .isEqualTo(new Refusal.DeadlinePassed(true));
        guard.admit(Call.local().until(1001), 0, new Waiting<>());
        var gone = Call.local();
        gone.cancellation().cancel();
        assertThat(Threshold.refusal(() -> guard.admit(gone, 0, new Waiting<>())))
                .isEqualTo(new Refusal.Cancelled());
    }

    @Test
    void nobodyComesInAfterTheEnd() {
        guard.close();
        assertThat(Threshold.refusal(() -> admit(0))).isEqualTo(new Refusal.Closing());
    }

    @Test
    void theEndWaitsForThoseWhoAreIn() throws InterruptedException {
        var inside = admit(0);
        guard.close();
        var end = Thread.ofVirtual().start(() -> guard.awaitEmpty(Duration.ofMinutes(1)));
        assertThat(end.isAlive()).isTrue();
        inside.complete("done");
        end.join();
        assertThat(guard.callsUnderWay()).isZero();
    }

    @Test
    void whatChangesThingsLeavesALineWithItsOutcomeAndLookingLeavesNone() {
        List<String> book = new ArrayList<>();
        Audit audit = (_, facts, refused) ->
                book.add(facts.privilege().word() + " " + facts.targets().getFirst()
                        + refused.map(r -> ((Refused) r).refusal().getClass().getSimpleName())
                                .map(w -> " " + w)
                                .orElse(""));
        try (var door = new Threshold(DatabaseConfig.DEFAULT, audit)) {
            door.run(Define.CreateCollection.of("c", id(), vector()));
            door.run(Watch.DescribeCollection.of("c"));
            door.refusal(new Define.DropDatabase("d"));
            Threshold.refusal(() -> door.runAs("ann", new Define.DropCollection("c")));
        }
        assertThat(book)
                .containsExactly(
                        "CreateCollection collection 'c'",
                        "DropDatabase database 'd' NotFound",
                        "DropCollection collection 'c' NotPermitted");
    }
}
