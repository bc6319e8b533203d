package dev.sextant.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.engine.file.ByteInput;
import dev.sextant.engine.file.ByteOutput;
import dev.sextant.engine.file.CorruptFile;
import dev.sextant.kernel.Memory;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.world.FaultDisk;
import dev.sextant.world.MemoryDisk;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Bytes that somebody else wrote, or that the disk changed: they are refused, by name and place, and nothing worse
/// happens.
class DamageTest {
    private static final int ROWS = 300;

    @Test
    void everyBitThatTurnsOverIsFoundByTheScrubber() {
        var disk = new FaultDisk(1, 4096);
        var good = sample(disk);
        var random = new SplittableRandom(1);
        for (int i = 0; i < 500; i++) {
            long bit = random.nextLong(8L * good.length);
            disk.flipBit("s", bit);
            assertThatThrownBy(() -> readAll(disk))
                    .as("bit %d", bit)
                    .isInstanceOf(CorruptFile.class)
                    .hasMessageStartingWith("s at byte");
            disk.flipBit("s", bit);
        }
        readAll(disk);
    }

    @Test
    void aFileCutShortAnywhereIsRefused() {
        var good = sample(new MemoryDisk());
        for (int length = 0; length < good.length; length += 1 + length / 400) {
            var disk = disk(Arrays.copyOf(good, length));
            assertThatThrownBy(() -> SegmentFile.open(disk, "s"))
                    .as("length %d", length)
                    .isInstanceOf(CorruptFile.class);
        }
    }

    @Test
    void bytesThatAreNoSegmentAreRefused() {
        var random = new SplittableRandom(2);
        for (int i = 0; i < 500; i++) {
            var noise = new byte[random.nextInt(2000)];
            random.nextBytes(noise);
            assertThatThrownBy(() -> SegmentFile.open(disk(noise), "s")).isInstanceOf(CorruptFile.class);
        }
    }

    /// The checksums are right, the numbers are not: what an enemy would write.
    @Test
    @Tag("slow")
    void aDirectoryOfLiesIsRefusedOrReadsSomething() {
        var good = sample(new MemoryDisk());
        var footer = Footer.read("s", good.length, MemorySegment.ofArray(good).asSlice(good.length - Footer.BYTES));
        long seed = 3;
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 2000; i++) {
            var bad = good.clone();
            int at = (int) footer.directory().offset();
            int changes = random.nextInt(1, 4);
            for (int c = 0; c < changes; c++)
                spoil(bad, at + random.nextInt(footer.directory().bytes()), random);
            seal(bad, footer);
            tolerate(bad, seed, i);
        }
    }

    private static void spoil(byte[] bytes, int at, SplittableRandom random) {
        switch (random.nextInt(3)) {
            case 0 -> bytes[at] = (byte) random.nextInt(256);
            case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            default ->
                Arrays.fill(bytes, at, Math.min(bytes.length, at + random.nextInt(1, 9)), (byte)
                        (random.nextBoolean() ? 0xff : 0x7f));
        }
    }

    private static void seal(byte[] bytes, Footer footer) {
        var directory = MemorySegment.ofArray(bytes)
                .asSlice(footer.directory().offset(), footer.directory().bytes());
        var place = new Place(footer.directory().offset(), footer.directory().bytes(), Footer.crc(directory));
        var end = new Footer(place, bytes.length, footer.digest()).encode();
        System.arraycopy(end, 0, bytes, bytes.length - end.length, end.length);
    }

    private static void tolerate(byte[] bad, long seed, int round) {
        try {
            readAll(disk(bad));
        } catch (CorruptFile expected) {
            assertThat(expected.path()).isEqualTo("s");
        } catch (RuntimeException other) {
            throw new AssertionError("seed " + seed + ", round " + round, other);
        }
    }

    @Test
    void pagesOfLiesAreRefusedOrReadSomething() {
        long seed = 4;
        var random = new SplittableRandom(seed);
        for (var field : Rows.schema(false).fields()) {
            if (field.isVector()) continue;
            var page = PageCodec.encode(Rows.column(field, 100, random));
            for (int i = 0; i < 500; i++) {
                var bad = damaged(page, random);
                try {
                    assertThat(PageCodec.decode(field.type(), 100, input(bad)).rows())
                            .isEqualTo(100);
                } catch (CorruptFile expected) {
                    assertThat(expected.path()).isEqualTo("p");
                } catch (RuntimeException other) {
                    throw new AssertionError("seed " + seed + ", round " + i + " of " + field.type(), other);
                }
            }
        }
    }

    @Test
    void keysAndRunsOfLiesAreRefusedOrReadSomething() {
        var random = new SplittableRandom(5);
        var keys = KeyPage.encode(
                new Column.Longs(LongStream.range(0, 50).toArray(), Nulls.NONE),
                LongStream.range(0, 50).mapToInt(i -> (int) i).toArray());
        var builder = new RunsBuilder();
        builder.add(LongStream.range(0, 50).map(i -> i / 3).toArray(), 50);
        var runs = RunsBuilder.encode(builder.build());
        for (int i = 0; i < 10_000; i++) {
            try {
                KeyPage.decode(FieldType.Primitive.INT64, 50, 50, input(damaged(keys, random)));
            } catch (CorruptFile expected) {
                assertThat(expected.offset()).isNotNegative();
            }
            try {
                RunsBuilder.decode(50, input(damaged(runs, random)));
            } catch (CorruptFile expected) {
                assertThat(expected.offset()).isNotNegative();
            }
        }
    }

    private static byte[] damaged(byte[] good, SplittableRandom random) {
        var bad = random.nextInt(4) == 0 ? Arrays.copyOf(good, random.nextInt(good.length + 20)) : good.clone();
        int changes = random.nextInt(1, 4);
        for (int c = 0; c < changes && bad.length > 0; c++) spoil(bad, random.nextInt(bad.length), random);
        return bad;
    }

    private static ByteInput input(byte[] bytes) {
        return new ByteInput("p", 0, MemorySegment.ofArray(bytes));
    }

    /// Everything that can be asked of a segment.
    private static void readAll(dev.sextant.world.Disk disk) {
        var memory = new Memory(64 << 20);
        try (var segment = SegmentFile.open(disk, "s")) {
            for (var field : segment.head().schema().fields()) {
                for (int chunk = 0; chunk < segment.chunks(); chunk++) {
                    segment.zone(field.id(), chunk);
                    segment.chunk(field.id(), chunk);
                }
                if (segment.rows() > 0) segment.fetch(field.id(), new int[] {segment.rows() - 1, 0});
                if (field.type() instanceof FieldType.Vector(var type, _)) {
                    segment.rowOfNode(field.id());
                    if (type.isDense()) segment.loadVectors(field.id(), memory).close();
                    else segment.loadSparse(field.id(), memory).close();
                }
            }
            var key = segment.head().key().type();
            segment.find(
                    key instanceof FieldType.Varchar
                            ? Column.texts(java.util.List.of("a", "zz"))
                            : Column.longs(1, 2, 3));
            segment.verify();
        } finally {
            assertThat(memory.inUseBytes()).isZero();
        }
    }

    private static byte[] sample(dev.sextant.world.Disk disk) {
        var random = new SplittableRandom(8);
        var schema = Rows.schema(false);
        try (var writer = SegmentWriter.create(disk, "s", new SegmentHead(1, 2, schema))) {
            writer.add(Rows.columns(schema, ROWS, random), new long[] {5}, new long[] {6});
            writer.finish();
        }
        try (var file = disk.openForReading("s")) {
            var bytes = MemorySegment.ofArray(new byte[(int) file.size()]);
            file.read(0, bytes);
            return bytes.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static MemoryDisk disk(byte[] bytes) {
        var disk = new MemoryDisk();
        try (var file = disk.create("s")) {
            file.write(0, MemorySegment.ofArray(bytes));
        }
        return disk;
    }

    @Test
    void aFilterThatIsNoneIsRefused() {
        for (int length : new int[] {0, 8, 63, 65})
            assertThatThrownBy(() -> KeyFilter.read(input(new byte[length]))).isInstanceOf(CorruptFile.class);
        var out = new ByteOutput(64);
        KeyFilter.forKeys(1).write(out);
        assertThat(KeyFilter.read(input(out.toBytes())).bytes()).isEqualTo(64);
    }
}
