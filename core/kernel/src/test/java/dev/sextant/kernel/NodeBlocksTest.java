package dev.sextant.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NodeBlocksTest {
    private static final int[] SIZES = {64, 128, 192, 256, 320, 448, 512, 832, 1024, 1088, 1536, 4096};
    private static final int[] LENGTHS = {
        1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 47, 63, 64, 65, 100, 127, 129, 255, 784, 1000, 4095
    };
    private final Memory memory = new Memory(64 << 20);
    private final BlockArithmetic fast = BlockArithmetic.BEST;
    private final BlockArithmetic plain = BlockArithmetic.PLAIN;

    private static void fill(long at, int n, Random random, float scale) {
        for (int i = 0; i < n; i++) Raw.putFloat(at + 4L * i, scale * (float) random.nextGaussian());
    }

    private static float[] floats(long at, int n) {
        var floats = new float[n];
        Raw.copyOut(at, MemorySegment.ofArray(floats), 0, 4L * n);
        return floats;
    }

    private static byte[] bytes(long at, int n) {
        var bytes = new byte[n];
        Raw.copyOut(at, MemorySegment.ofArray(bytes), 0, n);
        return bytes;
    }

    private static void assertClose(float[] found, float[] expected, float tolerance, String what) {
        for (int i = 0; i < expected.length; i++)
            assertThat(found[i])
                    .as("%s at %d", what, i)
                    .isCloseTo(expected[i], within(tolerance * (1 + Math.abs(expected[i]))));
    }

    @Test
    void theFastFormServesInTheseTests() {
        assertThat(fast).isNotSameAs(plain);
    }

    @Test
    void everyFastLoopOverFloatsAgreesWithItsPlainTwin() {
        for (int n : SIZES)
            try (var a = memory.allocate("a", 4L * n);
                    var b = memory.allocate("b", 4L * n);
                    var c = memory.allocate("c", 4L * n)) {
                var random = new Random(n);
                fill(a.address(), n, random, 3);
                fill(c.address(), n, random, 3);
                Raw.copy(a.address(), b.address(), 4L * n);
                FloatArithmetic.BEST.multiply(a.address(), c.address(), n);
                FloatArithmetic.PLAIN.multiply(b.address(), c.address(), n);
                assertClose(floats(a.address(), n), floats(b.address(), n), 1e-6f, "product of " + n);
                FloatArithmetic.BEST.subtract(a.address(), c.address(), n);
                FloatArithmetic.PLAIN.subtract(b.address(), c.address(), n);
                FloatArithmetic.BEST.scale(a.address(), 0.3f, n);
                FloatArithmetic.PLAIN.scale(b.address(), 0.3f, n);
                assertClose(floats(a.address(), n), floats(b.address(), n), 1e-5f, "difference of " + n);
                assertThat(FloatArithmetic.BEST.squares(a.address(), n))
                        .isCloseTo(
                                FloatArithmetic.PLAIN.squares(a.address(), n),
                                within(1e-4f * FloatArithmetic.PLAIN.squares(a.address(), n)));
                if (Integer.bitCount(n) == 1) {
                    FloatArithmetic.BEST.hadamard(a.address(), n);
                    FloatArithmetic.PLAIN.hadamard(b.address(), n);
                    assertClose(floats(a.address(), n), floats(b.address(), n), 1e-4f, "transform of " + n);
                }
            }
    }

    @Test
    void boundsAndBytesAgreeAtAwkwardLengths() {
        try (var x = memory.allocate("x", 4 * 4096);
                var a = memory.allocate("a", 8192);
                var b = memory.allocate("b", 8192)) {
            for (int n : LENGTHS)
                for (var whole : new boolean[] {true, false}) {
                    var random = new Random(n);
                    for (int i = 0; i < n; i++)
                        Raw.putFloat(
                                x.address() + 4L * i,
                                whole ? random.nextInt(-100, 150) : (float) random.nextGaussian());
                    assertThat(FloatArithmetic.BEST.bounds(x.address(), n, a.address()))
                            .as("%d whole", n)
                            .isEqualTo(whole);
                    assertThat(FloatArithmetic.PLAIN.bounds(x.address(), n, b.address()))
                            .isEqualTo(whole);
                    assertThat(floats(a.address(), 2)).isEqualTo(floats(b.address(), 2));
                    float low = Raw.getFloat(b.address()), high = Raw.getFloat(b.address() + 4);
                    float scale = whole || high == low ? 1 : 255 / (high - low);
                    long sums = plain.quantise(x.address(), n, low, scale, b.address());
                    assertThat(fast.quantise(x.address(), n, low, scale, a.address()))
                            .isEqualTo(sums);
                    assertThat(bytes(a.address(), n)).isEqualTo(bytes(b.address(), n));
                }
        }
    }

    @Test
    void productsOfBytesAreExact() {
        for (int n : SIZES)
            try (var row = memory.allocate("row", n);
                    var query = memory.allocate("query", n);
                    var parts = memory.allocate("parts", 4L * n)) {
                var random = new Random(n);
                for (int i = 0; i < n; i++) {
                    Raw.putByte(row.address() + i, (byte) (n % 3 == 0 ? 255 : random.nextInt()));
                    Raw.putByte(query.address() + i, (byte) (n % 3 == 0 ? 255 : random.nextInt()));
                }
                int expected = 0;
                for (int i = 0; i < n; i++)
                    expected += (Raw.getByte(row.address() + i) & 255) * (Raw.getByte(query.address() + i) & 255);
                for (var arithmetic : new BlockArithmetic[] {fast, plain}) {
                    arithmetic.split(query.address(), n, parts.address(), parts.address() + n);
                    assertThat(arithmetic.dot(row.address(), parts.address(), parts.address() + n, n))
                            .as("%d bytes", n)
                            .isEqualTo(expected);
                }
            }
    }

    @Test
    void aRotationKeepsLengthsAndIsTheSameInAllForms() {
        for (int n : SIZES)
            try (var rotation = new Rotation(memory, n, 5);
                    var a = memory.allocate("a", 4L * n);
                    var b = memory.allocate("b", 4L * n);
                    var c = memory.allocate("c", 4L * n)) {
                var random = new Random(n);
                fill(a.address(), n, random, 1);
                Raw.copy(a.address(), b.address(), 4L * n);
                Raw.copy(a.address(), c.address(), 4L * n);
                float before = FloatArithmetic.BEST.squares(a.address(), n);
                rotation.apply(a.address(), FloatArithmetic.BEST);
                rotation.apply(b.address(), FloatArithmetic.PLAIN);
                assertClose(floats(a.address(), n), floats(b.address(), n), 1e-4f, "rotation of " + n);
                rotation.apply(c.address()); // by machine code, where that serves
                assertThat(floats(c.address(), n)).as("rotation of " + n).containsExactly(floats(b.address(), n));
                assertThat(FloatArithmetic.BEST.squares(a.address(), n)).isCloseTo(before, within(1e-3f * before));
                Raw.fill(a.address(), 4L * n, (byte) 0);
                Raw.putFloat(a.address() + 4L * (n / 2), 1);
                rotation.apply(a.address());
                for (float part : floats(a.address(), n))
                    assertThat(Math.abs(part)).as("spread over %d", n).isLessThan(0.8f);
            }
    }

    @Test
    void aDifferenceIsRotatedTheSameInAllForms() {
        for (int size : SIZES)
            try (var rotation = new Rotation(memory, size, 5);
                    var row = memory.allocate("row", 4L * size + 64);
                    var less = memory.allocate("less", 4L * size);
                    var out = memory.allocate("out", 4L * size)) {
                var random = new Random(size);
                for (int n : new int[] {size, size - 1, size - 16, size - 63}) {
                    long at = row.address() + 4L * random.nextInt(16);
                    fill(row.address(), size + 16, random, 1);
                    Raw.fill(less.address(), 4L * size, (byte) 0);
                    fill(less.address(), n, random, 1);
                    rotation.difference(at, less.address(), n, out.address(), row.address(), 256);
                    var found = floats(out.address(), size);
                    rotation.differenceBy(FloatArithmetic.PLAIN, at, less.address(), n, out.address());
                    assertThat(found).as("%d of %d", n, size).containsExactly(floats(out.address(), size));
                }
            }
    }

    @Test
    void aFastScanAgreesWithThePlainTwinOnTheSameTables() {
        for (int n : SIZES) for (var code : NodeBlocks.Code.values()) scansAgree(n, code);
    }

    private void scansAgree(int n, NodeBlocks.Code code) {
        try (var data = new Block(n, code, 9)) {
            var slow = new NodeBlocks(n, n, code, 32, plain);
            data.blocks.prepareTables(data.query(), data.prepared);
            float base = 3;
            int expected = slow.scan(data.prepared, data.block, 0, base, 4);
            var estimates = new float[32];
            for (int slot = 0; slot < 32; slot++) estimates[slot] = NodeBlocks.estimate(data.prepared, slot);
            assertThat(data.blocks.scan(data.prepared, data.block, 0, base, 4)).isEqualTo(expected);
            for (int slot = 0; slot < 32; slot++)
                assertThat(NodeBlocks.estimate(data.prepared, slot))
                        .as("%d × %s, slot %d", n, code, slot)
                        .isCloseTo(estimates[slot], within(1e-3f * (1 + estimates[slot])));
        }
    }

    @Test
    void codesAreTheSameInAllForms() {
        assertThat(fast instanceof MachineBlocks)
                .as("machine code serves in these tests wherever the machine knows it")
                .isEqualTo(MachineCode.serves());
        for (int n : SIZES)
            for (float scale : new float[] {3, 0, 1e-20f})
                try (var x = memory.allocate("x", 8L * n)) {
                    fill(x.address(), 2 * n, new Random(n), scale);
                    for (int c = 0; c < n; c += 7) Raw.putFloat(x.address() + 4L * c, c % 2 == 0 ? 0f : -0f);
                    for (var code : NodeBlocks.Code.values()) {
                        var expected = coded(plain, code, x.address(), n);
                        for (var form : new BlockArithmetic[] {fast, new LaneBlocks()}) {
                            var found = coded(form, code, x.address(), n);
                            var what = "%s of %d by %s".formatted(code, n, form.getClass());
                            assertThat(found.codes).as(what).isEqualTo(expected.codes);
                            assertClose(found.sums, expected.sums, 1e-3f, what);
                        }
                    }
                }
    }

    /// To the last bit, with fewer neighbours than a fan takes, some of them equal and one the node itself.
    @Test
    void aFanWrittenWholeIsTheOneWrittenNeighbourByNeighbour() {
        assertThat(MachineFan.PRESENT).isEqualTo(MachineCodes.PRESENT);
        for (int size : new int[] {64, 128, 832, 1024})
            for (var code : NodeBlocks.Code.values())
                for (int n : new int[] {0, 1, 15, 16, 17, 31, 32}) {
                    var what = "%d neighbours of %d by %s".formatted(n, size, code);
                    var blocks = new NodeBlocks(size, size, code, 64);
                    var random = new Random(31L * size + n);
                    int count = 40;
                    var places = random.ints(NodeBlocks.FAN, 0, count).toArray();
                    var nodes = random.ints(NodeBlocks.FAN, 0, 1 << 30).toArray();
                    if (n > 2) places[2] = 3;
                    try (var points = memory.allocate("points", 4L * size * count);
                            var room = memory.allocate("room", blocks.putFanRoom());
                            var block = memory.allocate("block", 2 * blocks.blockBytes())) {
                        fill(points.address(), size * count, random, 5);
                        long one = block.address(), other = one + blocks.blockBytes();
                        Raw.fill(one, 2 * blocks.blockBytes(), (byte) 77);
                        blocks.putFan(one, 1, nodes, places, n, points.address(), 3, room.address());
                        Raw.fill(room.address(), blocks.putFanRoom(), (byte) 99);
                        blocks.putFanBy(other, 1, nodes, places, n, points.address(), 3, room.address());
                        assertThat(bytes(one, (int) blocks.blockBytes()))
                                .as(what)
                                .containsExactly(bytes(other, (int) blocks.blockBytes()));
                    }
                }
    }

    private record Coded(byte[] codes, float[] sums) {}

    /// The codes of the first half of 2 n floats, the sums with the second.
    private Coded coded(BlockArithmetic form, NodeBlocks.Code code, long x, int n) {
        int bytes = n * code.bits() / 8;
        try (var out = memory.allocate("out", 128L + bytes)) {
            Raw.fill(out.address(), 128L + bytes, (byte) 77);
            switch (code) {
                case SIGNS -> form.signs(x, x + 4L * n, n, out.address() + 64, out.address());
                case FOURS -> form.fours(x, x + 4L * n, n, out.address() + 64, out.address());
            }
            for (byte behind : bytes(out.address() + 64 + bytes, 64))
                assertThat(behind).isEqualTo((byte) 77);
            return new Coded(bytes(out.address() + 64, bytes), floats(out.address(), 3));
        }
    }

    @Test
    void tablesAndEstimatesAreTheSameInAllForms() {
        for (int n : SIZES)
            for (var code : NodeBlocks.Code.values())
                for (float scale : new float[] {3, 0, 1e-20f}) {
                    var what = "%s of %d, scale %s".formatted(code, n, scale);
                    var expected = scanned(new LaneBlocks(), code, n, scale);
                    var found = scanned(fast, code, n, scale);
                    assertThat(found.codes).as(what).isEqualTo(expected.codes);
                    assertClose(found.sums, expected.sums, 1e-3f, what);
                }
    }

    /// Tables of some floats, then what is estimated with those, to the last bit; and the sums of tables.
    private Coded scanned(BlockArithmetic form, NodeBlocks.Code code, int n, float scale) {
        int bytes = 4 * n * code.bits();
        try (var x = memory.allocate("x", 4L * n);
                var made = memory.allocate("made", 256L + bytes);
                var codes = memory.allocate("codes", 256L + bytes);
                var room = memory.allocate("room", 4L * n)) {
            var random = new Random(n);
            fill(x.address(), n, random, scale);
            long out = made.address(), tables = out + 256;
            int levels = Math.min(255, 65535 / (bytes / 16));
            switch (code) {
                case SIGNS -> form.tables(x.address(), n, levels, room.address(), tables, out);
                case FOURS -> form.fourTables(x.address(), n, levels, room.address(), tables, out);
            }
            var sums = floats(out, 3);
            for (int i = 0; i < bytes; i++) Raw.putByte(codes.address() + 256 + i, (byte) random.nextInt());
            fill(codes.address(), 64, random, 100);
            Raw.putFloat(codes.address(), Float.MAX_VALUE);
            Raw.putFloat(codes.address() + 4, -Float.MAX_VALUE);
            int below = form.estimate(codes.address() + 256, tables, bytes, codes.address(), 7, 0.01f, -3, 20, out);
            // Behind the estimates are sums that only some forms leave there.
            Raw.fill(out + 128, 128, (byte) 0);
            Raw.putInt(out + 128, below);
            return new Coded(bytes(out, 256 + bytes), sums);
        }
    }

    @Test
    void codesOfTwoBitsAreNearToWhatTheyStandFor() {
        for (int n : SIZES)
            try (var x = memory.allocate("x", 8L * n)) {
                fill(x.address(), 2 * n, new Random(n), 3);
                var coded = coded(fast, NodeBlocks.Code.FOURS, x.address(), n);
                float squares = coded.sums[0], product = coded.sums[1], length = 0;
                for (int i = 0; i < n; i++) {
                    int four = coded.codes[i / 4] >> 2 * (i & 3) & 3;
                    length += (2 * four - 3) * (2 * four - 3);
                }
                assertThat(product * product / squares / length)
                        .as("%d components", n)
                        .isGreaterThan(0.85f);
            }
    }

    /// Estimates are unbiased, and their error shrinks with the number of components and of bits.
    @Test
    void estimatesComeCloseToDistances() {
        for (int n : new int[] {64, 128, 832, 1536, 4096}) {
            assertThat(error(n, NodeBlocks.Code.SIGNS)).as("%d signs", n).isLessThan(1.2 / Math.sqrt(n));
            assertThat(error(n, NodeBlocks.Code.FOURS)).as("%d fours", n).isLessThan(0.6 / Math.sqrt(n));
        }
    }

    /// Of the estimates of distances, on average.
    private double error(int n, NodeBlocks.Code code) {
        double error = 0;
        for (int seed = 0; seed < 10; seed++)
            try (var data = new Block(n, code, seed)) {
                {
                    data.blocks.prepareRow(data.query(), Float.NaN, data.prepared);
                    data.blocks.prepareTables(data.query(), data.prepared);
                    float own = data.blocks.distance(data.prepared, data.block);
                    float exact = squared(data.points[0], data.query);
                    assertThat(own).as("%d components", n).isCloseTo(exact, within(0.02f * exact));
                    data.blocks.scan(data.prepared, data.block, 0, own, Float.MAX_VALUE);
                    for (int row = 0; row < 32; row++) {
                        int slot = NodeBlocks.slot(row);
                        assertThat(data.blocks.node(data.block, 0, slot)).isEqualTo(row < 31 ? row + 1 : -1);
                        if (row == 31) continue;
                        float distance = squared(data.points[row + 1], data.query);
                        error += Math.abs(NodeBlocks.estimate(data.prepared, slot) - distance) / distance / 310;
                    }
                }
            }
        return error;
    }

    @Test
    void rowsOfWholeNumbersHaveExactDistances() {
        for (int n : new int[] {1, 5, 40, 41, 64, 100, 784, 3000}) {
            var random = new Random(n);
            var blocks = new NodeBlocks(n, 64, NodeBlocks.Code.SIGNS, 32);
            try (var room = memory.allocate("room", 4L * n + 64);
                    var block = memory.allocate("block", blocks.blockBytes());
                    var query = memory.allocate("query", blocks.queryBytes())) {
                float low = random.nextInt(-300, 300);
                var a = new int[n];
                var b = new int[n];
                for (int i = 0; i < n; i++) Raw.putFloat(room.address() + 4L * i, low + (a[i] = random.nextInt(256)));
                blocks.putRow(room.address(), true, low, block.address());
                for (int i = 0; i < n; i++) Raw.putFloat(room.address() + 4L * i, low + (b[i] = random.nextInt(256)));
                assertThat(blocks.prepareRow(room.address(), low, query.address()))
                        .isTrue();
                long expected = 0;
                for (int i = 0; i < n; i++) expected += (a[i] - b[i]) * (a[i] - b[i]);
                assertThat(blocks.distance(query.address(), block.address())).isEqualTo(expected);
                Raw.putFloat(room.address(), low + 256);
                assertThat(blocks.prepareRow(room.address(), low, query.address()))
                        .as("out of range")
                        .isFalse();
                Raw.putFloat(room.address(), low + 0.5f);
                assertThat(blocks.prepareRow(room.address(), low, query.address()))
                        .as("not whole")
                        .isFalse();
            }
        }
    }

    @Test
    void distancesInBulkAreThoseOneByOneToTheLastBit() {
        for (int n : LENGTHS)
            for (var whole : new boolean[] {true, false}) {
                var random = new Random(n);
                var blocks = new NodeBlocks(n, 64, NodeBlocks.Code.SIGNS, 32);
                int count = 37;
                try (var room = memory.allocate("room", 4L * n + 64);
                        var all = memory.allocate("blocks", count * blocks.blockBytes());
                        var query = memory.allocate("query", blocks.queryBytes())) {
                    for (int row = 0; row <= count; row++) {
                        for (int i = 0; i < n; i++)
                            Raw.putFloat(
                                    room.address() + 4L * i,
                                    whole ? random.nextInt(256) : (float) random.nextGaussian());
                        if (row < count)
                            blocks.putRow(room.address(), whole, 0, all.address() + row * blocks.blockBytes());
                    }
                    blocks.prepareRow(room.address(), whole ? 0 : Float.NaN, query.address());
                    var rows = random.ints(50, 0, count).toArray();
                    var bulk = new float[rows.length];
                    var single = new float[rows.length];
                    blocks.distances(query.address(), all.address(), rows, rows.length, bulk);
                    blocks.oneByOne(query.address(), all.address(), rows, rows.length, single);
                    assertThat(bulk).as("%d components, whole %s", n, whole).isEqualTo(single);
                }
            }
    }

    @Test
    void anEmptySlotIsBelowNoLimit() {
        try (var data = new Block(128, NodeBlocks.Code.SIGNS, 1)) {
            data.blocks.clear(data.block, 0);
            data.blocks.prepareTables(data.query(), data.prepared);
            assertThat(data.blocks.scan(data.prepared, data.block, 0, 1e30f, Float.MAX_VALUE))
                    .isZero();
            assertThat(data.blocks.isSound(data.block, 0)).isTrue();
        }
    }

    private static float squared(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return (float) sum;
    }

    /// A node, 31 neighbours and a query near it, in rotated form.
    private final class Block implements AutoCloseable {
        private final NodeBlocks blocks;
        private final float[][] points = new float[32][];
        private final float[] query;
        private final Region region;
        private final long block;
        private final long prepared;
        private final long room;

        Block(int components, NodeBlocks.Code code, int seed) {
            blocks = new NodeBlocks(components, components, code, 32);
            var random = new Random(seed);
            for (int p = 0; p < 32; p++) {
                points[p] = new float[components];
                for (int i = 0; i < components; i++)
                    points[p][i] = (p == 0 ? 0 : points[0][i]) + (float) random.nextGaussian();
            }
            query = new float[components];
            for (int i = 0; i < components; i++) query[i] = points[0][i] + 0.7f * (float) random.nextGaussian();
            long blockBytes = blocks.blockBytes(), queryBytes = (blocks.queryBytes() + 63) / 64 * 64;
            region = memory.allocate("block", blockBytes + queryBytes + 8L * components + blocks.fanRoom());
            block = region.address();
            prepared = block + blockBytes;
            room = prepared + queryBytes;
            load(room, points[0]);
            blocks.putRow(room, false, Float.NaN, block);
            blocks.beginFan(block, 0, room + 8L * components);
            for (int p = 1; p < 32; p++) {
                var difference = new float[components];
                for (int i = 0; i < components; i++) difference[i] = points[p][i] - points[0][i];
                load(room + 4L * components, difference);
                blocks.putNeighbour(block, 0, p - 1, p, room + 4L * components, room, room + 8L * components);
            }
            blocks.endFan(block, 0, room + 8L * components);
        }

        long query() {
            load(room, query);
            return room;
        }

        private static void load(long at, float[] floats) {
            Raw.copyIn(MemorySegment.ofArray(floats), 0, at, 4L * floats.length);
        }

        @Override
        public void close() {
            region.close();
        }
    }
}
