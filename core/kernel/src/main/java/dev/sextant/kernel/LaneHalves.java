package dev.sextant.kernel;

import static dev.sextant.kernel.Raw.ALL;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Sums over 16-bit floats on the Vector API: of IEEE's form, and of the form called brain, whose bits are the upper
/// half of a float's. Components at even and at odd places are taken apart; the query is spread the same way, first all
/// even ones. As in [Lanes], all vectors stay in locals of one method.
final class LaneHalves {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Byte> B = ByteVector.SPECIES_PREFERRED;
    private static final int V = F.vectorByteSize();
    /// What the bits of a 16-bit float, moved into place, must be multiplied with; right for subnormals, too.
    private static final float HALF_SCALE = 0x1p112f;

    private LaneHalves() {}

    static float l2(long query, long row, int bytes) {
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

    static float l2Brain(long query, long row, int bytes) {
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

    static float dot(long query, long row, int bytes) {
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

    static float dotBrain(long query, long row, int bytes) {
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

    static float cos(long query, long row, int bytes) {
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

    static float cosBrain(long query, long row, int bytes) {
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
}
