package dev.sextant.transfer.cell;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import java.io.IOException;
import java.util.Arrays;

final class LongCells extends Cells {
    private long[] values = new long[64];
    private int count;

    static long whole(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) throw wrong("an integer", parser);
        return whole(parser.getText());
    }

    static long whole(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException none) {
            throw new Unfit("expected an integer of 64 bits, got '" + brief(text) + "'");
        }
    }

    private void add(long value) {
        if (count == values.length) values = Arrays.copyOf(values, 2 * count);
        values[count++] = value;
    }

    @Override
    void takeJson(JsonParser parser) throws IOException {
        add(whole(parser));
    }

    @Override
    void takeText(String cell) {
        add(whole(cell));
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
        var column = new Column.Longs(Arrays.copyOf(values, count), absent);
        count = 0;
        return column;
    }
}
