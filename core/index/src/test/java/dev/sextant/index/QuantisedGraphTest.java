package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class QuantisedGraphTest {
    static final QuantisedParameters PARAMETERS = new QuantisedParameters(32, 64, 0, 7);

    static QuantisedGraph build(Clusters data, DenseRows rows, Metric metric, Accept members) {
        try (var build = new QuantisedBuild(data.memory, rows, metric, PARAMETERS, members)) {
            assertThat(build.work(data.scratch, Stop.NEVER)).isTrue();
            assertThat(build.progress().share()).isEqualTo(1);
            return build.finish();
        }
    }

    static QuantisedGraph build(Clusters data, Metric metric) {
        return build(data, data.rows, metric, Accept.ALL);
    }

    static byte[] write(Frozen graph) throws IOException {
        var out = new ByteArrayOutputStream();
        graph.writeTo(bytes -> out.writeBytes(bytes.toArray(ValueLayout.JAVA_BYTE)));
        return out.toByteArray();
    }

    /// Makes the rows whole numbers of a small range, as pixels are.
    static void makeWhole(Clusters data) {
        for (int row = 0; row < data.rows.count(); row++)
            for (int c = 0; c < data.rows.dimension(); c++)
                Raw.putFloat(
                        data.rows.address(row) + 4L * c,
                        Math.clamp(Math.round(30 * data.component(row, c)), -120, 120));
    }

    @Test
    void itFindsNearlyAllOfTheNearestForEveryTypeAndMetric() {
        for (var type : new VectorType[] {VectorType.FLOAT32, VectorType.FLOAT16, VectorType.BFLOAT16, VectorType.INT8})
            for (var metric : new Metric[] {Metric.L2, Metric.IP, Metric.COSINE})
                try (var data = new Clusters(3, 3000, 40, type);
                        var graph = build(data, metric)) {
                    assertThat(data.recall(graph, 10, 100, Accept.ALL, 60, false))
                            .as("%s %s", type, metric)
                            .isGreaterThan(0.97);
                }
    }

    @Test
    void walksInTurnFindWhatEachFindsAlone() {
        for (var metric : new Metric[] {Metric.L2, Metric.IP})
            try (var data = new Clusters(4, 3000, 40, VectorType.FLOAT32);
                    var graph = build(data, metric);
                    var hnsw = data.build(metric, new HnswParameters(8, 60, 7))) {
                for (var index : new VectorIndex[] {graph, hnsw})
                    for (double share : new double[] {1, 0.95, 0.5, 0.1})
                        Structures.walksInTurnFindWhatEachFindsAlone(
                                data,
                                index,
                                Effort.ofBeam(40),
                                share == 1 ? Accept.ALL : Structures.share(3, 3000, share));
            }
    }

    @Test
    void itServesFewAndManyDimensions() {
        for (int dimension : new int[] {2, 3, 16, 63, 64, 65, 300, 1100, 2049})
            try (var data = new Clusters(dimension, dimension > 1000 ? 400 : 1500, dimension, VectorType.FLOAT32);
                    var graph = build(data, Metric.L2)) {
                assertThat(data.recall(graph, 10, 120, Accept.ALL, 30, false))
                        .as("%d dimensions", dimension)
                        .isGreaterThan(0.95);
            }
    }

    @Test
    void wholeNumbersNeedNoSecondScore() {
        try (var data = new Clusters(4, 2000, 30, VectorType.FLOAT32)) {
            makeWhole(data);
            try (var graph = build(data, Metric.L2)) {
                assertThat(graph.points.whole).isTrue();
                assertThat(graph.bytes() / 2000).isLessThan(64 + 32 * 64 / 8 + 12 * 32 + 64);
                assertThat(data.recall(graph, 10, 100, Accept.ALL, 50, false)).isGreaterThan(0.97);
                var query = data.rows.address(17);
                var vector = new float[30];
                for (int c = 0; c < 30; c++) vector[c] = Raw.getFloat(query + 4L * c);
                var found = Clusters.run(
                        graph.walk(Clusters.encode(vector, VectorType.FLOAT32), 5, 50, Accept.ALL, data.scratch),
                        Metric.L2,
                        5);
                assertThat(found.score(0)).isZero();
            }
        }
    }

    @Test
    void aHopReadsABlockAndWhatLeavesItsRow() {
        try (var data = new Clusters(6, 2000, 30, VectorType.FLOAT32);
                var graph = build(data, Metric.L2)) {
            for (int beam : new int[] {20, 80, 200}) {
                var walk = graph.walk(data.vector(), 10, beam, Accept.ALL, data.scratch);
                Clusters.run(walk, Metric.L2, 10);
                // A beam that is full of one node's estimates is near its end.
                long again = walk.hits().count(), hops = (walk.scored() - again) / graph.hopCodes;
                assertThat(hops).isBetween(10L, 2000L);
                assertThat(walk.bytesTouched())
                        .isEqualTo(
                                graph.root.blocks.blockBytes() + hops * graph.blockBytes + again * data.rows.stride());
            }
            var none = Accept.of(Bits.builder(2000).build());
            var filtered = graph.walk(data.vector(), 10, 20, none, data.scratch);
            Clusters.run(filtered, Metric.L2, 10);
            assertThat(filtered.bytesTouched()).isZero();
        }
    }

    @Test
    void memoryARowIsWhatTheFormulaSays() {
        try (var data = new Clusters(5, 2000, 100, VectorType.FLOAT32);
                var graph = build(data, Metric.L2)) {
            int turned = (100 + 63) / 64 * 64; // few components get two bits each
            long row = (turned + 24 + 63) / 64 * 64 + 32 * 2 * turned / 8 + 12 * 32;
            assertThat(QuantisedGraph.bytesPerRow(Metric.L2, 100, false, PARAMETERS))
                    .isEqualTo(row);
            assertThat(graph.bytes()).isBetween(2000 * row, 2000 * row + (16 << 10));
        }
    }

    @Test
    void theSameRowsAndSeedGiveTheSameGraphHoweverManyBuildIt() throws Exception {
        try (var data = new Clusters(6, 3000, 24, VectorType.FLOAT32);
                var alone = build(data, Metric.L2)) {
            try (var build = new QuantisedBuild(data.memory, data.rows, Metric.L2, PARAMETERS, Accept.ALL)) {
                var trouble = new AtomicReference<Throwable>();
                var threads = IntStream.range(0, 3)
                        .mapToObj(_ -> Thread.ofPlatform().start(() -> {
                            try (var scratch = new Scratch(data.memory)) {
                                long[] calls = {0};
                                while (!build.work(scratch, () -> ++calls[0] % 7 == 0)) Thread.onSpinWait();
                            } catch (Throwable thrown) {
                                trouble.set(thrown);
                            }
                        }))
                        .toList();
                for (var thread : threads) thread.join();
                assertThat(trouble.get()).isNull();
                try (var together = build.finish()) {
                    assertThat(write(together)).isEqualTo(write(alone));
                }
            }
        }
    }

    @Test
    void aStoppedBuildGivesItsMemoryBack() {
        try (var data = new Clusters(7, 2000, 16, VectorType.FLOAT32)) {
            for (int stopAfter : new int[] {0, 1, 2, 3, 10, 100, 400}) {
                var build = new QuantisedBuild(data.memory, data.rows, Metric.L2, PARAMETERS, Accept.ALL);
                int[] calls = {0};
                build.work(data.scratch, () -> calls[0]++ >= stopAfter);
                build.close();
            }
        }
    }

    @Test
    void everyFilterReturnsKWhenKMatch() {
        try (var data = new Clusters(8, 6000, 24, VectorType.FLOAT32);
                var graph = build(data, Metric.L2)) {
            var random = new Random(8);
            for (double share : new double[] {0.99, 0.6, 0.41, 0.39, 0.2, 0.1, 0.05, 0.02, 0.01, 0.002, 0}) {
                var bits = Bits.builder(6000);
                for (int row = 0; row < 6000; row++) if (random.nextDouble() < share) bits.set(row);
                var accept = Accept.of(bits.build());
                assertThat(data.recall(graph, 10, 64, accept, 30, true))
                        .as("share %s", share)
                        .isGreaterThan(0.95);
                for (int q = 0; q < 10; q++) {
                    var found = Clusters.run(
                            Nearest.walk(graph, data.vector(), 10, 64, accept, data.scratch), Metric.L2, 10);
                    assertThat(found.size()).isEqualTo(Math.min(10, accept.count(6000)));
                }
            }
        }
    }

    @Test
    void aFilterIsBridgedByTheWalkAlone() {
        try (var data = new Clusters(9, 20_000, 24, VectorType.FLOAT32);
                var graph = build(data, Metric.L2)) {
            var random = new Random(9);
            for (double share : new double[] {0.3, 0.1, 0.03}) {
                var bits = Bits.builder(20_000);
                for (int row = 0; row < 20_000; row++) if (random.nextDouble() < share) bits.set(row);
                assertThat(data.recall(graph, 10, 100, Accept.of(bits.build()), 40, false))
                        .as("share %s", share)
                        .isGreaterThan(0.93);
            }
        }
    }

    @Test
    void aWiderBeamFindsMoreAndHitsThatLeftDoNotLeaveAgain() {
        try (var data = new Clusters(10, 2000, 24, VectorType.FLOAT32);
                var graph = build(data, Metric.L2)) {
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
    void rowsOutsideTheMembersAreNeverFound() {
        try (var data = new Clusters(11, 3000, 16, VectorType.FLOAT32)) {
            var bits = Bits.builder(3000);
            for (int row = 0; row < 3000; row++) if (row % 3 != 0) bits.set(row);
            var members = Accept.of(bits.build());
            try (var graph = build(data, data.rows, Metric.L2, members)) {
                for (int q = 0; q < 20; q++) {
                    var found =
                            Clusters.run(graph.walk(data.vector(), 50, 100, Accept.ALL, data.scratch), Metric.L2, 50);
                    assertThat(found.size()).isEqualTo(50);
                    for (int i = 0; i < 50; i++) assertThat(found.row(i) % 3).isNotZero();
                }
                assertThat(data.recall(graph, 10, 80, members, 40, false)).isGreaterThan(0.95);
            }
        }
    }

    /// Half of the rows are replaced; the graph that was taken over is as good as one built afresh.
    @Test
    void aMergeTakesTheOldGraphOverAroundWhatIsGone() {
        for (int gone : new int[] {0, 5, 50}) // per cent
        try (var data = new Clusters(12, 8000, 24, VectorType.FLOAT32);
                    var old = new Clusters(12, 8000, 24, VectorType.FLOAT32)) {
                var random = new Random(gone);
                // The first 5000 rows had a graph; some are gone, the others moved together, the last 3000 follow.
                var newOf = new int[5000];
                int kept = 0;
                for (int row = 0; row < 5000; row++) newOf[row] = random.nextInt(100) < gone ? -1 : kept++;
                long stride = data.rows.stride();
                for (int row = 0; row < 8000; row++) {
                    int to = row >= 5000 ? kept + row - 5000 : newOf[row];
                    if (to >= 0) Raw.copy(old.rows.address(row), data.rows.address(to), stride);
                }
                var rows = data.rows.withCount(kept + 3000);
                try (var first = build(data, old.rows.withCount(5000), Metric.L2, Accept.ALL);
                        var build = QuantisedBuild.from(data.memory, rows, first, newOf, Accept.ALL)) {
                    assertThat(build.work(data.scratch, Stop.NEVER)).isTrue();
                    assertThat(build.progress().share()).isEqualTo(1);
                    try (var graph = build.finish();
                            var fresh = build(data, rows, Metric.L2, Accept.ALL)) {
                        assertThat(graph.count()).isEqualTo(kept + 3000);
                        double afresh = data.recall(fresh, 10, 30, Accept.ALL, 300, false),
                                merged = data.recall(graph, 10, 30, Accept.ALL, 300, false);
                        assertThat(merged)
                                .as("%d %% gone, afresh %.4f", gone, afresh)
                                .isGreaterThan(afresh - 0.005);
                    }
                }
            }
    }

    @Test
    void smallGraphsAreComplete() {
        for (int count : new int[] {0, 1, 2, 3, 17, 33, 100})
            try (var data = new Clusters(13, count, 5, VectorType.FLOAT32);
                    var graph = build(data, Metric.L2)) {
                var found = Clusters.run(graph.walk(data.vector(), 100, 100, Accept.ALL, data.scratch), Metric.L2, 100);
                assertThat(found.size()).isEqualTo(count);
            }
    }

    @Test
    void equalRowsDoNotBreakTheGraph() {
        try (var data = new Clusters(14, 1500, 8, VectorType.FLOAT32)) {
            for (int row = 1; row < 1000; row++)
                Raw.copy(data.rows.address(0), data.rows.address(row), data.rows.stride());
            try (var graph = build(data, Metric.L2)) {
                assertThat(data.recall(graph, 10, 100, Accept.ALL, 50, false)).isGreaterThan(0.9);
            }
        }
    }

    @Test
    void aHopAllocatesNothing() {
        try (var data = new Clusters(15, 4000, 32, VectorType.FLOAT32);
                var graph = build(data, Metric.L2)) {
            var queries = IntStream.range(0, 200).mapToObj(_ -> data.vector()).toList();
            var bits = Bits.builder(4000);
            for (int row = 0; row < 4000; row += 5) bits.set(row);
            var fifth = Accept.of(bits.build());
            for (int beam : new int[] {20, 400})
                for (var accept : List.of(Accept.ALL, fifth))
                    Allocation.settlesBelow(600, queries.size(), () -> {
                        for (var query : queries) {
                            var walk = graph.walk(query, 10, beam, accept, data.scratch);
                            while (walk.advance(1000) instanceof Step.More) {}
                        }
                    });
        }
    }
}
