package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.Struct;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;

/// The arrays of one struct as lists of JSON objects, each with every field of it.
final class StructsIn {
    private final Struct struct;
    private final Map<String, CellsIn> elements = new LinkedHashMap<>(); // by the name inside the struct
    private final BitSet nulls = new BitSet();
    private int[] ends = new int[16];
    private int rows;
    private int total;
    private boolean any;

    StructsIn(Struct struct, Schema schema) {
        this.struct = struct;
        for (var field : schema.fieldsOf(struct))
            elements.put(
                    struct.subOf(field.name()), CellsIn.of(field.name(), ((FieldType.Array) field.type()).element()));
    }

    int rows() {
        return rows;
    }

    /// Reads one cell, with the parser on its first token; leaves it on its last.
    void read(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            any = true;
            skip();
            return;
        }
        if (parser.currentToken() != JsonToken.START_ARRAY) throw wrong("a list of objects", parser);
        any = true;
        while (parser.nextToken() != JsonToken.END_ARRAY) element(parser);
        end();
    }

    private void element(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) throw wrong("an object", parser);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var name = parser.currentName();
            var cells = elements.get(name);
            if (cells == null || cells.rows() > total) throw wrong("each field of the struct once", parser);
            if (parser.nextToken() == JsonToken.VALUE_NULL) throw wrong("a value for '" + name + "'", parser);
            cells.read(parser);
        }
        total++;
        elements.forEach((name, cells) -> {
            if (cells.rows() < total)
                throw Trouble.data("field '" + struct.name() + "', row " + rows + ": an element lacks '" + name + "'");
        });
    }

    private void skip() {
        nulls.set(rows);
        end();
    }

    private void end() {
        if (rows == ends.length) ends = Arrays.copyOf(ends, 2 * rows);
        ends[rows++] = total;
    }

    void fillTo(int row) {
        while (rows < row) skip();
    }

    /// The columns of its fields, if any row had a value.
    void into(Rows.Builder all) {
        if (!any) return;
        var absent = Nulls.of((BitSet) nulls.clone());
        elements.forEach((name, cells) ->
                all.with(struct.nameOf(name), new Column.Lists(Arrays.copyOf(ends, rows), cells.column(), absent)));
    }

    private RuntimeException wrong(String expected, JsonParser parser) throws IOException {
        return Trouble.data("field '" + struct.name() + "', row " + rows + ": " + expected + " is expected, got "
                + parser.getText());
    }
}
