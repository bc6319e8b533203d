package dev.sextant.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkTest {
    private final Memory memory = new Memory(64 << 20);

    /// A job of `units` units that counts them.
    private static class Counting implements Job {
        final AtomicInteger done = new AtomicInteger();
        final AtomicReference<Ending> ending = new AtomicReference<>();
        final CountDownLatch ended = new CountDownLatch(1);
        final int units;

        Counting(int units) {
            this.units = units;
        }

        @Override
        public boolean slice(Worker worker, Stop pause) {
            while (!pause.stopped()) if (done.incrementAndGet() >= units) return true;
            return false;
        }

        @Override
        public void ended(Ending how) {
            assertThat(ending.compareAndSet(null, how)).isTrue();
            ended.countDown();
        }
    }

    @Test
    void everySearchRunsOnceOnANamedWorkerWithItsOwnScratch() throws Exception {
        var ran = new AtomicInteger();
        var all = new CountDownLatch(1000);
        try (var work = new Work("search", 3, memory)) {
            for (int i = 0; i < 1000; i++)
                work.search(worker -> {
                    assertThat(Thread.currentThread().getName()).startsWith("search-");
                    assertThat(worker.scratch()).isSameAs(worker.scratch());
                    ran.incrementAndGet();
                    all.countDown();
                });
            all.await();
        }
        assertThat(ran).hasValue(1000);
        assertThat(memory.inUseBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aJobEndsOnceAndSearchesPassItBy(boolean heldBack) throws Exception {
        try (var work = new Work("work", 1, memory, System::nanoTime, () -> heldBack)) {
            var endless = new Counting(Integer.MAX_VALUE);
            var handle = work.start(endless);
            for (int i = 0; i < 20; i++) {
                var answered = new CountDownLatch(1);
                work.search(_ -> answered.countDown());
                answered.await();
            }
            assertThat(handle.ending()).isEmpty();
            handle.cancel();
            endless.ended.await();
            assertThat(endless.ending.get()).isInstanceOf(Job.Ending.Cancelled.class);
            var finite = new Counting(1000);
            work.start(finite);
            finite.ended.await();
            assertThat(finite.ending.get()).isInstanceOf(Job.Ending.Finished.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aJobThatThrowsFailsAndTheWorkerLivesOn(boolean heldBack) throws Exception {
        try (var work = new Work("work", 2, memory, System::nanoTime, () -> heldBack)) {
            var broken = new Counting(1) {
                @Override
                public boolean slice(Worker worker, Stop pause) {
                    throw new IllegalStateException("on purpose");
                }
            };
            work.start(broken);
            broken.ended.await();
            assertThat(broken.ending.get()).isInstanceOf(Job.Ending.Failed.class);
            var after = new CountDownLatch(4);
            for (int i = 0; i < 4; i++) work.search(_ -> after.countDown());
            after.await();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWideJobIsEndedAfterItsLastSliceOnly(boolean heldBack) throws Exception {
        try (var work = new Work("work", 4, memory, System::nanoTime, () -> heldBack)) {
            var inside = new AtomicInteger();
            var wide = new Counting(20_000) {
                @Override
                public int width() {
                    return 4;
                }

                @Override
                public boolean slice(Worker worker, Stop pause) {
                    inside.incrementAndGet();
                    try {
                        return super.slice(worker, pause);
                    } finally {
                        inside.decrementAndGet();
                    }
                }

                @Override
                public void ended(Ending how) {
                    assertThat(inside).hasValue(0);
                    super.ended(how);
                }
            };
            work.start(wide);
            wide.ended.await();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closingCancelsJobsAndEndsTheThreads(boolean heldBack) throws Exception {
        var job = new Counting(Integer.MAX_VALUE);
        var work = new Work("work", 2, memory, System::nanoTime, () -> heldBack);
        work.start(job);
        while (job.done.get() == 0) Thread.onSpinWait();
        work.close();
        assertThat(job.ending.get()).isInstanceOf(Job.Ending.Cancelled.class);
        assertThat(memory.inUseBytes()).isZero();
    }

    /// One slice, watched from outside while the clock stands where the test puts it.
    private final class Watched implements Job {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch mayEnd = new CountDownLatch(1);
        volatile Stop pause = Stop.NEVER;

        @Override
        public boolean slice(Worker worker, Stop asked) {
            pause = asked;
            begun.countDown();
            WorkTest.await(mayEnd);
            return true;
        }

        @Override
        public void ended(Ending how) {}
    }

    /// Where the system does not hold jobs back, from when that is known.
    private Work together(int workers, AtomicLong clock) throws InterruptedException {
        var work = new Work("work", workers, memory, clock::get, () -> false);
        var first = new Counting(1);
        work.start(first);
        first.ended.await();
        return work;
    }

    @Test
    void aSliceMakesWayForASearchThatWaitsButNotAtOnce() throws Exception {
        var clock = new AtomicLong();
        try (var work = together(2, clock)) {
            var inside = new CountDownLatch(1);
            var mayEnd = new CountDownLatch(1);
            work.search(_ -> {
                inside.countDown();
                await(mayEnd);
            });
            inside.await();
            var job = new Watched();
            work.start(job);
            job.begun.await();
            clock.addAndGet(Work.SLICE_NANOS - 1);
            assertThat(job.pause.stopped()).isFalse(); // nobody waits
            clock.addAndGet(1);
            assertThat(job.pause.stopped()).isTrue();
            clock.addAndGet(-Work.SLICE_NANOS);
            var answered = new CountDownLatch(1);
            work.search(_ -> answered.countDown());
            clock.addAndGet(Work.LEAST_NANOS - 1);
            assertThat(job.pause.stopped()).isFalse();
            clock.addAndGet(1);
            assertThat(job.pause.stopped()).isTrue();
            job.mayEnd.countDown();
            answered.await();
            mayEnd.countDown();
        }
    }

    @Test
    void whileSearchesNeverEndAJobGetsAWholeSliceWhenItsPatienceIsOver() throws Exception {
        var clock = new AtomicLong();
        try (var work = together(1, clock)) {
            var inside = new CountDownLatch(1);
            var mayEnd = new CountDownLatch(1);
            var last = new CountDownLatch(1);
            work.search(_ -> {
                inside.countDown();
                await(mayEnd);
            });
            inside.await();
            work.search(_ -> last.countDown());
            var job = new Watched();
            work.start(job);
            clock.addAndGet(Work.PATIENCE_NANOS + 1);
            mayEnd.countDown();
            job.begun.await(); // before the search that waits
            assertThat(last.getCount()).isOne();
            clock.addAndGet(Work.SLICE_NANOS - 1);
            assertThat(job.pause.stopped()).isFalse();
            clock.addAndGet(1);
            assertThat(job.pause.stopped()).isTrue();
            job.mayEnd.countDown();
            last.await();
        }
    }

    @Test
    void aSearchWaitsForNoSliceWhereTheSystemHoldsJobsBack() throws Exception {
        try (var work = new Work("work", 1, memory, System::nanoTime, () -> true)) {
            var job = new Watched();
            work.start(job);
            job.begun.await();
            var answered = new CountDownLatch(1);
            work.search(_ -> answered.countDown());
            answered.await();
            job.mayEnd.countDown();
        }
    }

    @Test
    void aJobHeldBackTakesBreathWhileSearchesKeepComing() throws Exception {
        var clock = new AtomicLong();
        var rests = new AtomicInteger();
        var behind = new Work.Behind() {
            @Override
            public boolean enter() {
                return true;
            }

            @Override
            public void rest() {
                rests.incrementAndGet();
            }
        };
        try (var work = new Work("work", 1, memory, clock::get, behind)) {
            var answered = new CountDownLatch(1);
            work.search(_ -> answered.countDown());
            answered.await();
            var job = new Watched();
            work.start(job);
            job.begun.await();
            clock.addAndGet(Work.BREATH_NANOS - 1);
            assertThat(job.pause.stopped()).isFalse();
            assertThat(rests).hasValue(0);
            clock.addAndGet(1);
            assertThat(job.pause.stopped()).isFalse();
            assertThat(job.pause.stopped()).isFalse();
            assertThat(rests).hasValue(1);
            clock.addAndGet(Work.PATIENCE_NANOS + 1);
            job.pause.stopped();
            assertThat(rests).as("nobody searches any more").hasValue(1);
            job.mayEnd.countDown();
        }
    }

    @Test
    void whileSearchesComeHalfAsManySlicesRunAtOnce() throws Exception {
        var clock = new AtomicLong();
        try (var work = new Work("work", 2, memory, clock::get, () -> true)) {
            var answered = new CountDownLatch(1);
            work.search(_ -> answered.countDown());
            answered.await();
            var first = new Watched();
            var second = new Watched();
            work.start(first);
            first.begun.await();
            work.start(second);
            assertThat(second.begun.await(100, TimeUnit.MILLISECONDS)).isFalse();
            first.mayEnd.countDown();
            second.begun.await();
            second.mayEnd.countDown();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aThreadOfTheBackgroundIsNicerThanBeforeAndOneOfTheForegroundIsNot() throws Exception {
        assertThat(niceness(Background::enter)).isEqualTo(Math.min(19, niceness(() -> {}) + 10));
        assertThat(niceness(Foreground::enter)).isEqualTo(niceness(() -> {}));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aThreadOfTheMidgroundIsNoNicerAndTheCompilersOfTheJvmCanBeSentThere() throws Exception {
        assertThat(niceness(Midground::enter)).isEqualTo(niceness(() -> {}));
        int gone = Midground.sendCompilers();
        // Where the system refuses none goes, as none of this thread's own would.
        assertThat(gone > 0).isEqualTo(Scheduling.ask(0, 2_800_000));
    }

    private static int niceness(Runnable first) throws Exception {
        var nice = new CompletableFuture<Integer>();
        Thread.ofPlatform().start(() -> {
            try {
                first.run();
                var stat = Files.readString(Path.of("/proc/thread-self/stat"));
                nice.complete(
                        Integer.parseInt(stat.substring(stat.lastIndexOf(')')).split(" ")[17]));
            } catch (IOException unreadable) {
                nice.completeExceptionally(unreadable);
            }
        });
        return nice.get();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void aLentThreadComputesInTheRoomOfAFreeWorkerWhatItHasTimeFor() throws Exception {
        try (var work = new Work("work", 1, memory)) {
            var ran = new AtomicReference<Thread>();
            Work.lending(
                    () -> work.search(worker -> {
                        assertThat(worker.mayTake(1_000)).isTrue();
                        assertThat(worker.mayTake(1_001)).isFalse();
                        ran.set(Thread.currentThread());
                    }),
                    1_000);
            assertThat(ran).hasValue(Thread.currentThread());
            var later = new CompletableFuture<Boolean>();
            work.search(worker -> later.complete(worker.mayTake(Double.MAX_VALUE)));
            assertThat(later.get())
                    .as("the worker's own thread has all the time")
                    .isTrue();
        }
    }

    @Test
    void whatASearchOnALentThreadHandsOnGoesToAnother() throws Exception {
        try (var work = new Work("work", 1, memory)) {
            var ran = new CompletableFuture<String>();
            Work.lending(
                    () -> work.search(_ ->
                            work.search(_ -> ran.complete(Thread.currentThread().getName()))),
                    1_000);
            assertThat(ran.get()).startsWith("work-");
        }
    }

    @Test
    void aLentThreadDoesNotComputeBesideAsManyAsThereAreWorkers() throws Exception {
        try (var work = new Work("work", 1, memory)) {
            var busy = new CountDownLatch(1);
            var go = new CountDownLatch(1);
            work.search(_ -> {
                busy.countDown();
                await(go);
            });
            busy.await();
            var ran = new CompletableFuture<Thread>();
            Work.lending(() -> work.search(_ -> ran.complete(Thread.currentThread())), 1_000);
            assertThat(ran).isNotDone();
            go.countDown();
            assertThat(ran.get()).isNotEqualTo(Thread.currentThread());
        }
    }
}
