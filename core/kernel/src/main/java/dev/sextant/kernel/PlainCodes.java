package dev.sextant.kernel;

import static dev.sextant.kernel.Raw.getByte;
import static dev.sextant.kernel.Raw.getShort;

/// The obvious form: what [LaneCodes] must agree with, and what serves where the Vector API is absent.
final class PlainCodes extends CodeArithmetic {
    @Override
    void addSigns(long query, int groups, long base, long stride, int[] rows, int n, long[] out) {
        for (int i = 0; i < n; i++) {
            long row = base + rows[i] * stride, sum = 0;
            for (int word = 0; word < 8 * groups; word++) {
                long at = query + 320L * (word >> 3) + 8L * (word & 7), signs = Raw.getLong(row + 8L * word);
                for (int plane = 0; plane < 4; plane++)
                    sum += (long) Long.bitCount(signs & Raw.getLong(at + 64L * plane)) << plane;
                sum += (long) Long.bitCount(signs & Raw.getLong(at + 256)) << 32;
            }
            out[i] = sum;
        }
    }

    @Override
    void dotNibbles(long query, long base, long stride, int components, int[] rows, int n, int[] out) {
        int share = (components + 127) / 128 * 64;
        for (int r = 0; r < n; r++) {
            long codes = base + rows[r] * stride;
            int sum = 0;
            for (int i = 0; i < components; i++)
                sum += (getByte(codes + i / 2) >> (i & 1) * 4 & 15) * getShort(query + (i & 3) * share + i / 4 * 2L);
            out[r] = sum;
        }
    }

    @Override
    void addPairs(long query, long base, long stride, int components, int[] rows, int n, int[] out) {
        int share = (components + 255) / 256 * 64;
        for (int r = 0; r < n; r++) {
            long codes = base + rows[r] * stride;
            int sum = 0;
            for (int i = 0; i < components; i++)
                sum += (getByte(codes + i / 4) >> (i & 3) * 2 & 3) * getShort(query + (i & 7) * share + i / 8 * 2L);
            out[r] += 16 * sum;
        }
    }
}
