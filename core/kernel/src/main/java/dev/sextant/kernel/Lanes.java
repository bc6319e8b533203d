package dev.sextant.kernel;

import static dev.sextant.kernel.Raw.ALL;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.BIT_COUNT;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/// Every sum on the Vector API. Loaded only where the module is present. Float rows and codes go four at a time: the
/// query is loaded once for the four, and four independent streams of cache misses are under way. All vectors stay in
/// locals of one method: a helper that takes or returns several is not always inlined, and then each is boxed. Sums
/// over 16-bit floats are those of [LaneHalves], over bytes those of [LaneBytes], of several queries those of
/// [LaneTiles].
sealed class Lanes extends Arithmetic permits MachineLanes {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Byte> B = ByteVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
    private static final int V = F.vectorByteSize();

    /// Of a vector.
    static int bytes() {
        return V;
    }

    @Override
    String description() {
        return "Vector API, %d bits".formatted(8 * V);
    }

    @Override
    void l2F32(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        int i = 0;
        for (; i + 4 <= n; i += 4) {
            long a = base + rows[i] * stride, b = base + rows[i + 1] * stride;
            long c = base + rows[i + 2] * stride, d = base + rows[i + 3] * stride;
            l2F32x4(query, a, b, c, d, 64 * lines, out, i);
        }
        for (; i < n; i++) out[i] = l2F32x1(query, base + rows[i] * stride, 64 * lines);
    }

    private static void l2F32x4(long query, long a, long b, long c, long d, int bytes, float[] out, int at) {
        var s0 = FloatVector.zero(F);
        FloatVector s1 = s0, s2 = s0, s3 = s0;
        for (int i = 0; i < bytes; i += V) {
            var q = FloatVector.fromMemorySegment(F, ALL, query + i, LITTLE_ENDIAN);
            var v0 = FloatVector.fromMemorySegment(F, ALL, a + i, LITTLE_ENDIAN).sub(q);
            s0 = v0.fma(v0, s0);
            var v1 = FloatVector.fromMemorySegment(F, ALL, b + i, LITTLE_ENDIAN).sub(q);
            s1 = v1.fma(v1, s1);
            var v2 = FloatVector.fromMemorySegment(F, ALL, c + i, LITTLE_ENDIAN).sub(q);
            s2 = v2.fma(v2, s2);
            var v3 = FloatVector.fromMemorySegment(F, ALL, d + i, LITTLE_ENDIAN).sub(q);
            s3 = v3.fma(v3, s3);
        }
        out[at] = s0.reduceLanes(ADD);
        out[at + 1] = s1.reduceLanes(ADD);
        out[at + 2] = s2.reduceLanes(ADD);
        out[at + 3] = s3.reduceLanes(ADD);
    }

    // One row alone is summed exactly as a row among four: its score must not depend on its neighbours, or pages of a
    // search would repeat rows and equal rows would not tie.

    static float l2F32x1(long query, long row, int bytes) {
        var s0 = FloatVector.zero(F);
        for (int i = 0; i < bytes; i += V) {
            var q = FloatVector.fromMemorySegment(F, ALL, query + i, LITTLE_ENDIAN);
            var v0 = FloatVector.fromMemorySegment(F, ALL, row + i, LITTLE_ENDIAN)
                    .sub(q);
            s0 = v0.fma(v0, s0);
        }
        return s0.reduceLanes(ADD);
    }

    @Override
    void dotF32(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        int i = 0;
        for (; i + 4 <= n; i += 4) {
            long a = base + rows[i] * stride, b = base + rows[i + 1] * stride;
            long c = base + rows[i + 2] * stride, d = base + rows[i + 3] * stride;
            dotF32x4(query, a, b, c, d, 64 * lines, out, i);
        }
        for (; i < n; i++) out[i] = dotF32x1(query, base + rows[i] * stride, 64 * lines);
    }

    private static void dotF32x4(long query, long a, long b, long c, long d, int bytes, float[] out, int at) {
        var s0 = FloatVector.zero(F);
        FloatVector s1 = s0, s2 = s0, s3 = s0;
        for (int i = 0; i < bytes; i += V) {
            var q = FloatVector.fromMemorySegment(F, ALL, query + i, LITTLE_ENDIAN);
            s0 = FloatVector.fromMemorySegment(F, ALL, a + i, LITTLE_ENDIAN).fma(q, s0);
            s1 = FloatVector.fromMemorySegment(F, ALL, b + i, LITTLE_ENDIAN).fma(q, s1);
            s2 = FloatVector.fromMemorySegment(F, ALL, c + i, LITTLE_ENDIAN).fma(q, s2);
            s3 = FloatVector.fromMemorySegment(F, ALL, d + i, LITTLE_ENDIAN).fma(q, s3);
        }
        out[at] = s0.reduceLanes(ADD);
        out[at + 1] = s1.reduceLanes(ADD);
        out[at + 2] = s2.reduceLanes(ADD);
        out[at + 3] = s3.reduceLanes(ADD);
    }

    static float dotF32x1(long query, long row, int bytes) {
        var s0 = FloatVector.zero(F);
        for (int i = 0; i < bytes; i += V) {
            var q = FloatVector.fromMemorySegment(F, ALL, query + i, LITTLE_ENDIAN);
            s0 = FloatVector.fromMemorySegment(F, ALL, row + i, LITTLE_ENDIAN).fma(q, s0);
        }
        return s0.reduceLanes(ADD);
    }

    @Override
    void cosF32(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        int i = 0;
        for (; i + 4 <= n; i += 4) {
            long a = base + rows[i] * stride, b = base + rows[i + 1] * stride;
            long c = base + rows[i + 2] * stride, d = base + rows[i + 3] * stride;
            cosF32x4(query, a, b, c, d, 64 * lines, out, i);
        }
        for (; i < n; i++) out[i] = cosF32x1(query, base + rows[i] * stride, 64 * lines);
    }

    private static void cosF32x4(long query, long a, long b, long c, long d, int bytes, float[] out, int at) {
        var s0 = FloatVector.zero(F);
        FloatVector s1 = s0, s2 = s0, s3 = s0, n0 = s0, n1 = s0, n2 = s0, n3 = s0;
        for (int i = 0; i < bytes; i += V) {
            var q = FloatVector.fromMemorySegment(F, ALL, query + i, LITTLE_ENDIAN);
            var v0 = FloatVector.fromMemorySegment(F, ALL, a + i, LITTLE_ENDIAN);
            s0 = v0.fma(q, s0);
            n0 = v0.fma(v0, n0);
            var v1 = FloatVector.fromMemorySegment(F, ALL, b + i, LITTLE_ENDIAN);
            s1 = v1.fma(q, s1);
            n1 = v1.fma(v1, n1);
            var v2 = FloatVector.fromMemorySegment(F, ALL, c + i, LITTLE_ENDIAN);
            s2 = v2.fma(q, s2);
            n2 = v2.fma(v2, n2);
            var v3 = FloatVector.fromMemorySegment(F, ALL, d + i, LITTLE_ENDIAN);
            s3 = v3.fma(q, s3);
            n3 = v3.fma(v3, n3);
        }
        out[at] = Plain.overLength(s0.reduceLanes(ADD), n0.reduceLanes(ADD));
        out[at + 1] = Plain.overLength(s1.reduceLanes(ADD), n1.reduceLanes(ADD));
        out[at + 2] = Plain.overLength(s2.reduceLanes(ADD), n2.reduceLanes(ADD));
        out[at + 3] = Plain.overLength(s3.reduceLanes(ADD), n3.reduceLanes(ADD));
    }

    static float cosF32x1(long query, long row, int bytes) {
        var s0 = FloatVector.zero(F);
        var n0 = s0;
        for (int i = 0; i < bytes; i += V) {
            var q = FloatVector.fromMemorySegment(F, ALL, query + i, LITTLE_ENDIAN);
            var v0 = FloatVector.fromMemorySegment(F, ALL, row + i, LITTLE_ENDIAN);
            s0 = v0.fma(q, s0);
            n0 = v0.fma(v0, n0);
        }
        return Plain.overLength(s0.reduceLanes(ADD), n0.reduceLanes(ADD));
    }

    @Override
    void l2F32(
            long query, long apart, int queries, long base, long stride, int lines, int[] rows, int n, float[][] out) {
        int q = LaneTiles.l2F32(query, apart, queries, base, stride, lines, rows, n, out);
        for (; q < queries; q++) l2F32(query + q * apart, base, stride, lines, rows, n, out[q]);
    }

    @Override
    void dotF32(
            long query, long apart, int queries, long base, long stride, int lines, int[] rows, int n, float[][] out) {
        int q = LaneTiles.dotF32(query, apart, queries, base, stride, lines, rows, n, out);
        for (; q < queries; q++) dotF32(query + q * apart, base, stride, lines, rows, n, out[q]);
    }

    @Override
    void cosF32(
            long query, long apart, int queries, long base, long stride, int lines, int[] rows, int n, float[][] out) {
        int q = LaneTiles.cosF32(query, apart, queries, base, stride, lines, rows, n, out);
        for (; q < queries; q++) cosF32(query + q * apart, base, stride, lines, rows, n, out[q]);
    }

    @Override
    void l2Half(long query, long base, long stride, int lines, boolean brain, int[] rows, int n, float[] out) {
        if (brain) for (int i = 0; i < n; i++) out[i] = LaneHalves.l2Brain(query, base + rows[i] * stride, 64 * lines);
        else for (int i = 0; i < n; i++) out[i] = LaneHalves.l2(query, base + rows[i] * stride, 64 * lines);
    }

    @Override
    void dotHalf(long query, long base, long stride, int lines, boolean brain, int[] rows, int n, float[] out) {
        if (brain) for (int i = 0; i < n; i++) out[i] = LaneHalves.dotBrain(query, base + rows[i] * stride, 64 * lines);
        else for (int i = 0; i < n; i++) out[i] = LaneHalves.dot(query, base + rows[i] * stride, 64 * lines);
    }

    @Override
    void cosHalf(long query, long base, long stride, int lines, boolean brain, int[] rows, int n, float[] out) {
        if (brain) for (int i = 0; i < n; i++) out[i] = LaneHalves.cosBrain(query, base + rows[i] * stride, 64 * lines);
        else for (int i = 0; i < n; i++) out[i] = LaneHalves.cos(query, base + rows[i] * stride, 64 * lines);
    }

    @Override
    void l2I8(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) out[i] = LaneBytes.l2(query, base + rows[i] * stride, 64 * lines);
    }

    @Override
    void dotI8(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) out[i] = LaneBytes.dot(query, base + rows[i] * stride, 64 * lines);
    }

    @Override
    void cosI8(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) out[i] = LaneBytes.cos(query, base + rows[i] * stride, 64 * lines);
    }

    @Override
    void hamming(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) {
            long row = base + rows[i] * stride;
            var sum = LongVector.zero(L);
            for (int b = 0; b < 64 * lines; b += V) {
                var r = LongVector.fromMemorySegment(L, ALL, row + b, LITTLE_ENDIAN);
                var q = LongVector.fromMemorySegment(L, ALL, query + b, LITTLE_ENDIAN);
                sum = sum.add(r.lanewise(XOR, q).lanewise(BIT_COUNT));
            }
            out[i] = sum.reduceLanes(ADD);
        }
    }

    @Override
    void jaccard(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) {
            long row = base + rows[i] * stride;
            var both = LongVector.zero(L);
            var either = both;
            for (int b = 0; b < 64 * lines; b += V) {
                var r = LongVector.fromMemorySegment(L, ALL, row + b, LITTLE_ENDIAN);
                var q = LongVector.fromMemorySegment(L, ALL, query + b, LITTLE_ENDIAN);
                both = both.add(r.and(q).lanewise(BIT_COUNT));
                either = either.add(r.or(q).lanewise(BIT_COUNT));
            }
            out[i] = Plain.jaccard((int) both.reduceLanes(ADD), (int) either.reduceLanes(ADD));
        }
    }

    /// Whole lines; the elements behind the last, zeros on both sides, are taken off again.
    @Override
    void equal(long query, long base, long stride, int bytes, int width, int[] rows, int n, float[] out) {
        if (width != 4 && width != 1 || bytes % width != 0) {
            Kernels.PLAIN.equal(query, base, stride, bytes, width, rows, n, out);
            return;
        }
        int all = (bytes + 63) / 64 * 64, behind = (all - bytes) / width;
        for (int i = 0; i < n; i++) {
            long row = base + rows[i] * stride;
            int equal = 0;
            if (width == 4)
                for (int b = 0; b < all; b += V)
                    equal += IntVector.fromMemorySegment(I, ALL, row + b, LITTLE_ENDIAN)
                            .eq(IntVector.fromMemorySegment(I, ALL, query + b, LITTLE_ENDIAN))
                            .trueCount();
            else
                for (int b = 0; b < all; b += V)
                    equal += ByteVector.fromMemorySegment(B, ALL, row + b, LITTLE_ENDIAN)
                            .eq(ByteVector.fromMemorySegment(B, ALL, query + b, LITTLE_ENDIAN))
                            .trueCount();
            out[i] = equal - behind;
        }
    }

    @Override
    void dotCodes(long query, long base, long stride, int dimension, int[] rows, int n, int[] out) {
        int i = 0;
        for (; i + 4 <= n; i += 4) {
            long a = base + rows[i] * stride, b = base + rows[i + 1] * stride;
            long c = base + rows[i + 2] * stride, d = base + rows[i + 3] * stride;
            LaneBytes.dotCodesx4(query, a, b, c, d, dimension, out, i);
        }
        for (; i < n; i++) out[i] = LaneBytes.dotCodesx1(query, base + rows[i] * stride, dimension);
    }

    @Override
    int atLeast(long sums, int count, int least, int[] places) {
        int found = 0, lanes = I.length();
        for (int i = 0; i < count; i += 4 * lanes) {
            long at = sums + 4L * i;
            var a = IntVector.fromMemorySegment(I, ALL, at, LITTLE_ENDIAN);
            var b = IntVector.fromMemorySegment(I, ALL, at + V, LITTLE_ENDIAN);
            var c = IntVector.fromMemorySegment(I, ALL, at + 2L * V, LITTLE_ENDIAN);
            var d = IntVector.fromMemorySegment(I, ALL, at + 3L * V, LITTLE_ENDIAN);
            if (!a.max(b).max(c.max(d)).compare(GE, least).anyTrue()) continue;
            for (int j = 0; j < 4 * lanes; j++) if (Raw.getInt(at + 4L * j) >= least) places[found++] = i + j;
        }
        return found;
    }

    @Override
    int countAtLeast(long sums, int count, int least) {
        int found = 0;
        for (int i = 0; i < count; i += I.length())
            found += IntVector.fromMemorySegment(I, ALL, sums + 4L * i, LITTLE_ENDIAN)
                    .compare(GE, least)
                    .trueCount();
        return found;
    }
}
