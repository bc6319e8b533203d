package dev.sextant.transfer.cell;

import com.fasterxml.jackson.core.JsonParser;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Nulls;
import java.io.IOException;
import java.util.Arrays;

/// Integers of 8, 16 and 32 bits.
final class IntCells extends Cells {
    private final Primitive type;
    private final int least;
    private final int most;
    private int[] values = new int[64];
    private int count;

    IntCells(Primitive type) {
        this.type = type;
        least = switch (type) {
            case INT8 -> Byte.MIN_VALUE;
            case INT16 -> Short.MIN_VALUE;
            default -> Integer.MIN_VALUE;
        };
        most = -least - 1;
    }

    private void add(long value) {
        if (value < least || value > most) throw new Unfit(value + " is out of the range of " + type);
        if (count == values.length) values = Arrays.copyOf(values, 2 * count);
        values[count++] = (int) value;
    }

    @Override
    void takeJson(JsonParser parser) throws IOException {
        add(LongCells.whole(parser));
    }

    @Override
    void takeText(String cell) {
        add(LongCells.whole(cell));
    }

    @Override
    void takeNull() {
        add(0);
    }

    @Override
    public long bytes() {
        return 4L * count;
    }

    @Override
    Column build(Nulls absent) {
        var column = new Column.Ints(Arrays.copyOf(values, count), absent);
        count = 0;
        return column;
    }
}
