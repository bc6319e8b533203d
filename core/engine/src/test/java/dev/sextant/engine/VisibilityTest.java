package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.engine.segment.Runs;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class VisibilityTest {
    private final Memory memory = new Memory(64 << 20);

    private static Runs runs(Random random, int rows, int longest, int values) {
        var ends = new java.util.ArrayList<Integer>();
        for (int row = 0; row < rows; ) ends.add(row = Math.min(rows, row + random.nextInt(1, longest)));
        return new Runs(
                ends.stream().mapToInt(Integer::intValue).toArray(),
                random.longs(ends.size(), 1, values).toArray());
    }

    private static boolean shown(Runs times, Runs partitions, Deletions deletions, Moment moment, int row) {
        long t = times.of(row);
        if (t < moment.leastInsert() || t > moment.timestamp() || moment.gone().contains(partitions.of(row)))
            return false;
        var seen = deletions.seen();
        for (int i = 0; i < seen.upTo(moment.timestamp()); i++) if (seen.rows()[i] == row) return false;
        return true;
    }

    private static Runs inMillis(Runs runs) {
        return new Runs(
                runs.ends(),
                java.util.Arrays.stream(runs.values())
                        .map(HybridClock::ofMillis)
                        .toArray());
    }

    /// Moments of about half of the rows.
    private static Ends ends(Random random, int rows, int field) {
        var some = random.ints(0, rows).distinct().limit(rows / 2).boxed().toList();
        var moments = new java.util.HashMap<Integer, Long>();
        for (int row : some) moments.put(row, random.nextLong(2_000_000));
        var order = some.stream()
                .sorted(java.util.Comparator.comparing(moments::get))
                .mapToInt(Integer::intValue)
                .toArray();
        return new Ends(
                field, java.util.Arrays.stream(order).mapToLong(moments::get).toArray(), order);
    }

    private static boolean ended(Optional<Ends> ends, long micros, int row) {
        if (ends.isEmpty()) return false;
        for (int i = 0; i < ends.get().rows().length; i++)
            if (ends.get().rows()[i] == row) return ends.get().moments()[i] <= micros;
        return false;
    }

    @Test
    @Tag("slow")
    void whateverCameBeforeEachMomentShowsWhatARowByRowLookShows() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            int rows = random.nextInt(1, 2_000);
            var times = inMillis(runs(random, rows, 30, 1_000));
            var partitions = runs(random, rows, 10, 5);
            var deletions = new Deletions();
            var here = new HashSet<Long>();
            for (long partition : partitions.values()) here.add(partition);
            var orders = List.of(ends(random, rows, 1), ends(random, rows, 2));
            try (var visibility = new Visibility(times, partitions, deletions, memory)) {
                long now = 500;
                for (int step = 0; step < 30; step++) {
                    now += random.nextInt(40);
                    for (int i = random.nextInt(5); i > 0; i--)
                        deletions.add(random.nextInt(rows), HybridClock.ofMillis(now));
                    deletions.publish();
                    long t = random.nextInt(5) == 0 ? random.nextLong(now) : now;
                    var gone = random.nextInt(3) == 0 ? Set.of(1L + random.nextInt(4)) : Set.<Long>of();
                    var moment = new Moment(
                            HybridClock.ofMillis(t),
                            random.nextInt(4) == 0 ? Long.MIN_VALUE : HybridClock.ofMillis(t - 300),
                            gone,
                            Shop.schema());
                    int which = random.nextInt(10);
                    var ends = which == 9 ? Optional.<Ends>empty() : Optional.of(orders.get(which / 8));
                    var bits = visibility.at(moment, here, ends);
                    for (int row = 0; row < rows; row++)
                        assertThat(bits.get(row))
                                .as("seed %d, row %d at %s", seed, row, moment)
                                .isEqualTo(shown(times, partitions, deletions, moment, row)
                                        && !ended(ends, moment.micros(), row));
                    assertThat(visibility.at(moment, here, ends).count(rows)).isEqualTo(bits.count(rows));
                }
                for (long partition = 1; partition < 5; partition++) {
                    var of = visibility.ofPartition(partition);
                    assertThat(visibility.ofPartition(partition)).isSameAs(of);
                    for (int row = 0; row < rows; row++)
                        assertThat(of.get(row)).isEqualTo(partitions.of(row) == partition);
                }
                assertThat(memory.byName()).containsKey("visible rows");
            }
            assertThat(memory.inUseBytes()).isZero();
        }
    }

    @Test
    void aViewInWhichNothingHappenedCostsNothing() {
        var times = runs(new Random(1), 1_000, 3, 1_000);
        try (var visibility = new Visibility(times, times, new Deletions(), memory)) {
            var first = visibility.at(new Moment(2_000, 500, Set.of(), Shop.schema()), Set.of(), Optional.empty());
            assertThat(visibility.at(new Moment(2_001, 500, Set.of(), Shop.schema()), Set.of(), Optional.empty()))
                    .isSameAs(first);
        }
    }

    @Test
    void nodesOfRowsAgreeWithALookAtEach() {
        var random = new Random(7);
        int rows = 70_000;
        var rowOfNode = random.ints(0, rows).distinct().limit(50_000).sorted().toArray();
        var nodes = NodesOfRows.ofVectors(rowOfNode, rows);
        var wanted = Bits.builder(rows);
        for (int i = 0; i < 40_000; i++) wanted.set(random.nextInt(rows));
        var bits = wanted.build();
        var found = nodes.of(bits, true);
        for (int node = 0; node < rowOfNode.length; node++)
            assertThat(found.get(node)).isEqualTo(bits.get(rowOfNode[node]));
        assertThat(nodes.of(bits, true)).isSameAs(found);
        assertThat(nodes.of(Bits.ALL, false).isAll()).isTrue();
    }
}
