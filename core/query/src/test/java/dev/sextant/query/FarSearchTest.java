package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.engine.Part;
import dev.sextant.index.Accept;
import dev.sextant.index.DenseRows;
import dev.sextant.index.Effort;
import dev.sextant.index.LeanParameters;
import dev.sextant.index.RowFile;
import dev.sextant.index.StoredRows;
import dev.sextant.index.VectorIndex;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.Work;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FarSearchTest {
    private static final int KEY = 100;
    private static final int VECTOR = 101;
    private static final int ROWS = 400;
    private static final int DIMENSION = 8_192;
    private static final int NARROW = 64;

    private final Memory memory = new Memory(1L << 30);
    private int mostAtOnce;

    private final class Watched implements RowFile {
        private final RowFile file;

        Watched(RowFile file) {
            this.file = file;
        }

        @Override
        public void read(int from, int to, long address) {
            file.read(from, to, address);
        }

        @Override
        public int read(int[] rows, int n, long address) {
            mostAtOnce = Math.max(mostAtOnce, n);
            return file.read(rows, n, address);
        }
    }

    private static Reader.Nearest nearest(float[] query, int limit) {
        return new Reader.Nearest(
                VECTOR,
                Metric.L2,
                Column.Dense.of(query.length, query),
                Map.of(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                limit,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                -1,
                Optional.empty(),
                Reader.Where.ANY);
    }

    @Test
    @Tag("slow")
    void wideRowsLandInSlicesAndAreScoredAllTheSame() {
        var random = new Random(3);
        var vectors = new float[ROWS * DIMENSION];
        for (int i = 0; i < vectors.length; i++) vectors[i] = random.nextFloat();
        var keys = Column.longs(LongStream.range(0, ROWS).toArray());
        long stride = DenseRows.strideBytes(VectorType.FLOAT32, DIMENSION);
        try (var work = new Work("test", 1, memory);
                var scratch = new Scratch(memory);
                var region = memory.allocate("test", stride * ROWS);
                var part =
                        new MemoryPart(1, false, Map.of(KEY, keys), Bits.ALL, new long[ROWS], new long[ROWS], false)) {
            for (int row = 0; row < ROWS; row++)
                MemorySegment.copy(
                        vectors, row * DIMENSION, region.segment(), ValueLayout.JAVA_FLOAT, row * stride, DIMENSION);
            var rows = DenseRows.packed(region.address(), ROWS, DIMENSION, VectorType.FLOAT32);
            var stored = new StoredRows(new Watched(StoredRows.of(rows).file()), ROWS, DIMENSION, VectorType.FLOAT32);
            var how = new LeanParameters(LeanParameters.Keep.BYTES, 32, 64, 7);
            try (var build = how.begin(memory, rows, Metric.L2, Accept.ALL)) {
                while (true) {
                    build.work(scratch, Stop.NEVER);
                    if (!build.awaitsRows()) break;
                    build.readRows();
                }
                try (var graph = build.finish();
                        var room = new Room(memory, "test")) {
                    int limit = 150;
                    var question = nearest(java.util.Arrays.copyOf(vectors, DIMENSION), limit);
                    var window = new Window(question, false);
                    var found = candidates(part, window, limit, room);
                    var task = task(stored, Optional.of(graph), question);
                    var done = new FarSearch(
                                    task,
                                    0,
                                    Optional.of(Effort.ofBeam(ROWS)),
                                    new PartSearch.Range(0, ROWS),
                                    found,
                                    window)
                            .run(memory, scratch, new Patience(Call.local(), work));
                    // 316 rows of 32 KiB are named, 128 of them fit a slice.
                    assertThat(done.reads().rows()).isEqualTo(316);
                    assertThat(mostAtOnce).isEqualTo(128);
                    var best = found.best();
                    assertThat(best.scores()).hasSize(limit);
                    assertThat(((Column.Longs) best.keys()).values()).startsWith(0L);
                    assertThat(best.scores()).isSorted();
                    for (int i = 0; i < limit; i++)
                        assertThat(best.scores()[i])
                                .isCloseTo(
                                        distance(vectors, (int) ((Column.Longs) best.keys()).values()[i]),
                                        org.assertj.core.data.Offset.offset(0.5f));
                }
            }
        }
    }

    private static Candidates candidates(Part part, Window window, int limit, Room room) {
        return new Candidates(
                List.of(part),
                KEY,
                false,
                window,
                new Threshold(window),
                limit,
                Optional.empty(),
                1,
                Optional.empty(),
                room,
                new Candidates.Spare());
    }

    private static FarSearch.Task task(StoredRows stored, Optional<VectorIndex> graph, Reader.Nearest question) {
        var aim = new Sought.Aim(0, question.limit(), ROWS, Optional.empty(), Optional.empty());
        return new FarSearch.Task(aim, stored, Bits.ALL, graph, question, 4_096, 4_096);
    }

    /// Rows that come in take what there is until they are written out; who searches meanwhile is not refused.
    @Test
    void aScanDoesWithTheMemoryThatThereIs() {
        var numbers = new float[ROWS * NARROW];
        for (int i = 0; i < numbers.length; i++) numbers[i] = i / NARROW;
        long stride = DenseRows.strideBytes(VectorType.FLOAT32, NARROW);
        try (var work = new Work("test", 1, memory);
                var scratch = new Scratch(memory);
                var region = memory.allocate("test", stride * ROWS);
                var room = new Room(memory, "test");
                var part = new MemoryPart(
                        1,
                        false,
                        Map.of(KEY, Column.longs(LongStream.range(0, ROWS).toArray())),
                        Bits.ALL,
                        new long[ROWS],
                        new long[ROWS],
                        false)) {
            for (int row = 0; row < ROWS; row++)
                MemorySegment.copy(
                        numbers, row * NARROW, region.segment(), ValueLayout.JAVA_FLOAT, row * stride, NARROW);
            var rows = DenseRows.packed(region.address(), ROWS, NARROW, VectorType.FLOAT32);
            var question = nearest(new float[NARROW], 5);
            var window = new Window(question, false);
            var found = candidates(part, window, 5, room);
            var little = new Memory(stride * ROWS / 3);
            var done = new FarSearch(
                            task(StoredRows.of(rows), Optional.empty(), question),
                            0,
                            Optional.empty(),
                            new PartSearch.Range(0, ROWS),
                            found,
                            window)
                    .run(little, scratch, new Patience(Call.local(), work));
            assertThat(((Column.Longs) found.best().keys()).values()).containsExactly(0, 1, 2, 3, 4);
            assertThat(done.reads().rows()).isEqualTo(ROWS);
            assertThat(little.inUseBytes()).isZero();
        }
    }

    private static float distance(float[] vectors, int row) {
        return (float) IntStream.range(0, DIMENSION)
                .mapToDouble(i -> vectors[i] - vectors[row * DIMENSION + i])
                .map(difference -> difference * difference)
                .sum();
    }
}
