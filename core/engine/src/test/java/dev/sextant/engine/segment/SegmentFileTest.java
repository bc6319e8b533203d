package dev.sextant.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.kernel.Memory;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.Schema;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;
import dev.sextant.world.FaultDisk;
import dev.sextant.world.MemoryDisk;
import dev.sextant.world.RealDisk;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentFileTest {
    private final MemoryDisk disk = new MemoryDisk();

    @Test
    @Tag("slow")
    void everyTypeIsReadAsItWasWritten() {
        for (int seed = 0; seed < 12; seed++) {
            var random = new SplittableRandom(seed);
            var schema = Rows.schema(seed % 2 == 0);
            int rows = seed < 2 ? seed : random.nextInt(1, 3000);
            var columns = Rows.columns(schema, rows, random);
            var stamps = LongStream.range(0, rows).map(i -> 1000 + i / 10).toArray();
            var written = write("s" + seed, schema, columns, rows == 0 ? new long[] {1} : stamps, new long[] {7});
            try (var segment = SegmentFile.open(disk, "s" + seed)) {
                segment.verify();
                assertThat(segment.rows()).isEqualTo(rows);
                assertThat(segment.written()).usingRecursiveComparison().isEqualTo(written);
                assertThat(segment.head().schema()).isEqualTo(schema);
                for (var field : schema.fields()) {
                    if (rows > 0) Rows.assertSame(segment.chunk(field.id(), 0), columns.get(field.id()));
                    var some = random.ints(rows == 0 ? 0 : random.nextInt(30), 0, Math.max(1, rows))
                            .toArray();
                    Rows.assertSame(
                            segment.fetch(field.id(), some),
                            some.length == 0
                                    ? Column.empty(field.type())
                                    : columns.get(field.id()).take(some));
                }
                var timestamps = segment.timestamps();
                for (int row = 0; row < rows; row++)
                    assertThat(timestamps.of(row)).isEqualTo(stamps[row]);
                assertThat(segment.partitions())
                        .usingRecursiveComparison()
                        .isEqualTo(
                                rows == 0
                                        ? new Runs(new int[0], new long[0])
                                        : new Runs(new int[] {rows}, new long[] {7}));
            }
        }
    }

    @Test
    void arraysOfVectorsAreReadAsTheyWereWrittenAndLieOneBehindTheOtherForKernels() {
        for (int seed = 0; seed < 20; seed++) {
            var random = new SplittableRandom(seed);
            var types = VectorType.values();
            var vector = new FieldType.Vector(types[seed % 5], 8 * random.nextInt(1, 20));
            var schema = new Schema(
                    1,
                    List.of(
                            Field.of("key", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY)
                                    .withId(100),
                            Field.of("s[v]", new FieldType.Array(vector, 4096), Field.Trait.NULLABLE)
                                    .withId(101)));
            int rows = seed < 2 ? seed : random.nextInt(1, 2000);
            var lists = Rows.lists(vector, rows, seed == 3 ? 0 : seed == 4 ? 400 : 6, random);
            var columns = Map.of(100, Column.longs(LongStream.range(0, rows).toArray()), 101, (Column) lists);
            write("lists" + seed, schema, columns, new long[] {1}, new long[] {7});
            var memory = new Memory(1 << 30);
            try (var segment = SegmentFile.open(disk, "lists" + seed)) {
                segment.verify();
                if (rows > 0) Rows.assertSame(segment.chunk(101, 0), lists);
                var some = random.ints(rows == 0 ? 0 : random.nextInt(30), 0, Math.max(1, rows))
                        .toArray();
                if (some.length > 0) Rows.assertSame(segment.fetch(101, some), lists.take(some));
                int elements = rows == 0 ? 0 : lists.ends()[rows - 1];
                assertThat(segment.nodes(101)).isEqualTo(elements);
                var rowOf = segment.rowOfElement(101);
                for (int row = 0; row < rows; row++)
                    for (int at = lists.start(row); at < lists.ends()[row]; at++)
                        assertThat(rowOf[at]).isEqualTo(row);
                if (elements == 0) continue;
                var dense = (Column.Dense) lists.elements();
                long stride = SegmentFile.strideBytes(vector.type(), vector.dimension());
                try (var region = segment.loadVectors(101, memory)) {
                    for (int at = 0; at < elements; at++)
                        assertThat(region.segment()
                                        .asSlice(at * stride, dense.rowBytes())
                                        .mismatch(
                                                dense.bytes().asSlice((long) at * dense.rowBytes(), dense.rowBytes())))
                                .isEqualTo(-1);
                }
            }
        }
    }

    @Test
    @Tag("slow")
    void rowsBeyondOneChunkAreChunkedWhateverBatchesTheyCameIn(@TempDir Path directory) {
        var real = RealDisk.at(directory);
        var random = new SplittableRandom(5);
        var schema = new Schema(
                1,
                List.of(
                        Field.of("key", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY)
                                .withId(100),
                        Field.of("v", new FieldType.Vector(VectorType.FLOAT32, 3), Field.Trait.NULLABLE)
                                .withId(101),
                        Field.of("s", new FieldType.Vector(VectorType.SPARSE, 0), Field.Trait.NULLABLE)
                                .withId(102),
                        Field.of("t", new FieldType.Varchar(50)).withId(103)));
        int rows = 150_000;
        var columns = Rows.columns(schema, rows, random);
        columns.put(101, Rows.values(schema.fields().get(1).type(), rows, every(3, rows), random));
        byte[] once = {};
        for (int step : new int[] {rows, 65_536, 1_234}) {
            var path = "in steps of " + step;
            try (var writer = SegmentWriter.create(real, path, new SegmentHead(1, 2, schema))) {
                for (int from = 0; from < rows; from += step) {
                    int first = from;
                    int to = Math.min(rows, from + step);
                    var part = new java.util.HashMap<Integer, Column>();
                    columns.forEach((field, column) -> part.put(field, column.slice(first, to)));
                    writer.add(
                            part,
                            new long[] {from / 70_000},
                            LongStream.range(from, to).map(row -> row % 2).toArray());
                }
                var digest = writer.finish().digest();
                if (step == 1_234) assertThat(digest).isNotEqualTo(once); // other timestamps
                once = digest;
            }
            try (var segment = SegmentFile.open(real, path);
                    var memory = new Regions()) {
                segment.verify();
                assertThat(segment.chunks()).isEqualTo(3);
                for (int field : new int[] {100, 101, 102, 103}) {
                    var all = Column.concat(IntStream.range(0, 3)
                            .mapToObj(chunk -> segment.chunk(field, chunk))
                            .toList());
                    Rows.assertSame(all, columns.get(field));
                    var some = random.ints(200, 0, rows).toArray();
                    Rows.assertSame(
                            segment.fetch(field, some), columns.get(field).take(some));
                }
                assertVectors(segment, (Column.Dense) columns.get(101), memory.memory);
                assertSparse(segment, (Column.Sparse) columns.get(102), memory.memory);
                assertThat(segment.partitions().of(65_537)).isEqualTo(1);
            }
        }
    }

    private static final class Regions implements AutoCloseable {
        final Memory memory = new Memory(256 << 20);

        @Override
        public void close() {
            assertThat(memory.inUseBytes()).isZero();
        }
    }

    private static void assertVectors(SegmentFile segment, Column.Dense column, Memory memory) {
        var rowOf = segment.rowOfNode(101).orElseThrow();
        assertThat(rowOf)
                .hasSize(segment.nodes(101))
                .hasSize(column.rows() - column.nulls().count());
        try (var region = segment.loadVectors(101, memory)) {
            assertThat(region.address() % 64).isZero();
            for (int node = 0; node < rowOf.length; node += 97) {
                var stored = region.segment().asSlice(64L * node, 64).toArray(ValueLayout.JAVA_FLOAT);
                var row = column.bytes().asSlice(12L * rowOf[node], 12).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
                assertThat(stored).startsWith(row);
                for (int i = 3; i < 16; i++) assertThat(stored[i]).isZero();
            }
        }
    }

    private static void assertSparse(SegmentFile segment, Column.Sparse column, Memory memory) {
        int nodes = segment.nodes(102);
        var rowOf = segment.rowOfNode(102);
        try (var region = segment.loadSparse(102, memory)) {
            var bytes = region.segment();
            for (int node = 0; node < nodes; node++) {
                long from = bytes.get(ValueLayout.JAVA_LONG, 8L * node);
                long to = bytes.get(ValueLayout.JAVA_LONG, 8L * node + 8);
                int row = rowOf.isPresent() ? rowOf.get()[node] : node;
                assertThat(bytes.asSlice(8L * (nodes + 1) + from, to - from).toArray(ValueLayout.JAVA_BYTE))
                        .isEqualTo(column.cells().copy(row));
            }
        }
    }

    @Test
    void keysAreFoundWithAllTheirRowsAndNoOthers() {
        for (boolean texts : new boolean[] {false, true}) {
            var random = new SplittableRandom(9);
            int rows = 20_000;
            var keys = texts
                    ? Column.texts(random.ints(rows, 0, 9_000)
                            .mapToObj(key -> "key " + key)
                            .toList())
                    : new Column.Longs(random.longs(rows, 0, 9_000).toArray(), Nulls.NONE);
            var schema = new Schema(
                    1,
                    List.of(Field.of(
                                    "key",
                                    texts ? new FieldType.Varchar(30) : FieldType.Primitive.INT64,
                                    Field.Trait.PRIMARY_KEY)
                            .withId(100)));
            var path = "keys" + texts;
            write(path, schema, Map.of(100, keys), new long[] {1}, new long[] {1});
            try (var segment = SegmentFile.open(disk, path)) {
                var asked = texts
                        ? Column.texts(IntStream.range(-50, 500)
                                .mapToObj(i -> "key " + i * 25)
                                .toList())
                        : new Column.Longs(
                                LongStream.range(-50, 500).map(i -> i * 25).toArray(), Nulls.NONE);
                var found = segment.find(asked);
                int expected = 0;
                for (int key = 0; key < asked.rows(); key++)
                    for (int row = 0; row < rows; row++) if (Keys.compare(asked, key, keys, row) == 0) expected++;
                assertThat(found.count()).isEqualTo(expected).isPositive();
                for (int i = 0; i < found.count(); i++)
                    assertThat(Keys.compare(asked, found.key()[i], keys, found.row()[i]))
                            .isZero();
                segment.verify();
            }
        }
    }

    @Test
    void aKeyWithManyRowsIsFoundInAllOfThem() {
        var keys = new Column.Longs(
                LongStream.range(0, 10_000)
                        .map(i -> i < 3_000 ? 5 : i < 9_000 ? 6 : 7)
                        .toArray(),
                Nulls.NONE);
        var schema = new Schema(
                1,
                List.of(Field.of("key", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY)
                        .withId(100)));
        write("many", schema, Map.of(100, keys), new long[] {1}, new long[] {1});
        try (var segment = SegmentFile.open(disk, "many")) {
            assertThat(segment.find(Column.longs(6)).row()).hasSize(6_000).doesNotHaveDuplicates();
            assertThat(segment.find(Column.longs(5, 7, 8)).count()).isEqualTo(4_000);
            int newest = segment.find(Column.longs(6)).row()[5_999];
            assertThat(segment.find(Column.longs(5, 6), row -> row == newest).row())
                    .containsExactly(newest);
            for (int i = 0; i < 2; i++)
                assertThat(segment.findLeft(Column.longs(6), row -> row == newest)
                                .row())
                        .containsExactly(newest);
            assertThat(segment.find(Column.longs(6)).count()).isEqualTo(6_000);
        }
    }

    @Test
    void theFilterPassesFewKeysThatAreNotThere() {
        var filter = KeyFilter.forKeys(100_000);
        for (long key = 0; key < 100_000; key++) filter.add(KeyFilter.hash(key));
        int wrong = 0;
        for (long key = 0; key < 100_000; key++) {
            assertThat(filter.mayHold(KeyFilter.hash(key))).isTrue();
            if (filter.mayHold(KeyFilter.hash(key + 1_000_000_000))) wrong++;
        }
        assertThat(wrong).isLessThan(2_500);
        assertThat(filter.bytes()).isLessThan(130_000);
    }

    @Test
    void zonesBoundWhatTheirChunksHold() {
        assertThat(Zones.of(Column.longs(5, -3, 9))).isEqualTo(new Bounds.Between(Value.of(-3), Value.of(9), 0));
        assertThat(Zones.of(new Column.Floats(new float[] {1, Float.NaN}, Nulls.NONE)))
                .isEqualTo(Bounds.UNKNOWN);
        assertThat(Zones.of(new Column.Doubles(new double[] {0.0}, Nulls.NONE)))
                .isEqualTo(new Bounds.Between(Value.of(-0.0), Value.of(0.0), 0));
        assertThat(Zones.of(Column.nulls(FieldType.Primitive.BOOL, 3))).isEqualTo(new Bounds.AllNull());
        assertThat(Zones.of(new Column.Ints(new int[] {0, 4}, every(2, 2))))
                .isEqualTo(new Bounds.Between(Value.of(4), Value.of(4), 1));
        var random = new SplittableRandom(2);
        for (int i = 0; i < 2000; i++) {
            var texts = IntStream.range(0, 4).mapToObj(_ -> text(random)).toList();
            if (!(Zones.of(Column.texts(texts))
                    instanceof Bounds.Between(Value.Text(var least), Value.Text(var most), _))) continue;
            var column = Column.texts(texts);
            var bounds = Column.texts(List.of(least, most));
            for (int row = 0; row < 4; row++) {
                assertThat(Keys.compare(column, row, bounds, 0)).isNotNegative();
                assertThat(Keys.compare(column, row, bounds, 1)).isNotPositive();
            }
        }
    }

    private static String text(SplittableRandom random) {
        int[] points = {'a', 0x7f, 0x7ff, 0xd7ff, 0xffff, Character.MAX_CODE_POINT, 0x1f600};
        var text = new StringBuilder();
        int length = random.nextInt(60);
        for (int i = 0; i < length; i++) text.appendCodePoint(points[random.nextInt(points.length)]);
        return text.toString();
    }

    @Test
    void aSegmentThatWasFinishedSurvivesTheLossOfPowerAndOneThatWasNotLeavesNoName() {
        var schema = new Schema(
                1,
                List.of(Field.of("key", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY)
                        .withId(100)));
        for (int seed = 0; seed < 30; seed++) {
            var faulty = new FaultDisk(seed, 512);
            try (var writer = SegmentWriter.create(faulty, "done", new SegmentHead(1, 2, schema))) {
                writer.add(Map.of(100, Column.longs(1, 2, 3)), new long[] {1}, new long[] {1});
                writer.finish();
            }
            try (var writer = SegmentWriter.create(faulty, "broken", new SegmentHead(1, 3, schema))) {
                writer.add(Map.of(100, Column.longs(1, 2, 3)), new long[] {1}, new long[] {1});
            }
            assertThat(faulty.exists("broken")).isFalse();
            try (var segment = SegmentFile.open(faulty.cut(), "done")) {
                segment.verify();
            }
        }
    }

    @Test
    void packedNumbersComeBackWhateverTheyAre() {
        var random = new SplittableRandom(1);
        for (int i = 0; i < 500; i++) {
            int count = random.nextInt(70);
            int bits = random.nextInt(65);
            var values = new long[count];
            long step = random.nextLong() >> random.nextInt(64);
            for (int v = 0; v < count; v++)
                values[v] = i % 2 == 0 ? (bits == 0 ? 0 : random.nextLong() >>> 64 - bits) - step : step * v;
            var out = new dev.sextant.engine.file.ByteOutput(10);
            Packed.write(values, out);
            var in = new dev.sextant.engine.file.ByteInput("packed", 0, MemorySegment.ofArray(out.toBytes()));
            assertThat(Packed.read(count, in)).isEqualTo(values);
            in.mustEnd();
        }
    }

    private static Nulls every(int step, int rows) {
        var bits = new BitSet();
        for (int row = 0; row < rows; row += step) bits.set(row);
        return Nulls.of(bits);
    }

    private Written write(String path, Schema schema, Map<Integer, Column> columns, long[] stamps, long[] partitions) {
        try (var writer = SegmentWriter.create(disk, path, new SegmentHead(11, 22, schema))) {
            writer.add(columns, stamps, partitions);
            return writer.finish();
        }
    }
}
