package dev.sextant.index;

import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Random;

/// A point that was not there when an index was built, made of a row: as far from it, in some direction, as the nearest
/// other row is. That is how far a row that came later would be from those that are there; points between rows are found more
/// easily than queries are, and rows themselves more easily still (docs/benchmarks.md).
final class Newcomer {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private Newcomer() {}

    /// Moves the point from the row that it is. `other` is the row nearest to that.
    static void move(MemorySegment point, MemorySegment other, int dimension, VectorType type, Metric metric, Random by) {
        if (type == VectorType.BINARY) flip(point, other, dimension, by);
        else {
            float[] from = floats(point, dimension, type), to = floats(other, dimension, type);
            put(beside(from, length(from, to, metric), by), point, type);
        }
    }

    /// As many bits as tell the rows apart.
    private static void flip(MemorySegment point, MemorySegment other, int dimension, Random by) {
        int apart = 0;
        for (int at = 0; at < dimension / 8; at++)
            apart += Integer.bitCount((point.get(BYTE, at) ^ other.get(BYTE, at)) & 255);
        for (int i = 0; i < apart; i++) {
            int bit = by.nextInt(dimension);
            point.set(BYTE, bit / 8, (byte) (point.get(BYTE, bit / 8) ^ 1 << bit % 8));
        }
    }

    /// How far to go. Where lengths do not tell what is near, by the angle between both, up to half a right one: what has
    /// the largest product with a row need not be near it.
    private static double length(float[] from, float[] to, Metric metric) {
        double squares = 0, product = 0, ofFrom = 0, ofTo = 0;
        for (int c = 0; c < from.length; c++) {
            squares += (from[c] - to[c]) * (from[c] - to[c]);
            product += from[c] * to[c];
            ofFrom += from[c] * from[c];
            ofTo += to[c] * to[c];
        }
        if (metric == Metric.L2) return Math.sqrt(squares);
        double cosine = ofFrom == 0 || ofTo == 0 ? 1 : product / Math.sqrt(ofFrom * ofTo);
        return Math.sqrt(ofFrom) * Math.min(1, Math.sqrt(Math.max(0, 2 - 2 * cosine)));
    }

    private static float[] beside(float[] from, double length, Random by) {
        var way = new double[from.length];
        double squares = 0;
        for (int c = 0; c < way.length; c++) {
            way[c] = by.nextGaussian();
            squares += way[c] * way[c];
        }
        var point = new float[from.length];
        for (int c = 0; c < point.length; c++) point[c] = (float) (from[c] + way[c] * length / Math.sqrt(squares));
        return point;
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
