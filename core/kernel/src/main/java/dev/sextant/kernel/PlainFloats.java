package dev.sextant.kernel;

import static dev.sextant.kernel.Raw.getFloat;
import static dev.sextant.kernel.Raw.putFloat;

/// The obvious form: what [LaneFloats] must agree with, and what serves where the Vector API is absent.
final class PlainFloats extends FloatArithmetic {
    @Override
    void multiply(long x, long y, int n) {
        for (long i = 0; i < 4L * n; i += 4) putFloat(x + i, getFloat(x + i) * getFloat(y + i));
    }

    @Override
    void scale(long x, float by, int n) {
        for (long i = 0; i < 4L * n; i += 4) putFloat(x + i, getFloat(x + i) * by);
    }

    @Override
    void subtract(long x, long y, int n) {
        for (long i = 0; i < 4L * n; i += 4) putFloat(x + i, getFloat(x + i) - getFloat(y + i));
    }

    @Override
    void hadamard(long x, int n) {
        for (int half = 1; half < n; half <<= 1)
            for (int from = 0; from < n; from += 2 * half)
                for (long i = x + 4L * from, end = i + 4L * half; i < end; i += 4) {
                    float a = getFloat(i), b = getFloat(i + 4L * half);
                    putFloat(i, a + b);
                    putFloat(i + 4L * half, a - b);
                }
        scale(x, (float) (1 / Math.sqrt(n)), n);
    }

    @Override
    float squares(long x, int n) {
        float sum = 0;
        for (long i = 0; i < 4L * n; i += 4) sum += getFloat(x + i) * getFloat(x + i);
        return sum;
    }

    @Override
    boolean bounds(long x, int n, long out) {
        return bounds(x, 0, n, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, out);
    }

    static boolean bounds(long x, int from, int n, float low, float high, long out) {
        var whole = true;
        for (int i = from; i < n; i++) {
            float value = getFloat(x + 4L * i);
            low = Math.min(low, value);
            high = Math.max(high, value);
            whole &= value == (int) value;
        }
        putFloat(out, low);
        putFloat(out + 4, high);
        return whole;
    }

    @Override
    void sumUp(long x, int n, long sums) {
        for (int i = 0; i < n; i++) {
            double sum = Double.longBitsToDouble(Raw.getLong(sums + 8L * i)) + getFloat(x + 4L * i);
            Raw.putLong(sums + 8L * i, Double.doubleToRawLongBits(sum));
        }
    }

    @Override
    void products(long points, long stride, int n, int components, long table, int columns, long out) {
        for (int p = 0; p < n; p++)
            for (int k = 0; k < columns; k++) {
                float sum = 0;
                for (int c = 0; c < components; c++)
                    sum = Math.fma(
                            getFloat(points + p * stride + 4L * c),
                            getFloat(table + 4L * ((long) c * columns + k)),
                            sum);
                putFloat(out + 4L * ((long) p * columns + k), sum);
            }
    }

    @Override
    int nearest(long products, long norms, int columns) {
        int nearest = 0;
        float least = Float.POSITIVE_INFINITY;
        for (int k = 0; k < columns; k++) {
            float distance = getFloat(norms + 4L * k) - 2 * getFloat(products + 4L * k);
            if (distance < least) {
                least = distance;
                nearest = k;
            }
        }
        return nearest;
    }
}
