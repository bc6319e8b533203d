package dev.sextant.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.engine.file.CorruptFile;
import dev.sextant.index.DenseRows;
import dev.sextant.index.StoredRows;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.model.VectorType;
import dev.sextant.world.Disk;
import dev.sextant.world.MemoryDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RowPagesTest {
    private static final String PATH = "segments/1-2.rows";
    private static final String DIGEST = "ab".repeat(32);
    private static final int FIELD = 103;
    private static final int SOME = 60;

    private final Memory memory = new Memory(64 << 20);

    /// A clock that lets every reading but the first look slow, and then fast again.
    private final AtomicLong time = new AtomicLong();

    private final RowReaders readers = new RowReaders(() -> time.getAndAdd(time.get() % 3 == 0 ? 1 : 1_000_001));

    @AfterEach
    void close() {
        readers.close();
    }

    private interface Use {
        void of(StoredRows rows);
    }

    /// Rows whose first component is their number, in memory.
    private void with(int count, int dimension, Use use) {
        long stride = DenseRows.strideBytes(VectorType.FLOAT32, dimension);
        try (var region = memory.allocate("rows", Math.max(64, count * stride))) {
            for (int row = 0; row < count; row++)
                for (int c = 0; c < dimension; c++)
                    Raw.putFloat(region.address() + row * stride + 4L * c, row + c / 1024f);
            use.of(StoredRows.of(DenseRows.packed(region.address(), count, dimension, VectorType.FLOAT32)));
        }
    }

    private static MemoryDisk disk() {
        var disk = new MemoryDisk();
        disk.createDirectories("segments");
        return disk;
    }

    private void reads(Disk disk, StoredRows rows) {
        try (var pages = RowPages.open(disk, PATH, DIGEST, FIELD, rows, readers);
                var room = memory.allocate("room", Math.max(SOME, rows.count()) * rows.strideBytes())) {
            Raw.fill(room.address(), room.size(), (byte) 7);
            pages.read(0, rows.count(), room.address());
            for (int row = 0; row < rows.count(); row++) expect(rows, row, room.address() + row * rows.strideBytes());
            var some = new Random(3).ints(SOME, 0, rows.count()).toArray();
            int read = pages.read(some, some.length, room.address());
            for (int i = 0; i < some.length; i++) expect(rows, some[i], room.address() + i * rows.strideBytes());
            var shape = RowPages.Shape.of(rows);
            long distinct = IntStream.of(some)
                    .map(row -> row / shape.perPage())
                    .distinct()
                    .count();
            assertThat(read).isEqualTo((int) distinct);
            int from = rows.count() / 3, to = rows.count() / 2;
            pages.read(from, to, room.address());
            for (int row = from; row < to; row++) expect(rows, row, room.address() + (row - from) * rows.strideBytes());
        }
    }

    private static void expect(StoredRows rows, int row, long address) {
        for (int c = 0; c < rows.dimension(); c++)
            assertThat(Raw.getFloat(address + 4L * c)).isEqualTo(row + c / 1024f);
        for (long at = 4L * rows.dimension(); at < rows.strideBytes(); at++)
            assertThat(Raw.getByte(address + at))
                    .as("what kernels read behind a row")
                    .isZero();
    }

    @Test
    void everyRowIsReadBackWhateverItsLength() {
        for (int dimension : new int[] {2, 17, 128, 784, 1022, 1023, 2000})
            with(200, dimension, rows -> {
                var disk = disk();
                RowPages.write(disk, PATH, DIGEST, FIELD, rows, memory);
                reads(disk, rows);
            });
        assertThat(memory.inUseBytes()).isZero();
    }

    @Test
    void aRowOf784FloatsIsOnePage() {
        var shape = new RowPages.Shape(1000, 4 * 784);
        assertThat(shape.pageBytes()).isEqualTo(4096);
        assertThat(shape.perPage()).isEqualTo(1);
    }

    @Test
    void noDamagedPageIsBelieved() {
        with(150, 100, rows -> {
            var disk = disk();
            RowPages.write(disk, PATH, DIGEST, FIELD, rows, memory);
            var random = new Random(5);
            var all = IntStream.range(0, 150).toArray();
            try (var room = memory.allocate("room", 150 * rows.strideBytes())) {
                for (int i = 0; i < 200; i++) {
                    long at = random.nextLong(RowPages.Shape.of(rows).fileBytes());
                    flip(disk, at);
                    assertThatThrownBy(() -> {
                                try (var pages = RowPages.open(disk, PATH, DIGEST, FIELD, rows, readers)) {
                                    pages.read(all, all.length, room.address());
                                }
                            })
                            .isInstanceOf(CorruptFile.class);
                    assertThatThrownBy(() -> RowPages.verify(disk, PATH)).isInstanceOf(CorruptFile.class);
                    flip(disk, at);
                }
            }
            RowPages.verify(disk, PATH);
        });
    }

    private static void flip(Disk disk, long at) {
        try (var file = disk.openForWriting(PATH)) {
            var one = MemorySegment.ofArray(new byte[1]);
            file.read(at, one);
            one.set(java.lang.foreign.ValueLayout.JAVA_BYTE, 0, (byte)
                    (one.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0) ^ 16));
            file.write(at, one);
        }
    }

    @Test
    void aPageInThePlaceOfAnotherIsNotBelieved() {
        with(50, 784, rows -> {
            var disk = disk();
            RowPages.write(disk, PATH, DIGEST, FIELD, rows, memory);
            try (var file = disk.openForWriting(PATH)) {
                var page = MemorySegment.ofArray(new byte[4096]);
                file.read(4096 * 8, page);
                file.write(4096 * 9, page);
            }
            try (var pages = RowPages.open(disk, PATH, DIGEST, FIELD, rows, readers);
                    var room = memory.allocate("room", rows.strideBytes())) {
                assertThatThrownBy(() -> pages.read(8, 9, room.address()))
                        .isInstanceOf(CorruptFile.class)
                        .hasMessageContaining("page 8");
            }
        });
    }

    @Test
    void rowsOfAnotherSegmentAreNotOpened() {
        with(50, 10, rows -> {
            var disk = disk();
            RowPages.write(disk, PATH, DIGEST, FIELD, rows, memory);
            assertThatThrownBy(() -> RowPages.open(disk, PATH, "cd".repeat(32), FIELD, rows, readers))
                    .isInstanceOf(CorruptFile.class);
            assertThatThrownBy(() -> RowPages.open(disk, PATH, DIGEST, FIELD + 1, rows, readers))
                    .isInstanceOf(CorruptFile.class);
            assertThatThrownBy(() -> RowPages.open(disk, PATH, DIGEST, FIELD, rows.withCount(49), readers))
                    .isInstanceOf(CorruptFile.class);
        });
    }

    /// A sample of the released form is read by every later build.
    @Test
    void theFirstFormIsRead() {
        with(20, 300, rows -> {
            try {
                var sample = Path.of("src/test/formats/row-pages-1");
                if (!Files.exists(sample)) { // once for each form, before its release
                    var disk = disk();
                    RowPages.write(disk, PATH, DIGEST, FIELD, rows, memory);
                    try (var file = disk.openForReading(PATH)) {
                        var bytes = MemorySegment.ofArray(new byte[(int) file.size()]);
                        file.read(0, bytes);
                        Files.write(sample, (byte[]) bytes.heapBase().orElseThrow());
                    }
                }
                var disk = disk();
                try (var file = disk.create(PATH)) {
                    file.write(0, MemorySegment.ofArray(Files.readAllBytes(sample)));
                }
                reads(disk, rows);
            } catch (IOException failed) {
                throw new AssertionError(failed);
            }
        });
    }
}
