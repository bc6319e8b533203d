package dev.sextant.cli.bench;

import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// What a row of floats is stored as, so that one data set serves indexes over all kinds of vectors.
public enum Form {
    /// As it is.
    FLOATS(VectorType.FLOAT32),
    /// A bit for each component, set where it is above the mean of its row.
    BITS(VectorType.BINARY),
    /// Its components that are not 0.
    CELLS(VectorType.SPARSE);

    private final VectorType type;

    Form(VectorType type) {
        this.type = type;
    }

    VectorType type() {
        return type;
    }

    /// Of the field: bits come in whole bytes.
    int dimension(int components) {
        return switch (this) {
            case FLOATS -> components;
            case BITS -> components + 7 & -8;
            case CELLS -> 0;
        };
    }

    Column column(int components, float[] rows) {
        return switch (this) {
            case FLOATS -> Column.Dense.of(components, rows);
            case BITS -> bits(components, rows);
            case CELLS -> cells(components, rows);
        };
    }

    private Column bits(int components, float[] rows) {
        int count = rows.length / components, bytes = dimension(components) / 8;
        var bits = new byte[count * bytes];
        for (int row = 0; row < count; row++) {
            double sum = 0;
            for (int c = 0; c < components; c++) sum += rows[row * components + c];
            for (int c = 0; c < components; c++)
                if (rows[row * components + c] * components > sum) bits[row * bytes + c / 8] |= (byte) (1 << c % 8);
        }
        return new Column.Dense(VectorType.BINARY, dimension(components), MemorySegment.ofArray(bits), Nulls.NONE);
    }

    private static Column cells(int components, float[] rows) {
        var cells = ByteBuffer.allocate(8 * components).order(ByteOrder.LITTLE_ENDIAN);
        var all = new Slices.Builder(rows.length / components);
        for (int from = 0; from < rows.length; from += components) {
            cells.clear();
            for (int c = 0; c < components; c++)
                if (rows[from + c] != 0) cells.putInt(c).putFloat(rows[from + c]);
            all.add(cells.array(), 0, cells.position());
        }
        return new Column.Sparse(all.build(), Nulls.NONE);
    }
}
