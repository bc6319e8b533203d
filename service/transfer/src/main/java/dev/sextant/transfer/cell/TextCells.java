package dev.sextant.transfer.cell;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

final class TextCells extends Cells {
    private static final byte[] NOTHING = new byte[0];

    private final int most;
    private Slices.Builder values = new Slices.Builder(64);
    private long bytes;

    TextCells(int most) {
        this.most = most;
    }

    private void add(byte[] text) {
        if (text.length > most) throw new Unfit("the text has " + text.length + " bytes, max_length is " + most);
        values.add(text);
        bytes += text.length + 4;
    }

    @Override
    void takeJson(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) throw wrong("a text", parser);
        takeText(parser.getText());
    }

    @Override
    void takeText(String cell) {
        add(cell.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    void takeNull() {
        add(NOTHING);
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    Column build(Nulls absent) {
        var column = new Column.Texts(values.build(), absent);
        values = new Slices.Builder(64);
        bytes = 0;
        return column;
    }
}
