package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NewcomerTest {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    private MemorySegment row(int dimension, VectorType type) {
        var row = MemorySegment.ofArray(new byte[type.rowBytes(dimension)]);
        if (type == VectorType.BINARY)
            for (int at = 0; at < dimension / 8; at++) row.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt());
        else
            for (int c = 0; c < dimension; c++) {
                float value = (float) random.nextGaussian(3, 20);
                switch (type) {
                    case FLOAT32 -> row.set(FLOAT, 4L * c, value);
                    case FLOAT16 -> row.set(SHORT, 2L * c, Float.floatToFloat16(value));
                    case BFLOAT16 -> row.set(SHORT, 2L * c, (short) (Float.floatToRawIntBits(value) >>> 16));
                    case INT8 -> row.set(ValueLayout.JAVA_BYTE, c, (byte) Math.clamp((int) value, -100, 100));
                    default -> throw new AssertionError(type);
                }
            }
        return row;
    }

    private static double apart(MemorySegment one, MemorySegment other, int dimension, VectorType type) {
        double squares = 0;
        int bits = 0;
        for (int c = 0; c < dimension; c++)
            switch (type) {
                case FLOAT32 -> squares += square(one.get(FLOAT, 4L * c) - other.get(FLOAT, 4L * c));
                case FLOAT16 ->
                    squares += square(Float.float16ToFloat(one.get(SHORT, 2L * c))
                            - Float.float16ToFloat(other.get(SHORT, 2L * c)));
                case BFLOAT16 ->
                    squares += square(Float.intBitsToFloat(one.get(SHORT, 2L * c) << 16)
                            - Float.intBitsToFloat(other.get(SHORT, 2L * c) << 16));
                case INT8 -> squares += square(one.get(ValueLayout.JAVA_BYTE, c) - other.get(ValueLayout.JAVA_BYTE, c));
                default ->
                    bits += (one.get(ValueLayout.JAVA_BYTE, c / 8) ^ other.get(ValueLayout.JAVA_BYTE, c / 8)) >>> c % 8
                            & 1;
            }
        return type == VectorType.BINARY ? bits : Math.sqrt(squares);
    }

    private static double square(double value) {
        return value * value;
    }

    @Test
    void liesBeyondItsRowAwayFromTheOther() {
        System.out.println("seed " + seed);
        for (var type : VectorType.values()) {
            if (!type.isDense()) continue;
            for (int i = 0; i < 20; i++) {
                int dimension = 8 * random.nextInt(1, 60);
                MemorySegment row = row(dimension, type), other = row(dimension, type);
                var point = MemorySegment.ofArray(row.toArray(ValueLayout.JAVA_BYTE));
                var metric = type == VectorType.BINARY ? Metric.HAMMING : Metric.L2;
                Newcomer.move(point, other, dimension, type, metric, random);
                double between = apart(row, other, dimension, type), found = apart(row, point, dimension, type);
                // A bit may be met twice, and a byte ends at 127.
                if (type == VectorType.BINARY || type == VectorType.INT8)
                    assertThat(found).isBetween(0.0, 0.75 * between + 1 + 0.3 * Math.sqrt(dimension));
                else {
                    assertThat(found)
                            .as("%s of %d, seed %d", type, dimension, seed)
                            .isCloseTo(0.75 * between, within(0.02 * between + 0.1));
                    assertThat(apart(other, point, dimension, type))
                            .isCloseTo(1.75 * between, within(0.03 * between + 0.2));
                }
            }
        }
    }

    @Test
    void whereLengthsDoNotTellWhatIsNearALongOneDoesNotPushItAway() {
        System.out.println("seed " + seed);
        for (var metric : new Metric[] {Metric.IP, Metric.COSINE})
            for (int i = 0; i < 20; i++) {
                int dimension = random.nextInt(2, 100);
                MemorySegment row = row(dimension, VectorType.FLOAT32), other = row(dimension, VectorType.FLOAT32);
                for (int c = 0; c < dimension; c++) other.set(FLOAT, 4L * c, 1000 * other.get(FLOAT, 4L * c));
                var point = MemorySegment.ofArray(row.toArray(ValueLayout.JAVA_BYTE));
                Newcomer.move(point, other, dimension, VectorType.FLOAT32, metric, random);
                var nothing = MemorySegment.ofArray(new byte[4 * dimension]);
                double length = apart(row, nothing, dimension, VectorType.FLOAT32);
                assertThat(apart(row, point, dimension, VectorType.FLOAT32))
                        .as("seed %d", seed)
                        .isLessThanOrEqualTo(1.501 * length);
            }
    }

    @Test
    void aRowBesideItsCopyStaysWhereItIs() {
        var row = row(16, VectorType.FLOAT32);
        var point = MemorySegment.ofArray(row.toArray(ValueLayout.JAVA_BYTE));
        Newcomer.move(point, row, 16, VectorType.FLOAT32, Metric.L2, random);
        assertThat(point.mismatch(row)).isEqualTo(-1);
    }
}
