package dev.sextant.kernel;

import static dev.sextant.kernel.Raw.ALL;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.F2I;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.MIN;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// The loops on the Vector API, in whatever width the machine prefers (from 128 bits on). Loaded only where the module
/// is present. All vectors stay in locals of one method: a helper that takes or returns several is not always inlined,
/// and then each is boxed.
sealed class LaneFloats extends FloatArithmetic permits MachinePasses.ForFloats {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
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

    static VectorShuffle<Float> swap(int distance) {
        return VectorShuffle.fromOp(F, i -> i ^ (distance < N ? distance : 0));
    }

    static FloatVector pattern(int bit, float zero, float one) {
        var values = new float[16];
        for (int i = 0; i < 16; i++) values[i] = (i >> bit & 1) == 0 ? zero : one;
        return FloatVector.fromArray(F, values, 0);
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
        if (whole == 0) return PlainFloats.bounds(x, 0, n, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, out);
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
        return PlainFloats.bounds(x, whole, n, low.reduceLanes(MIN), high.reduceLanes(MAX), out) && integral;
    }

    @Override
    void sumUp(long x, int n, long sums) {
        PLAIN.sumUp(x, n, sums); // the compiler makes lanes of it
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
}
