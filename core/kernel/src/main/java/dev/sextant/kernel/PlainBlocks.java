package dev.sextant.kernel;

import static dev.sextant.kernel.Raw.getByte;
import static dev.sextant.kernel.Raw.getFloat;
import static dev.sextant.kernel.Raw.getShort;
import static dev.sextant.kernel.Raw.putByte;
import static dev.sextant.kernel.Raw.putFloat;
import static dev.sextant.kernel.Raw.putShort;

/// The obvious form: what [LaneBlocks] must agree with, and what serves where the Vector API is absent.
final class PlainBlocks extends BlockArithmetic {
    @Override
    long quantise(long x, int n, float low, float scale, long out) {
        return quantise(x, 0, n, low, scale, out);
    }

    static long quantise(long x, int from, int n, float low, float scale, long out) {
        long sums = 0;
        for (int i = from; i < n; i++) {
            int code = Math.clamp((int) ((getFloat(x + 4L * i) - low) * scale + 0.5f), 0, 255);
            putByte(out + i, (byte) code);
            sums += (long) code * code << 32 | code;
        }
        return sums;
    }

    @Override
    void split(long bytes, int n, long even, long odd) {
        for (int i = 0; i < n; i += 2) {
            putShort(even + i, (short) (getByte(bytes + i) & 255));
            putShort(odd + i, (short) (getByte(bytes + i + 1) & 255));
        }
    }

    @Override
    int dot(long row, long even, long odd, int n) {
        int sum = 0;
        for (int i = 0; i < n; i += 2)
            sum += (getByte(row + i) & 255) * getShort(even + i) + (getByte(row + i + 1) & 255) * getShort(odd + i);
        return sum;
    }

    @Override
    void tables(long x, int n, int levels, long room, long tables, long out) {
        float range = Float.MIN_NORMAL, smallest = 0, all = 0;
        for (int q = 0; q < n; q += 4) {
            float span = 0;
            for (int i = q; i < q + 4; i++) {
                float value = getFloat(x + 4L * i);
                span += Math.abs(value);
                smallest += Math.min(value, 0);
                all += value;
            }
            range = Math.max(range, span);
        }
        float scale = levels / range;
        for (int q = 0; q < n; q += 4)
            for (int entry = 0; entry < 16; entry++) {
                float sum = 0;
                for (int i = 0; i < 4; i++) {
                    float value = getFloat(x + 4L * (q + i));
                    sum += (entry >> i & 1) == 1 ? Math.max(value, 0) : Math.max(-value, 0);
                }
                putByte(tables + 4L * q + entry, (byte) (int) (sum * scale + 0.5f));
            }
        putFloat(out, range / levels);
        putFloat(out + 4, smallest);
        putFloat(out + 8, all);
    }

    @Override
    void signs(long x, long y, int n, long bits, long out) {
        float squares = 0, absolute = 0, signed = 0;
        for (int i = 0; i < n; i += 8) {
            int eight = 0;
            for (int b = 0; b < 8; b++) {
                float value = getFloat(x + 4L * (i + b)), other = getFloat(y + 4L * (i + b));
                squares += value * value;
                absolute += Math.abs(value);
                signed += value >= 0 ? other : -other;
                if (value >= 0) eight |= 1 << b;
            }
            putByte(bits + i / 8, (byte) eight);
        }
        putFloat(out, squares);
        putFloat(out + 4, absolute);
        putFloat(out + 8, signed);
    }

    @Override
    void fourTables(long x, int n, int levels, long room, long tables, long out) {
        float range = Float.MIN_NORMAL, smallest = 0, all = 0;
        for (int q = 0; q < n; q += 2) {
            float first = getFloat(x + 4L * q), second = getFloat(x + 4L * q + 4);
            float lift = 3 * (Math.abs(first) + Math.abs(second));
            range = Math.max(range, 2 * lift);
            smallest -= lift;
            all += first + second;
        }
        float scale = levels / range;
        for (int q = 0; q < n; q += 2) {
            float first = getFloat(x + 4L * q), second = getFloat(x + 4L * q + 4);
            float lift = 3 * (Math.abs(first) + Math.abs(second));
            for (int entry = 0; entry < 16; entry++) {
                float sum = lift + (2 * (entry & 3) - 3) * first + (2 * (entry >> 2) - 3) * second;
                putByte(tables + 8L * q + entry, (byte) (int) (sum * scale + 0.5f));
            }
        }
        putFloat(out, range / levels);
        putFloat(out + 4, smallest);
        putFloat(out + 8, all);
    }

    @Override
    void fours(long x, long y, int n, long codes, long out) {
        float squares = FloatArithmetic.PLAIN.squares(x, n), limit = fourLimit(x, n, squares), product = 0, other = 0;
        for (int i = 0; i < n; i += 4) {
            int four = 0;
            for (int c = 0; c < 4; c++) {
                float value = getFloat(x + 4L * (i + c));
                var large = Math.abs(value) > limit;
                int code = value >= 0 ? large ? 3 : 2 : large ? 0 : 1;
                four |= code << 2 * c;
                product += (2 * code - 3) * value;
                other += (2 * code - 3) * getFloat(y + 4L * (i + c));
            }
            putByte(codes + i / 4, (byte) four);
        }
        putFloat(out, squares);
        putFloat(out + 4, product);
        putFloat(out + 8, other);
    }

    /// What is larger than this counts three times.
    private static float fourLimit(long x, int n, float squares) {
        float mean = (float) Math.sqrt(squares / n), best = 0, limit = mean;
        for (int step = 0; step < FOUR_LIMITS; step++) {
            float product = 0, tried = fourLimit(mean, step);
            int large = 0;
            for (int i = 0; i < n; i++) {
                float value = Math.abs(getFloat(x + 4L * i));
                product += value > tried ? 3 * value : value;
                if (value > tried) large++;
            }
            float near = product * product / (n + 8 * large);
            if (near <= best) continue;
            best = near;
            limit = tried;
        }
        return limit;
    }

    static final int FOUR_LIMITS = 8;

    /// Limits that are tried: around the one that suits components of a normal distribution, which is their deviation.
    static float fourLimit(float mean, int step) {
        return mean * (0.7f + 0.1f * step);
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
        int below = 0;
        for (int row = 0; row < 32; row++) {
            int sum = 0, slot = NodeBlocks.slot(row);
            for (int q = 0; q < bytes / 16; q++)
                sum += getByte(tables + 16L * q + (getByte(codes + 16L * q + (row & 15)) >> (row & 16) / 4 & 15)) & 255;
            float estimate =
                    base + getFloat(factors + 4L * slot) + getFloat(factors + 128 + 4L * slot) * (sum * scale + shift);
            putFloat(out + 4L * slot, Math.max(0, estimate));
            if (Math.max(0, estimate) < limit) below |= 1 << slot;
        }
        return below;
    }

    @Override
    void bytes(long floats, int tables, long bytes, long out) {
        float widest = Float.MIN_NORMAL, spans = Float.MIN_NORMAL, lift = 0;
        for (int t = 0; t < tables; t++) {
            float low = Float.POSITIVE_INFINITY, high = Float.NEGATIVE_INFINITY;
            for (int k = 0; k < 16; k++) {
                low = Math.min(low, getFloat(floats + 64L * t + 4 * k));
                high = Math.max(high, getFloat(floats + 64L * t + 4 * k));
            }
            widest = Math.max(widest, high - low);
            spans += high - low;
            lift += low;
        }
        float scale = byteScale(widest, spans, tables);
        for (int t = 0; t < tables; t++) {
            float low = Float.POSITIVE_INFINITY;
            for (int k = 0; k < 16; k++) low = Math.min(low, getFloat(floats + 64L * t + 4 * k));
            for (int k = 0; k < 16; k++)
                putByte(bytes + 16L * t + k, (byte) (int) ((getFloat(floats + 64L * t + 4 * k) - low) * scale + 0.5f));
        }
        putFloat(out, 1 / scale);
        putFloat(out + 4, lift);
    }

    /// Each table adds at most half a step by rounding.
    static float byteScale(float widest, float spans, int tables) {
        return Math.min(1e30f, Math.min(255 / widest, (65_535 - tables) / spans));
    }
}
