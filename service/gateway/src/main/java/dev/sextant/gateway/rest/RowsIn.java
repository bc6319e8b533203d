package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.gateway.exchange.JsonTexts;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.Nulls;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.Slices;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// Rows as JSON objects, turned into columns in one pass. What the schema does not name goes into the dynamic field,
/// where there is one.
final class RowsIn {
    private final Map<String, CellsIn> cells = new LinkedHashMap<>();
    private final Map<String, StructsIn> structs = new LinkedHashMap<>();
    private final boolean dynamic;
    private final Slices.Builder rest = new Slices.Builder(16);
    private int rows;

    private RowsIn(Schema schema) {
        dynamic = schema.dynamic().isPresent();
        for (var field : schema.plainFields())
            if (!field.has(Trait.DYNAMIC) && !field.isNamespace())
                cells.put(field.name(), CellsIn.of(field.name(), field.type()));
        for (var struct : schema.structs()) structs.put(struct.name(), new StructsIn(struct, schema));
    }

    static Rows of(Schema schema, Body body, String name) {
        var in = new RowsIn(schema);
        if (body.isList(name)) body.each(name, in::row);
        else if (body.has(name)) body.read(name, in::row);
        else throw Trouble.missing("Key: '" + name + "' is required");
        return in.build();
    }

    private void row(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT)
            throw Trouble.data("a row is a JSON object, got " + parser.getText());
        var unnamed = new ByteArrayOutputStream();
        try (var generator = JsonTexts.JSON.createGenerator(unnamed)) {
            generator.writeStartObject();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var name = parser.currentName();
                parser.nextToken();
                cell(name, parser, generator);
            }
            generator.writeEndObject();
        }
        rows++;
        for (var each : cells.values()) each.fillTo(rows);
        for (var each : structs.values()) each.fillTo(rows);
        rest.add(unnamed.toByteArray());
    }

    private void cell(String name, JsonParser parser, JsonGenerator unnamed) throws IOException {
        var known = cells.get(name);
        var struct = structs.get(name);
        if (struct != null) {
            if (struct.rows() > rows) throw Trouble.data("row " + rows + " has '" + name + "' twice");
            struct.read(parser);
        } else if (known != null) {
            if (known.rows() > rows) throw Trouble.data("row " + rows + " has '" + name + "' twice");
            known.read(parser);
        } else if (dynamic) {
            unnamed.writeFieldName(name);
            unnamed.copyCurrentStructure(parser);
        } else
            throw new Refused(new Refusal.InvalidRow(
                    name, rows, Refusal.InvalidRow.Fault.UNKNOWN_COLUMN, name, "a field of the schema"));
    }

    private Rows build() {
        var all = Rows.of(rows);
        cells.forEach((name, column) -> {
            // A field that no row has: its default, null, or a generated key, as the door decides.
            if (column.hasAny()) all.with(name, column.column());
        });
        structs.values().forEach(struct -> struct.into(all));
        if (dynamic) all.with(Field.DYNAMIC_NAME, new Column.Jsons(rest.build(), Nulls.NONE));
        return all.build();
    }
}
