package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.gateway.exchange.JsonTexts;
import dev.sextant.geometry.Shapes;
import dev.sextant.model.Column;
import dev.sextant.model.Field;
import dev.sextant.model.Rows;
import dev.sextant.model.Slices;
import dev.sextant.model.Struct;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;

/// Columns as JSON rows.
///
/// @param textLongs whether integers of 64 bits are written as texts, for clients that know doubles alone
record RowsOut(boolean textLongs) {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    /// The cells of one row, as members of the object at hand.
    void members(JsonGenerator json, Rows rows, int row) throws IOException {
        var written = new HashSet<String>(); // structs
        for (var each : rows.columns().entrySet()) {
            if (each.getKey().equals(Field.DYNAMIC_NAME) && each.getValue() instanceof Column.Jsons dynamic) {
                if (!dynamic.isNull(row)) spread(json, dynamic.values(), row);
                continue;
            }
            if (Struct.isPart(each.getKey())) {
                var name = each.getKey().substring(0, each.getKey().indexOf('['));
                if (written.add(name)) struct(json, Struct.of(name), rows, row);
                continue;
            }
            json.writeFieldName(each.getKey());
            cell(json, each.getValue(), row);
        }
    }

    /// A list of objects, each with the fields of the struct that are here.
    private void struct(JsonGenerator json, Struct struct, Rows rows, int row) throws IOException {
        var parts = new LinkedHashMap<String, Column.Lists>();
        rows.columns().forEach((name, column) -> {
            if (struct.owns(name)) parts.put(struct.subOf(name), (Column.Lists) column);
        });
        var shape = parts.values().iterator().next();
        json.writeFieldName(struct.name());
        if (shape.isNull(row)) {
            json.writeNull();
            return;
        }
        json.writeStartArray();
        for (int element = 0; element < shape.length(row); element++) {
            json.writeStartObject();
            for (var part : parts.entrySet()) {
                json.writeFieldName(part.getKey());
                cell(json, part.getValue().elements(), part.getValue().start(row) + element);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /// The keys of the dynamic field stand among the others.
    private static void spread(JsonGenerator json, Slices values, int row) throws IOException {
        try (var parser = JsonTexts.JSON.createParser(values.bytes(), values.start(row), values.length(row))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) return;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                json.writeFieldName(parser.currentName());
                parser.nextToken();
                json.copyCurrentStructure(parser);
            }
        }
    }

    void cell(JsonGenerator json, Column column, int row) throws IOException {
        if (column.isNull(row)) {
            json.writeNull();
            return;
        }
        switch (column) {
            case Column.Bools(var values, _) -> json.writeBoolean(values[row]);
            case Column.Ints(var values, _) -> json.writeNumber(values[row]);
            case Column.Longs(var values, _) -> {
                if (textLongs) json.writeString(Long.toString(values[row]));
                else json.writeNumber(values[row]);
            }
            case Column.Floats(var values, _) -> json.writeNumber(values[row]);
            case Column.Doubles(var values, _) -> json.writeNumber(values[row]);
            case Column.Texts(var values, _) -> text(json, values, row);
            case Column.Jsons(var values, _) -> text(json, values, row);
            case Column.Shapes(var values, _) ->
                json.writeString(Shapes.wkt(values.bytes(), values.start(row), values.end(row)));
            case Column.Lists lists -> {
                json.writeStartArray();
                for (int at = lists.start(row); at < lists.ends()[row]; at++) cell(json, lists.elements(), at);
                json.writeEndArray();
            }
            case Column.Dense dense -> dense(json, dense, row);
            case Column.Sparse(var cells, _) -> sparse(json, cells, row);
        }
    }

    private static void text(JsonGenerator json, Slices values, int row) throws IOException {
        json.writeUTF8String(values.bytes(), values.start(row), values.length(row));
    }

    private static void dense(JsonGenerator json, Column.Dense dense, int row) throws IOException {
        long start = (long) row * dense.rowBytes();
        switch (dense.type()) {
            case FLOAT32 -> {
                json.writeStartArray();
                for (int i = 0; i < dense.dimension(); i++)
                    json.writeNumber(dense.bytes().get(Column.LITTLE_FLOAT, start + 4L * i));
                json.writeEndArray();
            }
            case INT8 -> {
                json.writeStartArray();
                for (int i = 0; i < dense.dimension(); i++)
                    json.writeNumber(dense.bytes().get(BYTE, start + i));
                json.writeEndArray();
            }
            // As Milvus does: these have no plain spelling in JSON.
            case FLOAT16, BFLOAT16, BINARY ->
                json.writeString(Base64.getEncoder()
                        .encodeToString(
                                dense.bytes().asSlice(start, dense.rowBytes()).toArray(BYTE)));
            case SPARSE -> throw new IllegalArgumentException("a sparse vector is not dense");
        }
    }

    private static void sparse(JsonGenerator json, Slices cells, int row) throws IOException {
        var bytes = java.nio.ByteBuffer.wrap(cells.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        json.writeStartObject();
        for (int at = cells.start(row); at + 8 <= cells.end(row); at += 8) {
            json.writeFieldName(Integer.toUnsignedString(bytes.getInt(at)));
            json.writeNumber(bytes.getFloat(at + 4));
        }
        json.writeEndObject();
    }
}
