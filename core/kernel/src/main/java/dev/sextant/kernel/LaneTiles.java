package dev.sextant.kernel;

import static dev.sextant.kernel.Raw.ALL;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Four rows and four queries at a time: what is loaded meets four others, so that the sums, not the loads, are what
/// takes time. The sixteen sums need the registers of the widest lanes; narrower ones take no query here. Each sum is
/// that of [Lanes] for one row and one query, in the same order. As there, all vectors stay in locals of one method.
final class LaneTiles {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int V = F.vectorByteSize();
    private static final int WIDE = 64;

    private LaneTiles() {}

    /// The first queries, as many as make whole tiles; returns how many.
    static int l2F32(
            long query, long apart, int queries, long base, long stride, int lines, int[] rows, int n, float[][] out) {
        if (V != WIDE) return 0;
        int q = 0;
        for (; q + 4 <= queries; q += 4) {
            long at = query + q * apart;
            int i = 0;
            for (; i + 4 <= n; i += 4) {
                long a = base + rows[i] * stride, b = base + rows[i + 1] * stride;
                long c = base + rows[i + 2] * stride, d = base + rows[i + 3] * stride;
                l2F32x4x4(at, apart, a, b, c, d, 64 * lines, out, q, i);
            }
            for (; i < n; i++)
                for (int j = 0; j < 4; j++)
                    out[q + j][i] = Lanes.l2F32x1(at + j * apart, base + rows[i] * stride, 64 * lines);
        }
        return q;
    }

    private static void l2F32x4x4(
            long query, long apart, long a, long b, long c, long d, int bytes, float[][] out, int to, int at) {
        long r = query + apart, s = r + apart, t = s + apart;
        var zero = FloatVector.zero(F);
        FloatVector s00 = zero, s01 = zero, s02 = zero, s03 = zero;
        FloatVector s10 = zero, s11 = zero, s12 = zero, s13 = zero;
        FloatVector s20 = zero, s21 = zero, s22 = zero, s23 = zero;
        FloatVector s30 = zero, s31 = zero, s32 = zero, s33 = zero;
        for (int i = 0; i < bytes; i += V) {
            var v0 = FloatVector.fromMemorySegment(F, ALL, a + i, LITTLE_ENDIAN);
            var v1 = FloatVector.fromMemorySegment(F, ALL, b + i, LITTLE_ENDIAN);
            var v2 = FloatVector.fromMemorySegment(F, ALL, c + i, LITTLE_ENDIAN);
            var v3 = FloatVector.fromMemorySegment(F, ALL, d + i, LITTLE_ENDIAN);
            var q0 = FloatVector.fromMemorySegment(F, ALL, query + i, LITTLE_ENDIAN);
            var d00 = v0.sub(q0);
            s00 = d00.fma(d00, s00);
            var d01 = v1.sub(q0);
            s01 = d01.fma(d01, s01);
            var d02 = v2.sub(q0);
            s02 = d02.fma(d02, s02);
            var d03 = v3.sub(q0);
            s03 = d03.fma(d03, s03);
            var q1 = FloatVector.fromMemorySegment(F, ALL, r + i, LITTLE_ENDIAN);
            var d10 = v0.sub(q1);
            s10 = d10.fma(d10, s10);
            var d11 = v1.sub(q1);
            s11 = d11.fma(d11, s11);
            var d12 = v2.sub(q1);
            s12 = d12.fma(d12, s12);
            var d13 = v3.sub(q1);
            s13 = d13.fma(d13, s13);
            var q2 = FloatVector.fromMemorySegment(F, ALL, s + i, LITTLE_ENDIAN);
            var d20 = v0.sub(q2);
            s20 = d20.fma(d20, s20);
            var d21 = v1.sub(q2);
            s21 = d21.fma(d21, s21);
            var d22 = v2.sub(q2);
            s22 = d22.fma(d22, s22);
            var d23 = v3.sub(q2);
            s23 = d23.fma(d23, s23);
            var q3 = FloatVector.fromMemorySegment(F, ALL, t + i, LITTLE_ENDIAN);
            var d30 = v0.sub(q3);
            s30 = d30.fma(d30, s30);
            var d31 = v1.sub(q3);
            s31 = d31.fma(d31, s31);
            var d32 = v2.sub(q3);
            s32 = d32.fma(d32, s32);
            var d33 = v3.sub(q3);
            s33 = d33.fma(d33, s33);
        }
        out[to][at] = s00.reduceLanes(ADD);
        out[to][at + 1] = s01.reduceLanes(ADD);
        out[to][at + 2] = s02.reduceLanes(ADD);
        out[to][at + 3] = s03.reduceLanes(ADD);
        out[to + 1][at] = s10.reduceLanes(ADD);
        out[to + 1][at + 1] = s11.reduceLanes(ADD);
        out[to + 1][at + 2] = s12.reduceLanes(ADD);
        out[to + 1][at + 3] = s13.reduceLanes(ADD);
        out[to + 2][at] = s20.reduceLanes(ADD);
        out[to + 2][at + 1] = s21.reduceLanes(ADD);
        out[to + 2][at + 2] = s22.reduceLanes(ADD);
        out[to + 2][at + 3] = s23.reduceLanes(ADD);
        out[to + 3][at] = s30.reduceLanes(ADD);
        out[to + 3][at + 1] = s31.reduceLanes(ADD);
        out[to + 3][at + 2] = s32.reduceLanes(ADD);
        out[to + 3][at + 3] = s33.reduceLanes(ADD);
    }

    static int dotF32(
            long query, long apart, int queries, long base, long stride, int lines, int[] rows, int n, float[][] out) {
        if (V != WIDE) return 0;
        int q = 0;
        for (; q + 4 <= queries; q += 4) {
            long at = query + q * apart;
            int i = 0;
            for (; i + 4 <= n; i += 4) {
                long a = base + rows[i] * stride, b = base + rows[i + 1] * stride;
                long c = base + rows[i + 2] * stride, d = base + rows[i + 3] * stride;
                dotF32x4x4(at, apart, a, b, c, d, 64 * lines, out, q, i);
            }
            for (; i < n; i++)
                for (int j = 0; j < 4; j++)
                    out[q + j][i] = Lanes.dotF32x1(at + j * apart, base + rows[i] * stride, 64 * lines);
        }
        return q;
    }

    private static void dotF32x4x4(
            long query, long apart, long a, long b, long c, long d, int bytes, float[][] out, int to, int at) {
        long r = query + apart, s = r + apart, t = s + apart;
        var zero = FloatVector.zero(F);
        FloatVector s00 = zero, s01 = zero, s02 = zero, s03 = zero;
        FloatVector s10 = zero, s11 = zero, s12 = zero, s13 = zero;
        FloatVector s20 = zero, s21 = zero, s22 = zero, s23 = zero;
        FloatVector s30 = zero, s31 = zero, s32 = zero, s33 = zero;
        for (int i = 0; i < bytes; i += V) {
            var v0 = FloatVector.fromMemorySegment(F, ALL, a + i, LITTLE_ENDIAN);
            var v1 = FloatVector.fromMemorySegment(F, ALL, b + i, LITTLE_ENDIAN);
            var v2 = FloatVector.fromMemorySegment(F, ALL, c + i, LITTLE_ENDIAN);
            var v3 = FloatVector.fromMemorySegment(F, ALL, d + i, LITTLE_ENDIAN);
            var q0 = FloatVector.fromMemorySegment(F, ALL, query + i, LITTLE_ENDIAN);
            s00 = v0.fma(q0, s00);
            s01 = v1.fma(q0, s01);
            s02 = v2.fma(q0, s02);
            s03 = v3.fma(q0, s03);
            var q1 = FloatVector.fromMemorySegment(F, ALL, r + i, LITTLE_ENDIAN);
            s10 = v0.fma(q1, s10);
            s11 = v1.fma(q1, s11);
            s12 = v2.fma(q1, s12);
            s13 = v3.fma(q1, s13);
            var q2 = FloatVector.fromMemorySegment(F, ALL, s + i, LITTLE_ENDIAN);
            s20 = v0.fma(q2, s20);
            s21 = v1.fma(q2, s21);
            s22 = v2.fma(q2, s22);
            s23 = v3.fma(q2, s23);
            var q3 = FloatVector.fromMemorySegment(F, ALL, t + i, LITTLE_ENDIAN);
            s30 = v0.fma(q3, s30);
            s31 = v1.fma(q3, s31);
            s32 = v2.fma(q3, s32);
            s33 = v3.fma(q3, s33);
        }
        out[to][at] = s00.reduceLanes(ADD);
        out[to][at + 1] = s01.reduceLanes(ADD);
        out[to][at + 2] = s02.reduceLanes(ADD);
        out[to][at + 3] = s03.reduceLanes(ADD);
        out[to + 1][at] = s10.reduceLanes(ADD);
        out[to + 1][at + 1] = s11.reduceLanes(ADD);
        out[to + 1][at + 2] = s12.reduceLanes(ADD);
        out[to + 1][at + 3] = s13.reduceLanes(ADD);
        out[to + 2][at] = s20.reduceLanes(ADD);
        out[to + 2][at + 1] = s21.reduceLanes(ADD);
        out[to + 2][at + 2] = s22.reduceLanes(ADD);
        out[to + 2][at + 3] = s23.reduceLanes(ADD);
        out[to + 3][at] = s30.reduceLanes(ADD);
        out[to + 3][at + 1] = s31.reduceLanes(ADD);
        out[to + 3][at + 2] = s32.reduceLanes(ADD);
        out[to + 3][at + 3] = s33.reduceLanes(ADD);
    }

    static int cosF32(
            long query, long apart, int queries, long base, long stride, int lines, int[] rows, int n, float[][] out) {
        if (V != WIDE) return 0;
        int q = 0;
        for (; q + 4 <= queries; q += 4) {
            long at = query + q * apart;
            int i = 0;
            for (; i + 4 <= n; i += 4) {
                long a = base + rows[i] * stride, b = base + rows[i + 1] * stride;
                long c = base + rows[i + 2] * stride, d = base + rows[i + 3] * stride;
                cosF32x4x4(at, apart, a, b, c, d, 64 * lines, out, q, i);
            }
            for (; i < n; i++)
                for (int j = 0; j < 4; j++)
                    out[q + j][i] = Lanes.cosF32x1(at + j * apart, base + rows[i] * stride, 64 * lines);
        }
        return q;
    }

    private static void cosF32x4x4(
            long query, long apart, long a, long b, long c, long d, int bytes, float[][] out, int to, int at) {
        long r = query + apart, s = r + apart, t = s + apart;
        var zero = FloatVector.zero(F);
        FloatVector s00 = zero, s01 = zero, s02 = zero, s03 = zero;
        FloatVector s10 = zero, s11 = zero, s12 = zero, s13 = zero;
        FloatVector s20 = zero, s21 = zero, s22 = zero, s23 = zero;
        FloatVector s30 = zero, s31 = zero, s32 = zero, s33 = zero;
        FloatVector n0 = zero, n1 = zero, n2 = zero, n3 = zero;
        for (int i = 0; i < bytes; i += V) {
            var v0 = FloatVector.fromMemorySegment(F, ALL, a + i, LITTLE_ENDIAN);
            var v1 = FloatVector.fromMemorySegment(F, ALL, b + i, LITTLE_ENDIAN);
            var v2 = FloatVector.fromMemorySegment(F, ALL, c + i, LITTLE_ENDIAN);
            var v3 = FloatVector.fromMemorySegment(F, ALL, d + i, LITTLE_ENDIAN);
            n0 = v0.fma(v0, n0);
            n1 = v1.fma(v1, n1);
            n2 = v2.fma(v2, n2);
            n3 = v3.fma(v3, n3);
            var q0 = FloatVector.fromMemorySegment(F, ALL, query + i, LITTLE_ENDIAN);
            s00 = v0.fma(q0, s00);
            s01 = v1.fma(q0, s01);
            s02 = v2.fma(q0, s02);
            s03 = v3.fma(q0, s03);
            var q1 = FloatVector.fromMemorySegment(F, ALL, r + i, LITTLE_ENDIAN);
            s10 = v0.fma(q1, s10);
            s11 = v1.fma(q1, s11);
            s12 = v2.fma(q1, s12);
            s13 = v3.fma(q1, s13);
            var q2 = FloatVector.fromMemorySegment(F, ALL, s + i, LITTLE_ENDIAN);
            s20 = v0.fma(q2, s20);
            s21 = v1.fma(q2, s21);
            s22 = v2.fma(q2, s22);
            s23 = v3.fma(q2, s23);
            var q3 = FloatVector.fromMemorySegment(F, ALL, t + i, LITTLE_ENDIAN);
            s30 = v0.fma(q3, s30);
            s31 = v1.fma(q3, s31);
            s32 = v2.fma(q3, s32);
            s33 = v3.fma(q3, s33);
        }
        var lengths = new float[4];
        lengths[0] = n0.reduceLanes(ADD);
        lengths[1] = n1.reduceLanes(ADD);
        lengths[2] = n2.reduceLanes(ADD);
        lengths[3] = n3.reduceLanes(ADD);
        out[to][at] = s00.reduceLanes(ADD);
        out[to][at + 1] = s01.reduceLanes(ADD);
        out[to][at + 2] = s02.reduceLanes(ADD);
        out[to][at + 3] = s03.reduceLanes(ADD);
        out[to + 1][at] = s10.reduceLanes(ADD);
        out[to + 1][at + 1] = s11.reduceLanes(ADD);
        out[to + 1][at + 2] = s12.reduceLanes(ADD);
        out[to + 1][at + 3] = s13.reduceLanes(ADD);
        out[to + 2][at] = s20.reduceLanes(ADD);
        out[to + 2][at + 1] = s21.reduceLanes(ADD);
        out[to + 2][at + 2] = s22.reduceLanes(ADD);
        out[to + 2][at + 3] = s23.reduceLanes(ADD);
        out[to + 3][at] = s30.reduceLanes(ADD);
        out[to + 3][at + 1] = s31.reduceLanes(ADD);
        out[to + 3][at + 2] = s32.reduceLanes(ADD);
        out[to + 3][at + 3] = s33.reduceLanes(ADD);
        for (int q = 0; q < 4; q++)
            for (int i = 0; i < 4; i++) out[to + q][at + i] = Plain.overLength(out[to + q][at + i], lengths[i]);
    }
}
