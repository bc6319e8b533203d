package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.engine.Jobs.Lane;
import dev.sextant.model.Watch.JobInfo;
import dev.sextant.model.Watch.JobPhase;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class JobsTest {
    private final AtomicInteger runs = new AtomicInteger();

    private static JobInfo job(Jobs jobs, long id) {
        return jobs.list().stream().filter(job -> job.id() == id).findFirst().orElseThrow();
    }

    private long queue(Jobs jobs, String subject) {
        return jobs.queue(Lane.IMPROVE, "tidy", subject, new Merges(), (_, _) -> runs.incrementAndGet());
    }

    @Test
    void whatIsQueuedBeginsAfterItWasAskedForAndServesAllWhoAskedBeforeItBegan() {
        var open = new CountDownLatch(1);
        try (var jobs = new Jobs(() -> 0, 3 * Jobs.LIFE)) {
            long first = jobs.start(Lane.IMPROVE, "tidy", "a", (_, _) -> open.await());
            assertThat(first).isEqualTo(3 * Jobs.LIFE + 1);
            Shop.eventually(() -> job(jobs, first).phase() == JobPhase.RUNNING);
            long second = queue(jobs, "a");
            assertThat(second).isGreaterThan(first);
            assertThat(queue(jobs, "a")).isEqualTo(second);
            assertThat(queue(jobs, "b")).isGreaterThan(second);
            assertThat(job(jobs, second).phase()).isEqualTo(JobPhase.WAITING);
            assertThat(jobs.start(Lane.IMPROVE, "tidy", "a", (_, _) -> {})).isEqualTo(-1);
            open.countDown();
            Shop.eventually(jobs::idle);
            assertThat(runs).hasValue(2);
            assertThat(job(jobs, second).phase()).isEqualTo(JobPhase.DONE);
            assertThat(jobs.busy("tidy", "a")).isFalse();
            long third = queue(jobs, "a");
            assertThat(third).isGreaterThan(second);
            Shop.eventually(jobs::idle);
        }
    }

    @Test
    void whatWasAskedForIsRememberedHoweverMuchGoesByItself() {
        try (var jobs = new Jobs(() -> 0, 3 * Jobs.LIFE)) {
            long asked = jobs.queue(Lane.IMPROVE, "tidy", "a", new Merges(), (_, _) -> {
                throw new IllegalStateException("untidy");
            });
            for (int i = 0; i < 300; i++) jobs.start(Lane.IMPROVE, "own", "" + i, (_, _) -> {});
            Shop.eventually(jobs::idle);
            assertThat(jobs.find(asked).orElseThrow().phase()).isEqualTo(JobPhase.FAILED);
            assertThat(jobs.list()).hasSize(201);
        }
    }

    @Test
    void aJobOfAnEarlierLifeIsCancelledAndOneThatNeverWasIsUnknown() {
        try (var jobs = new Jobs(() -> 0, 3 * Jobs.LIFE)) {
            assertThat(jobs.find(2 * Jobs.LIFE + 7).orElseThrow().phase()).isEqualTo(JobPhase.CANCELLED);
            assertThat(jobs.find(7)).isEmpty();
            assertThat(jobs.find(3 * Jobs.LIFE + 7)).isEmpty();
        }
    }
}
