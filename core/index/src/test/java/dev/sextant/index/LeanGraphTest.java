package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.TopK;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LeanGraphTest {
    static LeanParameters of(LeanParameters.Keep keep) {
        return new LeanParameters(keep, 32, 64, 7);
    }

    static LeanGraph build(Clusters data, Memory memory, Metric metric, LeanParameters parameters) {
        return finish(data, parameters.begin(memory, data.rows, metric, Accept.ALL));
    }

    private static LeanGraph finish(Clusters data, VectorBuild begun) {
        try (var build = (LeanBuild) begun) {
            while (true) {
                assertThat(build.work(data.scratch, Stop.NEVER)).isTrue();
                if (!build.awaitsRows()) break;
                build.readRows();
            }
            assertThat(build.progress().share()).isEqualTo(1);
            return build.finish();
        }
    }

    /// As whoever searches does: walks, reads the rows that the walk asks for, scores them.
    static TopK search(Clusters data, LeanGraph graph, MemorySegment query, int k, int beam, Accept accept) {
        var best = new TopK();
        best.reset(k, graph.metric().largerIsBetter());
        var walk = graph.walk(query, k, beam, accept, data.scratch);
        Step step;
        do step = walk.advance(700);
        while (step instanceof Step.More);
        if (step instanceof Step.Done) return best;
        var rows = walk.awaited();
        try (var room = data.memory.allocate("rows", rows.length * graph.rows().strideBytes())) {
            graph.rows().file().read(rows, rows.length, room.address());
            var landed = graph.rows().landed(room.address(), rows.length);
            var scored = Flat.walk(landed, graph.metric(), query, Accept.ALL, data.scratch);
            for (boolean more = true; more; ) {
                more = scored.advance(64) instanceof Step.More;
                for (int i = 0; i < scored.hits().count(); i++)
                    best.offer(rows[scored.hits().rows()[i]], scored.hits().scores()[i]);
            }
        }
        return best;
    }

    private static double recall(Clusters data, LeanGraph graph, int beam, Accept accept) {
        int right = 0, wanted = 0;
        for (int q = 0; q < 40; q++) {
            var query = data.vector();
            var exact = data.exact(query, graph.metric(), 10, accept);
            var found = search(data, graph, query, 10, beam, accept);
            wanted += exact.size();
            for (int i = 0; i < found.size(); i++) {
                assertThat(accept.test(found.row(i))).isTrue();
                if (!graph.metric().better(exact.bound(), found.score(i))) right++;
            }
        }
        return (double) right / wanted;
    }

    @Test
    @Tag("slow")
    void itFindsNearlyAllOfTheNearestForEveryTypeAndMetric() {
        for (var keep : LeanParameters.Keep.values())
            for (var type :
                    new VectorType[] {VectorType.FLOAT32, VectorType.FLOAT16, VectorType.BFLOAT16, VectorType.INT8})
                for (var metric : new Metric[] {Metric.L2, Metric.IP, Metric.COSINE})
                    try (var data = new Clusters(3, 2000, 40, type);
                            var graph = build(data, data.memory, metric, of(keep))) {
                        assertThat(recall(data, graph, 100, Accept.ALL))
                                .as("%s %s %s", keep, type, metric)
                                .isGreaterThan(0.95);
                    }
    }

    @Test
    @Tag("slow")
    void aMergeTakesTheOldGraphOverAroundWhatIsGone() {
        for (var keep : LeanParameters.Keep.values())
            for (int gone : new int[] {0, 50}) // per cent
            try (var data = new Clusters(12, 6000, 24, VectorType.FLOAT32);
                        var old = new Clusters(12, 6000, 24, VectorType.FLOAT32)) {
                    var random = new Random(gone);
                    // The first 4000 rows had a graph; some are gone, the others moved together, the last 2000 follow.
                    var newOf = new int[4000];
                    int kept = 0;
                    for (int row = 0; row < 4000; row++) newOf[row] = random.nextInt(100) < gone ? -1 : kept++;
                    for (int row = 0; row < 6000; row++) {
                        int to = row >= 4000 ? kept + row - 4000 : newOf[row];
                        if (to >= 0) Raw.copy(old.rows.address(row), data.rows.address(to), data.rows.stride());
                    }
                    var rows = data.rows.withCount(kept + 2000);
                    var first = of(keep).begin(old.memory, old.rows.withCount(4000), Metric.L2, Accept.ALL);
                    try (var before = finish(old, first)) {
                        var begun = of(keep).beginFrom(data.memory, rows, Metric.L2, before, newOf, Accept.ALL);
                        try (var merged = finish(data, begun);
                                var fresh = finish(data, of(keep).begin(data.memory, rows, Metric.L2, Accept.ALL))) {
                            // Rows are surveyed, encoded, written; old nodes looked at, new ones inserted; what is new
                            // or bereaved chooses again.
                            long most = 3L * rows.count() + 4000 + 2000 + (gone == 0 ? 2000 : rows.count());
                            assertThat(begun.progress().total()).isLessThanOrEqualTo(most);
                            assertThat(merged.count()).isEqualTo(kept + 2000);
                            assertThat(recall(data, merged, 30, rows))
                                    .as("%s, %d %% gone", keep, gone)
                                    .isGreaterThan(recall(data, fresh, 30, rows) - 0.01);
                        }
                    }
                }
    }

    /// Over the rows that have been moved, for queries that are the same each time.
    private static double recall(Clusters data, LeanGraph graph, int beam, DenseRows rows) {
        var random = new Random(3);
        int right = 0;
        for (int q = 0; q < 300; q++) {
            var query = MemorySegment.ofArray(new byte[4 * rows.dimension()]);
            Raw.copyOut(rows.address(random.nextInt(rows.count())), query, 0, query.byteSize());
            query.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 0, query.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0) + 1);
            var exact = Clusters.run(Flat.walk(rows, Metric.L2, query, Accept.ALL, data.scratch), Metric.L2, 10);
            var found = search(data, graph, query, 10, beam, Accept.ALL);
            for (int i = 0; i < found.size(); i++) if (found.score(i) <= exact.bound()) right++;
        }
        return right / 3000.0;
    }

    @Test
    @Tag("slow")
    void whatACalibrationSaysIsWhatSearchesFind() {
        for (var keep : LeanParameters.Keep.values())
            for (var metric : new Metric[] {Metric.L2, Metric.IP})
                try (var data = new Clusters(23, 2000, 32, VectorType.FLOAT32);
                        var graph = build(data, data.memory, metric, new LeanParameters(keep, 32, 16, 7))) {
                    search(data, graph, MemorySegment.ofArray(new float[32]), 10, 16, Accept.ALL); // makes its room
                    long before = data.memory.inUseBytes();
                    var measured = calibrate(data, graph);
                    assertThat(data.memory.inUseBytes()).isEqualTo(before);
                    var recalls = measured.recalls();
                    for (int step = 1; step < recalls.length; step++)
                        assertThat(recalls[step]).isGreaterThanOrEqualTo(recalls[step - 1] - 0.02f);
                    assertThat(recalls[recalls.length - 1]).isGreaterThan(0.98f);
                    var high = measured.effort(0.95, 10).orElseThrow();
                    assertThat(recall(data, graph, high.beam(), Accept.ALL))
                            .as("%s %s: %s", keep, metric, high)
                            .isGreaterThan(0.88); // queries lie farther off than the points that are measured
                }
        try (var data = new Clusters(22, 1, 8, VectorType.FLOAT32);
                var graph = build(data, data.memory, Metric.L2, of(LeanParameters.Keep.SIGNS))) {
            assertThat(calibrate(data, graph).recalls()).containsOnly(1f);
        }
    }

    /// Reads a thousand rows a point, however many there are.
    private static Calibration calibrate(Clusters data, LeanGraph graph) {
        try (var calibrator = new FarCalibrator(data.memory, graph, 5)) {
            while (true) {
                assertThat(calibrator.work(data.scratch, Stop.NEVER)).isTrue();
                if (!calibrator.awaitsRows()) break;
                calibrator.readRows();
            }
            return calibrator.finish();
        }
    }

    @Test
    void aFilterThatFewOrManyPassLeavesNoHole() {
        for (var keep : LeanParameters.Keep.values())
            try (var data = new Clusters(5, 3000, 48, VectorType.FLOAT32);
                    var graph = build(data, data.memory, Metric.L2, of(keep))) {
                for (double share : new double[] {0.01, 0.1, 0.5, 0.9}) {
                    var random = new Random(9);
                    var bits = Bits.builder(3000);
                    for (int row = 0; row < 3000; row++) if (random.nextDouble() < share) bits.set(row);
                    assertThat(recall(data, graph, 100, Accept.of(bits.build())))
                            .as("%s %s", keep, share)
                            .isGreaterThan(0.93);
                }
            }
    }

    private static int awaited(Clusters data, LeanGraph graph, int k, Effort effort) {
        return awaited(data, graph, new Target(data.vector(), k, effort, Accept.ALL, java.util.Optional.empty()));
    }

    private static int awaited(Clusters data, LeanGraph graph, Target target) {
        var walk = graph.walk(target, data.scratch);
        while (walk.advance(700) instanceof Step.More) continue;
        return walk.awaited().length;
    }

    /// All that is accepted is about as far from the query, so codes of a bit can't tell which is nearer.
    @Test
    void whereAFilterTakesWhatIsFarAwayAsManyRowsAreReadAsMayBeNear() {
        try (var data = new Clusters(15, 3000, 48, VectorType.FLOAT32);
                var graph = build(data, data.memory, Metric.L2, of(LeanParameters.Keep.SIGNS))) {
            int right = 0, read = 0;
            for (int q = 0; q < 40; q++) {
                var query = data.vector();
                var shell = beyond(data, query, 1500);
                var exact = data.exact(query, Metric.L2, 10, shell);
                var found = search(data, graph, query, 10, 32, shell);
                for (int i = 0; i < found.size(); i++) if (found.score(i) <= exact.bound()) right++;
                var target = new Target(query, 10, Effort.ofBeam(32), shell, java.util.Optional.empty());
                int rows = awaited(data, graph, target);
                assertThat(rows).isBetween(36, 8 * 36);
                read += rows;
            }
            assertThat(right / 400.0).as("0.2 where no more are read").isGreaterThan(0.6);
            assertThat(read / 40).as("more than where codes tell").isGreaterThan(72);
        }
    }

    /// All rows but the `count` nearest to the query.
    private static Accept beyond(Clusters data, MemorySegment query, int count) {
        var nearest = data.exact(query, Metric.L2, count, Accept.ALL);
        int all = data.rows.count();
        var bits = Bits.builder(all).setRange(0, all);
        for (int i = 0; i < nearest.size(); i++) bits.clear(nearest.row(i));
        return Accept.of(bits.build());
    }

    @Test
    void aWalkThatWasWidenedNamesMoreRows() {
        for (var keep : LeanParameters.Keep.values())
            try (var data = new Clusters(5, 3000, 48, VectorType.FLOAT32);
                    var graph = build(data, data.memory, Metric.L2, of(keep))) {
                for (var effort :
                        new Effort[] {Effort.ofBeam(64), Effort.ofBeam(64).withRefine(4)}) {
                    int first = awaited(data, graph, 10, effort);
                    assertThat(awaited(data, graph, 10, effort.doubled().doubled()))
                            .as("%s %s", keep, effort)
                            .isGreaterThanOrEqualTo(4 * first);
                }
            }
    }

    @Test
    void noMoreRowsAreKeptThanThereAre() {
        for (var keep : LeanParameters.Keep.values())
            try (var data = new Clusters(6, 300, 20, VectorType.FLOAT32);
                    var graph = build(data, data.memory, Metric.L2, of(keep))) {
                var half = Bits.builder(300);
                for (int row = 0; row < 300; row += 2) half.set(row);
                // 2 GiB on the heap, if it were believed.
                var target = new Target(
                        data.vector(),
                        10,
                        Effort.ofBeam(64).withRefine(1 << 28),
                        Accept.of(half.build()),
                        java.util.Optional.empty());
                var walk = graph.walk(target, data.scratch);
                while (walk.advance(700) instanceof Step.More) continue;
                assertThat(walk.awaited()).hasSize(150);
            }
    }

    @Test
    void whatIsReadAgainIsWhatWasWritten() throws IOException {
        for (var keep : LeanParameters.Keep.values())
            try (var data = new Clusters(6, 900, 40, VectorType.FLOAT32);
                    var graph = build(data, data.memory, Metric.COSINE, of(keep))) {
                var bytes = QuantisedGraphTest.write(graph);
                assertThat(bytes).hasSize((int) graph.serializedBytes());
                try (var again = read(data, bytes)) {
                    assertThat(again.parameters()).isEqualTo(graph.parameters());
                    assertThat(again.bytes()).isEqualTo(graph.bytes());
                    assertThat(QuantisedGraphTest.write(again)).isEqualTo(bytes);
                    var query = data.vector();
                    var left = search(data, graph, query, 10, 50, Accept.ALL);
                    var right = search(data, again, query, 10, 50, Accept.ALL);
                    for (int i = 0; i < 10; i++) assertThat(right.row(i)).isEqualTo(left.row(i));
                }
            }
    }

    @Test
    void noBytesButItsOwnAreBelieved() throws IOException {
        try (var data = new Clusters(6, 300, 20, VectorType.FLOAT32);
                var graph = build(data, data.memory, Metric.L2, of(LeanParameters.Keep.SIGNS))) {
            var bytes = QuantisedGraphTest.write(graph);
            var random = new Random(4);
            for (int i = 0; i < 300; i++) {
                var broken = bytes.clone();
                broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
                assertThatThrownBy(() -> read(data, broken).close()).isInstanceOf(Damaged.class);
            }
        }
    }

    static LeanGraph read(Clusters data, byte[] bytes) throws IOException {
        var at = new int[1];
        return (LeanGraph) Frozen.read(Frozen.Kind.LEAN_GRAPH, data.memory, data.rows, bytes.length, into -> {
            MemorySegment.copy(bytes, at[0], into, ValueLayout.JAVA_BYTE, 0, (int) into.byteSize());
            at[0] += (int) into.byteSize();
        });
    }

    @Test
    void theFirstFormIsReadAndFindsEveryRow() throws IOException {
        for (var keep : LeanParameters.Keep.values())
            try (var data = new Clusters(21, 120, 8, VectorType.FLOAT32)) {
                var path = Path.of(
                        "src/test/formats/lean-%s-01.bin".formatted(keep.name().toLowerCase(Locale.ROOT)));
                if (!Files.exists(path)) // once for each form, before its release
                try (var graph = build(data, data.memory, Metric.COSINE, of(keep))) {
                        Files.write(path, QuantisedGraphTest.write(graph));
                    }
                try (var graph = read(data, Files.readAllBytes(path))) {
                    assertThat(graph.parameters()).isEqualTo(of(keep));
                    var found = search(data, graph, data.vector(), 120, 120, Accept.ALL);
                    assertThat(found.size()).isEqualTo(120);
                }
            }
    }

    @Test
    void itsMemoryIsTheFormula() {
        var type = new FieldType.Vector(VectorType.FLOAT32, 784);
        var compact = LeanParameters.DEFAULT.bytesPerRow(type, Metric.L2);
        assertThat(compact).isEqualTo(832 / 8 + 12 + 4 * 32).isLessThanOrEqualTo(250);
        assertThat(of(LeanParameters.Keep.BYTES).bytesPerRow(type, Metric.L2)).isEqualTo(896 + 4 * 32);
        for (var keep : LeanParameters.Keep.values())
            try (var data = new Clusters(8, 2500, 100, VectorType.FLOAT32)) {
                long before = data.memory.inUseBytes();
                try (var graph = build(data, data.memory, Metric.L2, of(keep))) {
                    var fields = new FieldType.Vector(VectorType.FLOAT32, 100);
                    long rows = 2500 * of(keep).bytesPerRow(fields, Metric.L2);
                    assertThat(graph.bytes()).isBetween(rows, rows + (64 << 10));
                    assertThat(data.memory.inUseBytes() - before).isBetween(rows, rows + (64 << 10));
                }
            }
    }

    @Test
    void aBuildTakesNoMoreThanItSaysAndIsRefusedWithNumbersBelow() {
        try (var data = new Clusters(8, 6000, 300, VectorType.FLOAT32)) {
            var type = new FieldType.Vector(VectorType.FLOAT32, 300);
            long rows = 6000 * LeanParameters.DEFAULT.buildBytesPerRow(type, Metric.L2), window = 6 << 20;
            var memory = new Memory(rows + window);
            build(data, memory, Metric.L2, LeanParameters.DEFAULT).close();
            assertThat(memory.peakBytes()).isLessThanOrEqualTo(rows + window);
            var small = new Memory(rows / 2);
            assertThatThrownBy(() -> build(data, small, Metric.L2, LeanParameters.DEFAULT))
                    .isInstanceOf(OutOfBudget.class);
            assertThat(small.inUseBytes()).isZero();
        }
    }
}
