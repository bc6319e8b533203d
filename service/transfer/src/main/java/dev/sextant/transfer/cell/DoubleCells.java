package dev.sextant.transfer.cell;

import com.fasterxml.jackson.core.JsonParser;
import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import java.io.IOException;
import java.util.Arrays;

final class DoubleCells extends Cells {
    private double[] values = new double[64];
    private int count;

    static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException none) {
            throw new Unfit("expected a number, got '" + brief(text) + "'");
        }
    }

    private void add(double value) {
        if (count == values.length) values = Arrays.copyOf(values, 2 * count);
        values[count++] = value;
    }

    @Override
    void takeJson(JsonParser parser) throws IOException {
        if (!parser.currentToken().isNumeric()) throw wrong("a number", parser);
        add(parser.getDoubleValue());
    }

    @Override
    void takeText(String cell) {
        add(number(cell));
    }

    @Override
    void takeNull() {
        add(0);
    }

    @Override
    public long bytes() {
        return 8L * count;
    }

    @Override
    Column build(Nulls absent) {
        var column = new Column.Doubles(Arrays.copyOf(values, count), absent);
        count = 0;
        return column;
    }
}
