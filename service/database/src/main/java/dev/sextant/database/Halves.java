package dev.sextant.database;

import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Refusal.InvalidRow.Fault;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.util.function.IntUnaryOperator;

/// Vectors of 32-bit numbers made into vectors of 16-bit numbers, for fields that keep those. Rounds to the nearest,
/// ties to even.
final class Halves {
    private Halves() {}

    static Column fitted(Field field, Column column) {
        if (column instanceof Column.Lists(var ends, Column.Dense elements, var nulls)
                && field.type().isVectors())
            return new Column.Lists(
                    ends,
                    fitted(
                            field.name(),
                            field.type().vector().type(),
                            elements,
                            element -> Values.rowOf((Column.Lists) column, element)),
                    nulls);
        if (!(field.type() instanceof FieldType.Vector(var kept, _)) || !(column instanceof Column.Dense dense))
            return column;
        return fitted(field.name(), kept, dense, IntUnaryOperator.identity());
    }

    /// @param rowOf the row of a vector
    private static Column.Dense fitted(String field, VectorType kept, Column.Dense dense, IntUnaryOperator rowOf) {
        if (dense.type() == kept) return dense;
        // Before the conversion: afterwards it could not be told what came.
        Values.checkFloats(field, dense, rowOf);
        int numbers = (int) (dense.bytes().byteSize() / Float.BYTES);
        var bytes = MemorySegment.ofArray(new byte[2 * numbers]);
        for (int i = 0; i < numbers; i++) {
            float number = dense.bytes().get(Column.LITTLE_FLOAT, 4L * i);
            short half = kept == VectorType.FLOAT16 ? Float.floatToFloat16(number) : brain(number);
            if (isInfinite(kept, half))
                throw Intake.refused(
                        field,
                        rowOf.applyAsInt(i / dense.dimension()),
                        Fault.OUT_OF_RANGE,
                        Float.toString(number),
                        kept == VectorType.FLOAT16 ? "[-65504, 65504]" : "a number that fits into bfloat16");
            bytes.set(Bytes.SHORT, 2L * i, half);
        }
        return new Column.Dense(kept, dense.dimension(), bytes, dense.nulls());
    }

    private static short brain(float number) {
        int bits = Float.floatToRawIntBits(number);
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    private static boolean isInfinite(VectorType type, short half) {
        int exponent = type == VectorType.FLOAT16 ? 0x7c00 : 0x7f80;
        return (half & exponent) == exponent;
    }
}
