package dev.sextant.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.world.DiskFailure;
import dev.sextant.world.FaultDisk;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Histories of losses of power at random moments, on a disk that keeps any subset of the sectors that were not forced.
class PowerCutTest {

    @Test
    void whatWasAcknowledgedSurvivesAnyLossOfPower() {
        for (long seed = 0; seed < 80; seed++) new History(seed, 0).run();
    }

    @Test
    void whatWasAcknowledgedSurvivesLossesOfPowerOnADiskWhoseWritesAndForcesFail() {
        for (long seed = 1_000_000; seed < 1_000_050; seed++) new History(seed, 0.05).run();
    }

    @Test
    @Tag("slow")
    void whatWasAcknowledgedSurvivesThousandsOfLossesOfPower() {
        long first = Long.getLong("sextant.seed", System.nanoTime());
        System.out.println("seed " + first);
        for (long seed = first; seed < first + 2_500; seed++) new History(seed, seed % 2 == 0 ? 0 : 0.08).run();
    }

    @Test
    void withoutForcingALossOfPowerLeavesSomeOfTheFirstEntries() {
        for (long seed = 0; seed < 60; seed++) {
            var random = new SplittableRandom(seed);
            var disk = new FaultDisk(seed, 512);
            var story = new Story(disk, Story.unforced()).start(1);
            var proposed = new ArrayList<String>();
            for (int i = 0; i < 30; i++) {
                proposed.add(i + " " + "x".repeat(random.nextInt(5000)));
                if (random.nextBoolean()) story.put(proposed.getLast());
                else story.propose(proposed.getLast());
            }
            var cut = disk.cut();
            try (var again = new Story(cut, Story.unforced()).start(1)) {
                assertThat(proposed.subList(0, again.replayed().size()))
                        .as("seed %d", seed)
                        .isEqualTo(again.replayed());
            }
            story.close();
        }
    }

    @Test
    @Tag("slow")
    void withoutForcingAFailingDiskLosesNothingThatIsClosedInTheEnd() {
        for (long seed = 0; seed < 150; seed++) {
            var random = new SplittableRandom(seed);
            var disk = new FaultDisk(seed, 4096);
            var story = new Story(disk, Story.unforced()).start(1);
            for (int i = 0; i < 60; i++) {
                switch (random.nextInt(6)) {
                    case 0 -> disk.failForces(0.2);
                    case 1 -> disk.failWrites(0.2);
                    case 2 -> disk.setCapacity(disk.usedBytes() + random.nextInt(50_000));
                    case 3 -> disk.setReadOnly(random.nextInt(4) == 0);
                    default -> heal(disk);
                }
                story.put(i + " " + "x".repeat(random.nextInt(20_000)));
            }
            heal(disk);
            story.awaitHealth(Health.Well.class);
            story.close();
            try (var again = new Story(disk.cut(), Story.unforced()).start(1)) {
                assertThat(again.received).as("seed %d", seed).containsAllEntriesOf(story.durable);
                assertThat(again.replayed()).noneMatch(story.refused::contains);
            }
        }
    }

    private static void heal(FaultDisk disk) {
        disk.failForces(0);
        disk.failWrites(0);
        disk.setReadOnly(false);
        disk.setCapacity(Long.MAX_VALUE / 2);
    }

    /// One disk through several lives of the log, each ended by a loss of power or the end of the process.
    private static final class History {
        private final long seed;
        private final SplittableRandom random;
        private final double failing;
        private FaultDisk disk;
        /// What every later life must begin with.
        private List<String> sure = List.of();
        private final HashSet<String> refused = new HashSet<>();
        private int proposals;
        /// Position that the log was cut at.
        private long needed = 1;

        History(long seed, double failing) {
            this.seed = seed;
            this.failing = failing;
            random = new SplittableRandom(seed);
            disk = new FaultDisk(seed, random.nextBoolean() ? 512 : 4096);
        }

        void run() {
            try {
                for (int life = 0; life < 4; life++) live();
                disk.powerOffAfter(Long.MAX_VALUE);
                check(new Story(disk).start(needed)).close();
            } catch (Throwable failed) {
                throw new AssertionError("seed " + seed + ": " + failed.getMessage(), failed);
            }
        }

        private void live() {
            disk.powerOffAfter(random.nextInt(4) == 0 ? random.nextInt(12) : random.nextInt(150));
            Story story;
            try {
                story = new Story(disk).start(needed);
            } catch (DiskFailure powerWentOff) {
                disk = disk.cut();
                return;
            }
            check(story);
            disk.failForces(failing);
            disk.failWrites(failing);
            int count = random.nextInt(40);
            for (int i = 0; i < count; i++) {
                var text = proposals++ + " "
                        + "x".repeat(random.nextInt(8) == 0 ? random.nextInt(30_000) : random.nextInt(300));
                if (random.nextInt(3) == 0) story.put(text);
                else story.propose(text);
                if (random.nextInt(30) == 0) cut(story);
            }
            end(story);
        }

        private void cut(Story story) {
            synchronized (story) {
                if (story.durable.isEmpty()) return;
                needed = random.nextLong(needed, Math.max(needed, story.durable.lastKey()) + 1);
                // What this story received begins at `needed` when the next one starts.
                story.received.headMap(needed).clear();
            }
            story.log.cut(needed);
        }

        private void end(Story story) {
            int way = random.nextInt(3);
            if (way == 0) story.close();
            sure = story.replayed(); // what was received before the power went must be there after it
            var cut = disk.cut();
            disk.powerOff();
            if (way != 0) story.close();
            if (way == 1) sure = story.replayed();
            disk = way == 1 ? disk.kill() : cut;
            refused.addAll(story.refused);
        }

        /// The replay begins with all that was ever received, and goes on only with what was proposed, in that order.
        private Story check(Story story) {
            var replayed = story.replayed();
            assertThat(replayed.size()).isGreaterThanOrEqualTo(sure.size());
            assertThat(replayed.subList(0, sure.size())).isEqualTo(sure);
            int before = -1;
            for (var text : replayed) {
                int number = Integer.parseInt(text.substring(0, text.indexOf(' ')));
                assertThat(number).isGreaterThan(before);
                before = number;
            }
            assertThat(replayed).noneMatch(refused::contains);
            sure = replayed;
            return story;
        }
    }
}
