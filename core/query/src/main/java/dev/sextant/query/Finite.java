package dev.sextant.query;

import dev.sextant.model.Column;
import dev.sextant.model.Refusal.InvalidRow;
import dev.sextant.model.Refusal.InvalidRow.Fault;
import dev.sextant.model.Refused;
import dev.sextant.model.VectorType;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Vectors that are searched for must be what vectors that are stored are: finite, and sparse ones well formed.
/// Otherwise every score is no number, and an empty answer would say that nothing is there.
final class Finite {
    private static final ValueLayout.OfShort LITTLE =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int CELL_BYTES = 8;
    private static final long NO_INDEX = 0xffffffffL;

    private Finite() {}

    static void check(String field, Column.Dense queries) {
        int width = queries.type() == VectorType.FLOAT32 ? 4 : 2;
        switch (queries.type()) {
            case FLOAT32, FLOAT16, BFLOAT16 -> {
                int numbers = (int) (queries.bytes().byteSize() / width);
                for (int i = 0; i < numbers; i++) check(field, i / queries.dimension(), number(queries, i));
            }
            case INT8, BINARY, SPARSE -> {} // every byte is a value
        }
    }

    private static float number(Column.Dense queries, int at) {
        return switch (queries.type()) {
            case FLOAT16 -> Float.float16ToFloat(queries.bytes().get(LITTLE, 2L * at));
            case BFLOAT16 -> Float.intBitsToFloat(queries.bytes().get(LITTLE, 2L * at) << 16);
            case FLOAT32, INT8, BINARY, SPARSE -> queries.bytes().get(Column.LITTLE_FLOAT, 4L * at);
        };
    }

    private static void check(String field, int row, float value) {
        if (Float.isFinite(value)) return;
        var text = Float.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        throw new Refused(new InvalidRow(field, row, Fault.NOT_A_NUMBER, text, "a finite number"));
    }

    static void check(String field, Column.Sparse queries) {
        var cells = queries.cells();
        var bytes = ByteBuffer.wrap(cells.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < cells.count(); row++) {
            if (queries.isNull(row)) continue;
            if (cells.length(row) % CELL_BYTES != 0)
                throw malformed(field, row, cells.length(row) + " bytes", "whole cells of 8 bytes");
            long before = -1;
            for (int at = cells.start(row); at < cells.end(row); at += CELL_BYTES) {
                long index = Integer.toUnsignedLong(bytes.getInt(at));
                if (index <= before)
                    throw malformed(
                            field, row, "index " + index + " after " + before, "indices in strictly ascending order");
                if (index == NO_INDEX) throw malformed(field, row, "index " + index, "indices below " + NO_INDEX);
                check(field, row, bytes.getFloat(at + 4));
                before = index;
            }
        }
    }

    private static Refused malformed(String field, int row, String received, String expected) {
        return new Refused(new InvalidRow(field, row, Fault.MALFORMED_SPARSE, received, expected));
    }
}
