package dev.sextant.transfer.cell;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.Schema;
import dev.sextant.model.Struct;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// The arrays of one struct: lists of objects, each with every field of it. Builds a column for each field.
public final class StructCells extends Cells {
    private final Struct struct;
    private final Map<String, Cells> elements = new LinkedHashMap<>(); // by the name inside the struct
    private final int most;
    private int[] ends = new int[64];
    private int count;
    private int total;
    private Map<String, Column> built = Map.of();

    public StructCells(Struct struct, Schema schema) {
        this.struct = struct;
        int capacity = 0;
        for (var field : schema.fieldsOf(struct)) {
            var array = (FieldType.Array) field.type();
            elements.put(struct.subOf(field.name()), Cells.of(array.element()));
            capacity = array.maxElements();
        }
        most = capacity;
    }

    /// The columns so far, by the names of fields; new ones begin.
    public Map<String, Column> columns() {
        build();
        return built;
    }

    private void end() {
        if (count == ends.length) ends = Arrays.copyOf(ends, 2 * count);
        ends[count++] = total;
    }

    @Override
    void takeJson(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) throw wrong("a list of objects", parser);
        for (int length = 0; parser.nextToken() != JsonToken.END_ARRAY; length++) {
            if (length == most) throw new Unfit("the array has more elements than max_capacity, " + most);
            element(parser);
        }
        end();
    }

    private void element(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) throw wrong("an object", parser);
        total++;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var name = parser.currentName();
            var cells = elements.get(name);
            if (cells == null) throw new Unfit("the struct has no field '" + name + "'");
            if (parser.nextToken() == JsonToken.VALUE_NULL) throw new Unfit("'" + name + "' of an element is null");
            try {
                cells.json(parser);
            } catch (Unfit why) {
                throw new Unfit("'" + name + "' of an element: " + why.getMessage());
            }
        }
        elements.forEach((name, cells) -> {
            if (cells.rows() != total) throw new Unfit("value of '" + name + "' of an element is missed");
        });
    }

    @Override
    void takeText(String cell) {
        takeJsonText(cell);
    }

    @Override
    void takeNull() {
        end();
    }

    @Override
    public long bytes() {
        return 4L * count + elements.values().stream().mapToLong(Cells::bytes).sum();
    }

    @Override
    Column build(Nulls absent) {
        var columns = new LinkedHashMap<String, Column>();
        var all = Arrays.copyOf(ends, count);
        elements.forEach(
                (name, cells) -> columns.put(struct.nameOf(name), new Column.Lists(all, cells.build(), absent)));
        built = columns;
        count = 0;
        total = 0;
        return columns.values().iterator().next();
    }
}
