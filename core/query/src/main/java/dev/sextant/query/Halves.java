package dev.sextant.query;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.sextant.model.Column;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Float vectors as half floats, rounded to the nearest.
final class Halves {
    private static final ValueLayout.OfShort LITTLE = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Halves() {}

    /// The same vectors as `type`; unchanged when that is no half float.
    static Column.Dense of(Column.Dense floats, VectorType type) {
        if (type != VectorType.FLOAT16 && type != VectorType.BFLOAT16) return floats;
        long count = floats.bytes().byteSize() / Float.BYTES;
        var halves = MemorySegment.ofArray(new byte[(int) (2 * count)]);
        for (long i = 0; i < count; i++) {
            float value = floats.bytes().get(Column.LITTLE_FLOAT, i * Float.BYTES);
            halves.set(LITTLE, 2 * i, type == VectorType.FLOAT16 ? Float.floatToFloat16(value) : brain(value));
        }
        return new Column.Dense(type, floats.dimension(), halves, floats.nulls());
    }

    private static short brain(float value) {
        int bits = Float.floatToIntBits(value);
        return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
    }
}
