package dev.sextant.kernel;

import static dev.sextant.kernel.Raw.ALL;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.BIT_COUNT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/// The loops on the Vector API, in whatever width the machine prefers (from 128 bits on). Loaded only where the module
/// is present. All vectors stay in locals of one method: a helper that takes or returns several is not always inlined,
/// and then each is boxed.
final class LaneCodes extends CodeArithmetic {
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> S = ShortVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Byte> B = ByteVector.SPECIES_PREFERRED;
    private static final int V = I.vectorByteSize();

    /// Sums of both kinds stay in one lane: a lane counts at most 64 signs a step, so the lower never reaches the
    /// upper.
    @Override
    void addSigns(long query, int groups, long base, long stride, int[] rows, int n, long[] out) {
        for (int i = 0; i < n; i++) {
            long row = base + rows[i] * stride;
            var sum = LongVector.zero(L);
            for (int group = 0; group < groups; group++)
                for (long at = 0; at < 64; at += V) {
                    long planes = query + 320L * group + at;
                    var signs = LongVector.fromMemorySegment(L, ALL, row + 64L * group + at, LITTLE_ENDIAN);
                    var ones = signs.and(LongVector.fromMemorySegment(L, ALL, planes, LITTLE_ENDIAN))
                            .lanewise(BIT_COUNT);
                    var twos = signs.and(LongVector.fromMemorySegment(L, ALL, planes + 64, LITTLE_ENDIAN))
                            .lanewise(BIT_COUNT);
                    var fours = signs.and(LongVector.fromMemorySegment(L, ALL, planes + 128, LITTLE_ENDIAN))
                            .lanewise(BIT_COUNT);
                    var eights = signs.and(LongVector.fromMemorySegment(L, ALL, planes + 192, LITTLE_ENDIAN))
                            .lanewise(BIT_COUNT);
                    var set = signs.and(LongVector.fromMemorySegment(L, ALL, planes + 256, LITTLE_ENDIAN))
                            .lanewise(BIT_COUNT);
                    sum = sum.add(ones)
                            .add(twos.lanewise(LSHL, 1))
                            .add(fours.lanewise(LSHL, 2))
                            .add(eights.lanewise(LSHL, 3))
                            .add(set.lanewise(LSHL, 32));
                }
            out[i] = sum.reduceLanes(ADD);
        }
    }

    /// Four nibbles of a short times queries of 8 bits add up within 14 bits; of the two sums in an int lane `h` takes
    /// the upper, `s` the whole lane modulo 2³²: together they give the sum without a second shift. Four rows at a time
    /// share the query.
    @Override
    void dotNibbles(long query, long base, long stride, int components, int[] rows, int n, int[] out) {
        int i = 0;
        for (; i + 4 <= n; i += 4)
            nibblesx4(
                    query,
                    base + rows[i] * stride,
                    base + rows[i + 1] * stride,
                    base + rows[i + 2] * stride,
                    base + rows[i + 3] * stride,
                    components,
                    out,
                    i);
        for (; i < n; i++) out[i] = nibblesx1(query, base + rows[i] * stride, components);
    }

    private static void nibblesx4(long query, long a, long b, long c, long d, int components, int[] out, int at) {
        long share = (components + 127) / 128 * 64L;
        var h0 = IntVector.zero(I);
        IntVector h1 = h0, h2 = h0, h3 = h0, s0 = h0, s1 = h0, s2 = h0, s3 = h0;
        for (long i = 0; i < share; i += V) {
            var q0 = ShortVector.fromMemorySegment(S, ALL, query + i, LITTLE_ENDIAN);
            var q1 = ShortVector.fromMemorySegment(S, ALL, query + share + i, LITTLE_ENDIAN);
            var q2 = ShortVector.fromMemorySegment(S, ALL, query + 2 * share + i, LITTLE_ENDIAN);
            var q3 = ShortVector.fromMemorySegment(S, ALL, query + 3 * share + i, LITTLE_ENDIAN);
            var r0 = ByteVector.fromMemorySegment(B, ALL, a + i, LITTLE_ENDIAN).reinterpretAsShorts();
            var p0 = r0.and((short) 15)
                    .mul(q0)
                    .add(r0.lanewise(LSHR, 4).and((short) 15).mul(q1))
                    .add(r0.lanewise(LSHR, 8).and((short) 15).mul(q2))
                    .add(r0.lanewise(LSHR, 12).mul(q3))
                    .reinterpretAsInts();
            h0 = h0.add(p0.lanewise(LSHR, 16));
            s0 = s0.add(p0);
            var r1 = ByteVector.fromMemorySegment(B, ALL, b + i, LITTLE_ENDIAN).reinterpretAsShorts();
            var p1 = r1.and((short) 15)
                    .mul(q0)
                    .add(r1.lanewise(LSHR, 4).and((short) 15).mul(q1))
                    .add(r1.lanewise(LSHR, 8).and((short) 15).mul(q2))
                    .add(r1.lanewise(LSHR, 12).mul(q3))
                    .reinterpretAsInts();
            h1 = h1.add(p1.lanewise(LSHR, 16));
            s1 = s1.add(p1);
            var r2 = ByteVector.fromMemorySegment(B, ALL, c + i, LITTLE_ENDIAN).reinterpretAsShorts();
            var p2 = r2.and((short) 15)
                    .mul(q0)
                    .add(r2.lanewise(LSHR, 4).and((short) 15).mul(q1))
                    .add(r2.lanewise(LSHR, 8).and((short) 15).mul(q2))
                    .add(r2.lanewise(LSHR, 12).mul(q3))
                    .reinterpretAsInts();
            h2 = h2.add(p2.lanewise(LSHR, 16));
            s2 = s2.add(p2);
            var r3 = ByteVector.fromMemorySegment(B, ALL, d + i, LITTLE_ENDIAN).reinterpretAsShorts();
            var p3 = r3.and((short) 15)
                    .mul(q0)
                    .add(r3.lanewise(LSHR, 4).and((short) 15).mul(q1))
                    .add(r3.lanewise(LSHR, 8).and((short) 15).mul(q2))
                    .add(r3.lanewise(LSHR, 12).mul(q3))
                    .reinterpretAsInts();
            h3 = h3.add(p3.lanewise(LSHR, 16));
            s3 = s3.add(p3);
        }
        out[at] = s0.add(h0).sub(h0.lanewise(LSHL, 16)).reduceLanes(ADD);
        out[at + 1] = s1.add(h1).sub(h1.lanewise(LSHL, 16)).reduceLanes(ADD);
        out[at + 2] = s2.add(h2).sub(h2.lanewise(LSHL, 16)).reduceLanes(ADD);
        out[at + 3] = s3.add(h3).sub(h3.lanewise(LSHL, 16)).reduceLanes(ADD);
    }

    private static int nibblesx1(long query, long a, int components) {
        long share = (components + 127) / 128 * 64L;
        var h0 = IntVector.zero(I);
        var s0 = h0;
        for (long i = 0; i < share; i += V) {
            var q0 = ShortVector.fromMemorySegment(S, ALL, query + i, LITTLE_ENDIAN);
            var q1 = ShortVector.fromMemorySegment(S, ALL, query + share + i, LITTLE_ENDIAN);
            var q2 = ShortVector.fromMemorySegment(S, ALL, query + 2 * share + i, LITTLE_ENDIAN);
            var q3 = ShortVector.fromMemorySegment(S, ALL, query + 3 * share + i, LITTLE_ENDIAN);
            var r0 = ByteVector.fromMemorySegment(B, ALL, a + i, LITTLE_ENDIAN).reinterpretAsShorts();
            var p0 = r0.and((short) 15)
                    .mul(q0)
                    .add(r0.lanewise(LSHR, 4).and((short) 15).mul(q1))
                    .add(r0.lanewise(LSHR, 8).and((short) 15).mul(q2))
                    .add(r0.lanewise(LSHR, 12).mul(q3))
                    .reinterpretAsInts();
            h0 = h0.add(p0.lanewise(LSHR, 16));
            s0 = s0.add(p0);
        }
        return s0.add(h0).sub(h0.lanewise(LSHL, 16)).reduceLanes(ADD);
    }

    /// Eight pairs of a short times queries of 8 bits add up within 13 bits.
    @Override
    void addPairs(long query, long base, long stride, int components, int[] rows, int n, int[] out) {
        for (int i = 0; i < n; i++) out[i] += 16 * pairs(query, base + rows[i] * stride, components);
    }

    private static int pairs(long query, long codes, int components) {
        long share = (components + 255) / 256 * 64L;
        var high = IntVector.zero(I);
        var both = high;
        for (long i = 0; i < share; i += V) {
            var r = ByteVector.fromMemorySegment(B, ALL, codes + i, LITTLE_ENDIAN)
                    .reinterpretAsShorts();
            long q = query + i;
            var sum = r.and((short) 3).mul(ShortVector.fromMemorySegment(S, ALL, q, LITTLE_ENDIAN));
            sum = sum.add(r.lanewise(LSHR, 2)
                    .and((short) 3)
                    .mul(ShortVector.fromMemorySegment(S, ALL, q + 1 * share, LITTLE_ENDIAN)));
            sum = sum.add(r.lanewise(LSHR, 4)
                    .and((short) 3)
                    .mul(ShortVector.fromMemorySegment(S, ALL, q + 2 * share, LITTLE_ENDIAN)));
            sum = sum.add(r.lanewise(LSHR, 6)
                    .and((short) 3)
                    .mul(ShortVector.fromMemorySegment(S, ALL, q + 3 * share, LITTLE_ENDIAN)));
            sum = sum.add(r.lanewise(LSHR, 8)
                    .and((short) 3)
                    .mul(ShortVector.fromMemorySegment(S, ALL, q + 4 * share, LITTLE_ENDIAN)));
            sum = sum.add(r.lanewise(LSHR, 10)
                    .and((short) 3)
                    .mul(ShortVector.fromMemorySegment(S, ALL, q + 5 * share, LITTLE_ENDIAN)));
            sum = sum.add(r.lanewise(LSHR, 12)
                    .and((short) 3)
                    .mul(ShortVector.fromMemorySegment(S, ALL, q + 6 * share, LITTLE_ENDIAN)));
            sum = sum.add(
                    r.lanewise(LSHR, 14).mul(ShortVector.fromMemorySegment(S, ALL, q + 7 * share, LITTLE_ENDIAN)));
            var ints = sum.reinterpretAsInts();
            high = high.add(ints.lanewise(LSHR, 16));
            both = both.add(ints);
        }
        return both.add(high).sub(high.lanewise(LSHL, 16)).reduceLanes(ADD);
    }
}
