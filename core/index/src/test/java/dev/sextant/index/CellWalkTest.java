package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.TopK;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Searches under filters in a quantised graph, whoever does them: [CellWalk], [QuantisedWalk] or [BlockScan].
class CellWalkTest {
    private static final int ROWS = 4200;

    private static TopK scanned(VectorIndex graph, MemorySegment query, Accept accept, Metric metric, Scratch scratch) {
        var target = Target.of(query, 10, 64, accept);
        return Clusters.run(graph.scan(target, 0, ROWS, scratch).orElseThrow(), metric, 10);
    }

    @Test
    @Tag("slow")
    void theScanOfCodesFindsWhatTheScanOfFullRowsFinds() {
        var random = new Random(17);
        for (var metric : new Metric[] {Metric.L2, Metric.IP, Metric.COSINE})
            for (boolean whole : new boolean[] {false, true})
                try (var data = new Clusters(5, ROWS, 40, VectorType.FLOAT32)) {
                    if (whole) QuantisedGraphTest.makeWhole(data);
                    try (var graph = QuantisedGraphTest.build(data, metric)) {
                        for (int q = 0; q < 10; q++) {
                            var bits = Bits.builder(ROWS);
                            for (int row = 0; row < ROWS; row++) if (random.nextInt(q + 1) == 0) bits.set(row);
                            var accept = Accept.of(bits.build());
                            var query = data.vector();
                            var exact =
                                    Clusters.run(Flat.walk(data.rows, metric, query, accept, data.scratch), metric, 10);
                            var found = scanned(graph, query, accept, metric, data.scratch);
                            assertThat(found.size()).isEqualTo(10);
                            for (int i = 0; i < 10; i++)
                                assertThat(found.score(i))
                                        .describedAs("%s, whole %s, query %d, hit %d", metric, whole, q, i)
                                        .isCloseTo(
                                                exact.score(i), org.assertj.core.data.Percentage.withPercentage(0.1));
                        }
                    }
                }
    }

    /// The rows in order of their distance from a query.
    private static int[] ranked(Clusters data, MemorySegment query) {
        var all = new TopK();
        all.reset(ROWS, false);
        var walk = Flat.walk(data.rows, Metric.L2, query, Accept.ALL, data.scratch);
        for (boolean more = true; more; ) {
            more = walk.advance(ROWS) instanceof Step.More;
            all.offer(walk.hits().rows(), walk.hits().scores(), walk.hits().count());
        }
        var rows = new int[ROWS];
        Arrays.setAll(rows, all::row);
        return rows;
    }

    private static Accept of(int[] ranked, int from, int to) {
        var bits = Bits.builder(ROWS);
        for (int i = from; i < to; i++) bits.set(ranked[i]);
        return Accept.of(bits.build());
    }

    @Test
    @Tag("slow")
    void aFilterFarFromTheQueryIsScannedAndOneAroundItIsNot() {
        try (var data = new Clusters(11, ROWS, 24, VectorType.FLOAT32);
                var graph = QuantisedGraphTest.build(data, Metric.L2)) {
            var query = data.vector();
            var ranked = ranked(data, query);
            int m = ROWS / 10;
            var far = graph.walk(query, 10, 64, of(ranked, ROWS - m, ROWS), data.scratch);
            Clusters.run(far, Metric.L2, 10);
            assertThat(far.isScan()).isTrue();
            assertThat(far.scored()).isLessThan(3 * graph.scanCodes(m));
            var near = graph.walk(query, 10, 64, of(ranked, 0, m), data.scratch);
            Clusters.run(near, Metric.L2, 10);
            assertThat(near.isScan()).isFalse();
            assertThat(near.scored()).isLessThan(far.scored());
        }
    }

    /// Of what is accepted the nearest come back, and all of them where there are fewer than are wanted, however the
    /// filter lies to the query.
    @Test
    @Tag("slow")
    void kRowsComeBackWhereverKAreAcceptedAndElseAll() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        try (var data = new Clusters(random.nextInt(), ROWS, 24, VectorType.FLOAT32);
                var graph = QuantisedGraphTest.build(data, Metric.L2);
                var second = new Scratch(data.memory)) {
            int right = 0, wanted = 0;
            for (int q = 0; q < 60; q++) {
                var query = data.vector();
                var accept = comesAgain(graph, anyFilter(random, ranked(data, query)), random);
                int k = 1 + random.nextInt(30), there = Math.min(k, accept.count(ROWS));
                var exact = Clusters.run(Flat.walk(data.rows, Metric.L2, query, accept, second), Metric.L2, k);
                var found =
                        Clusters.run(graph.walk(query, k, 40 + random.nextInt(80), accept, data.scratch), Metric.L2, k);
                assertThat(found.size()).as("seed %d, query %d", seed, q).isEqualTo(there);
                for (int i = 0; i < found.size(); i++) {
                    assertThat(accept.test(found.row(i)))
                            .as("seed %d, query %d", seed, q)
                            .isTrue();
                    if (found.score(i) <= exact.score(there - 1)) right++;
                }
                wanted += there;
            }
            assertThat(right).as("seed %d", seed).isGreaterThan(wanted * 95 / 100);
        }
    }

    /// Whatever share is accepted, near or anywhere: what leaves is accepted, nothing leaves twice, widened or not, and
    /// the next best follow.
    @Test
    @Tag("slow")
    void aWalkThatIsWidenedLetsTheNextBestLeaveAndNothingTwice() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        try (var data = new Clusters(random.nextInt(), ROWS, 24, VectorType.FLOAT32);
                var graph = QuantisedGraphTest.build(data, Metric.L2)) {
            for (int share : new int[] {60, 30, 12, 4}) {
                var query = data.vector();
                var bits = Bits.builder(ROWS);
                for (int row = 0; row < ROWS; row++) if (random.nextInt(100) < share) bits.set(row);
                var accept = comesAgain(graph, Accept.of(bits.build()), random);
                var ranked =
                        Arrays.stream(ranked(data, query)).filter(accept::test).toArray();
                var walk = graph.walk(query, 10, 64, accept, data.scratch);
                var left = new java.util.LinkedHashSet<Integer>();
                var effort = Effort.ofBeam(64);
                for (int times = 0; times < 4; times++) {
                    for (boolean more = true; more; ) {
                        more = walk.advance(500) instanceof Step.More;
                        for (int i = 0; i < walk.hits().count(); i++)
                            assertThat(left.add(walk.hits().rows()[i]))
                                    .as("seed %d, share %d", seed, share)
                                    .isTrue();
                    }
                    effort = effort.doubled();
                    if (!walk.widen(effort)) break;
                }
                assertThat(left).as("seed %d, share %d", seed, share).allMatch(accept::test);
                int wanted = Math.min(30, ranked.length), found = 0;
                for (int i = 0; i < wanted; i++) if (left.contains(ranked[i])) found++;
                assertThat(found).as("seed %d, share %d", seed, share).isGreaterThanOrEqualTo(wanted * 8 / 10);
            }
        }
    }

    /// A search through cells finds about what the graph finds where nothing is filtered, and more with more effort.
    @Test
    @Tag("slow")
    void theRecallUnderAFilterGoesWithTheBeam() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        int rows = 6_000;
        try (var data = new Clusters(random.nextInt(), rows, 24, VectorType.FLOAT32);
                var graph = QuantisedGraphTest.build(data, Metric.L2)) {
            var bits = Bits.builder(rows);
            for (int row = 0; row < rows; row++) if (random.nextInt(12) == 0) bits.set(row);
            var accept = comesAgain(graph, Accept.of(bits.build()), random);
            var right = new int[2];
            for (int q = 0; q < 60; q++) {
                var query = data.vector();
                var exact = Clusters.run(Flat.walk(data.rows, Metric.L2, query, accept, data.scratch), Metric.L2, 10);
                for (int wide = 0; wide < 2; wide++) {
                    var walk = graph.walk(query, 10, wide == 1 ? 256 : 32, accept, data.scratch);
                    var found = Clusters.run(walk, Metric.L2, 10);
                    for (int i = 0; i < found.size(); i++) if (found.score(i) <= exact.score(9)) right[wide]++;
                }
            }
            assertThat(right[0]).as("seed %d", seed).isGreaterThan(60 * 10 * 85 / 100);
            assertThat(right[1]).as("seed %d", seed).isGreaterThan(60 * 10 * 97 / 100);
        }
    }

    /// The same rows; maybe in the order of cells as well, there maybe with others that have been deleted since.
    private static Accept comesAgain(VectorIndex graph, Accept accept, Random random) {
        int way = random.nextInt(3);
        if (way == 0) return accept;
        var more = Bits.builder(graph.count());
        for (int row = 0; row < graph.count(); row++) if (random.nextInt(8) == 0) more.set(row);
        var kept = way == 1 ? accept.bits() : accept.bits().or(more.build());
        return Accept.of(accept.bits(), graph.arranged(kept));
    }

    /// What is asked of the cells of another graph is not asked here.
    @Test
    @Tag("slow")
    void theOrderOfAnotherGraphIsPassedOver() {
        try (var data = new Clusters(21, ROWS, 24, VectorType.FLOAT32);
                var graph = QuantisedGraphTest.build(data, Metric.L2);
                var other = QuantisedGraphTest.build(data, Metric.IP)) {
            var bits = Bits.builder(ROWS);
            for (int row = 0; row < ROWS; row += 50) bits.set(row);
            var rows = bits.build();
            assertThat(graph.arranged(rows)).isPresent();
            assertThat(graph.arranged(Bits.ALL)).isEmpty();
            var target = Target.of(data.vector(), 10, 64, Accept.of(rows, other.arranged(rows)));
            var found = Clusters.run(graph.walk(target, data.scratch), Metric.L2, 10);
            var expected =
                    Clusters.run(graph.walk(target.query(), 10, 64, Accept.of(rows), data.scratch), Metric.L2, 10);
            assertThat(found.size()).isEqualTo(10);
            for (int i = 0; i < 10; i++) assertThat(found.row(i)).isEqualTo(expected.row(i));
        }
    }

    /// A row whose bit lies at its place costs an eighth of a byte to test, one that is looked up by its number four.
    @Test
    @Tag("slow")
    void bitsInTheOrderOfCellsTouchLessThanListsOfRows() {
        try (var data = new Clusters(22, ROWS, 24, VectorType.FLOAT32);
                var graph = QuantisedGraphTest.build(data, Metric.L2)) {
            var bits = Bits.builder(ROWS);
            for (int row = 0; row < ROWS; row += 12) bits.set(row);
            var rows = bits.build();
            var target = Target.of(data.vector(), 10, 64, Accept.of(rows));
            var byNumber = graph.walk(target, data.scratch);
            var found = Clusters.run(byNumber, Metric.L2, 10);
            long touched = byNumber.bytesTouched();
            var arranged = Accept.of(rows, graph.arranged(rows));
            var byPlace = graph.walk(Target.of(target.query(), 10, 64, arranged), data.scratch);
            var again = Clusters.run(byPlace, Metric.L2, 10);
            for (int i = 0; i < 10; i++) assertThat(again.row(i)).isEqualTo(found.row(i));
            assertThat(byPlace.bytesTouched()).isLessThan(touched * 7 / 8);
        }
    }

    /// Rows anywhere, around the query, far from it, or in a ring; from one to nearly all.
    private static Accept anyFilter(Random random, int[] ranked) {
        int n = (int) Math.pow(ROWS, random.nextDouble());
        var bits = Bits.builder(ROWS);
        int from = switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> ROWS - n;
            case 2 -> random.nextInt(ROWS - n + 1);
            default -> -1;
        };
        for (int i = 0; i < n; i++) bits.set(ranked[from < 0 ? random.nextInt(ROWS) : from + i]);
        return Accept.of(bits.build());
    }

    @Test
    @Tag("slow")
    void aHoleAroundTheQueryIsCrossed() {
        try (var data = new Clusters(12, ROWS, 24, VectorType.FLOAT32);
                var graph = QuantisedGraphTest.build(data, Metric.L2)) {
            int right = 0;
            for (int q = 0; q < 10; q++) {
                var query = data.vector();
                var ranked = ranked(data, query);
                for (int share : new int[] {50, 80, 95, 99}) {
                    int from = ROWS - ROWS * share / 100;
                    var found = Clusters.run(
                            graph.walk(query, 10, 64, of(ranked, from, ROWS), data.scratch), Metric.L2, 10);
                    assertThat(found.size()).isEqualTo(10);
                    for (int i = 0; i < 10; i++)
                        for (int j = from; j < from + 10; j++) if (found.row(i) == ranked[j]) right++;
                }
            }
            assertThat(right).isGreaterThanOrEqualTo(380); // of 400
        }
    }

    @Test
    void whatAWalkKeepsOfNodesAheadIsTakenFromTheBudget() {
        var memory = new Memory(1 << 20);
        try (var scratch = new Scratch(memory)) {
            var extent = scratch.part(Extent.class, Extent::new);
            extent.begin(scratch, 64, 1, 10, 1_000);
            long before = memory.inUseBytes();
            var none = Accept.of(Bits.builder(1).build());
            for (int node = 0; node < 10_000; node++) meet(extent, node, none);
            assertThat(memory.inUseBytes()).isGreaterThanOrEqualTo(before + 8 * 10_000);
            assertThatThrownBy(() -> {
                        for (int node = 0; node < 1_000_000; node++) meet(extent, node, none);
                    })
                    .isInstanceOf(OutOfBudget.class);
            assertThat(extent.ahead.bytes()).isLessThan(1 << 20);
        }
        assertThat(memory.inUseBytes()).isZero();
    }

    private static void meet(Extent extent, int node, Accept accept) {
        extent.meet(new int[] {node}, new float[] {node}, 1, accept, Float.MAX_VALUE);
    }

    @Test
    void theNearestNodeOfAFrontierGoesFirst() {
        var random = new Random(3);
        var frontier = new Frontier();
        var distances = new float[1000];
        for (int i = 0; i < distances.length; i++) {
            distances[i] = random.nextFloat();
            frontier.add(i, distances[i]);
        }
        float last = 0;
        for (int i = 0; i < distances.length; i++) {
            assertThat(frontier.ahead()).isGreaterThanOrEqualTo(last);
            last = frontier.ahead();
            assertThat(distances[frontier.poll()]).isEqualTo(last);
        }
        assertThat(frontier.isEmpty()).isTrue();
    }
}
