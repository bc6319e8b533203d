package dev.sextant.index;

import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Random;

/// A point that was not there when an index was built, made of a row: beyond it, away from another one near it. It is
/// about as far from the rows as one that came later would be, and lies where the rows spread; points between rows are
/// found more easily than queries are, rows themselves more easily still, and what is moved in any direction has the
/// neighbours of its row (decision 26).
public final class Newcomer {
    /// How far beyond, as a part of how far the other one is.
    private static final float BEYOND = 0.75f;

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private Newcomer() {}

    /// Moves the point from the row that it is, away from the other.
    public static void move(
            MemorySegment point, MemorySegment other, int dimension, VectorType type, Metric metric, Random by) {
        if (type == VectorType.BINARY) {
            flip(point, other, dimension, by);
            return;
        }
        float[] from = floats(point, dimension, type), away = floats(other, dimension, type);
        // Where lengths do not tell what is near, the other may be much longer.
        float scale = metric == Metric.L2 ? 1 : (float) Math.sqrt(squares(from) / Math.max(squares(away), 1e-30));
        for (int c = 0; c < from.length; c++) from[c] += BEYOND * (from[c] - scale * away[c]);
        put(from, point, type);
    }

    private static double squares(float[] row) {
        double sum = 0;
        for (float c : row) sum += (double) c * c;
        return sum;
    }

    /// Bits have no beyond: as many as that are turned over anywhere.
    private static void flip(MemorySegment point, MemorySegment other, int dimension, Random by) {
        int apart = 0;
        for (int at = 0; at < dimension / 8; at++)
            apart += Integer.bitCount((point.get(BYTE, at) ^ other.get(BYTE, at)) & 255);
        for (int i = 0; i < Math.round(BEYOND * apart); i++) {
            int bit = by.nextInt(dimension);
            point.set(BYTE, bit / 8, (byte) (point.get(BYTE, bit / 8) ^ 1 << bit % 8));
        }
    }

    private static float[] floats(MemorySegment row, int dimension, VectorType type) {
        var floats = new float[dimension];
        for (int c = 0; c < dimension; c++)
            floats[c] = switch (type) {
                case FLOAT32 -> row.get(FLOAT, 4L * c);
                case FLOAT16 -> Float.float16ToFloat(row.get(SHORT, 2L * c));
                case BFLOAT16 -> Float.intBitsToFloat(row.get(SHORT, 2L * c) << 16);
                case INT8 -> row.get(BYTE, c);
                case BINARY, SPARSE -> throw new IllegalArgumentException(type + " has no components");
            };
        return floats;
    }

    private static void put(float[] floats, MemorySegment row, VectorType type) {
        for (int c = 0; c < floats.length; c++)
            switch (type) {
                case FLOAT32 -> row.set(FLOAT, 4L * c, floats[c]);
                case FLOAT16 -> row.set(SHORT, 2L * c, Float.floatToFloat16(floats[c]));
                case BFLOAT16 -> row.set(SHORT, 2L * c, (short) (Float.floatToRawIntBits(floats[c]) >>> 16));
                case INT8 -> row.set(BYTE, c, (byte) Math.clamp(Math.round(floats[c]), -128, 127));
                case BINARY, SPARSE -> throw new IllegalArgumentException(type + " has no components");
            }
    }
}
