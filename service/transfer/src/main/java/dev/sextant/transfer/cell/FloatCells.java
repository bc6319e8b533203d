package dev.sextant.transfer.cell;

import com.fasterxml.jackson.core.JsonParser;
import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import java.io.IOException;
import java.util.Arrays;

final class FloatCells extends Cells {
    private float[] values = new float[64];
    private int count;

    static float number(JsonParser parser) throws IOException {
        if (!parser.currentToken().isNumeric()) throw wrong("a number", parser);
        return parser.getFloatValue();
    }

    private void add(float value) {
        if (count == values.length) values = Arrays.copyOf(values, 2 * count);
        values[count++] = value;
    }

    @Override
    void takeJson(JsonParser parser) throws IOException {
        add(number(parser));
    }

    @Override
    void takeText(String cell) {
        add((float) DoubleCells.number(cell));
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
        var column = new Column.Floats(Arrays.copyOf(values, count), absent);
        count = 0;
        return column;
    }
}
