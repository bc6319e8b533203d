package dev.sextant.kernel;

import static dev.sextant.kernel.Raw.ALL;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.BIT_COUNT;
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
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// The loops on the Vector API, in whatever width the machine prefers (from 128 bits on). Loaded only where the module
/// is present. All vectors stay in locals of one method: a helper that takes or returns several is not always inlined,
/// and then each is boxed.
final class LaneBlocks extends BlockArithmetic {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> L = LongVector.SPECIES_PREFERRED;
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

    private static final VectorShuffle<Float> SWAP_1 = swap(1);
    private static final VectorShuffle<Float> SWAP_2 = swap(2);
    private static final VectorShuffle<Float> SWAP_4 = swap(4);
    private static final VectorShuffle<Float> SWAP_8 = swap(8);
    private static final FloatVector SIGN_1 = pattern(0, 1, -1);
    private static final FloatVector SIGN_2 = pattern(1, 1, -1);
    private static final FloatVector SIGN_4 = pattern(2, 1, -1);
    private static final FloatVector SIGN_8 = pattern(3, 1, -1);
    private static final FloatVector BIT_1 = pattern(0, 0, 1);
    private static final FloatVector BIT_2 = pattern(1, 0, 1);
    private static final FloatVector BIT_4 = pattern(2, 0, 1);
    private static final FloatVector BIT_8 = pattern(3, 0, 1);
    /// What the lower two bits of a table's entry say of the first component, and the upper two of the second.
    private static final FloatVector FIRST_FOUR = fours(0);
    private static final FloatVector SECOND_FOUR = fours(2);
    /// Where the 16 table entries of a byte's sub-quantiser begin among the bytes of a vector.
    private static final ByteVector TABLE = tableStarts();
    private static final VectorShuffle<Short> BY_16 = rotate(16);
    private static final VectorShuffle<Short> BY_8 = rotate(8);
    private static final VectorMask<Short> UPPER_8 = VectorMask.fromLong(S, 0xff00ff00L & (1L << S.length()) - 1);

    private static VectorShuffle<Float> swap(int distance) {
        return VectorShuffle.fromOp(F, i -> i ^ (distance < N ? distance : 0));
    }

    private static FloatVector pattern(int bit, float zero, float one) {
        var values = new float[16];
        for (int i = 0; i < 16; i++) values[i] = (i >> bit & 1) == 0 ? zero : one;
        return FloatVector.fromArray(F, values, 0);
    }

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
    void multiply(long x, long y, int n) {
        for (long i = 0; i < 4L * n; i += V)
            FloatVector.fromMemorySegment(F, ALL, x + i, LITTLE_ENDIAN)
                    .mul(FloatVector.fromMemorySegment(F, ALL, y + i, LITTLE_ENDIAN))
                    .intoMemorySegment(ALL, x + i, LITTLE_ENDIAN);
    }

    @Override
    void scale(long x, float by, int n) {
        for (long i = 0; i < 4L * n; i += V)
            FloatVector.fromMemorySegment(F, ALL, x + i, LITTLE_ENDIAN)
                    .mul(by)
                    .intoMemorySegment(ALL, x + i, LITTLE_ENDIAN);
    }

    @Override
    void subtract(long x, long y, int n) {
        for (long i = 0; i < 4L * n; i += V)
            FloatVector.fromMemorySegment(F, ALL, x + i, LITTLE_ENDIAN)
                    .sub(FloatVector.fromMemorySegment(F, ALL, y + i, LITTLE_ENDIAN))
                    .intoMemorySegment(ALL, x + i, LITTLE_ENDIAN);
    }

    /// Steps within a vector by swapping lanes, steps between vectors by sums and differences.
    @Override
    void hadamard(long x, int n) {
        for (long i = 0; i < 4L * n; i += V) {
            var v = FloatVector.fromMemorySegment(F, ALL, x + i, LITTLE_ENDIAN);
            v = v.fma(SIGN_1, v.rearrange(SWAP_1));
            v = v.fma(SIGN_2, v.rearrange(SWAP_2));
            if (N >= 8) v = v.fma(SIGN_4, v.rearrange(SWAP_4));
            if (N >= 16) v = v.fma(SIGN_8, v.rearrange(SWAP_8));
            v.intoMemorySegment(ALL, x + i, LITTLE_ENDIAN);
        }
        for (long half = V; half < 4L * n; half <<= 1)
            for (long from = 0; from < 4L * n; from += 2 * half)
                for (long i = x + from; i < x + from + half; i += V) {
                    var a = FloatVector.fromMemorySegment(F, ALL, i, LITTLE_ENDIAN);
                    var b = FloatVector.fromMemorySegment(F, ALL, i + half, LITTLE_ENDIAN);
                    a.add(b).intoMemorySegment(ALL, i, LITTLE_ENDIAN);
                    a.sub(b).intoMemorySegment(ALL, i + half, LITTLE_ENDIAN);
                }
        scale(x, (float) (1 / Math.sqrt(n)), n);
    }

    @Override
    float squares(long x, int n) {
        var sum = FloatVector.zero(F);
        for (long i = 0; i < 4L * n; i += V) {
            var v = FloatVector.fromMemorySegment(F, ALL, x + i, LITTLE_ENDIAN);
            sum = v.fma(v, sum);
        }
        return sum.reduceLanes(ADD);
    }

    @Override
    boolean bounds(long x, int n, long out) {
        int whole = n / N * N;
        if (whole == 0) return PlainBlocks.bounds(x, 0, n, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, out);
        var low = FloatVector.broadcast(F, Float.POSITIVE_INFINITY);
        var high = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        var apart = FloatVector.zero(F);
        for (int i = 0; i < whole; i += N) {
            var v = FloatVector.fromMemorySegment(F, ALL, x + 4L * i, LITTLE_ENDIAN);
            low = low.min(v);
            high = high.max(v);
            var away = v.sub((FloatVector) v.convert(F2I, 0).convert(I2F, 0));
            apart = away.fma(away, apart);
        }
        var integral = apart.reduceLanes(MAX) == 0;
        return PlainBlocks.bounds(x, whole, n, low.reduceLanes(MIN), high.reduceLanes(MAX), out) && integral;
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
        float squares = squares(x, n), limit = fourLimit(x, n, squares);
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

    /// Four points and two vectors of columns at a time, so that a table is read once for four points.
    @Override
    void products(long points, long stride, int n, int components, long table, int columns, long out) {
        int p = 0;
        for (; p + 4 <= n; p += 4) {
            long at = points + p * stride, to = out + 4L * p * columns;
            int k = 0;
            for (; k + 2 * N <= columns; k += 2 * N) four(at, stride, components, table, columns, k, to);
            for (; k < columns; k += N)
                for (int i = 0; i < 4; i++) one(at + i * stride, components, table, columns, k, to + 4L * i * columns);
        }
        for (; p < n; p++) {
            long at = points + p * stride, to = out + 4L * p * columns;
            int k = 0;
            for (; k + 4 * N <= columns; k += 4 * N) wide(at, components, table, columns, k, to);
            for (; k < columns; k += N) one(at, components, table, columns, k, to);
        }
    }

    /// One point and four vectors of columns: whole lines of the table, and no sum waits for the one before.
    private static void wide(long point, int components, long table, int columns, int k, long out) {
        var a = FloatVector.zero(F);
        FloatVector b = a, c = a, d = a;
        long row = table + 4L * k;
        for (long i = 0, end = 4L * components; i < end; i += 4, row += 4L * columns) {
            var x = FloatVector.broadcast(F, Raw.getFloat(point + i));
            a = FloatVector.fromMemorySegment(F, ALL, row, LITTLE_ENDIAN).fma(x, a);
            b = FloatVector.fromMemorySegment(F, ALL, row + V, LITTLE_ENDIAN).fma(x, b);
            c = FloatVector.fromMemorySegment(F, ALL, row + 2 * V, LITTLE_ENDIAN)
                    .fma(x, c);
            d = FloatVector.fromMemorySegment(F, ALL, row + 3 * V, LITTLE_ENDIAN)
                    .fma(x, d);
        }
        long to = out + 4L * k;
        a.intoMemorySegment(ALL, to, LITTLE_ENDIAN);
        b.intoMemorySegment(ALL, to + V, LITTLE_ENDIAN);
        c.intoMemorySegment(ALL, to + 2 * V, LITTLE_ENDIAN);
        d.intoMemorySegment(ALL, to + 3 * V, LITTLE_ENDIAN);
    }

    private static void one(long point, int components, long table, int columns, int k, long out) {
        var sum = FloatVector.zero(F);
        long row = table + 4L * k;
        for (int c = 0; c < components; c++, row += 4L * columns)
            sum = FloatVector.fromMemorySegment(F, ALL, row, LITTLE_ENDIAN)
                    .fma(FloatVector.broadcast(F, Raw.getFloat(point + 4L * c)), sum);
        sum.intoMemorySegment(ALL, out + 4L * k, LITTLE_ENDIAN);
    }

    private static void four(long point, long stride, int components, long table, int columns, int k, long out) {
        var a0 = FloatVector.zero(F);
        FloatVector a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
        long row = table + 4L * k, b = point + stride, c = b + stride, d = c + stride;
        for (long i = 0, end = 4L * components; i < end; i += 4, row += 4L * columns) {
            var t0 = FloatVector.fromMemorySegment(F, ALL, row, LITTLE_ENDIAN);
            var t1 = FloatVector.fromMemorySegment(F, ALL, row + V, LITTLE_ENDIAN);
            var pa = FloatVector.broadcast(F, Raw.getFloat(point + i));
            a0 = t0.fma(pa, a0);
            a1 = t1.fma(pa, a1);
            var pb = FloatVector.broadcast(F, Raw.getFloat(b + i));
            b0 = t0.fma(pb, b0);
            b1 = t1.fma(pb, b1);
            var pc = FloatVector.broadcast(F, Raw.getFloat(c + i));
            c0 = t0.fma(pc, c0);
            c1 = t1.fma(pc, c1);
            var pd = FloatVector.broadcast(F, Raw.getFloat(d + i));
            d0 = t0.fma(pd, d0);
            d1 = t1.fma(pd, d1);
        }
        long to = out + 4L * k, next = 4L * columns;
        a0.intoMemorySegment(ALL, to, LITTLE_ENDIAN);
        a1.intoMemorySegment(ALL, to + V, LITTLE_ENDIAN);
        b0.intoMemorySegment(ALL, to + next, LITTLE_ENDIAN);
        b1.intoMemorySegment(ALL, to + next + V, LITTLE_ENDIAN);
        c0.intoMemorySegment(ALL, to + 2 * next, LITTLE_ENDIAN);
        c1.intoMemorySegment(ALL, to + 2 * next + V, LITTLE_ENDIAN);
        d0.intoMemorySegment(ALL, to + 3 * next, LITTLE_ENDIAN);
        d1.intoMemorySegment(ALL, to + 3 * next + V, LITTLE_ENDIAN);
    }

    /// The least value first, then where it stands: the second pass reads from the first cache and nearly always ends
    /// early.
    @Override
    int nearest(long products, long norms, int columns) {
        var least = FloatVector.broadcast(F, Float.POSITIVE_INFINITY);
        for (long i = 0; i < 4L * columns; i += V)
            least = least.min(FloatVector.fromMemorySegment(F, ALL, products + i, LITTLE_ENDIAN)
                    .mul(-2f)
                    .add(FloatVector.fromMemorySegment(F, ALL, norms + i, LITTLE_ENDIAN)));
        float value = least.reduceLanes(MIN);
        for (int k = 0; k < columns; k += N) {
            var equal = FloatVector.fromMemorySegment(F, ALL, products + 4L * k, LITTLE_ENDIAN)
                    .mul(-2f)
                    .add(FloatVector.fromMemorySegment(F, ALL, norms + 4L * k, LITTLE_ENDIAN))
                    .eq(value);
            if (equal.anyTrue()) return k + equal.firstTrue();
        }
        return 0;
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

    /// Four nibbles of a short times queries of 8 bits add up within 14 bits; of the two sums in an int lane `h` takes
    /// the upper, `s` the whole lane, as in `dot`. Four rows at a time share the query.
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
