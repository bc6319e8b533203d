package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.catalog.Collection;
import dev.sextant.model.Consistency;
import dev.sextant.model.Watch.JobInfo;
import dev.sextant.model.Watch.JobPhase;
import dev.sextant.model.Watch.Merge;
import dev.sextant.model.Watch.SegmentInfo;
import dev.sextant.world.MemoryDisk;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What whoever asks for a compaction is told.
class CompactionTest {
    private static Map<Long, Long> rows(long from, long to) {
        var rows = new TreeMap<Long, Long>();
        for (long i = from; i < to; i++) rows.put(i, i);
        return rows;
    }

    private static Collection filled(Shop shop, int shards, int segments) {
        var c = shop.create("c", shards);
        for (int i = 0; i < segments; i++) {
            shop.insert(c, rows(i * 200L, i * 200L + 200));
            shop.flush(c);
        }
        return c;
    }

    private static JobInfo job(Shop shop, long id) {
        return shop.engine.jobs().stream()
                .filter(job -> job.id() == id)
                .findFirst()
                .orElseThrow();
    }

    private static JobInfo ended(Shop shop, long id) {
        Shop.eventually(
                () -> job(shop, id).phase() != JobPhase.WAITING && job(shop, id).phase() != JobPhase.RUNNING);
        return job(shop, id);
    }

    private static List<Long> sealed(Shop shop, Collection c) {
        return shop.engine.segments(c.id()).stream()
                .filter(segment -> !segment.growing())
                .map(SegmentInfo::id)
                .toList();
    }

    @Test
    void itTellsWhichSegmentsBecameWhich() {
        try (var shop = new Shop(new MemoryDisk(), Shop.config())) {
            var c = filled(shop, 1, 3);
            var before = sealed(shop, c);
            assertThat(before).hasSize(3);
            var job = ended(shop, shop.engine.compact(c.shards(), Compaction.MAJOR));
            assertThat(job.phase()).isEqualTo(JobPhase.DONE);
            var after = sealed(shop, c);
            assertThat(after).hasSize(1);
            assertThat(job.merges()).hasSize(1);
            var merge = job.merges().getFirst();
            assertThat(merge.sources()).containsExactlyInAnyOrderElementsOf(before);
            assertThat(merge.target()).hasValue(after.getFirst());
            assertThat(merge.phase()).isEqualTo(JobPhase.DONE);
        }
    }

    @Test
    void aSegmentThatStaysAsItIsIsToldAsItsOwnTarget() {
        try (var shop = new Shop(new MemoryDisk(), Shop.config())) {
            var c = filled(shop, 1, 0);
            assertThat(shop.engine.compact(c.shards(), Compaction.MAJOR)).isEqualTo(-1);
            shop.insert(c, rows(0, 200));
            shop.flush(c);
            long only = sealed(shop, c).getFirst();
            assertThat(shop.engine.compact(c.shards(), Compaction.PLAIN)).isEqualTo(-1);
            var job = ended(shop, shop.engine.compact(c.shards(), Compaction.MAJOR));
            assertThat(job.merges())
                    .containsExactly(new Merge(c.id(), List.of(only), OptionalLong.of(only), JobPhase.DONE));
            assertThat(sealed(shop, c)).containsExactly(only);
        }
    }

    @Test
    void whoAsksNeedNotWaitForTheRuleOfTheHouse() {
        try (var shop = new Shop(new MemoryDisk(), Shop.config())) { // which merges four of a size
            var c = filled(shop, 1, 3);
            var before = sealed(shop, c);
            assertThat(before).hasSize(3);
            var job = ended(shop, shop.engine.compact(c.shards(), Compaction.PLAIN));
            assertThat(job.phase()).isEqualTo(JobPhase.DONE);
            assertThat(job.merges())
                    .singleElement()
                    .satisfies(merge -> assertThat(merge.sources()).containsExactlyInAnyOrderElementsOf(before));
            assertThat(sealed(shop, c)).hasSize(1);
            assertThat(shop.read(c, Consistency.STRONG)).hasSize(600);
            assertThat(shop.engine.compact(c.shards(), Compaction.PLAIN)).isEqualTo(-1);
        }
    }

    @Test
    void whatIsNamedIsMergedHoweverLargeAndNothingElse() {
        try (var shop = new Shop(new MemoryDisk(), Shop.config())) {
            var c = filled(shop, 1, 3);
            var before = sealed(shop, c);
            var two = Set.of(before.get(0), before.get(2));
            var none = new Compaction(false, Set.of(), Set.of(12345L));
            assertThat(shop.engine.compact(c.shards(), none)).isEqualTo(-1);
            var job = ended(shop, shop.engine.compact(c.shards(), new Compaction(false, Set.of(), two)));
            assertThat(job.merges())
                    .singleElement()
                    .satisfies(merge -> assertThat(merge.sources()).containsExactlyInAnyOrderElementsOf(two));
            assertThat(sealed(shop, c)).hasSize(2).contains(before.get(1));
            assertThat(shop.read(c, Consistency.STRONG)).hasSize(600);
        }
    }

    @Test
    void whoAsksHasWhatIsGoneTakenOutHoweverLittleItIs() {
        try (var shop = new Shop(new MemoryDisk(), Shop.config().with(to -> to.historyFor = Duration.ZERO))) {
            var c = filled(shop, 1, 1);
            shop.delete(c, 7L); // one of 200: not worth it to the house
            Shop.eventually(() -> {
                shop.delete(c, 1_000L); // so that the horizon moves
                return shop.engine.compact(c.shards(), Compaction.PLAIN) >= 0;
            });
            Shop.eventually(() -> shop.engine.segments(c.id()).stream()
                            .filter(segment -> !segment.growing())
                            .mapToLong(SegmentInfo::rows)
                            .sum()
                    == 199);
        }
    }

    @Test
    void aMergeThatLeavesNoRowHasNoTarget() {
        try (var shop = new Shop(new MemoryDisk(), Shop.config().with(to -> to.historyFor = Duration.ZERO))) {
            var c = filled(shop, 1, 1);
            var before = sealed(shop, c);
            shop.delete(c, rows(0, 200).keySet().toArray(Long[]::new));
            Shop.eventually(() -> {
                shop.delete(c, 1_000L); // so that the horizon moves
                return sealed(shop, c).isEmpty();
            });
            // The rows go a moment before the merge has ended.
            var done = new Merge(c.id(), before, OptionalLong.empty(), JobPhase.DONE);
            Shop.eventually(() ->
                    shop.engine.jobs().stream().anyMatch(job -> job.merges().contains(done)));
        }
    }

    @Test
    void whatIsAskedForWhileSegmentsAreMergedIsDoneAfterThat() {
        try (var shop = new Shop(new MemoryDisk(), Shop.config().with(to -> to.mergeWidth = 2))) {
            var c = shop.create("c", 2);
            for (int round = 0; round < 8; round++) {
                shop.insert(c, rows(round * 500L, round * 500L + 500));
                shop.flush(c);
                var job = ended(shop, shop.engine.compact(c.shards(), Compaction.MAJOR));
                assertThat(job.phase()).isEqualTo(JobPhase.DONE);
                assertThat(sealed(shop, c)).as("after %s", job).hasSize(2);
                for (var merge : job.merges()) assertThat(merge.phase()).isEqualTo(JobPhase.DONE);
            }
            assertThat(shop.read(c, Consistency.STRONG)).hasSize(4000);
        }
    }

    @Test
    void noJobAfterARestartHasTheIdOfOneBefore() {
        var disk = new MemoryDisk();
        long before;
        try (var shop = new Shop(disk, Shop.config())) {
            var c = filled(shop, 1, 2);
            before = shop.engine.compact(c.shards(), Compaction.MAJOR);
            ended(shop, before);
        }
        try (var shop = new Shop(disk, Shop.config())) {
            var c = shop.find("c");
            shop.insert(c, rows(5_000, 5_100));
            shop.flush(c);
            assertThat(shop.engine.jobs()).noneMatch(job -> job.id() <= before);
            assertThat(shop.engine.compact(c.shards(), Compaction.MAJOR)).isGreaterThan(before);
        }
    }
}
