package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.TopK;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.util.HashSet;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GraphTest {
    private static final HnswParameters PARAMETERS = new HnswParameters(12, 100, 7);

    @Test
    @Tag("slow")
    void aGraphFindsNearlyAllOfTheNearestForEveryTypeAndMetric() {
        for (var type : new VectorType[] {VectorType.FLOAT32, VectorType.FLOAT16, VectorType.BFLOAT16, VectorType.INT8})
            for (var metric : new Metric[] {Metric.L2, Metric.IP, Metric.COSINE})
                try (var data = new Clusters(3, 3000, 40, type);
                        var graph = data.build(metric, PARAMETERS)) {
                    assertThat(data.recall(graph, 10, 100, Accept.ALL, 60, false))
                            .as("%s %s", type, metric)
                            .isGreaterThan(0.97);
                }
    }

    @Test
    void aWiderBeamFindsMoreAndHitsThatLeftDoNotLeaveAgain() {
        try (var data = new Clusters(4, 2000, 24, VectorType.FLOAT32);
                var graph = data.build(Metric.L2, PARAMETERS)) {
            var walk = graph.walk(data.vector(), 10, 20, Accept.ALL, data.scratch);
            var seen = new HashSet<Integer>();
            for (var effort = Effort.ofBeam(40); ; effort = effort.doubled()) {
                for (Step step = Step.MORE; step instanceof Step.More; ) {
                    step = walk.advance(100);
                    for (int i = 0; i < walk.hits().count(); i++)
                        assertThat(seen.add(walk.hits().rows()[i])).isTrue();
                }
                if (!walk.widen(effort)) break;
            }
            assertThat(seen.size()).isGreaterThan(300);
        }
    }

    @Test
    void severalWorkersBuildAGraphAsGoodAsOne() throws Exception {
        try (var data = new Clusters(5, 4000, 32, VectorType.FLOAT32)) {
            try (var build = new HnswBuild(data.memory, data.rows, Metric.L2, PARAMETERS, Accept.ALL)) {
                var trouble = new AtomicReference<Throwable>();
                var threads = IntStream.range(0, 4)
                        .mapToObj(_ -> Thread.ofPlatform().start(() -> {
                            try (var scratch = new Scratch(data.memory)) {
                                while (!build.work(scratch, Stop.NEVER)) Thread.onSpinWait();
                            } catch (Throwable thrown) {
                                trouble.set(thrown);
                            }
                        }))
                        .toList();
                for (var thread : threads) thread.join();
                assertThat(trouble.get()).isNull();
                assertThat(build.progress().share()).isEqualTo(1);
                try (var graph = build.finish()) {
                    assertThat(data.recall(graph, 10, 80, Accept.ALL, 60, false))
                            .isGreaterThan(0.93);
                }
            }
        }
    }

    @Test
    void aStoppedBuildGivesItsMemoryBack() {
        try (var data = new Clusters(6, 1000, 16, VectorType.FLOAT32)) {
            long before = data.memory.inUseBytes();
            try (var build = new HnswBuild(data.memory, data.rows, Metric.L2, PARAMETERS, Accept.ALL)) {
                var calls = new int[1];
                assertThat(build.work(data.scratch, () -> calls[0]++ >= 300)).isFalse();
                assertThat(build.progress().done()).isEqualTo(300);
                assertThatThrownBy(build::finish).isInstanceOf(IllegalStateException.class);
            }
            assertThat(data.memory.inUseBytes()).isLessThan(before + 20_000); // scratch may have grown
        }
    }

    @Test
    void aDraftIsFoundInWhileItGrowsAndFreezesUnchanged() throws Exception {
        try (var data = new Clusters(7, 6000, 24, VectorType.FLOAT32)) {
            var draft = new Draft(data.memory, data.rows, Metric.L2, PARAMETERS, 6000);
            var trouble = new AtomicReference<Throwable>();
            var reader = Thread.ofPlatform().start(() -> {
                try (var scratch = new Scratch(data.memory)) {
                    var random = new Random(8);
                    while (draft.count() < 6000) {
                        int count = draft.count();
                        if (count == 0) continue;
                        int row = random.nextInt(count);
                        var self = data.rows.address(row);
                        var query = Clusters.encode(floats(self), VectorType.FLOAT32);
                        var found = Clusters.run(draft.walk(query, 5, 60, Accept.ALL, scratch), Metric.L2, 5);
                        assertThat(found.score(0))
                                .as("row %d of %d", row, count)
                                .isLessThan(1f);
                    }
                } catch (Throwable thrown) {
                    trouble.set(thrown);
                }
            });
            for (int row = 0; row < 6000; row++) {
                assertThat(draft.count()).isEqualTo(row);
                draft.insert(data.scratch);
            }
            reader.join();
            assertThat(trouble.get()).isNull();
            assertThatThrownBy(() -> draft.insert(data.scratch)).isInstanceOf(IllegalStateException.class);
            try (var graph = draft.freeze()) {
                assertThat(graph.count()).isEqualTo(6000);
                assertThat(data.recall(graph, 10, 80, Accept.ALL, 60, false)).isGreaterThan(0.97);
            }
        }
    }

    /// Of rows in order of their distance from one the furthest, and a query beside that one: whatever lies near the
    /// query is rejected.
    @Test
    void whereAllThatLiesNearIsRejectedAWalkBecomesTheScanOfTheCodes() {
        int n = 8000, accepted = 800;
        try (var data = new Clusters(17, n, 24, VectorType.FLOAT32);
                var graph = data.build(Metric.L2, PARAMETERS)) {
            var query = data.vector();
            var all = data.exact(query, Metric.L2, n, Accept.ALL);
            var far = Bits.builder(n);
            IntStream.range(n - accepted, n).map(all::row).sorted().forEach(far::set);
            var accept = Accept.of(far.build());
            var walk = graph.walk(query, 10, 80, accept, data.scratch);
            var found = Clusters.run(walk, Metric.L2, 10);
            assertThat(walk.isScan()).isTrue();
            assertThat(walk.scored()).isBetween(accepted + 36L, 2L * accepted);
            for (int i = 0; i < 10; i++) assertThat(found.row(i)).isEqualTo(all.row(n - accepted + i));
            assertThat(everything(walk, found)).isEqualTo(accepted);
            var near = graph.walk(query, 10, 80, Accept.of(upTo(all, n / 2)), data.scratch);
            Clusters.run(near, Metric.L2, 10);
            assertThat(near.isScan()).isFalse();
        }
    }

    /// Goes on until nothing more leaves; how many rows have left, each once.
    private static long everything(Walk walk, TopK first) {
        var seen = new HashSet<Integer>();
        for (int i = 0; i < walk.hits().count(); i++) seen.add(walk.hits().rows()[i]);
        assertThat(seen.size()).isGreaterThanOrEqualTo(first.size());
        for (var effort = Effort.ofBeam(160); walk.widen(effort); effort = effort.doubled())
            for (Step step = Step.MORE; step instanceof Step.More; ) {
                step = walk.advance(100);
                for (int i = 0; i < walk.hits().count(); i++)
                    assertThat(seen.add(walk.hits().rows()[i])).isTrue();
            }
        return seen.size();
    }

    private static Bits upTo(TopK nearest, int count) {
        var bits = Bits.builder(nearest.size());
        IntStream.range(0, count).map(nearest::row).sorted().forEach(bits::set);
        return bits.build();
    }

    @Test
    void theScanOfCodesLeavesWhatTheScanOfRowsDoes() {
        for (var metric : new Metric[] {Metric.L2, Metric.IP, Metric.COSINE})
            for (var type : new VectorType[] {VectorType.FLOAT32, VectorType.BFLOAT16, VectorType.INT8})
                try (var data = new Clusters(18, 3000, 40, type);
                        var graph = data.build(metric, PARAMETERS)) {
                    var bits = Bits.builder(3000);
                    for (int row = 0; row < 3000; row += 3) bits.set(row);
                    int right = 0;
                    for (int q = 0; q < 40; q++) {
                        var query = data.vector();
                        int from = 64 * q, to = 3000 - 7 * q;
                        var part = Bits.builder(3000);
                        for (int row = from; row < to; row++) if (row % 3 == 0) part.set(row);
                        var exact = data.exact(query, metric, 10, Accept.of(part.build()));
                        var target = Target.of(query, 10, 64, Accept.of(bits.build()));
                        var found = Clusters.run(
                                graph.scan(target, from, to, data.scratch).orElseThrow(), metric, 10);
                        assertThat(found.size()).isEqualTo(exact.size());
                        for (int i = 0; i < found.size(); i++)
                            if (!metric.better(exact.bound(), found.score(i))) right++;
                    }
                    assertThat(right).as("%s %s", type, metric).isGreaterThanOrEqualTo(398); // of 400
                }
    }

    private static float[] floats(long row) {
        var floats = new float[24];
        for (int c = 0; c < 24; c++) floats[c] = dev.sextant.kernel.Raw.getFloat(row + 4L * c);
        return floats;
    }

    @Test
    void anInsertThatDoesNotFitTheBudgetCanBeTriedAgain() {
        try (var data = new Clusters(8, 5000, 64, VectorType.FLOAT32)) {
            var free = data.memory.limitBytes() - data.memory.inUseBytes();
            try (var draft = new Draft(data.memory, data.rows, Metric.L2, PARAMETERS, 200_000)) {
                for (int row = 0; row < 1000; row++) draft.insert(data.scratch);
                try (var hog =
                        data.memory.reserve("hog", data.memory.limitBytes() - data.memory.inUseBytes() - 10_000)) {
                    assertThatThrownBy(() -> {
                                for (int row = 0; row < 4000; row++) draft.insert(data.scratch);
                            })
                            .isInstanceOf(OutOfBudget.class);
                    assertThat(hog.bytes()).isLessThan(free);
                }
                int count = draft.count();
                assertThat(count).isBetween(1000, 4999);
                while (draft.count() < 5000) draft.insert(data.scratch);
                assertThat(data.recall(draft, 10, 80, Accept.ALL, 30, false)).isGreaterThan(0.95);
            }
        }
    }

    @Test
    void everyFilterReturnsKWhenKMatch() {
        try (var data = new Clusters(9, 12_000, 24, VectorType.FLOAT32);
                var graph = data.build(Metric.L2, PARAMETERS)) {
            var random = new Random(9);
            for (double share : new double[] {0.99, 0.9, 0.7, 0.5, 0.3, 0.1, 0.05, 0.02, 0.01, 0.003, 0.001}) {
                var bits = Bits.builder(12_000);
                for (int row = 0; row < 12_000; row++) if (random.nextDouble() < share) bits.set(row);
                var accept = Accept.of(bits.build());
                assertThat(data.recall(graph, 10, 64, accept, 30, true))
                        .as("share %s", share)
                        .isGreaterThan(0.95);
                assertThat(data.recall(graph, 10, 64, accept, 30, false))
                        .as("graph alone, share %s", share)
                        .isGreaterThan(0.9);
                int wanted = Math.min(10, accept.count(12_000));
                var found =
                        Clusters.run(Nearest.walk(graph, data.vector(), 10, 20, accept, data.scratch), Metric.L2, 10);
                assertThat(found.size()).isEqualTo(wanted);
            }
        }
    }

    @Test
    void rowsThatAreGoneCostNoRecall() {
        try (var data = new Clusters(16, 12_000, 32, VectorType.FLOAT32);
                var graph = data.build(Metric.L2, PARAMETERS)) {
            var random = new Random(16);
            double whole = data.recall(graph, 10, 16, Accept.ALL, 1000, false);
            for (double share : new double[] {0.95, 0.85, 0.67, 0.5}) {
                var bits = Bits.builder(12_000);
                for (int row = 0; row < 12_000; row++) if (random.nextDouble() < share) bits.set(row);
                double recall = data.recall(graph, 10, 16, Accept.of(bits.build()), 1000, false);
                assertThat(recall).as("%s are there", share).isGreaterThan(whole - 0.003);
            }
        }
    }

    @Test
    void byInnerProductsShortRowsAreFoundToo() {
        try (var data = new Clusters(18, 6000, 48, VectorType.FLOAT32)) {
            // None is negative, most are 0, lengths differ much: by inner products alone edges lead to long rows only.
            var random = new Random(18);
            for (int row = 0; row < 6000; row++) {
                float scale = 0.3f + 1.7f * random.nextFloat();
                for (int c = 0; c < 48; c++) {
                    float value = scale * Math.max(0, data.component(row, c));
                    dev.sextant.kernel.Raw.putFloat(data.rows.address(row) + 4L * c, value);
                }
            }
            for (float longest : new float[] {1, 1e4f}) { // one of them
                var first = data.rows.address(0);
                for (int c = 0; c < 48; c++)
                    dev.sextant.kernel.Raw.putFloat(
                            first + 4L * c, longest * dev.sextant.kernel.Raw.getFloat(first + 4L * c));
                try (var graph = data.build(Metric.IP, PARAMETERS)) {
                    assertThat(data.recall(graph, 10, 24, Accept.ALL, 200, false))
                            .as("one is %s times as long", longest)
                            .isGreaterThan(longest == 1 ? 0.982 : 0.93);
                }
            }
        }
    }

    @Test
    void aFilterThatFollowsTheClustersReturnsKToo() {
        try (var data = new Clusters(10, 8000, 16, VectorType.FLOAT32);
                var graph = data.build(Metric.L2, PARAMETERS)) {
            for (float above : new float[] {-0.5f, 0.5f, 1.5f, 2.2f}) {
                var bits = Bits.builder(8000);
                for (int row = 0; row < 8000; row++) if (data.component(row, 0) > above) bits.set(row);
                var accept = Accept.of(bits.build());
                assertThat(data.recall(graph, 10, 64, accept, 40, true))
                        .as("above %s", above)
                        .isGreaterThan(0.9);
                var found =
                        Clusters.run(Nearest.walk(graph, data.vector(), 10, 20, accept, data.scratch), Metric.L2, 10);
                assertThat(found.size()).isEqualTo(Math.min(10, accept.count(8000)));
            }
        }
    }

    @Test
    void rowsOutsideTheMembersGetNoNode() {
        try (var data = new Clusters(11, 2000, 16, VectorType.FLOAT32)) {
            var bits = Bits.builder(2000);
            for (int row = 0; row < 2000; row++) if (row % 3 != 0) bits.set(row);
            var members = Accept.of(bits.build());
            try (var build = new HnswBuild(data.memory, data.rows, Metric.L2, PARAMETERS, members)) {
                assertThat(build.work(data.scratch, Stop.NEVER)).isTrue();
                try (var graph = build.finish()) {
                    for (int q = 0; q < 20; q++) {
                        var found = Clusters.run(
                                graph.walk(data.vector(), 50, 100, Accept.ALL, data.scratch), Metric.L2, 50);
                        assertThat(found.size()).isEqualTo(50);
                        for (int i = 0; i < 50; i++)
                            assertThat(found.row(i) % 3).isNotZero();
                    }
                    assertThat(data.recall(graph, 10, 80, members, 40, true)).isGreaterThan(0.95);
                }
            }
        }
    }

    @Test
    void aMergeTakesTheOldGraphOverAroundWhatIsGone() {
        try (var data = new Clusters(12, 6000, 24, VectorType.FLOAT32);
                var old = new Clusters(12, 6000, 24, VectorType.FLOAT32)) {
            for (int gone : new int[] {0, 5, 30}) { // per cent
                var random = new Random(gone);
                // The first 4000 rows had a graph; some are gone, the others moved together, the last 2000 follow.
                var newOf = new int[4000];
                int kept = 0;
                for (int row = 0; row < 4000; row++) newOf[row] = random.nextInt(100) < gone ? -1 : kept++;
                long stride = data.rows.stride();
                for (int row = 0; row < 6000; row++) {
                    int to = row >= 4000 ? kept + row - 4000 : newOf[row];
                    if (to >= 0) dev.sextant.kernel.Raw.copy(old.rows.address(row), data.rows.address(to), stride);
                }
                var rows = data.rows.withCount(kept + 2000);
                try (var before =
                        new HnswBuild(data.memory, old.rows.withCount(4000), Metric.L2, PARAMETERS, Accept.ALL)) {
                    assertThat(before.work(data.scratch, Stop.NEVER)).isTrue();
                    try (var first = before.finish();
                            var build = HnswBuild.from(data.memory, rows, first, newOf, Accept.ALL)) {
                        assertThat(build.work(data.scratch, Stop.NEVER)).isTrue();
                        try (var graph = build.finish()) {
                            assertThat(graph.count()).isEqualTo(kept + 2000);
                            assertThat(data.recall(graph, 10, 80, Accept.ALL, 60, false))
                                    .as("%d %% gone", gone)
                                    .isGreaterThan(0.96);
                        }
                    }
                }
            }
        }
    }

    @Test
    void smallGraphsAreComplete() {
        for (int count : new int[] {0, 1, 2, 3, 17})
            try (var data = new Clusters(13, count, 5, VectorType.FLOAT32);
                    var graph = data.build(Metric.L2, PARAMETERS)) {
                var found = Clusters.run(graph.walk(data.vector(), 20, 20, Accept.ALL, data.scratch), Metric.L2, 20);
                assertThat(found.size()).isEqualTo(count);
            }
    }

    @Test
    void equalRowsDoNotBreakTheGraph() {
        try (var data = new Clusters(14, 1500, 8, VectorType.FLOAT32)) {
            for (int row = 1; row < 1000; row++)
                dev.sextant.kernel.Raw.copy(data.rows.address(0), data.rows.address(row), data.rows.stride());
            try (var graph = data.build(Metric.L2, PARAMETERS)) {
                assertThat(data.recall(graph, 10, 100, Accept.ALL, 50, false)).isGreaterThan(0.9);
            }
        }
    }

    private static void exhaust(Walk walk) {
        walk.bound(0);
        while (walk.advance(1000) instanceof Step.More) {}
    }

    @Test
    void aSearchAllocatesAHandfulOfObjectsWhateverItLooksAt() {
        try (var data = new Clusters(15, 4000, 32, VectorType.FLOAT32);
                var graph = data.build(Metric.L2, PARAMETERS)) {
            var queries = IntStream.range(0, 200).mapToObj(_ -> data.vector()).toList();
            for (int beam : new int[] {20, 400})
                Allocation.settlesBelow(
                        3000, // the first compiler alone leaves some more standing than both
                        queries.size(),
                        () -> queries.forEach(query -> exhaust(graph.walk(query, 10, beam, Accept.ALL, data.scratch))));
            Allocation.settlesBelow(
                    2000,
                    queries.size(),
                    () -> queries.forEach(
                            query -> exhaust(Flat.walk(data.rows, Metric.L2, query, Accept.ALL, data.scratch))));
        }
    }

    @Test
    @Tag("slow")
    void binaryRowsAreTheirOwnCodes() throws Exception {
        for (var metric : new Metric[] {Metric.HAMMING, Metric.JACCARD})
            for (int dimension : new int[] {64, 104, 520})
                try (var data = new Clusters(12, 2500, dimension, VectorType.BINARY);
                        var index = Structures.build(data, PARAMETERS, metric)) {
                    assertThat(Structures.recall(data, index, 10, Effort.ofBeam(100), Accept.ALL, 40))
                            .as("%s of %d bits", metric, dimension)
                            .isGreaterThan(0.95);
                    assertThat(index.bytes()).isLessThan(2500 * (8L * PARAMETERS.m() + 64) + (64 << 10));
                    Structures.scoresAreExact(data, index, Effort.DEFAULT);
                    Structures.kRowsComeBackWhenKMatch(data, index);
                    Structures.readBackItAnswersTheSame(data, index, Effort.DEFAULT);
                    Structures.rowsOutsideTheMembersAreNeverFound(data, PARAMETERS, metric);
                }
        Structures.itServesTheExtremes(PARAMETERS, Metric.HAMMING, VectorType.BINARY, 8);
    }

    @Test
    void aDraftOverBinaryRowsFindsEachFromItsInsertionOn() {
        try (var data = new Clusters(13, 600, 64, VectorType.BINARY);
                var draft = new Draft(data.memory, data.rows, Metric.HAMMING, PARAMETERS, 600)) {
            for (int row = 0; row < 600; row++) draft.insert(data.scratch);
            assertThat(Structures.recall(data, draft, 10, Effort.ofBeam(60), Accept.ALL, 30))
                    .isGreaterThan(0.95);
        }
    }

    @Test
    void graphsForMetricsThatDoNotFitAreRefused() {
        var rows = new DenseRows(64, 64, 0, 8, VectorType.BINARY);
        var memory = new Memory(1 << 20);
        assertThatThrownBy(() -> new Draft(memory, rows, Metric.L2, PARAMETERS, 10))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(memory.inUseBytes()).isZero();
    }
}
