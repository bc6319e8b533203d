package dev.sextant.transfer.read;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.transfer.cell.Cells;
import dev.sextant.transfer.cell.Unfit;
import dev.sextant.transfer.cell.Unreadable;
import dev.sextant.transfer.source.Source;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/// Rows as JSON objects: a list of them, `{"rows": [...]}`, or one after the other in lines.
final class JsonRows extends TextRows {
    private final JsonParser parser;
    private final boolean lines;
    private boolean wrapped;
    private boolean ended;

    JsonRows(Source source, Schema schema, boolean lines, long memoryBytes) throws IOException {
        super(source, schema, memoryBytes);
        this.lines = lines;
        parser = Cells.JSON.createParser(stream);
        if (!lines) begin();
    }

    private void begin() throws IOException {
        try {
            var first = parser.nextToken();
            if (first == JsonToken.START_ARRAY) return;
            if (first != JsonToken.START_OBJECT)
                throw new Unfit("expected a list of rows, or an object with the key \"rows\"");
            wrapped = true;
            if (parser.nextToken() != JsonToken.FIELD_NAME
                    || !parser.currentName().equals("rows")) throw new Unfit("expected the key \"rows\"");
            if (parser.nextToken() != JsonToken.START_ARRAY) throw new Unfit("expected a list of rows under \"rows\"");
        } catch (JsonProcessingException malformed) {
            throw broken(malformed);
        }
    }

    private static IOException broken(JsonProcessingException malformed) {
        var where = malformed.getLocation();
        return Unreadable.broken("the file is no JSON: " + Unreadable.reason(malformed)
                + (where == null ? "" : ", line " + where.getLineNr() + ", column " + where.getColumnNr()));
    }

    @Override
    Optional<Rows> read() throws IOException {
        try {
            while (!ended && !isFull()) row();
        } catch (JsonProcessingException malformed) {
            throw broken(malformed);
        }
        return slots.take();
    }

    private void row() throws IOException {
        var token = parser.nextToken();
        if (token == null || token == JsonToken.END_ARRAY) {
            if (token == null && !lines) throw Unreadable.broken("the file ends in the middle of its rows");
            if (token != null && lines) throw new Unfit("expected a row, an object");
            if (wrapped && parser.nextToken() != JsonToken.END_OBJECT)
                throw new Unfit("there is more than \"rows\" in the file");
            ended = true;
            return;
        }
        if (token != JsonToken.START_OBJECT) throw new Unfit("expected a row, an object");
        while (parser.nextToken() == JsonToken.FIELD_NAME) value(parser.currentName());
        slots.endRow();
    }

    private void value(String name) throws IOException {
        parser.nextToken();
        var slot = slots.slot(name);
        if (slot.isPresent()) {
            slots.checkFirst(slot.get());
            try {
                slot.get().cells.json(parser);
            } catch (Unfit why) {
                throw new Unfit("field '" + name + "': " + why.getMessage());
            }
        } else if (slots.meta().isPresent()) slots.meta().get().json(name, parser);
        else parser.skipChildren();
    }

    @Override
    Closeable reader() {
        return parser;
    }
}
