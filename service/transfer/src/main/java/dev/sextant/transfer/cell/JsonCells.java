package dev.sextant.transfer.cell;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.model.Column;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// JSON values: as they stand, or as a text that holds them.
public final class JsonCells extends Cells {
    private static final int MOST_BYTES = 1 << 20;
    private static final byte[] NOTHING = new byte[0];

    private Slices.Builder values = new Slices.Builder(64);
    private long bytes;

    private void add(byte[] text) {
        values.add(text);
        bytes += text.length + 4;
    }

    @Override
    void takeJson(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) takeText(parser.getText());
        else add(copy(parser));
    }

    /// The value that the parser stands at, as its text.
    static byte[] copy(JsonParser parser) throws IOException {
        var out = new Bounded(MOST_BYTES);
        try (var generator = JSON.createGenerator(out)) {
            generator.copyCurrentStructureExact(parser);
        }
        return out.toByteArray();
    }

    /// Whether it is JSON is checked with the row.
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
        var column = new Column.Jsons(values.build(), absent);
        values = new Slices.Builder(64);
        bytes = 0;
        return column;
    }
}
