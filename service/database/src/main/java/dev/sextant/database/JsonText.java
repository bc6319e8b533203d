package dev.sextant.database;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.model.Field;
import dev.sextant.model.Refusal.InvalidRow.Fault;
import dev.sextant.model.Refused;
import dev.sextant.model.Schema;
import dev.sextant.model.Slices;
import java.io.IOException;
import java.util.Optional;

/// Is it JSON, one value and nothing behind it? Checked as a stream: nothing is built.
final class JsonText {
    private static final int SHOWN = 80;
    /// Names are not interned: they come from callers, and there is no end of them.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private JsonText() {}

    static void check(String field, int row, Slices values) {
        try (var parser = open(values, row)) {
            if (parser.nextToken() == null) throw notJson(field, row, values);
            finish(parser, field, row, values);
        } catch (IOException _) {
            throw notJson(field, row, values);
        }
    }

    /// An object, none of whose own keys is called like a field of the schema or `$meta`.
    static void checkObject(String field, int row, Slices values, Optional<Schema> names) {
        try (var parser = open(values, row)) {
            var first = parser.nextToken();
            if (first == null) throw notJson(field, row, values);
            if (first != JsonToken.START_OBJECT)
                throw Intake.refused(field, row, Fault.NOT_AN_OBJECT, shown(values, row), "a JSON object");
            for (var name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                checkName(field, row, name, names);
                parser.nextToken();
                parser.skipChildren();
            }
            finish(parser, field, row, values);
        } catch (IOException _) {
            throw notJson(field, row, values);
        }
    }

    private static void checkName(String field, int row, String name, Optional<Schema> names) {
        var taken = name.equals(Field.DYNAMIC_NAME)
                || names.isPresent()
                        && (names.get().field(name).isPresent()
                                || names.get().struct(name).isPresent());
        if (taken)
            throw Intake.refused(field, row, Fault.DYNAMIC_NAME, name, "keys that no field of the schema is called");
    }

    /// Of the decoded text, never of the bytes: a parser that keeps no table of names reads bytes beyond the end of a
    /// long row, into the next one.
    private static JsonParser open(Slices values, int row) throws IOException {
        return FACTORY.createParser(values.text(row));
    }

    private static void finish(JsonParser parser, String field, int row, Slices values) throws IOException {
        if (parser.currentToken().isStructStart()) parser.skipChildren();
        if (parser.currentToken() == null || parser.nextToken() != null) throw notJson(field, row, values);
    }

    private static Refused notJson(String field, int row, Slices values) {
        return Intake.refused(field, row, Fault.NOT_JSON, shown(values, row), "one JSON value");
    }

    private static String shown(Slices values, int row) {
        var text = values.text(row);
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
