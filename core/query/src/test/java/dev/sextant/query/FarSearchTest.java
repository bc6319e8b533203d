package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.engine.Part;
import dev.sextant.index.Accept;
import dev.sextant.index.DenseRows;
import dev.sextant.index.Effort;
import dev.sextant.index.LeanParameters;
import dev.sextant.index.RowFile;
import dev.sextant.index.StoredRows;
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
                Column.Dense.of(DIMENSION, query),
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
                    var found = new Candidates(
                            List.<Part>of(part),
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
                    var task = new FarSearch.Task(
                            new Sought.Aim(0, limit, ROWS, Optional.empty(), Optional.empty()),
                            stored,
                            Bits.ALL,
                            Optional.of(graph),
                            question,
                            4_096,
                            4_096);
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

    private static float distance(float[] vectors, int row) {
        return (float) IntStream.range(0, DIMENSION)
                .mapToDouble(i -> vectors[i] - vectors[row * DIMENSION + i])
                .map(difference -> difference * difference)
                .sum();
    }
}
