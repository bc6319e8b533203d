package dev.sextant.gateway.exchange;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.sextant.model.Column;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Floats for a field of half floats: clients may send either.
public final class HalfFloats {
    private static final ValueLayout.OfShort LITTLE = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private HalfFloats() {}

    public static Column.Dense of(Column.Dense floats, VectorType type) {
        long count = floats.bytes().byteSize() / Float.BYTES;
        var halves = MemorySegment.ofArray(new byte[Math.toIntExact(2 * count)]);
        for (long i = 0; i < count; i++) {
            float value = floats.bytes().get(Column.LITTLE_FLOAT, i * Float.BYTES);
            halves.set(LITTLE, 2 * i, type == VectorType.FLOAT16 ? Float.floatToFloat16(value) : bfloat16(value));
        }
        return new Column.Dense(type, floats.dimension(), halves, floats.nulls());
    }

    /// To the nearest, ties to even.
    public static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.isNaN(value) ? (short) (bits >>> 16 | 0x40) : (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }
}
