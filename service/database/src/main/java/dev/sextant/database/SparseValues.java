package dev.sextant.database;

import static dev.sextant.database.Intake.refused;

import dev.sextant.model.Column;
import dev.sextant.model.Refusal.InvalidRow.Fault;
import dev.sextant.model.Slices;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The rules of sparse vectors: whole cells, indices strictly ascending and below 2^32 - 1, values finite and not
/// negative. A vector without cells is one.
final class SparseValues {
    private static final int CELL_BYTES = 8;
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private SparseValues() {}

    static void check(String field, Column.Sparse column) {
        var cells = column.cells();
        for (int row = 0; row < cells.count(); row++) {
            if (column.isNull(row)) continue;
            if (cells.length(row) % CELL_BYTES != 0)
                throw wrong(field, row, cells.length(row) + " bytes", "whole cells of 8 bytes");
            check(field, row, cells);
        }
    }

    private static void check(String field, int row, Slices cells) {
        long before = -1;
        for (int at = cells.start(row); at < cells.end(row); at += CELL_BYTES) {
            long index = Integer.toUnsignedLong((int) INTS.get(cells.bytes(), at));
            float value = Float.intBitsToFloat((int) INTS.get(cells.bytes(), at + 4));
            if (index <= before)
                throw wrong(field, row, "index " + index + " after " + before, "indices in strictly ascending order");
            if (index == 0xffffffffL) throw wrong(field, row, "index " + index, "indices below 4294967295");
            if (!Float.isFinite(value)) throw Values.notFinite(field, row, value);
            if (value < 0) throw wrong(field, row, "value " + value, "values that are not negative");
            before = index;
        }
    }

    private static RuntimeException wrong(String field, int row, String received, String expected) {
        return refused(field, row, Fault.MALFORMED_SPARSE, received, expected);
    }
}
