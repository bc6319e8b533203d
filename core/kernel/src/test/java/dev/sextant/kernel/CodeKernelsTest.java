package dev.sextant.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sextant.model.Metric;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Products, tables and small codes: the fast form against the plain one, at awkward lengths.
class CodeKernelsTest {
    private static final int[] LENGTHS = {1, 2, 3, 4, 5, 7, 8, 15, 17, 31, 33, 63, 64, 65, 127, 129, 255, 257, 784, 1000
    };
    private final Memory memory = new Memory(64 << 20);

    private static void fill(long at, int n, Random random) {
        for (int i = 0; i < n; i++) Raw.putFloat(at + 4L * i, (float) random.nextGaussian());
    }

    /// What is read is waited for, and then it was not asked for early: at an address that nobody has a reader would
    /// fall.
    @Test
    void memoryThatIsAskedForIsNotRead() {
        Prefetch.ask(4096, 256);
        assertThat(Prefetch.serves()).isEqualTo(MachineCodes.PRESENT);
    }

    @Test
    void productsWithATableAgreeWithTheirPlainTwin() {
        var random = new Random(1);
        for (int components : LENGTHS)
            for (int columns : new int[] {16, 32, 48, 80, 256}) {
                int n = 1 + random.nextInt(9);
                long stride = 4L * components + 4 * random.nextInt(3);
                try (var points = memory.allocate("points", n * stride);
                        var table = memory.allocate("table", 4L * components * columns);
                        var a = memory.allocate("a", 4L * n * columns);
                        var b = memory.allocate("b", 4L * n * columns)) {
                    fill(points.address(), (int) (n * stride / 4), random);
                    fill(table.address(), components * columns, random);
                    FloatArithmetic.BEST.products(
                            points.address(), stride, n, components, table.address(), columns, a.address());
                    FloatArithmetic.PLAIN.products(
                            points.address(), stride, n, components, table.address(), columns, b.address());
                    for (int i = 0; i < n * columns; i++)
                        assertThat(Raw.getFloat(a.address() + 4L * i))
                                .as("%d components, %d columns, at %d", components, columns, i)
                                .isEqualTo(Raw.getFloat(b.address() + 4L * i));
                }
            }
    }

    @Test
    void theFirstOfTheNearestIsFoundByBothForms() {
        var random = new Random(2);
        for (int columns : new int[] {16, 32, 64, 112, 1024})
            for (int round = 0; round < 50; round++)
                try (var products = memory.allocate("products", 4L * columns);
                        var norms = memory.allocate("norms", 4L * columns)) {
                    int centres = 1 + random.nextInt(columns), steps = round % 2 == 0 ? 5 : 1 << 20;
                    for (int k = 0; k < columns; k++) {
                        Raw.putFloat(products.address() + 4L * k, k < centres ? random.nextInt(steps) / 7f : 0);
                        Raw.putFloat(
                                norms.address() + 4L * k, k < centres ? random.nextInt(steps) / 3f : Float.MAX_VALUE);
                    }
                    int found = FloatArithmetic.BEST.nearest(products.address(), norms.address(), columns);
                    assertThat(found)
                            .isEqualTo(FloatArithmetic.PLAIN.nearest(products.address(), norms.address(), columns))
                            .isLessThan(centres);
                }
    }

    @Test
    void entriesBecomeTheSameBytesAndTheirSumsFitSixteenBits() {
        var random = new Random(3);
        for (int tables : new int[] {1, 2, 3, 4, 5, 16, 63, 392, 1000, 16_000})
            try (var entries = memory.allocate("entries", 64L * tables);
                    var a = memory.allocate("a", 16L * tables + 64);
                    var b = memory.allocate("b", 16L * tables + 64)) {
                fill(entries.address(), 16 * tables, random);
                long outA = a.address() + 16L * tables, outB = b.address() + 16L * tables;
                BlockArithmetic.BEST.bytes(entries.address(), tables, a.address(), outA);
                BlockArithmetic.PLAIN.bytes(entries.address(), tables, b.address(), outB);
                long most = 0;
                for (int t = 0; t < tables; t++) {
                    int largest = 0;
                    for (int k = 0; k < 16; k++) {
                        int code = Raw.getByte(a.address() + 16L * t + k) & 255;
                        assertThat(code).isCloseTo(Raw.getByte(b.address() + 16L * t + k) & 255, within(1));
                        largest = Math.max(largest, code);
                    }
                    most += largest;
                }
                assertThat(most).isLessThanOrEqualTo(65_535);
                assertThat(Raw.getFloat(outA)).isCloseTo(Raw.getFloat(outB), within(1e-4f * Raw.getFloat(outB)));
                assertThat(Raw.getFloat(outA + 4)).isCloseTo(Raw.getFloat(outB + 4), within(1e-2f));
            }
    }

    @Test
    void smallCodesMultiplyExactlyWhateverLiesBehindThem() {
        var random = new Random(4);
        int[] rows = {3, 0, 5, 1, 4, 2, 2};
        for (int components : LENGTHS) {
            long stride = components + 7;
            try (var codes = memory.allocate("codes", 6 * stride + 256);
                    var query = memory.allocate("query", 16L * components + 4096)) {
                for (int i = 0; i < 6 * stride + 256; i++) Raw.putByte(codes.address() + i, (byte) random.nextInt());
                int nibbles = (components + 127) / 128 * 64, pairs = (components + 255) / 256 * 64;
                var found = new int[rows.length];
                var expected = new int[rows.length];
                for (int c = 0; c < components; c++)
                    Raw.putShort(query.address() + (c & 3) * nibbles + c / 4 * 2L, (short) random.nextInt(256));
                CodeArithmetic.BEST.dotNibbles(
                        query.address(), codes.address(), stride, components, rows, rows.length, found);
                CodeArithmetic.PLAIN.dotNibbles(
                        query.address(), codes.address(), stride, components, rows, rows.length, expected);
                assertThat(found).as("%d nibbles", components).isEqualTo(expected);
                Raw.fill(query.address(), query.size(), (byte) 0);
                for (int c = 0; c < components; c++)
                    Raw.putShort(query.address() + (c & 7) * pairs + c / 8 * 2L, (short) random.nextInt(256));
                CodeArithmetic.BEST.addPairs(
                        query.address(), codes.address(), stride, components, rows, rows.length, found);
                CodeArithmetic.PLAIN.addPairs(
                        query.address(), codes.address(), stride, components, rows, rows.length, expected);
                assertThat(found).as("%d pairs", components).isEqualTo(expected);
            }
        }
    }

    @Test
    void distancesOfSmallCodesAreNearThoseOfTheRows() {
        var random = new Random(5);
        for (int bits : new int[] {4, 6})
            for (var metric : new Metric[] {Metric.L2, Metric.IP, Metric.COSINE})
                for (int d : LENGTHS) {
                    var codes = new SmallCodes(d, bits, metric);
                    try (var region = memory.allocate("codes", 3L * codes.strideBytes() + SmallCodes.BEHIND);
                            var query = memory.allocate("query", codes.queryBytes())) {
                        var rows = new float[3][d];
                        var q = new float[d];
                        var buffer = new byte[d];
                        for (int c = 0; c < d; c++) q[c] = (float) random.nextGaussian();
                        for (int row = 0; row < 3; row++) {
                            for (int c = 0; c < d; c++) rows[row][c] = (float) random.nextGaussian();
                            codes.encode(rows[row], buffer, region.address() + (long) row * codes.strideBytes());
                        }
                        codes.prepare(q, buffer, query.address());
                        var out = new float[3];
                        codes.score(query.address(), region.address(), new int[] {2, 0, 1}, 3, new int[3], out);
                        int[] order = {2, 0, 1};
                        for (int i = 0; i < 3; i++) {
                            double exact = 0, size = 1;
                            for (int c = 0; c < d; c++) {
                                double x = rows[order[i]][c], y = q[c];
                                exact += metric == Metric.IP ? -x * y : (x - y) * (x - y);
                                size += x * x + y * y;
                            }
                            assertThat((double) out[i])
                                    .as("%d bits, %s, %d components", bits, metric, d)
                                    .isCloseTo(exact, within((bits == 4 ? 0.12 : 0.03) * size));
                        }
                    }
                }
    }

    @Test
    void aBlockOfRowsIsEstimatedAsItsTablesSay() {
        var random = new Random(6);
        for (int tables : new int[] {1, 3, 4, 17, 64, 300}) {
            var blocks = new ScanBlocks(tables);
            var slow = new ScanBlocks(tables, BlockArithmetic.PLAIN);
            try (var block = memory.allocate("block", blocks.blockBytes());
                    var entries = memory.allocate("entries", 64L * blocks.tables());
                    var query = memory.allocate("query", blocks.queryBytes());
                    var other = memory.allocate("query", blocks.queryBytes())) {
                fill(entries.address(), 16 * tables, random);
                blocks.clear(block.address());
                var codes = new byte[30][tables];
                for (int row = 0; row < 30; row++) {
                    for (int t = 0; t < tables; t++) codes[row][t] = (byte) random.nextInt(16);
                    blocks.put(block.address(), row, codes[row], tables, 100 + row, -2);
                }
                blocks.prepare(entries.address(), query.address());
                slow.prepare(entries.address(), other.address());
                int below = blocks.scan(query.address(), block.address(), 1000, 1120);
                slow.scan(other.address(), block.address(), 1000, 1120);
                for (int row = 0; row < 32; row++) {
                    int slot = ScanBlocks.slot(row);
                    float estimate = ScanBlocks.estimate(query.address(), slot);
                    assertThat((below >>> slot & 1) == 1).isEqualTo(estimate < 1120);
                    if (row >= 30) {
                        assertThat(estimate).isGreaterThan(1e30f);
                        continue;
                    }
                    double expected = 1100 + row;
                    for (int t = 0; t < tables; t++)
                        expected -= 2 * Raw.getFloat(entries.address() + 64L * t + 4 * codes[row][t]);
                    assertThat((double) estimate).isCloseTo(expected, within(0.2 + 0.02 * tables));
                    assertThat(estimate)
                            .isCloseTo(ScanBlocks.estimate(other.address(), slot), within(0.1f + 0.02f * tables));
                }
            }
        }
    }

    @Test
    void equalElementsAreCountedByBothForms() {
        var random = new Random(7);
        for (int bits : new int[] {8, 16, 24, 32, 64, 128, 256})
            for (int elements : LENGTHS) {
                int dimension = bits * elements, bytes = dimension / 8;
                long stride = Distance.strideBytes(dev.sextant.model.VectorType.BINARY, dimension);
                var fastOne = Distance.ofSignatures(dimension, bits);
                try (var rows = memory.allocate("rows", 3 * stride);
                        var query = memory.allocate("query", fastOne.queryBytes())) {
                    var signature = new byte[bytes];
                    random.nextBytes(signature);
                    int equal = 0;
                    for (int row = 0; row < 3; row++)
                        for (int e = 0; e < elements; e++) {
                            boolean same = random.nextBoolean();
                            if (same && row == 1) equal++;
                            for (int b = e * bits / 8; b < (e + 1) * bits / 8; b++)
                                Raw.putByte(rows.address() + row * stride + b, (byte) (signature[b] + (same ? 0 : 1)));
                        }
                    var found = new float[3];
                    var expected = new float[3];
                    fastOne.prepare(MemorySegment.ofArray(signature), 0, query.address());
                    fastOne.score(query.address(), rows.address(), stride, new int[] {0, 1, 2}, 3, found);
                    Distance.plainOfSignatures(dimension, bits)
                            .score(query.address(), rows.address(), stride, new int[] {0, 1, 2}, 3, expected);
                    assertThat(found)
                            .as("%d elements of %d bits", elements, bits)
                            .isEqualTo(expected);
                    assertThat(found[1]).isEqualTo((float) equal / elements);
                }
            }
    }
}
