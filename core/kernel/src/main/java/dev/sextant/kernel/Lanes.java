package dev.sextant.kernel;

import static dev.sextant.kernel.Raw.ALL;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.BIT_COUNT;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/// Every sum on the Vector API. Loaded only where the module is present. Float rows and codes go four at a time: the
/// query is loaded once for the four, and four independent streams of cache misses are under way. All vectors stay in
/// locals of one method: a helper that takes or returns several is not always inlined, and then each is boxed.
final class Lanes extends Arithmetic {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> S = ShortVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Byte> B = ByteVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
    private static final int V = F.vectorByteSize();
    /// What the bits of a 16-bit float, moved into place, must be multiplied with; right for subnormals, too.
    private static final float HALF_SCALE = 0x1p112f;
    /// 64 masks of 64 bytes: mask `n` keeps the first `n` bytes of a line; mask 0 keeps all.
    private static final long MASKS = masks();

    private static long masks() {
        MemorySegment masks = Arena.global().allocate(64 * 64, 64);
        for (int n = 0; n < 64; n++)
            for (int b = 0; b < 64; b++)
                masks.set(ValueLayout.JAVA_BYTE, 64L * n + b, (byte) (n == 0 || b < n ? -1 : 0));
        return masks.address();
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
        if (brain) for (int i = 0; i < n; i++) out[i] = l2Brain(query, base + rows[i] * stride, 64 * lines);
        else for (int i = 0; i < n; i++) out[i] = l2Half(query, base + rows[i] * stride, 64 * lines);
    }

    private static float l2Half(long query, long row, int bytes) {
        var s0 = FloatVector.zero(F);
        FloatVector s1 = s0;
        for (int i = 0; i < bytes; i += V) {
            var bits =
                    ByteVector.fromMemorySegment(B, ALL, row + i, LITTLE_ENDIAN).reinterpretAsInts();
            var even = bits.and(0x7fff)
                    .lanewise(LSHL, 13)
                    .or(bits.and(0x8000).lanewise(LSHL, 16))
                    .reinterpretAsFloats()
                    .mul(HALF_SCALE);
            var odd = bits.lanewise(LSHR, 3)
                    .and(0x0fffe000)
                    .or(bits.and(0x80000000))
                    .reinterpretAsFloats()
                    .mul(HALF_SCALE);
            even = even.sub(FloatVector.fromMemorySegment(F, ALL, query + i, LITTLE_ENDIAN));
            odd = odd.sub(FloatVector.fromMemorySegment(F, ALL, query + bytes + i, LITTLE_ENDIAN));
            s0 = even.fma(even, s0);
            s1 = odd.fma(odd, s1);
        }
        return s0.add(s1).reduceLanes(ADD);
    }

    private static float l2Brain(long query, long row, int bytes) {
        var s0 = FloatVector.zero(F);
        FloatVector s1 = s0;
        for (int i = 0; i < bytes; i += V) {
            var bits =
                    ByteVector.fromMemorySegment(B, ALL, row + i, LITTLE_ENDIAN).reinterpretAsInts();
            var even = bits.lanewise(LSHL, 16).reinterpretAsFloats();
            var odd = bits.and(0xffff0000).reinterpretAsFloats();
            even = even.sub(FloatVector.fromMemorySegment(F, ALL, query + i, LITTLE_ENDIAN));
            odd = odd.sub(FloatVector.fromMemorySegment(F, ALL, query + bytes + i, LITTLE_ENDIAN));
            s0 = even.fma(even, s0);
            s1 = odd.fma(odd, s1);
        }
        return s0.add(s1).reduceLanes(ADD);
    }

    @Override
    void dotHalf(long query, long base, long stride, int lines, boolean brain, int[] rows, int n, float[] out) {
        if (brain) for (int i = 0; i < n; i++) out[i] = dotBrain(query, base + rows[i] * stride, 64 * lines);
        else for (int i = 0; i < n; i++) out[i] = dotHalf(query, base + rows[i] * stride, 64 * lines);
    }

    private static float dotHalf(long query, long row, int bytes) {
        var s0 = FloatVector.zero(F);
        FloatVector s1 = s0;
        for (int i = 0; i < bytes; i += V) {
            var bits =
                    ByteVector.fromMemorySegment(B, ALL, row + i, LITTLE_ENDIAN).reinterpretAsInts();
            var even = bits.and(0x7fff)
                    .lanewise(LSHL, 13)
                    .or(bits.and(0x8000).lanewise(LSHL, 16))
                    .reinterpretAsFloats()
                    .mul(HALF_SCALE);
            var odd = bits.lanewise(LSHR, 3)
                    .and(0x0fffe000)
                    .or(bits.and(0x80000000))
                    .reinterpretAsFloats()
                    .mul(HALF_SCALE);
            s0 = even.fma(FloatVector.fromMemorySegment(F, ALL, query + i, LITTLE_ENDIAN), s0);
            s1 = odd.fma(FloatVector.fromMemorySegment(F, ALL, query + bytes + i, LITTLE_ENDIAN), s1);
        }
        return s0.add(s1).reduceLanes(ADD);
    }

    private static float dotBrain(long query, long row, int bytes) {
        var s0 = FloatVector.zero(F);
        FloatVector s1 = s0;
        for (int i = 0; i < bytes; i += V) {
            var bits =
                    ByteVector.fromMemorySegment(B, ALL, row + i, LITTLE_ENDIAN).reinterpretAsInts();
            var even = bits.lanewise(LSHL, 16).reinterpretAsFloats();
            var odd = bits.and(0xffff0000).reinterpretAsFloats();
            s0 = even.fma(FloatVector.fromMemorySegment(F, ALL, query + i, LITTLE_ENDIAN), s0);
            s1 = odd.fma(FloatVector.fromMemorySegment(F, ALL, query + bytes + i, LITTLE_ENDIAN), s1);
        }
        return s0.add(s1).reduceLanes(ADD);
    }

    @Override
    void cosHalf(long query, long base, long stride, int lines, boolean brain, int[] rows, int n, float[] out) {
        if (brain) for (int i = 0; i < n; i++) out[i] = cosBrain(query, base + rows[i] * stride, 64 * lines);
        else for (int i = 0; i < n; i++) out[i] = cosHalf(query, base + rows[i] * stride, 64 * lines);
    }

    private static float cosHalf(long query, long row, int bytes) {
        var s0 = FloatVector.zero(F);
        FloatVector s1 = s0, n0 = s0, n1 = s0;
        for (int i = 0; i < bytes; i += V) {
            var bits =
                    ByteVector.fromMemorySegment(B, ALL, row + i, LITTLE_ENDIAN).reinterpretAsInts();
            var even = bits.and(0x7fff)
                    .lanewise(LSHL, 13)
                    .or(bits.and(0x8000).lanewise(LSHL, 16))
                    .reinterpretAsFloats()
                    .mul(HALF_SCALE);
            var odd = bits.lanewise(LSHR, 3)
                    .and(0x0fffe000)
                    .or(bits.and(0x80000000))
                    .reinterpretAsFloats()
                    .mul(HALF_SCALE);
            s0 = even.fma(FloatVector.fromMemorySegment(F, ALL, query + i, LITTLE_ENDIAN), s0);
            s1 = odd.fma(FloatVector.fromMemorySegment(F, ALL, query + bytes + i, LITTLE_ENDIAN), s1);
            n0 = even.fma(even, n0);
            n1 = odd.fma(odd, n1);
        }
        return Plain.overLength(s0.add(s1).reduceLanes(ADD), n0.add(n1).reduceLanes(ADD));
    }

    private static float cosBrain(long query, long row, int bytes) {
        var s0 = FloatVector.zero(F);
        FloatVector s1 = s0, n0 = s0, n1 = s0;
        for (int i = 0; i < bytes; i += V) {
            var bits =
                    ByteVector.fromMemorySegment(B, ALL, row + i, LITTLE_ENDIAN).reinterpretAsInts();
            var even = bits.lanewise(LSHL, 16).reinterpretAsFloats();
            var odd = bits.and(0xffff0000).reinterpretAsFloats();
            s0 = even.fma(FloatVector.fromMemorySegment(F, ALL, query + i, LITTLE_ENDIAN), s0);
            s1 = odd.fma(FloatVector.fromMemorySegment(F, ALL, query + bytes + i, LITTLE_ENDIAN), s1);
            n0 = even.fma(even, n0);
            n1 = odd.fma(odd, n1);
        }
        return Plain.overLength(s0.add(s1).reduceLanes(ADD), n0.add(n1).reduceLanes(ADD));
    }

    @Override
    void l2I8(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) out[i] = l2I8(query, base + rows[i] * stride, 64 * lines);
    }

    @Override
    void dotI8(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) out[i] = dotI8(query, base + rows[i] * stride, 64 * lines);
    }

    @Override
    void cosI8(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) out[i] = cosI8(query, base + rows[i] * stride, 64 * lines);
    }

    /// Even and odd bytes of each short apart; a squared difference fits 16 unsigned bits. Of the pairs in an int
    /// lane `high` sums the upper, `both` the whole lane modulo 2³²: together they give the sum without a second shift.
    private static float l2I8(long query, long row, int bytes) {
        var high = IntVector.zero(I);
        var both = high;
        for (int i = 0; i < bytes; i += V) {
            var r = ByteVector.fromMemorySegment(B, ALL, row + i, LITTLE_ENDIAN).reinterpretAsShorts();
            var q = ByteVector.fromMemorySegment(B, ALL, query + i, LITTLE_ENDIAN)
                    .reinterpretAsShorts();
            var even = r.lanewise(LSHL, 8)
                    .lanewise(ASHR, 8)
                    .sub(q.lanewise(LSHL, 8).lanewise(ASHR, 8));
            var odd = r.lanewise(ASHR, 8).sub(q.lanewise(ASHR, 8));
            var e = even.mul(even).reinterpretAsInts();
            var o = odd.mul(odd).reinterpretAsInts();
            high = high.add(e.lanewise(LSHR, 16)).add(o.lanewise(LSHR, 16));
            both = both.add(e).add(o);
        }
        return both.add(high).sub(high.lanewise(LSHL, 16)).reduceLanes(ADD);
    }

    private static float dotI8(long query, long row, int bytes) {
        var upper = IntVector.zero(I);
        var lower = upper;
        for (int i = 0; i < bytes; i += V) {
            var r = ByteVector.fromMemorySegment(B, ALL, row + i, LITTLE_ENDIAN).reinterpretAsShorts();
            var q = ByteVector.fromMemorySegment(B, ALL, query + i, LITTLE_ENDIAN)
                    .reinterpretAsShorts();
            var e = r.lanewise(LSHL, 8)
                    .lanewise(ASHR, 8)
                    .mul(q.lanewise(LSHL, 8).lanewise(ASHR, 8))
                    .reinterpretAsInts();
            var o = r.lanewise(ASHR, 8).mul(q.lanewise(ASHR, 8)).reinterpretAsInts();
            upper = upper.add(e.lanewise(ASHR, 16)).add(o.lanewise(ASHR, 16));
            lower = lower.add(e.lanewise(LSHL, 16).lanewise(ASHR, 16))
                    .add(o.lanewise(LSHL, 16).lanewise(ASHR, 16));
        }
        return upper.add(lower).reduceLanes(ADD);
    }

    private static float cosI8(long query, long row, int bytes) {
        var high = IntVector.zero(I);
        var both = high;
        for (int i = 0; i < bytes; i += V) {
            var r = ByteVector.fromMemorySegment(B, ALL, row + i, LITTLE_ENDIAN).reinterpretAsShorts();
            var even = r.lanewise(LSHL, 8).lanewise(ASHR, 8);
            var odd = r.lanewise(ASHR, 8);
            var square = even.mul(even).add(odd.mul(odd)).reinterpretAsInts();
            high = high.add(square.lanewise(LSHR, 16));
            both = both.add(square);
        }
        return Plain.overLength(
                dotI8(query, row, bytes),
                both.add(high).sub(high.lanewise(LSHL, 16)).reduceLanes(ADD));
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
            dotCodesx4(query, a, b, c, d, dimension, out, i);
        }
        for (; i < n; i++) out[i] = dotCodesx1(query, base + rows[i] * stride, dimension);
    }

    /// A 7-bit code times an 8-bit query is below 2¹⁵, so the products of the even and of the odd bytes add up within
    /// 16 unsigned bits; then as in `l2I8`. The query is masked in its last line: what follows its codes there is no
    /// code.
    private static void dotCodesx4(long query, long a, long b, long c, long d, int dimension, int[] out, int at) {
        int full = dimension & -64, bytes = dimension + 63 & -64;
        long mask = MASKS + 64L * (dimension & 63) - full;
        var h0 = IntVector.zero(I);
        IntVector h1 = h0, h2 = h0, h3 = h0, s0 = h0, s1 = h0, s2 = h0, s3 = h0;
        for (int i = 0; i < bytes; i += V) {
            var q = ByteVector.fromMemorySegment(B, ALL, query + i, LITTLE_ENDIAN);
            if (i >= full) q = q.and(ByteVector.fromMemorySegment(B, ALL, mask + i, LITTLE_ENDIAN));
            var even = q.reinterpretAsShorts().and((short) 255);
            var odd = q.reinterpretAsShorts().lanewise(LSHR, 8);
            var r0 = ByteVector.fromMemorySegment(B, ALL, a + i, LITTLE_ENDIAN).reinterpretAsShorts();
            var p0 = r0.and((short) 255)
                    .mul(even)
                    .add(r0.lanewise(LSHR, 8).mul(odd))
                    .reinterpretAsInts();
            h0 = h0.add(p0.lanewise(LSHR, 16));
            s0 = s0.add(p0);
            var r1 = ByteVector.fromMemorySegment(B, ALL, b + i, LITTLE_ENDIAN).reinterpretAsShorts();
            var p1 = r1.and((short) 255)
                    .mul(even)
                    .add(r1.lanewise(LSHR, 8).mul(odd))
                    .reinterpretAsInts();
            h1 = h1.add(p1.lanewise(LSHR, 16));
            s1 = s1.add(p1);
            var r2 = ByteVector.fromMemorySegment(B, ALL, c + i, LITTLE_ENDIAN).reinterpretAsShorts();
            var p2 = r2.and((short) 255)
                    .mul(even)
                    .add(r2.lanewise(LSHR, 8).mul(odd))
                    .reinterpretAsInts();
            h2 = h2.add(p2.lanewise(LSHR, 16));
            s2 = s2.add(p2);
            var r3 = ByteVector.fromMemorySegment(B, ALL, d + i, LITTLE_ENDIAN).reinterpretAsShorts();
            var p3 = r3.and((short) 255)
                    .mul(even)
                    .add(r3.lanewise(LSHR, 8).mul(odd))
                    .reinterpretAsInts();
            h3 = h3.add(p3.lanewise(LSHR, 16));
            s3 = s3.add(p3);
        }
        out[at] = s0.add(h0).sub(h0.lanewise(LSHL, 16)).reduceLanes(ADD);
        out[at + 1] = s1.add(h1).sub(h1.lanewise(LSHL, 16)).reduceLanes(ADD);
        out[at + 2] = s2.add(h2).sub(h2.lanewise(LSHL, 16)).reduceLanes(ADD);
        out[at + 3] = s3.add(h3).sub(h3.lanewise(LSHL, 16)).reduceLanes(ADD);
    }

    private static int dotCodesx1(long query, long row, int dimension) {
        int full = dimension & -64, bytes = dimension + 63 & -64;
        long mask = MASKS + 64L * (dimension & 63) - full;
        var h0 = IntVector.zero(I);
        IntVector s0 = h0;
        for (int i = 0; i < bytes; i += V) {
            var q = ByteVector.fromMemorySegment(B, ALL, query + i, LITTLE_ENDIAN);
            if (i >= full) q = q.and(ByteVector.fromMemorySegment(B, ALL, mask + i, LITTLE_ENDIAN));
            var even = q.reinterpretAsShorts().and((short) 255);
            var odd = q.reinterpretAsShorts().lanewise(LSHR, 8);
            var r0 =
                    ByteVector.fromMemorySegment(B, ALL, row + i, LITTLE_ENDIAN).reinterpretAsShorts();
            var p0 = r0.and((short) 255)
                    .mul(even)
                    .add(r0.lanewise(LSHR, 8).mul(odd))
                    .reinterpretAsInts();
            h0 = h0.add(p0.lanewise(LSHR, 16));
            s0 = s0.add(p0);
        }
        return s0.add(h0).sub(h0.lanewise(LSHL, 16)).reduceLanes(ADD);
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
