package dev.sextant.kernel;

import static dev.sextant.kernel.Raw.ALL;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// Sums over bytes on the Vector API: signed components, and unsigned codes. They are exact. As in [Lanes], all vectors
/// stay in locals of one method.
final class LaneBytes {
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Byte> B = ByteVector.SPECIES_PREFERRED;
    private static final int V = B.vectorByteSize();
    /// 64 masks of 64 bytes: mask `n` keeps the first `n` bytes of a line; mask 0 keeps all.
    private static final long MASKS = masks();

    private static long masks() {
        MemorySegment masks = Arena.global().allocate(64 * 64, 64);
        for (int n = 0; n < 64; n++)
            for (int b = 0; b < 64; b++)
                masks.set(ValueLayout.JAVA_BYTE, 64L * n + b, (byte) (n == 0 || b < n ? -1 : 0));
        return masks.address();
    }

    private LaneBytes() {}

    /// Even and odd bytes of each short apart; a squared difference fits 16 unsigned bits. Of the pairs in an int
    /// lane `high` sums the upper, `both` the whole lane modulo 2³²: together they give the sum without a second shift.
    static float l2(long query, long row, int bytes) {
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

    static float dot(long query, long row, int bytes) {
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

    static float cos(long query, long row, int bytes) {
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
                dot(query, row, bytes),
                both.add(high).sub(high.lanewise(LSHL, 16)).reduceLanes(ADD));
    }

    /// A 7-bit code times an 8-bit query is below 2¹⁵, so the products of the even and of the odd bytes add up within
    /// 16 unsigned bits; then as in [#l2(long, long, int)]. The query is masked in its last line: what follows its
    /// codes there is no code.
    static void dotCodesx4(long query, long a, long b, long c, long d, int dimension, int[] out, int at) {
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

    static int dotCodesx1(long query, long row, int dimension) {
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
}
