package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.engine.file.Batch;
import dev.sextant.engine.segment.SegmentFile;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Progress;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Schema;
import dev.sextant.model.VectorType;
import dev.sextant.world.MemoryDisk;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What writing a file holds is in the budget.
class WriteRoomTest {
    private static final int ROWS = 12_000;
    private static final int DIMENSION = 1_024;
    private static final long VECTOR_BYTES = 4L * ROWS * DIMENSION;
    private static final Schema SCHEMA = new Schema(
            1,
            List.of(
                    Field.of("key", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY)
                            .withId(100),
                    Field.of("vector", new FieldType.Vector(VectorType.FLOAT32, DIMENSION))
                            .withId(101)));

    private final Memory memory = new Memory(512L << 20);
    private final MemoryDisk disk = new MemoryDisk();
    private final Files files;

    WriteRoomTest() {
        disk.createDirectories("segments");
        files = new Files(disk, "segments");
        files.keepSpare(memory);
    }

    private Memtable memtable(long id) {
        var memtable = new Memtable(id, SCHEMA, memory, 256L << 20);
        for (int from = 0; from < ROWS; from += 3_000) {
            var vectors = new float[3_000 * DIMENSION];
            for (int i = 0; i < vectors.length; i++) vectors[i] = from + i;
            var keys = Column.longs(LongStream.range(from, from + 3_000).toArray());
            var columns = Map.<Integer, Column>of(100, keys, 101, Column.Dense.of(DIMENSION, vectors));
            memtable.room(Memtable.Need.of(3_000, columns));
            memtable.add(new Batch(3_000, new long[] {7}, columns), 1 + from);
        }
        return memtable;
    }

    @Test
    @Tag("slow")
    void longVectorsAreWrittenInSlicesOfWhichTheBudgetKnows() {
        var memtable = memtable(5);
        long before = memory.inUseBytes();
        // Not even a tenth of the vectors is there beside them.
        try (var hog = memory.reserve("test", memory.limitBytes() - before)) {
            assertThat(hog.bytes()).isPositive();
            assertThat(files.keptForWriting()).isBetween(6L << 20, VECTOR_BYTES / 4);
            var made = new SegmentMaker(files, memory)
                    .make(
                            1,
                            5,
                            SCHEMA,
                            List.of(new SegmentMaker.Source(memtable, new int[0])),
                            new Progress(0),
                            () -> false);
            assertThat(made).isPresent();
        }
        try (var file = SegmentFile.open(disk, files.segmentPath(5))) {
            file.verify();
            var vectors = (Column.Dense) file.fetch(101, new int[] {0, 7_777, ROWS - 1});
            assertThat(vectors.bytes().get(Column.LITTLE_FLOAT, 4L * DIMENSION)).isEqualTo(6_000 + 1_777 * DIMENSION);
        }
        assertThat(memory.inUseBytes()).isEqualTo(before);
        memtable.release();
    }

    @Test
    @Tag("slow")
    void aMergeWaitsForMemoryAndGoesOnWhenThereIsSome() throws Exception {
        var memtable = memtable(5);
        var maker = new SegmentMaker(files, memory);
        var facts = maker.make(
                        1,
                        5,
                        SCHEMA,
                        List.of(new SegmentMaker.Source(memtable, new int[0])),
                        new Progress(0),
                        () -> false)
                .orElseThrow();
        memtable.release();
        var segment = new Segment(1, facts, files.open(facts).orElseThrow(), new Deletions(), files, memory);
        long before = memory.inUseBytes();
        var asked = new AtomicBoolean();
        var calls = new AtomicInteger();
        var done = new AtomicReference<java.util.Optional<dev.sextant.engine.entry.SegmentFacts>>();
        var hog = memory.reserve("test", memory.limitBytes() - before);
        var merging = Thread.ofPlatform()
                .start(() -> done.set(maker.make(
                        1,
                        6,
                        SCHEMA,
                        List.of(new SegmentMaker.Source(segment, new int[] {3, 4})),
                        new Progress(0),
                        () -> {
                            // Asked once before each chunk, and then while it waits.
                            if (calls.incrementAndGet() > 1) asked.set(true);
                            return false;
                        })));
        Shop.eventually(asked::get);
        assertThat(done.get()).isNull();
        hog.close();
        merging.join();
        assertThat(done.get()).isPresent();
        assertThat(done.get().orElseThrow().rows()).isEqualTo(ROWS - 2);
        assertThat(done.get().orElseThrow().partitions()).isEqualTo(Set.of(7L));
        assertThat(memory.inUseBytes()).isEqualTo(before);
        assertThat(memory.peakBytes()).isEqualTo(memory.limitBytes());
        segment.release();
    }
}
