package dev.sextant.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DistanceTest {
    private static final int[] LENGTHS = {
        1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 100, 127, 128, 129, 200, 255, 256, 257, 500, 784,
        960, 1000, 1536, 2047
    };
    private final Memory memory = new Memory(64 << 20);

    @Test
    void theFastFormServesInTheseTests() {
        assertThat(Kernels.accelerated()).as(Kernels.description()).isTrue();
    }

    @Test
    void everyFastDistanceAgreesWithItsPlainTwin() {
        for (var type : VectorType.values())
            for (var metric : Metric.values())
                if (type.isDense() && metric.fits(type))
                    for (int length : LENGTHS) compare(metric, type, type == VectorType.BINARY ? 8 * length : length);
        assertThat(memory.inUseBytes()).isZero();
    }

    private void compare(Metric metric, VectorType type, int dimension) {
        long seed = 31L * dimension + metric.ordinal() * 7 + type.ordinal();
        var random = new Random(seed);
        int count = 11;
        long stride = Distance.strideBytes(type, dimension);
        var fast = Distance.of(metric, type, dimension);
        var plain = Distance.plain(metric, type, dimension);
        try (var rows = memory.allocate("rows", count * stride);
                var query = memory.allocate("query", fast.queryBytes())) {
            for (int row = 0; row < count; row++)
                if (row != 5) rows.copyIn(row * stride, vector(random, type, dimension), 0, type.rowBytes(dimension));
            fast.prepare(vector(random, type, dimension), 0, query.address());
            for (int n = 1; n <= count; n++) {
                var chosen = random.ints(n, 0, count).toArray();
                var expected = new float[n];
                var found = new float[n];
                plain.score(query.address(), rows.address(), stride, chosen, n, expected);
                fast.score(query.address(), rows.address(), stride, chosen, n, found);
                var exact = type == VectorType.BINARY || type == VectorType.INT8;
                for (int i = 0; i < n; i++)
                    assertThat(found[i])
                            .as("%s %s %d seed %d row %d", metric, type, dimension, seed, chosen[i])
                            .isCloseTo(expected[i], within(exact ? 0f : 1e-4f * (1 + Math.abs(expected[i]))));
            }
        }
    }

    @Test
    @Tag("slow")
    void severalQueriesAtOnceGetWhatEachGetsAlone() {
        for (var type : VectorType.values())
            for (var metric : Metric.values())
                if (type.isDense() && metric.fits(type))
                    for (int length : new int[] {1, 16, 33, 100, 784})
                        together(metric, type, type == VectorType.BINARY ? 8 * length : length);
        assertThat(memory.inUseBytes()).isZero();
    }

    private void together(Metric metric, VectorType type, int dimension) {
        long seed = 37L * dimension + metric.ordinal() * 7 + type.ordinal();
        var random = new Random(seed);
        int count = 11, most = 9;
        long stride = Distance.strideBytes(type, dimension);
        var distance = Distance.of(metric, type, dimension);
        long apart = distance.queryBytes() + 63 & -64;
        try (var rows = memory.allocate("rows", count * stride);
                var query = memory.allocate("queries", most * apart)) {
            for (int row = 0; row < count; row++)
                if (row != 5) rows.copyIn(row * stride, vector(random, type, dimension), 0, type.rowBytes(dimension));
            for (int q = 0; q < most; q++)
                distance.prepare(vector(random, type, dimension), 0, query.address() + q * apart);
            for (int queries : new int[] {1, 3, 4, 9})
                for (int n : new int[] {1, 4, 6, 11}) {
                    var chosen = random.ints(n, 0, count).toArray();
                    var found = new float[queries][n];
                    distance.score(query.address(), apart, queries, rows.address(), stride, chosen, n, found);
                    for (int q = 0; q < queries; q++) {
                        var alone = new float[n];
                        distance.score(query.address() + q * apart, rows.address(), stride, chosen, n, alone);
                        // Sums are in one order only once both are compiled.
                        float largest = 1;
                        for (float score : alone) largest = Math.max(largest, Math.abs(score));
                        assertThat(found[q])
                                .as("%s %s %d seed %d query %d of %d", metric, type, dimension, seed, q, queries)
                                .containsExactly(alone, within(1e-5f * largest));
                    }
                }
        }
    }

    private static MemorySegment vector(Random random, VectorType type, int dimension) {
        var bytes = new byte[type.rowBytes(dimension)];
        var segment = MemorySegment.ofArray(bytes);
        switch (type) {
            case FLOAT32 -> {
                for (int c = 0; c < dimension; c++) segment.set(Raw.F32, 4L * c, (float) random.nextGaussian());
            }
            case FLOAT16 -> {
                // Subnormal halves, too: their exponent bits are zero.
                for (int c = 0; c < dimension; c++)
                    segment.set(
                            Raw.I16,
                            2L * c,
                            Float.floatToFloat16((float) random.nextGaussian() * (c % 5 == 0 ? 1e-6f : 1)));
            }
            case BFLOAT16 -> {
                for (int c = 0; c < dimension; c++)
                    segment.set(
                            Raw.I16, 2L * c, (short) (Float.floatToRawIntBits((float) random.nextGaussian()) >>> 16));
            }
            case INT8 -> {
                random.nextBytes(bytes);
                if (random.nextInt(3) == 0) java.util.Arrays.fill(bytes, (byte) -128);
            }
            case BINARY, SPARSE -> random.nextBytes(bytes);
        }
        return segment;
    }

    @Test
    void cosineIsTheCosineAndARowOfZerosScoresZero() {
        var distance = Distance.of(Metric.COSINE, VectorType.FLOAT32, 3);
        try (var rows = memory.allocate("rows", 128);
                var query = memory.allocate("query", distance.queryBytes())) {
            rows.copyIn(0, MemorySegment.ofArray(new float[] {3, 4, 0}), 0, 12);
            distance.prepare(MemorySegment.ofArray(new float[] {10, 0, 0}), 0, query.address());
            var out = new float[2];
            distance.score(query.address(), rows.address(), 64, new int[] {0, 1}, 2, out);
            assertThat(out[0]).isCloseTo(0.6f, within(1e-6f));
            assertThat(out[1]).isZero();
        }
    }

    @Test
    void aMetricThatDoesNotFitTheTypeIsRefused() {
        assertThatThrownBy(() -> Distance.of(Metric.HAMMING, VectorType.FLOAT32, 8))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Distance.of(Metric.IP, VectorType.SPARSE, 8))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void codesAgreeWithTheirPlainTwinToTheLastBitInEveryForm() {
        for (var metric : new Metric[] {Metric.L2, Metric.IP, Metric.COSINE})
            for (int length : LENGTHS) compareCodes(metric, length);
    }

    private void compareCodes(Metric metric, int dimension) {
        long seed = 17L * dimension + metric.ordinal();
        var random = new Random(seed);
        var codes = new Codes(dimension, metric);
        int count = 9, stride = codes.strideBytes();
        var buffer = new byte[dimension];
        try (var region = memory.allocate("codes", (count + 1L) * stride)) {
            for (int row = 0; row < count; row++)
                codes.encode(floats(random, dimension, row), buffer, region.address() + (long) row * stride);
            long query = region.address() + (long) count * stride;
            codes.prepare(floats(random, dimension, 1), buffer, query);
            for (long asked : new long[] {query, region.address() + 3L * stride})
                for (int n = 1; n <= count; n++) {
                    var chosen = random.ints(n, 0, count).toArray();
                    var found = new float[n];
                    var expected = new float[n];
                    codes.score(asked, region.address(), chosen, n, new int[n], found);
                    codes.scoreBy(Kernels.PLAIN, asked, region.address(), chosen, n, new int[n], expected);
                    assertThat(found)
                            .as("%s %d seed %d", metric, dimension, seed)
                            .containsExactly(expected);
                    codes.scoreBy(Kernels.BEST, asked, region.address(), chosen, n, new int[n], found);
                    assertThat(found)
                            .as("%s %d seed %d", metric, dimension, seed)
                            .containsExactly(expected);
                }
        }
    }

    @Test
    void manyCodesBesideManyAreAsFarApartAsOneByOne() {
        for (int length : LENGTHS) {
            var random = new Random(length);
            var codes = new Codes(length, Metric.L2);
            int count = 23, stride = codes.strideBytes();
            try (var region = memory.allocate("codes", (long) count * stride)) {
                for (int row = 0; row < count; row++)
                    codes.encode(floats(random, length, row), new byte[length], region.address() + (long) row * stride);
                for (int m : new int[] {1, 2, 3, 4, 5, 8, 11})
                    for (int n : new int[] {1, 2, 3, 4, 5, 7, 8, 13}) {
                        var as = "%d components, %d beside %d".formatted(length, m, n);
                        var queries = random.ints(m, 0, count).toArray();
                        var rows = random.ints(n, 0, count).toArray();
                        var found = new float[m * n + 1];
                        var expected = found.clone();
                        found[m * n] = expected[m * n] = -7; // nothing is written behind them
                        codes.scoreAll(region.address(), queries, m, rows, n, new int[n], new float[n], found);
                        for (var arithmetic : new Arithmetic[] {Kernels.PLAIN, Kernels.BEST}) {
                            codes.scoreAllBy(
                                    arithmetic,
                                    region.address(),
                                    queries,
                                    m,
                                    rows,
                                    n,
                                    new int[n],
                                    new float[n],
                                    expected);
                            assertThat(found).as(as).containsExactly(expected);
                        }
                    }
            }
        }
    }

    @Test
    void whatIsChosenIsTheSameInEveryForm() {
        for (int length : LENGTHS) {
            var random = new Random(length);
            var codes = new Codes(length, Metric.L2);
            int count = 60, stride = codes.strideBytes();
            try (var region = memory.allocate("codes", (long) count * stride)) {
                for (int row = 0; row < count; row++)
                    codes.encode(floats(random, length, 0), new byte[length], region.address() + (long) row * stride);
                var numbers = IntStream.range(0, count).toArray();
                var scores = new float[count];
                codes.score(region.address(), region.address(), numbers, count, new int[count], scores);
                var order = IntStream.range(1, count)
                        .mapToLong(i -> (long) Float.floatToRawIntBits(Math.max(0, scores[i])) << 32 | i)
                        .sorted()
                        .toArray();
                for (float slack : new float[] {1, 1.2f, 3})
                    for (int most : new int[] {1, 8, count}) {
                        var as = "%d components, slack %s, at most %d".formatted(length, slack, most);
                        int[] found = new int[most], expected = new int[most];
                        int n = codes.apart(
                                region.address(), order, order.length, most, slack, found, new int[4], new float[4]);
                        for (var arithmetic : new Arithmetic[] {Kernels.PLAIN, Kernels.BEST}) {
                            int m = codes.apartBy(
                                    arithmetic,
                                    region.address(),
                                    order,
                                    order.length,
                                    most,
                                    slack,
                                    expected,
                                    new int[4],
                                    new float[4]);
                            assertThat(n).as(as).isEqualTo(m);
                            assertThat(found).as(as).containsExactly(expected);
                        }
                    }
            }
        }
    }

    @Test
    void codesEstimateTheDistancesOfTheirRows() {
        var random = new Random(5);
        int dimension = 96;
        var codes = new Codes(dimension, Metric.L2);
        var row = floats(random, dimension, 0);
        var asked = floats(random, dimension, 0);
        float exact = 0, found[] = new float[1];
        for (int c = 0; c < dimension; c++) exact += (row[c] - asked[c]) * (row[c] - asked[c]);
        try (var region = memory.allocate("codes", 2L * codes.strideBytes())) {
            codes.encode(row, new byte[dimension], region.address());
            codes.prepare(asked, new byte[dimension], region.address() + codes.strideBytes());
            codes.score(region.address() + codes.strideBytes(), region.address(), new int[1], 1, new int[1], found);
        }
        assertThat(found[0]).isCloseTo(exact, within(0.02f * exact));
    }

    @Test
    void aRowOfEqualOrTinyValuesHasACode() {
        var codes = new Codes(4, Metric.L2);
        try (var region = memory.allocate("codes", 3L * codes.strideBytes())) {
            codes.encode(new float[] {7, 7, 7, 7}, new byte[4], region.address());
            codes.encode(new float[] {Float.MIN_VALUE, 0, 0, 0}, new byte[4], region.address() + codes.strideBytes());
            codes.prepare(new float[] {0, 0, 0, 0}, new byte[4], region.address() + 2L * codes.strideBytes());
            var out = new float[2];
            codes.score(
                    region.address() + 2L * codes.strideBytes(),
                    region.address(),
                    new int[] {0, 1},
                    2,
                    new int[2],
                    out);
            assertThat(out).containsExactly(196, 0);
        }
    }

    private static float[] floats(Random random, int dimension, int kind) {
        var floats = new float[dimension];
        for (int c = 0; c < dimension; c++)
            floats[c] = (float) random.nextGaussian() * (kind % 2 == 0 ? 1 : 100) + kind * 10;
        return floats;
    }

    @Test
    @Tag("slow")
    void warmingTouchesEveryKindAndGivesItsMemoryBack() {
        for (var type : VectorType.values())
            for (var metric : Metric.values())
                if (type.isDense() && metric.fits(type)) Kernels.warm(memory, metric, type, 40);
        assertThat(memory.inUseBytes()).isZero();
    }

    @Test
    void sparseProductsMeetWhereIndexesMeet() {
        try (var cells = memory.allocate("cells", 64);
                var offsets = memory.allocate("offsets", 64)) {
            put(cells, 0, 3, 2f);
            put(cells, 1, -1, 4f); // the largest index: unsigned
            put(cells, 2, 5, 1f);
            for (int i = 0; i < 4; i++) Raw.putLong(offsets.address() + 8L * i, new long[] {0, 16, 16, 24}[i]);
            try (var query = memory.allocate("query", 64)) {
                put(query, 0, 3, 10f);
                put(query, 1, 4, 10f);
                put(query, 2, -1, 0.5f);
                var out = new float[3];
                Sparse.score(query.address(), 3, offsets.address(), cells.address(), new int[] {0, 1, 2}, 3, out);
                assertThat(out).containsExactly(22f, 0f, 0f);
            }
        }
    }

    private static void put(Region region, int cell, int index, float value) {
        Raw.putInt(region.address() + 8L * cell, index);
        Raw.putFloat(region.address() + 8L * cell + 4, value);
    }
}
