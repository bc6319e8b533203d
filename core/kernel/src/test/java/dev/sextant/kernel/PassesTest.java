package dev.sextant.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Passes over floats and over what they become: every form there is gives the same, to the last bit.
class PassesTest {
    private static final int[] SIZES = {64, 128, 192, 448, 832, 1024, 4096};
    private static final int[] LENGTHS = {1, 2, 7, 15, 16, 17, 31, 33, 47, 63, 64, 65, 100, 127, 129, 255, 784, 1000};
    private static final byte UNTOUCHED = 77;
    private final Memory memory = new Memory(64 << 20);
    private final FloatArithmetic[] floats = {FloatArithmetic.BEST, new LaneFloats()};
    private final BlockArithmetic[] blocks = {BlockArithmetic.BEST, new LaneBlocks()};

    @Test
    void machineCodeServesWhereAnyDoes() {
        assertThat(MachinePasses.PRESENT).isEqualTo(MachineCodes.PRESENT);
        assertThat(FloatArithmetic.BEST instanceof MachinePasses.ForFloats).isEqualTo(MachinePasses.PRESENT);
    }

    private static byte[] bytes(Region of) {
        var bytes = new byte[(int) of.size()];
        Raw.copyOut(of.address(), MemorySegment.ofArray(bytes), 0, bytes.length);
        return bytes;
    }

    @FunctionalInterface
    private interface Pass<A> {
        long by(A form, long x, long y, long out);
    }

    /// Runs the pass in the plain form and in each other on equal memory, which must be equal afterwards, room behind
    /// it included.
    private <A> void same(A[] forms, A plain, float[] x, byte[] y, Pass<A> pass, String what) {
        var expected = new byte[0];
        long answer = 0;
        for (int form = -1; form < forms.length; form++)
            try (var all = memory.allocate("passes", 1 << 16)) {
                long at = all.address();
                Raw.fill(at, 1 << 16, UNTOUCHED);
                Raw.copyIn(MemorySegment.ofArray(x), 0, at, 4L * x.length);
                Raw.copyIn(MemorySegment.ofArray(y), 0, at + (1 << 14), y.length);
                long found = pass.by(form < 0 ? plain : forms[form], at, at + (1 << 14), at + (1 << 15));
                if (form < 0) {
                    answer = found;
                    expected = bytes(all);
                    continue;
                }
                var as = "%s by %s".formatted(what, forms[form].getClass().getSimpleName());
                assertThat(found).as(as).isEqualTo(answer);
                assertThat(bytes(all)).as(as).containsExactly(expected);
            }
    }

    private static float[] gaussian(Random random, int n) {
        var x = new float[n];
        for (int i = 0; i < n; i++) x[i] = 3 * (float) random.nextGaussian();
        return x;
    }

    private static byte[] some(Random random, int n) {
        var bytes = new byte[n];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void differencesScaledSumsAndSquaresAreTheSame() {
        for (int n : SIZES) {
            var random = new Random(n);
            var x = gaussian(random, n);
            var y = new byte[4 * n];
            MemorySegment.copy(MemorySegment.ofArray(gaussian(random, n)), 0, MemorySegment.ofArray(y), 0, y.length);
            same(
                    floats,
                    FloatArithmetic.PLAIN,
                    x,
                    y,
                    (form, a, b, _) -> {
                        form.subtract(a, b, n);
                        form.scale(a, 0.3f, n);
                        return 0;
                    },
                    "difference of " + n);
            same(
                    floats,
                    FloatArithmetic.PLAIN,
                    x,
                    new byte[0],
                    (form, a, _, out) -> {
                        Raw.fill(out, 8L * n, (byte) 0);
                        form.sumUp(a, n, out);
                        form.scale(a, 1.7f, n);
                        form.sumUp(a, n, out);
                        return 0;
                    },
                    "sums of " + n);
            // Whole numbers: their sums are exact in any order.
            var whole = new float[n];
            for (int i = 0; i < n; i++) whole[i] = random.nextInt(-40, 40);
            same(
                    floats,
                    FloatArithmetic.PLAIN,
                    whole,
                    new byte[0],
                    (form, a, _, _) -> Float.floatToRawIntBits(form.squares(a, n)),
                    "squares of " + n);
        }
    }

    /// Kinds of rows: whole numbers, those with one that is not, zeros of both signs, what no int holds, all equal.
    private static float[][] awkward(Random random, int n) {
        var rows = new float[6][n];
        int odd = random.nextInt(n);
        for (int i = 0; i < n; i++) {
            rows[0][i] = random.nextInt(-100, 150);
            rows[1][i] = i == odd ? 0.5f : rows[0][i];
            rows[2][i] = random.nextBoolean() ? 0f : -0f;
            rows[3][i] = i == odd ? (random.nextBoolean() ? 0x1p31f : 0x1p40f) : -0x1p31f;
            rows[4][i] = -7.25f;
            rows[5][i] = (float) random.nextGaussian();
        }
        return rows;
    }

    @Test
    void boundsAreTheSameAtAwkwardLengthsAndValues() {
        for (int n : LENGTHS)
            for (int seed = 0; seed < 4; seed++) {
                var rows = awkward(new Random(31L * n + seed), n);
                for (int kind = 0; kind < rows.length; kind++)
                    same(
                            floats,
                            FloatArithmetic.PLAIN,
                            rows[kind],
                            new byte[0],
                            (form, a, _, out) -> form.bounds(a, n, out) ? 1 : 0,
                            "bounds of %d, kind %d, seed %d".formatted(n, kind, seed));
            }
    }

    @Test
    void bytesAreTheSameWithinBoundsAndBeyond() {
        for (int n : LENGTHS) {
            var random = new Random(n);
            var x = gaussian(random, n);
            float[][] steps = {{-9, 14}, {-2, 60}, {0, 1e30f}, {3, 0}};
            for (var step : steps)
                same(
                        blocks,
                        BlockArithmetic.PLAIN,
                        x,
                        new byte[0],
                        (form, a, _, out) -> form.quantise(a, n, step[0], step[1], out),
                        "bytes of %d from %s by %s".formatted(n, step[0], step[1]));
        }
    }

    @Test
    void splitBytesAndTheirProductsAreTheSame() {
        for (int n : SIZES) {
            var random = new Random(n);
            var row = some(random, n);
            java.util.Arrays.fill(row, 0, n / 2, (byte) 255);
            same(
                    blocks,
                    BlockArithmetic.PLAIN,
                    new float[0],
                    row,
                    (form, _, bytes, out) -> {
                        form.split(bytes, n, out, out + n);
                        return form.dot(bytes, out, out + n, n);
                    },
                    "split of " + n);
        }
    }

    @Test
    void aRowInMemoryGetsTheCodeOfAnArray() {
        for (int length : LENGTHS)
            for (var x : awkward(new Random(length), length)) {
                var codes = new Codes(length, Metric.L2);
                int bytes = codes.strideBytes();
                try (var row = memory.allocate("row", 4096);
                        var a = memory.allocate("code", bytes);
                        var b = memory.allocate("code", bytes)) {
                    Raw.fill(a.address(), bytes, UNTOUCHED);
                    Raw.copyIn(MemorySegment.ofArray(x), 0, row.address(), 4L * length);
                    codes.encode(row.address(), a.address());
                    codes.encode(x, new byte[length], b.address());
                    assertThat(bytes(a)).as("code of %d", length).containsExactly(bytes(b));
                }
            }
    }

    /// Machine code sums in one order from the first call on.
    @Test
    void severalQueriesAtOnceGetWhatEachGetsAloneToTheLastBit() {
        assumeTrue(MachineLanes.PRESENT);
        for (var metric : new Metric[] {Metric.L2, Metric.IP})
            for (int dimension : new int[] {1, 16, 33, 100, 784}) {
                var random = new Random(dimension);
                var distance = Distance.of(metric, VectorType.FLOAT32, dimension);
                long stride = Distance.strideBytes(VectorType.FLOAT32, dimension);
                long apart = distance.queryBytes() + 63 & -64;
                int count = 11, queries = 9;
                try (var rows = memory.allocate("rows", count * stride);
                        var asked = memory.allocate("queries", queries * apart)) {
                    for (int row = 0; row < count; row++)
                        rows.copyIn(
                                row * stride, MemorySegment.ofArray(gaussian(random, dimension)), 0, 4L * dimension);
                    for (int q = 0; q < queries; q++)
                        distance.prepare(
                                MemorySegment.ofArray(gaussian(random, dimension)), 0, asked.address() + q * apart);
                    for (int n : new int[] {1, 4, 6, 11}) {
                        var chosen = random.ints(n, 0, count).toArray();
                        var found = new float[queries][n];
                        distance.score(asked.address(), apart, queries, rows.address(), stride, chosen, n, found);
                        for (int q = 0; q < queries; q++) {
                            var alone = new float[n];
                            distance.score(asked.address() + q * apart, rows.address(), stride, chosen, n, alone);
                            assertThat(found[q])
                                    .as("%s of %d, query %d of %d rows", metric, dimension, q, n)
                                    .containsExactly(alone);
                        }
                    }
                }
            }
    }
}
