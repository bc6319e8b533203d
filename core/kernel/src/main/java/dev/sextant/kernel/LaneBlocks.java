package dev.sextant.kernel;

import static dev.sextant.kernel.Raw.ALL;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.F2I;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2B;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// The loops on the Vector API, in whatever width the machine prefers (from 128 bits on). Loaded only where the module
/// is present. All vectors stay in locals of one method: a helper that takes or returns several is not always inlined,
/// and then each is boxed.
sealed class LaneBlocks extends BlockArithmetic permits MachineBlocks {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> S = ShortVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Byte> B = ByteVector.SPECIES_PREFERRED;
    /// As many bytes, or shorts, as there are floats in a vector.
    private static final VectorSpecies<Byte> FEW_BYTES =
            VectorSpecies.of(byte.class, F.vectorShape()).length() == 64
                    ? ByteVector.SPECIES_128
                    : ByteVector.SPECIES_64;
    private static final VectorSpecies<Short> FEW_SHORTS = F.length() == 16
            ? ShortVector.SPECIES_256
            : F.length() == 8 ? ShortVector.SPECIES_128 : ShortVector.SPECIES_64;
    private static final int V = F.vectorByteSize();
    private static final int N = F.length();

    private static final VectorShuffle<Float> SWAP_1 = LaneFloats.swap(1);
    private static final VectorShuffle<Float> SWAP_2 = LaneFloats.swap(2);
    private static final FloatVector BIT_1 = LaneFloats.pattern(0, 0, 1);
    private static final FloatVector BIT_2 = LaneFloats.pattern(1, 0, 1);
    private static final FloatVector BIT_4 = LaneFloats.pattern(2, 0, 1);
    private static final FloatVector BIT_8 = LaneFloats.pattern(3, 0, 1);
    /// What the lower two bits of a table's entry say of the first component, and the upper two of the second.
    private static final FloatVector FIRST_FOUR = fours(0);
    private static final FloatVector SECOND_FOUR = fours(2);
    /// Where the 16 table entries of a byte's sub-quantiser begin among the bytes of a vector.
    private static final ByteVector TABLE = tableStarts();
    private static final VectorShuffle<Short> BY_16 = rotate(16);
    private static final VectorShuffle<Short> BY_8 = rotate(8);
    private static final VectorMask<Short> UPPER_8 = VectorMask.fromLong(S, 0xff00ff00L & (1L << S.length()) - 1);

    private static FloatVector fours(int shift) {
        var values = new float[16];
        for (int i = 0; i < 16; i++) values[i] = 2 * (i >> shift & 3) - 3;
        return FloatVector.fromArray(F, values, 0);
    }

    private static ByteVector tableStarts() {
        var values = new byte[64];
        for (int i = 0; i < 64; i++) values[i] = (byte) (i & -16);
        return ByteVector.fromArray(B, values, 0);
    }

    private static VectorShuffle<Short> rotate(int by) {
        return VectorShuffle.fromOp(S, i -> i + by & S.length() - 1);
    }

    @Override
    long quantise(long x, int n, float low, float scale, long out) {
        int whole = n / N * N;
        var sum = IntVector.zero(I);
        var squares = sum;
        for (int i = 0; i < whole; i += N) {
            var v = FloatVector.fromMemorySegment(F, ALL, x + 4L * i, LITTLE_ENDIAN);
            var code = ((IntVector) v.sub(low).mul(scale).add(0.5f).convert(F2I, 0))
                    .max(0)
                    .min(255);
            sum = sum.add(code);
            squares = squares.add(code.mul(code));
            ((ByteVector) code.convertShape(I2B, FEW_BYTES, 0)).intoMemorySegment(ALL, out + i, LITTLE_ENDIAN);
        }
        long sums = (long) squares.reduceLanes(ADD) << 32 | sum.reduceLanes(ADD);
        return sums + PlainBlocks.quantise(x, whole, n, low, scale, out);
    }

    @Override
    void split(long bytes, int n, long even, long odd) {
        for (int i = 0; i < n; i += V) {
            var pairs = ByteVector.fromMemorySegment(B, ALL, bytes + i, LITTLE_ENDIAN)
                    .reinterpretAsShorts();
            pairs.and((short) 255).intoMemorySegment(ALL, even + i, LITTLE_ENDIAN);
            pairs.lanewise(LSHR, 8).intoMemorySegment(ALL, odd + i, LITTLE_ENDIAN);
        }
    }

    /// A product of two bytes fits 16 unsigned bits. Of the two in an int lane `high` sums the upper, `both` the whole
    /// lane modulo 2³²: together they give the sum without a second shift.
    @Override
    int dot(long row, long even, long odd, int n) {
        var high = IntVector.zero(I);
        var both = high;
        for (int i = 0; i < n; i += V) {
            var r = ByteVector.fromMemorySegment(B, ALL, row + i, LITTLE_ENDIAN).reinterpretAsShorts();
            var e = r.and((short) 255)
                    .mul(ShortVector.fromMemorySegment(S, ALL, even + i, LITTLE_ENDIAN))
                    .reinterpretAsInts();
            var o = r.lanewise(LSHR, 8)
                    .mul(ShortVector.fromMemorySegment(S, ALL, odd + i, LITTLE_ENDIAN))
                    .reinterpretAsInts();
            high = high.add(e.lanewise(LSHR, 16)).add(o.lanewise(LSHR, 16));
            both = both.add(e).add(o);
        }
        return both.add(high).sub(high.lanewise(LSHL, 16)).reduceLanes(ADD);
    }

    /// First the spans of all groups of four, which set the step; then 16 entries at a time: bit j of the entry chooses
    /// component j, and Σ max(0, −x) lifts the smallest to 0.
    @Override
    void tables(long x, int n, int levels, long room, long tables, long out) {
        var widest = FloatVector.broadcast(F, Float.MIN_NORMAL);
        var lifts = FloatVector.zero(F);
        var all = lifts;
        for (long i = 0; i < 4L * n; i += V) {
            var v = FloatVector.fromMemorySegment(F, ALL, x + i, LITTLE_ENDIAN);
            var span = v.abs();
            span = span.add(span.rearrange(SWAP_1));
            widest = widest.max(span.add(span.rearrange(SWAP_2)));
            var lift = v.neg().max(0f);
            all = all.add(v);
            lifts = lifts.add(lift);
            lift = lift.add(lift.rearrange(SWAP_1));
            lift.add(lift.rearrange(SWAP_2)).intoMemorySegment(ALL, room + i, LITTLE_ENDIAN);
        }
        float range = widest.reduceLanes(MAX), scale = levels / range;
        for (int q = 0; q < n; q += 4)
            for (int from = 0; from < 16; from += N) {
                var entry = FloatVector.broadcast(F, Raw.getFloat(room + 4L * q));
                if (N < 16 && (from & 8) != 0) entry = entry.add(Raw.getFloat(x + 4L * q + 12));
                if (N < 8 && (from & 4) != 0) entry = entry.add(Raw.getFloat(x + 4L * q + 8));
                entry = BIT_1.mul(Raw.getFloat(x + 4L * q)).add(entry);
                entry = BIT_2.mul(Raw.getFloat(x + 4L * q + 4)).add(entry);
                if (N >= 8) entry = BIT_4.mul(Raw.getFloat(x + 4L * q + 8)).add(entry);
                if (N >= 16) entry = BIT_8.mul(Raw.getFloat(x + 4L * q + 12)).add(entry);
                var code = (IntVector) entry.mul(scale).add(0.5f).convert(F2I, 0);
                ((ByteVector) code.convertShape(I2B, FEW_BYTES, 0))
                        .intoMemorySegment(ALL, tables + 4L * q + from, LITTLE_ENDIAN);
            }
        Raw.putFloat(out, range / levels);
        Raw.putFloat(out + 4, -lifts.reduceLanes(ADD));
        Raw.putFloat(out + 8, all.reduceLanes(ADD));
    }

    /// As [#tables]: of two components, whose entries go from −3 times to 3 times their sizes.
    @Override
    void fourTables(long x, int n, int levels, long room, long tables, long out) {
        var widest = FloatVector.broadcast(F, Float.MIN_NORMAL);
        var sizes = FloatVector.zero(F);
        var all = sizes;
        for (long i = 0; i < 4L * n; i += V) {
            var v = FloatVector.fromMemorySegment(F, ALL, x + i, LITTLE_ENDIAN);
            var size = v.abs();
            all = all.add(v);
            sizes = sizes.add(size);
            size = size.add(size.rearrange(SWAP_1));
            widest = widest.max(size);
            size.mul(3).intoMemorySegment(ALL, room + i, LITTLE_ENDIAN);
        }
        float range = 6 * widest.reduceLanes(MAX), scale = levels / range;
        for (int q = 0; q < n; q += 2)
            for (int from = 0; from < 16; from += N) {
                float first = Raw.getFloat(x + 4L * q), second = Raw.getFloat(x + 4L * q + 4);
                var entry = FIRST_FOUR.mul(first).add(Raw.getFloat(room + 4L * q));
                entry = SECOND_FOUR.mul(second).add(entry);
                if (N < 16) entry = entry.add((from >> 2) * 2 * second);
                var code = (IntVector) entry.mul(scale).add(0.5f).convert(F2I, 0);
                ((ByteVector) code.convertShape(I2B, FEW_BYTES, 0))
                        .intoMemorySegment(ALL, tables + 8L * q + from, LITTLE_ENDIAN);
            }
        Raw.putFloat(out, range / levels);
        Raw.putFloat(out + 4, -3 * sizes.reduceLanes(ADD));
        Raw.putFloat(out + 8, all.reduceLanes(ADD));
    }

    @Override
    void fours(long x, long y, int n, long codes, long out) {
        float squares = FloatArithmetic.BEST.squares(x, n), limit = fourLimit(x, n, squares);
        var three = FloatVector.broadcast(F, 3);
        var product = FloatVector.zero(F);
        var other = product;
        long positive = 0, odd = 0;
        for (int i = 0; i < n; i += N) {
            var v = FloatVector.fromMemorySegment(F, ALL, x + 4L * i, LITTLE_ENDIAN);
            var w = FloatVector.fromMemorySegment(F, ALL, y + 4L * i, LITTLE_ENDIAN);
            var size = v.abs();
            var large = size.compare(GT, limit);
            var negative = v.lt(0f);
            product = product.add(size.mul(three, large));
            w = w.mul(three, large);
            other = other.add(w.blend(w.neg(), negative));
            long above = ~negative.toLong(), far = large.toLong();
            positive |= (above & (1L << N) - 1) << (i & 63);
            odd |= (~(above ^ far) & (1L << N) - 1) << (i & 63);
            if ((i + N & 63) == 0) {
                long at = codes + (i & -64) / 4;
                Raw.putLong(at, Long.expand(positive, UPPER_BITS) | Long.expand(odd, ~UPPER_BITS));
                Raw.putLong(at + 8, Long.expand(positive >>> 32, UPPER_BITS) | Long.expand(odd >>> 32, ~UPPER_BITS));
                positive = odd = 0;
            }
        }
        Raw.putFloat(out, squares);
        Raw.putFloat(out + 4, product.reduceLanes(ADD));
        Raw.putFloat(out + 8, other.reduceLanes(ADD));
    }

    /// Of the two bits of each code.
    private static final long UPPER_BITS = 0xaaaaaaaaaaaaaaaaL;

    private static float fourLimit(long x, int n, float squares) {
        var three = FloatVector.broadcast(F, 3);
        float mean = (float) Math.sqrt(squares / n), best = 0, limit = mean;
        for (int step = 0; step < PlainBlocks.FOUR_LIMITS; step++) {
            float tried = PlainBlocks.fourLimit(mean, step);
            var sum = FloatVector.zero(F);
            int count = 0;
            for (int i = 0; i < n; i += N) {
                var size = FloatVector.fromMemorySegment(F, ALL, x + 4L * i, LITTLE_ENDIAN)
                        .abs();
                var large = size.compare(GT, tried);
                sum = sum.add(size.mul(three, large));
                count += large.trueCount();
            }
            float product = sum.reduceLanes(ADD), near = product * product / (n + 8 * count);
            if (near <= best) continue;
            best = near;
            limit = tried;
        }
        return limit;
    }

    @Override
    void signs(long x, long y, int n, long bits, long out) {
        var squares = FloatVector.zero(F);
        FloatVector absolute = squares, signed = squares;
        long eight = 0;
        for (int i = 0; i < n; i += N) {
            var v = FloatVector.fromMemorySegment(F, ALL, x + 4L * i, LITTLE_ENDIAN);
            var w = FloatVector.fromMemorySegment(F, ALL, y + 4L * i, LITTLE_ENDIAN);
            var negative = v.lt(0f);
            squares = v.fma(v, squares);
            absolute = absolute.add(v.abs());
            signed = signed.add(w.blend(w.neg(), negative));
            eight |= (~negative.toLong() & (1L << N) - 1) << (i & 63);
            if ((i + N & 63) == 0) {
                Raw.putLong(bits + (i & -64) / 8, eight);
                eight = 0;
            }
        }
        Raw.putFloat(out, squares.reduceLanes(ADD));
        Raw.putFloat(out + 4, absolute.reduceLanes(ADD));
        Raw.putFloat(out + 8, signed.reduceLanes(ADD));
    }

    /// Look-ups of low and high nibbles in the tables of as many sub-quantisers as a vector holds. Sums of even bytes
    /// are not masked out in the loop: the lane's whole sum less the odd bytes' gives them modulo 2¹⁶, which is enough.
    @Override
    int estimate(
            long codes,
            long tables,
            int bytes,
            long factors,
            float base,
            float scale,
            float shift,
            float limit,
            long out) {
        var w0 = ShortVector.zero(S);
        ShortVector o0 = w0, w1 = w0, o1 = w0;
        for (int i = 0; i < bytes; i += V) {
            var c = ByteVector.fromMemorySegment(B, ALL, codes + i, LITTLE_ENDIAN);
            var t = ByteVector.fromMemorySegment(B, ALL, tables + i, LITTLE_ENDIAN);
            var low = c.and((byte) 15).or(TABLE).selectFrom(t).reinterpretAsShorts();
            var high = c.reinterpretAsShorts()
                    .lanewise(LSHR, 4)
                    .reinterpretAsBytes()
                    .and((byte) 15)
                    .or(TABLE)
                    .selectFrom(t)
                    .reinterpretAsShorts();
            w0 = w0.add(low);
            o0 = o0.add(low.lanewise(LSHR, 8));
            w1 = w1.add(high);
            o1 = o1.add(high.lanewise(LSHR, 8));
        }
        var e0 = w0.sub(o0.lanewise(LSHL, 8));
        var e1 = w1.sub(o1.lanewise(LSHL, 8));
        if (V == 64) {
            e0 = e0.add(e0.rearrange(BY_16));
            o0 = o0.add(o0.rearrange(BY_16));
            e1 = e1.add(e1.rearrange(BY_16));
            o1 = o1.add(o1.rearrange(BY_16));
        }
        if (V >= 32) {
            e0 = e0.add(e0.rearrange(BY_8));
            o0 = o0.add(o0.rearrange(BY_8));
            e1 = e1.add(e1.rearrange(BY_8));
            o1 = o1.add(o1.rearrange(BY_8));
        }
        if (V == 64) {
            // Lanes 0 … 15 hold the 16 sums of either half.
            var s0 = (FloatVector)
                    ((IntVector) e0.blend(o0, UPPER_8).convertShape(ZERO_EXTEND_S2I, I, 0)).convert(I2F, 0);
            var s1 = (FloatVector)
                    ((IntVector) e1.blend(o1, UPPER_8).convertShape(ZERO_EXTEND_S2I, I, 0)).convert(I2F, 0);
            var b0 = FloatVector.fromMemorySegment(F, ALL, factors + 128, LITTLE_ENDIAN);
            var b1 = FloatVector.fromMemorySegment(F, ALL, factors + 192, LITTLE_ENDIAN);
            var r0 = s0.mul(scale)
                    .add(shift)
                    .fma(b0, FloatVector.fromMemorySegment(F, ALL, factors, LITTLE_ENDIAN))
                    .add(base)
                    .max(0f);
            var r1 = s1.mul(scale)
                    .add(shift)
                    .fma(b1, FloatVector.fromMemorySegment(F, ALL, factors + 64, LITTLE_ENDIAN))
                    .add(base)
                    .max(0f);
            r0.intoMemorySegment(ALL, out, LITTLE_ENDIAN);
            r1.intoMemorySegment(ALL, out + 64, LITTLE_ENDIAN);
            return (int) (r0.lt(limit).toLong() | r1.lt(limit).toLong() << 16);
        }
        var few = ShortVector.SPECIES_128;
        ((ShortVector) e0.reinterpretShape(few, 0)).intoMemorySegment(ALL, out + 128, LITTLE_ENDIAN);
        ((ShortVector) o0.reinterpretShape(few, 0)).intoMemorySegment(ALL, out + 144, LITTLE_ENDIAN);
        ((ShortVector) e1.reinterpretShape(few, 0)).intoMemorySegment(ALL, out + 160, LITTLE_ENDIAN);
        ((ShortVector) o1.reinterpretShape(few, 0)).intoMemorySegment(ALL, out + 176, LITTLE_ENDIAN);
        long below = 0;
        for (int i = 0; i < 32; i += N) {
            var sums = ShortVector.fromMemorySegment(FEW_SHORTS, ALL, out + 128 + 2 * i, LITTLE_ENDIAN);
            var s = (FloatVector) ((IntVector) sums.convertShape(ZERO_EXTEND_S2I, I, 0)).convert(I2F, 0);
            var a = FloatVector.fromMemorySegment(F, ALL, factors + 4 * i, LITTLE_ENDIAN);
            var b = FloatVector.fromMemorySegment(F, ALL, factors + 128 + 4 * i, LITTLE_ENDIAN);
            var r = s.mul(scale).add(shift).fma(b, a).add(base).max(0f);
            r.intoMemorySegment(ALL, out + 4 * i, LITTLE_ENDIAN);
            below |= r.lt(limit).toLong() << i;
        }
        return (int) below;
    }

    @Override
    void bytes(long floats, int tables, long bytes, long out) {
        float widest = Float.MIN_NORMAL, spans = Float.MIN_NORMAL, lift = 0;
        for (int t = 0; t < tables; t++) {
            var low = FloatVector.fromMemorySegment(F, ALL, floats + 64L * t, LITTLE_ENDIAN);
            var high = low;
            for (int from = N; from < 16; from += N) {
                var more = FloatVector.fromMemorySegment(F, ALL, floats + 64L * t + 4 * from, LITTLE_ENDIAN);
                low = low.min(more);
                high = high.max(more);
            }
            float least = low.reduceLanes(MIN), span = high.reduceLanes(MAX) - least;
            widest = Math.max(widest, span);
            spans += span;
            lift += least;
        }
        float scale = PlainBlocks.byteScale(widest, spans, tables);
        for (int t = 0; t < tables; t++) {
            var low = FloatVector.fromMemorySegment(F, ALL, floats + 64L * t, LITTLE_ENDIAN);
            for (int from = N; from < 16; from += N)
                low = low.min(FloatVector.fromMemorySegment(F, ALL, floats + 64L * t + 4 * from, LITTLE_ENDIAN));
            float least = low.reduceLanes(MIN);
            for (int from = 0; from < 16; from += N) {
                var code = (IntVector) FloatVector.fromMemorySegment(F, ALL, floats + 64L * t + 4 * from, LITTLE_ENDIAN)
                        .sub(least)
                        .mul(scale)
                        .add(0.5f)
                        .convert(F2I, 0);
                ((ByteVector) code.convertShape(I2B, FEW_BYTES, 0))
                        .intoMemorySegment(ALL, bytes + 16L * t + from, LITTLE_ENDIAN);
            }
        }
        Raw.putFloat(out, 1 / scale);
        Raw.putFloat(out + 4, lift);
    }
}
