package dev.sextant.engine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.engine.file.CorruptFile;
import dev.sextant.world.FaultDisk;
import dev.sextant.world.MemoryDisk;
import dev.sextant.world.RealDisk;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalLogTest {
    private final MemoryDisk disk = new MemoryDisk();

    @Test
    void anEmptyLogBeginsAtOneAndWritesNothing() {
        try (var story = new Story(disk).start(0)) {
            assertThat(story.log.begin()).isEqualTo(1);
            assertThat(story.log.end()).isEqualTo(1);
        }
        assertThat(disk.list("log")).isEmpty();
    }

    @Test
    void whatWasAcknowledgedIsReplayedInOrder() {
        try (var story = new Story(disk).start(1)) {
            for (int i = 0; i < 100; i++) story.put("entry " + i);
            assertThat(story.durable.keySet()).containsExactlyElementsOf(positions(1, 101));
        }
        try (var again = new Story(disk).start(1)) {
            assertThat(again.replayed())
                    .containsExactlyElementsOf(
                            IntStream.range(0, 100).mapToObj(i -> "entry " + i).toList());
            assertThat(again.order).isSorted();
            again.put("more");
            assertThat(again.durable).isEqualTo(Map.of(101L, "more"));
        }
    }

    @Test
    void replayBeginsWhereItIsAsked() {
        try (var story = new Story(disk).start(1)) {
            for (int i = 1; i <= 50; i++) story.put("e" + i);
        }
        for (long from : new long[] {0, 1, 2, 25, 50, 51})
            try (var again = new Story(disk).start(from)) {
                assertThat(again.order).containsExactlyElementsOf(positions(Math.max(1, from), 51));
            }
        try (var beyond = new Story(disk)) {
            assertThatThrownBy(() -> beyond.start(52))
                    .isInstanceOf(LogLacks.class)
                    .hasMessageContaining("1 to 50");
        }
    }

    @Test
    void entriesOfSeveralPiecesAndOfNoBytesArriveWhole(@TempDir Path directory) {
        var real = RealDisk.at(directory);
        var large = "x".repeat(3 << 20);
        try (var story = new Story(real).start(1)) {
            story.put("");
            story.put(large);
            assertThat(outcome(story.log, List.of(bytes("a"), bytes(""), bytes("bc"))))
                    .isEqualTo("durable 3");
        }
        try (var again = new Story(real).start(1)) {
            assertThat(again.replayed()).containsExactly("", large, "abc");
        }
    }

    @Test
    @Tag("slow")
    void theLargestEntryArrivesWholeAndALargerOneIsRefused(@TempDir Path directory) {
        var real = RealDisk.at(directory);
        var largest = new byte[LogConfig.MAXIMUM_ENTRY];
        new java.util.SplittableRandom(1).nextBytes(largest);
        var config = LogConfig.of("log", Story.CLUSTER);
        try (var log = LocalLog.open(Story.world(real), config)) {
            log.start(
                    1,
                    (position, bytes) -> assertThat(bytes.mismatch(MemorySegment.ofArray(largest)))
                            .isEqualTo(-1));
            assertThat(outcome(log, List.of(MemorySegment.ofArray(largest)))).isEqualTo("durable 1");
            assertThat(outcome(log, List.of(MemorySegment.ofArray(largest), bytes("x"))))
                    .startsWith("refused");
        }
        try (var log = LocalLog.open(Story.world(real), config)) {
            log.start(
                    1,
                    (position, bytes) -> assertThat(bytes.mismatch(MemorySegment.ofArray(largest)))
                            .isEqualTo(-1));
            assertThat(log.end()).isEqualTo(2);
        }
    }

    @Test
    void entriesOfManyProposersAreEachThereOnceAndInTheOrderOfEachProposer(@TempDir Path directory)
            throws InterruptedException {
        var real = RealDisk.at(directory);
        try (var story = new Story(real).start(1)) {
            var threads = IntStream.range(0, 8)
                    .mapToObj(thread -> Thread.ofVirtual().start(() -> {
                        for (int i = 0; i < 200; i++) story.propose(thread + " " + "%03d".formatted(i));
                        story.put(thread + " last");
                    }))
                    .toList();
            for (var thread : threads) thread.join();
            assertThat(story.durable).hasSize(8 * 201).isEqualTo(story.received);
        }
        try (var again = new Story(real).start(1)) {
            assertThat(again.order).containsExactlyElementsOf(positions(1, 8 * 201 + 1));
            for (int thread = 0; thread < 8; thread++) {
                var mine = "" + thread;
                assertThat(again.replayed().stream().filter(text -> text.startsWith(mine + " ")))
                        .isSorted()
                        .hasSize(201);
            }
        }
    }

    private static String outcome(Log log, List<MemorySegment> entry) {
        var heard = new java.util.concurrent.CompletableFuture<String>();
        log.propose(entry, new Log.Outcome() {
            @Override
            public void durable(long position) {
                heard.complete("durable " + position);
            }

            @Override
            public void unknown(Throwable why) {
                heard.complete("unknown " + why);
            }

            @Override
            public void refused(Throwable why) {
                heard.complete("refused " + why);
            }
        });
        return heard.orTimeout(60, java.util.concurrent.TimeUnit.SECONDS).join();
    }

    @Test
    void anErrorOfOurOwnIsToldToWhoeverWaits() {
        var config =
                new LogConfig("log", Story.CLUSTER, 1, 1, 64 << 10, true, 0, java.time.Duration.ofMillis(1), () -> {
                    throw new OutOfMemoryError("for the test");
                });
        try (var log = LocalLog.open(Story.world(disk), config)) {
            log.start(1, (_, _) -> {});
            assertThat(outcome(log, List.of(bytes("a")))).startsWith("unknown");
            assertThat(log.health()).isInstanceOf(Health.Stopped.class);
            assertThat(outcome(log, List.of(bytes("b")))).startsWith("refused");
        }
    }

    @Test
    void filesThatAreNoLongerNeededGoAndTheRestReplays() {
        long middle;
        try (var story = new Story(disk).start(1)) {
            for (int i = 0; i < 200; i++) story.put("entry " + i + "x".repeat(2000));
            assertThat(story.log.files()).hasSizeGreaterThan(5);
            middle = story.log.files().get(3).first();
            story.log.cut(middle + 1);
            assertThat(story.log.begin()).isEqualTo(middle);
            assertThat(new String(story.log.files().getFirst().note(), StandardCharsets.UTF_8))
                    .isEqualTo("note");
        }
        try (var again = new Story(disk).start(middle)) {
            assertThat(again.order).containsExactlyElementsOf(positions(middle, 201));
        }
        try (var early = new Story(disk)) {
            assertThatThrownBy(() -> early.start(middle - 1)).isInstanceOf(LogLacks.class);
        }
        try (var all = new Story(disk).start(middle)) {
            all.log.cut(Long.MAX_VALUE);
            assertThat(all.log.files()).hasSize(1);
            assertThat(all.log.end()).isEqualTo(201);
        }
        try (var last = new Story(disk).start(201)) {
            last.put("next");
            assertThat(last.durable).containsKey(201L);
        }
    }

    @Test
    void aLogOfAnotherClusterIsNotRead() {
        try (var story = new Story(disk).start(1)) {
            story.put("mine");
        }
        var other = LogConfig.of("log", new java.util.UUID(9, 9));
        assertThatThrownBy(() -> LocalLog.open(Story.world(disk), other))
                .isInstanceOf(CorruptFile.class)
                .hasMessageContaining("cluster");
    }

    @Test
    void afterTheEndNothingIsTaken() {
        var story = new Story(disk).start(1);
        story.put("kept");
        story.close();
        story.put("late");
        assertThat(story.refused).containsExactly("late");
        assertThat(story.log.health()).isInstanceOf(Health.Stopped.class);
    }

    @Test
    void aReceiverThatThrowsStopsTheLog() {
        var log = LocalLog.open(Story.world(disk), Story.config());
        log.start(1, (position, bytes) -> {
            throw new IllegalStateException("apply failed at " + position);
        });
        assertThat(outcome(log, List.of(bytes("x"))))
                .isEqualTo("unknown java.lang.IllegalStateException: apply failed at 1");
        assertThat(log.health()).isInstanceOf(Health.Stopped.class);
        log.close();
    }

    @Test
    void aFullDiskRefusesAndRecoversByItself() {
        var faulty = new FaultDisk(1, 4096);
        try (var story = new Story(faulty).start(1)) {
            story.put("before");
            faulty.setCapacity(faulty.usedBytes() + 4096);
            int tries = 0;
            while (story.refused.isEmpty()) story.put("until full " + tries++ + "x".repeat(1000));
            assertThat(story.unknown).isEmpty();
            assertThat(story.log.health())
                    .isInstanceOfSatisfying(
                            Health.Refusing.class,
                            it -> assertThat(it.why()).isInstanceOf(dev.sextant.world.DiskFailure.NoSpace.class));
            faulty.setCapacity(Long.MAX_VALUE / 2);
            story.awaitHealth(Health.Well.class);
            story.put("after");
            assertThat(story.durable).containsValue("after");
            assertReplays(faulty, story);
        }
    }

    @Test
    void aDiskThatTakesNoWritesIsReadAndRefusesUntilItDoes() {
        var faulty = new FaultDisk(1, 4096);
        try (var story = new Story(faulty).start(1)) {
            story.put("before");
        }
        faulty.setReadOnly(true);
        try (var story = new Story(faulty).start(1)) {
            assertThat(story.replayed()).containsExactly("before");
            story.put("refused");
            assertThat(story.refused).containsExactly("refused");
            faulty.setReadOnly(false);
            story.awaitHealth(Health.Well.class);
            story.put("after");
            assertThat(story.durable).containsValue("after");
            assertReplays(faulty, story);
        }
    }

    @Test
    void afterAFailedForceTheOutcomeIsUnknownAndTheLogGoesOnInANewFile() {
        var faulty = new FaultDisk(3, 512);
        try (var story = new Story(faulty).start(1)) {
            story.put("before");
            faulty.failForces(1);
            story.put("unsure");
            assertThat(story.unknown).containsExactly("unsure");
            assertThat(story.replayed()).containsExactly("before");
            story.put("refused");
            assertThat(story.refused).containsExactly("refused");
            faulty.failForces(0);
            story.awaitHealth(Health.Well.class);
            story.put("after");
            assertThat(story.replayed()).containsExactly("before", "unsure", "after");
            for (int i = 0; i < 20; i++) assertReplays(faulty, story);
        }
    }

    @Test
    void whatSurvivesTheEndOfTheProcessSurvivesTheLossOfPowerAfterIt() {
        for (int seed = 0; seed < 50; seed++) {
            var faulty = new FaultDisk(seed, 512);
            var story = new Story(faulty, Story.unforced()).start(1);
            for (int i = 0; i < 5; i++) story.put("entry " + i);
            var killed = faulty.kill(); // what was written is readable, but nobody forced it
            try (var second = new Story(killed).start(1)) {
                assertThat(second.replayed()).hasSize(5);
                try (var third = new Story(killed.cut()).start(1)) {
                    assertThat(third.replayed()).isEqualTo(second.replayed());
                }
            }
            story.close();
        }
    }

    static void assertReplays(FaultDisk disk, Story story) {
        try (var again = new Story(disk.cut()).start(1)) {
            assertThat(again.received).containsAllEntriesOf(story.durable);
        }
    }

    private static MemorySegment bytes(String text) {
        return MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Long> positions(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }
}
