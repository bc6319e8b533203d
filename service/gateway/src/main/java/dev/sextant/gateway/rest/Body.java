package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.gateway.exchange.JsonTexts;
import dev.sextant.gateway.exchange.Told;
import dev.sextant.model.Value;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// A JSON object, read once to see what it has. Scalars are kept as texts; what nests is kept as the place where it
/// stands, and read when somebody asks for it: rows of vectors are never turned into objects.
final class Body {
    private final byte[] bytes;
    private final Map<String, Member> members;

    /// What a name stands for.
    private sealed interface Member {
        record Scalar(JsonToken kind, String text) implements Member {}

        record Nested(int from, int to, boolean isList) implements Member {}
    }

    private Body(byte[] bytes, Map<String, Member> members) {
        this.bytes = bytes;
        this.members = members;
    }

    static Body of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /// What stands behind the question mark of a GET: texts, all of them.
    static Body ofQuery(String query) {
        var members = new LinkedHashMap<String, Member>();
        for (var pair : query.split("&")) {
            if (pair.isEmpty()) continue;
            int equals = pair.indexOf('=');
            var name = equals < 0 ? pair : pair.substring(0, equals);
            members.put(
                    decoded(name),
                    new Member.Scalar(JsonToken.VALUE_STRING, equals < 0 ? "" : decoded(pair.substring(equals + 1))));
        }
        return new Body(new byte[0], members);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw Trouble.notJson("the query of the path is malformed: " + text);
        }
    }

    private static Body of(byte[] bytes, int from, int to) {
        var members = new LinkedHashMap<String, Member>();
        try (var parser = JsonTexts.JSON.createParser(bytes, from, to - from)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) throw Trouble.notJson("a JSON object is needed");
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var name = parser.currentName();
                parser.nextToken();
                members.put(name, member(parser, from));
            }
            if (parser.nextToken() != null) throw Trouble.notJson("there is more after the JSON object");
        } catch (IOException malformed) {
            throw Trouble.notJson(malformed);
        }
        return new Body(bytes, members);
    }

    private static Member member(JsonParser parser, int base) throws IOException {
        var token = parser.currentToken();
        if (!token.isStructStart()) return new Member.Scalar(token, parser.getText());
        int from = base + (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        return new Member.Nested(
                from, base + (int) parser.currentLocation().getByteOffset(), token == JsonToken.START_ARRAY);
    }

    boolean has(String name) {
        return members.containsKey(name) && !isNull(name);
    }

    private boolean isNull(String name) {
        return members.get(name) instanceof Member.Scalar(var kind, _) && kind == JsonToken.VALUE_NULL;
    }

    /// A text that must be there.
    String need(String name) {
        var text = text(name);
        if (text.isEmpty())
            throw Trouble.missing(
                    "Key: '" + name + "' Error:Field validation for '" + name + "' failed on the 'required' tag");
        return text;
    }

    /// A text; empty when it is not there.
    String text(String name) {
        if (!has(name)) return "";
        if (members.get(name) instanceof Member.Scalar(var kind, var text) && kind == JsonToken.VALUE_STRING)
            return text;
        throw wrong(name, "a string");
    }

    OptionalLong whole(String name) {
        if (!has(name)) return OptionalLong.empty();
        if (members.get(name) instanceof Member.Scalar(var kind, var text)
                && (kind == JsonToken.VALUE_NUMBER_INT || kind == JsonToken.VALUE_STRING)) {
            try {
                return OptionalLong.of(Long.parseLong(text));
            } catch (NumberFormatException tooLarge) {
                throw wrong(name, "an integer of 64 bits");
            }
        }
        throw wrong(name, "an integer");
    }

    OptionalInt count(String name) {
        var value = whole(name);
        return value.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(Math.clamp(value.getAsLong(), Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    OptionalDouble real(String name) {
        if (!has(name)) return OptionalDouble.empty();
        if (members.get(name) instanceof Member.Scalar(var kind, var text) && kind.isNumeric())
            return OptionalDouble.of(Double.parseDouble(text));
        throw wrong(name, "a number");
    }

    boolean truth(String name, boolean otherwise) {
        if (!has(name)) return otherwise;
        if (members.get(name) instanceof Member.Scalar(var kind, var text)) {
            if (kind == JsonToken.VALUE_TRUE || text.equalsIgnoreCase("true")) return true;
            if (kind == JsonToken.VALUE_FALSE || text.equalsIgnoreCase("false")) return false;
        }
        throw wrong(name, "a boolean");
    }

    /// A list of texts; a single text counts as one, and so does nothing as none.
    List<String> texts(String name) {
        if (!has(name)) return List.of();
        if (members.get(name) instanceof Member.Scalar) {
            var one = text(name);
            return one.isEmpty() ? List.of() : List.of(one);
        }
        var texts = new ArrayList<String>();
        each(name, parser -> {
            if (!parser.currentToken().isScalarValue()) throw wrong(name, "a list of strings");
            texts.add(parser.getText());
        });
        return texts;
    }

    /// An object inside; an empty one when it is not there.
    Body object(String name) {
        if (!has(name)) return new Body(bytes, Map.of());
        if (members.get(name) instanceof Member.Nested(var from, var to, var isList) && !isList)
            return of(bytes, from, to);
        throw wrong(name, "an object");
    }

    /// The objects of a list; a single object counts as one.
    List<Body> objects(String name) {
        if (!has(name)) return List.of();
        if (members.get(name) instanceof Member.Nested(_, _, var isList) && !isList) return List.of(object(name));
        var objects = new ArrayList<Body>();
        int base = from(name);
        each(name, parser -> {
            if (member(parser, base) instanceof Member.Nested(var from, var to, var list) && !list)
                objects.add(of(bytes, from, to));
            else throw wrong(name, "a list of objects");
        });
        return objects;
    }

    /// Every member as a text: strings bare, all else as it stands.
    Map<String, String> map() {
        var map = new LinkedHashMap<String, String>();
        members.forEach((name, member) -> {
            if (isNull(name)) return;
            map.put(
                    name,
                    switch (member) {
                        case Member.Scalar(_, var text) -> text;
                        case Member.Nested(var from, var to, _) ->
                            new String(bytes, from, to - from, StandardCharsets.UTF_8);
                    });
        });
        return map;
    }

    Map<String, String> map(String name) {
        return object(name).map();
    }

    /// The values of templates.
    Map<String, Value> values(String name) {
        var values = new LinkedHashMap<String, Value>();
        var object = object(name);
        object.members.forEach((key, member) -> values.put(key, object.value(key, member)));
        return values;
    }

    private Value value(String name, Member member) {
        return switch (member) {
            case Member.Scalar(var kind, var text) -> scalar(kind, text);
            case Member.Nested(_, _, var isList) -> {
                if (!isList) throw wrong(name, "a value or a list");
                var items = new ArrayList<Value>();
                each(name, parser -> items.add(item(parser, name)));
                yield new Value.Items(items);
            }
        };
    }

    private static Value item(JsonParser parser, String name) throws IOException {
        if (parser.currentToken().isScalarValue()) return scalar(parser.currentToken(), parser.getText());
        if (parser.currentToken() != JsonToken.START_ARRAY) throw wrong(name, "a list of values");
        var items = new ArrayList<Value>();
        while (parser.nextToken() != JsonToken.END_ARRAY) items.add(item(parser, name));
        return new Value.Items(items);
    }

    private static Value scalar(JsonToken kind, String text) {
        return switch (kind) {
            case VALUE_STRING -> Value.of(text);
            case VALUE_TRUE -> Value.of(true);
            case VALUE_FALSE -> Value.of(false);
            case VALUE_NUMBER_INT -> number(text);
            case VALUE_NUMBER_FLOAT -> Value.of(Double.parseDouble(text));
            default -> Value.NULL;
        };
    }

    private static Value number(String text) {
        try {
            return Value.of(Long.parseLong(text));
        } catch (NumberFormatException tooLarge) {
            return Value.of(Double.parseDouble(text));
        }
    }

    Optional<Value> scalar(String name) {
        return has(name) && members.get(name) instanceof Member.Scalar(var kind, var text)
                ? Optional.of(scalar(kind, text))
                : Optional.empty();
    }

    boolean isList(String name) {
        return members.get(name) instanceof Member.Nested(_, _, var isList) && isList;
    }

    private int from(String name) {
        return members.get(name) instanceof Member.Nested(var from, _, _) ? from : 0;
    }

    /// Reads one element, with the parser on its first token.
    interface Element {
        void read(JsonParser parser) throws IOException;
    }

    /// Walks through a list. A reader leaves the parser on the last token of its element.
    void each(String name, Element element) {
        if (!(members.get(name) instanceof Member.Nested(var from, var to, var isList)) || !isList)
            throw wrong(name, "a list");
        try (var parser = JsonTexts.JSON.createParser(bytes, from, to - from)) {
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_ARRAY) element.read(parser);
        } catch (IOException malformed) {
            throw Trouble.notJson(malformed);
        }
    }

    /// A parser on the first token of what nests under `name`.
    void read(String name, Element element) {
        if (!(members.get(name) instanceof Member.Nested(var from, var to, _)))
            throw wrong(name, "a list or an object");
        try (var parser = JsonTexts.JSON.createParser(bytes, from, to - from)) {
            parser.nextToken();
            element.read(parser);
        } catch (IOException malformed) {
            throw Trouble.notJson(malformed);
        }
    }

    private static Told wrong(String name, String expected) {
        return Trouble.notJson(name + " must be " + expected);
    }
}
