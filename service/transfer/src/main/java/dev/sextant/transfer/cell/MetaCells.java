package dev.sextant.transfer.cell;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Nulls;
import dev.sextant.model.Slices;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/// The dynamic field: an object a row, put together from `$meta` and from whatever the schema does not name.
public final class MetaCells {
    private static final int MOST_BYTES = 1 << 20;

    private Slices.Builder values = new Slices.Builder(64);
    private long bytes;
    private final Set<String> names = new HashSet<>(); // of this row
    private final Bounded row = new Bounded(MOST_BYTES);
    private JsonGenerator generator = begin();

    private JsonGenerator begin() {
        try {
            var fresh = Cells.JSON.createGenerator(row);
            fresh.writeStartObject();
            return fresh;
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// A value that stands beside the fields of the schema; `$meta` itself holds many.
    public void json(String name, JsonParser parser) throws IOException {
        if (!name.equals(Field.DYNAMIC_NAME)) {
            name(name);
            generator.copyCurrentStructureExact(parser);
        } else if (parser.currentToken() == JsonToken.VALUE_STRING) whole(parser.getText());
        else if (parser.currentToken() != JsonToken.VALUE_NULL) members(parser);
    }

    public void text(String name, String value) {
        try {
            if (name.equals(Field.DYNAMIC_NAME)) whole(value);
            else {
                name(name);
                generator.writeString(value);
            }
        } catch (IOException malformed) {
            throw new Unfit(Cells.brief(value) + " is no JSON: " + Unreadable.reason(malformed));
        }
    }

    private void whole(String text) throws IOException {
        if (text.isBlank()) return;
        try (var parser = Cells.JSON.createParser(text)) {
            parser.nextToken();
            members(parser);
            if (parser.nextToken() != null) throw new Unfit("there is more after the object: " + Cells.brief(text));
        }
    }

    private void members(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) throw Cells.wrong("an object", parser);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            name(parser.currentName());
            parser.nextToken();
            generator.copyCurrentStructureExact(parser);
        }
    }

    private void name(String name) throws IOException {
        if (!names.add(name)) throw new Unfit("the key '" + name + "' comes twice");
        generator.writeFieldName(name);
    }

    /// The row is complete.
    public void end() {
        try {
            generator.writeEndObject();
            generator.close();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        values.add(row.toByteArray());
        bytes += row.size() + 4L;
        row.reset();
        names.clear();
        generator = begin();
    }

    public long bytes() {
        return bytes;
    }

    public Column build() {
        var column = new Column.Jsons(values.build(), Nulls.NONE);
        values = new Slices.Builder(64);
        bytes = 0;
        return column;
    }
}
