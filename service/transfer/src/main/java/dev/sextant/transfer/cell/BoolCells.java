package dev.sextant.transfer.cell;

import com.fasterxml.jackson.core.JsonParser;
import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

final class BoolCells extends Cells {
    private boolean[] values = new boolean[64];
    private int count;

    private void add(boolean value) {
        if (count == values.length) values = Arrays.copyOf(values, 2 * count);
        values[count++] = value;
    }

    @Override
    void takeJson(JsonParser parser) throws IOException {
        switch (parser.currentToken()) {
            case VALUE_TRUE -> add(true);
            case VALUE_FALSE -> add(false);
            default -> throw wrong("true or false", parser);
        }
    }

    @Override
    void takeText(String cell) {
        switch (cell.strip().toLowerCase(Locale.ROOT)) {
            case "true", "t", "1" -> add(true);
            case "false", "f", "0" -> add(false);
            default -> throw new Unfit("expected true or false, got '" + brief(cell) + "'");
        }
    }

    @Override
    void takeNull() {
        add(false);
    }

    @Override
    public long bytes() {
        return count;
    }

    @Override
    Column build(Nulls absent) {
        var column = new Column.Bools(Arrays.copyOf(values, count), absent);
        count = 0;
        return column;
    }
}
