package dev.sextant.kernel;

import static dev.sextant.kernel.Raw.getByte;
import static dev.sextant.kernel.Raw.getFloat;
import static dev.sextant.kernel.Raw.getLong;
import static dev.sextant.kernel.Raw.getShort;

/// The obvious form of every sum: what [Lanes] must agree with, and what serves where the Vector API is absent.
final class Plain extends Arithmetic {
    @Override
    String description() {
        return "plain loops (start the JVM with --add-modules jdk.incubator.vector and --enable-native-access for the fast form)";
    }

    @Override
    void l2F32(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) {
            long row = base + rows[i] * stride;
            float sum = 0;
            for (int b = 0; b < 64 * lines; b += 4) sum += square(getFloat(row + b) - getFloat(query + b));
            out[i] = sum;
        }
    }

    @Override
    void dotF32(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) {
            long row = base + rows[i] * stride;
            float sum = 0;
            for (int b = 0; b < 64 * lines; b += 4) sum += getFloat(row + b) * getFloat(query + b);
            out[i] = sum;
        }
    }

    @Override
    void cosF32(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) {
            long row = base + rows[i] * stride;
            float sum = 0, norm = 0;
            for (int b = 0; b < 64 * lines; b += 4) {
                sum += getFloat(row + b) * getFloat(query + b);
                norm += square(getFloat(row + b));
            }
            out[i] = overLength(sum, norm);
        }
    }

    @Override
    void l2Half(long query, long base, long stride, int lines, boolean brain, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) {
            long row = base + rows[i] * stride;
            float sum = 0;
            for (int c = 0; c < 32 * lines; c++) sum += square(half(row, c, brain) - split(query, c, lines));
            out[i] = sum;
        }
    }

    @Override
    void dotHalf(long query, long base, long stride, int lines, boolean brain, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) {
            long row = base + rows[i] * stride;
            float sum = 0;
            for (int c = 0; c < 32 * lines; c++) sum += half(row, c, brain) * split(query, c, lines);
            out[i] = sum;
        }
    }

    @Override
    void cosHalf(long query, long base, long stride, int lines, boolean brain, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) {
            long row = base + rows[i] * stride;
            float sum = 0, norm = 0;
            for (int c = 0; c < 32 * lines; c++) {
                sum += half(row, c, brain) * split(query, c, lines);
                norm += square(half(row, c, brain));
            }
            out[i] = overLength(sum, norm);
        }
    }

    @Override
    void l2I8(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) {
            long row = base + rows[i] * stride;
            int sum = 0;
            for (int b = 0; b < 64 * lines; b++) {
                int apart = getByte(row + b) - getByte(query + b);
                sum += apart * apart;
            }
            out[i] = sum;
        }
    }

    @Override
    void dotI8(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) {
            long row = base + rows[i] * stride;
            int sum = 0;
            for (int b = 0; b < 64 * lines; b++) sum += getByte(row + b) * getByte(query + b);
            out[i] = sum;
        }
    }

    @Override
    void cosI8(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) {
            long row = base + rows[i] * stride;
            int sum = 0, norm = 0;
            for (int b = 0; b < 64 * lines; b++) {
                sum += getByte(row + b) * getByte(query + b);
                norm += getByte(row + b) * getByte(row + b);
            }
            out[i] = overLength(sum, norm);
        }
    }

    @Override
    void hamming(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) {
            long row = base + rows[i] * stride;
            int sum = 0;
            for (int b = 0; b < 64 * lines; b += 8) sum += Long.bitCount(getLong(row + b) ^ getLong(query + b));
            out[i] = sum;
        }
    }

    @Override
    void jaccard(long query, long base, long stride, int lines, int[] rows, int n, float[] out) {
        for (int i = 0; i < n; i++) {
            long row = base + rows[i] * stride;
            int both = 0, either = 0;
            for (int b = 0; b < 64 * lines; b += 8) {
                both += Long.bitCount(getLong(row + b) & getLong(query + b));
                either += Long.bitCount(getLong(row + b) | getLong(query + b));
            }
            out[i] = jaccard(both, either);
        }
    }

    @Override
    void dotCodes(long query, long base, long stride, int dimension, int[] rows, int n, int[] out) {
        for (int i = 0; i < n; i++) {
            long row = base + rows[i] * stride;
            int sum = 0;
            for (int b = 0; b < dimension; b++) sum += getByte(row + b) * (getByte(query + b) & 255);
            out[i] = sum;
        }
    }

    static float overLength(float dot, float norm) {
        return norm > 0 ? (float) (dot / Math.sqrt(norm)) : 0;
    }

    static float jaccard(int both, int either) {
        return both == 0 ? 1 : 1 - (float) both / either;
    }

    private static float square(float x) {
        return x * x;
    }

    private static float half(long row, int component, boolean brain) {
        short bits = getShort(row + 2L * component);
        return brain ? Float.intBitsToFloat(bits << 16) : Float.float16ToFloat(bits);
    }

    private static float split(long query, int component, int lines) {
        return getFloat(query + (component & 1) * 64L * lines + 4L * (component >> 1));
    }

    @Override
    int atLeast(long sums, int count, int least, int[] places) {
        int found = 0;
        for (int i = 0; i < count; i++) if (Raw.getInt(sums + 4L * i) >= least) places[found++] = i;
        return found;
    }
}
