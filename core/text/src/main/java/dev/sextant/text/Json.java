package dev.sextant.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// JSON as a tree: what describes an analyzer is small, and read once.
sealed interface Json {
    record Truth(boolean value) implements Json {}

    record Whole(long value) implements Json {}

    record Real(double value) implements Json {}

    record Text(String value) implements Json {}

    record Nothing() implements Json {}

    record Items(List<Json> items) implements Json {}

    record Members(SequencedMap<String, Json> members) implements Json {
        Optional<Json> get(String name) {
            return Optional.ofNullable(members.get(name));
        }
    }

    /// An analyzer inside an analyzer inside … ends somewhere.
    int DEEPEST = 32;

    /// Lists of words are long; but whoever needs more characters than these describes no analyzer.
    int LONGEST = 1 << 20;

    JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /// The object that a text is; an empty text is an empty one.
    static Members object(String text, String subject) {
        if (text.length() > LONGEST)
            throw new Refused(new Refusal.LimitExceeded("characters of " + subject, text.length(), LONGEST, ""));
        if (text.isBlank()) return new Members(new LinkedHashMap<>());
        try (var parser = FACTORY.createParser(text)) {
            parser.nextToken();
            var value = value(parser);
            if (parser.nextToken() != null) throw Description.refused(subject + " is more than one JSON value");
            if (value instanceof Members members) return members;
            throw Description.refused("params should be a json map");
        } catch (IOException broken) {
            var reason = broken instanceof com.fasterxml.jackson.core.JacksonException known
                    ? known.getOriginalMessage()
                    : "unreadable";
            throw Description.refused(subject + " is not JSON: " + reason);
        }
    }

    private static Json value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                var members = new LinkedHashMap<String, Json>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    var name = parser.currentName();
                    parser.nextToken();
                    members.put(name, value(parser));
                }
                yield new Members(members);
            }
            case START_ARRAY -> {
                var items = new ArrayList<Json>();
                while (parser.nextToken() != JsonToken.END_ARRAY) items.add(value(parser));
                yield new Items(List.copyOf(items));
            }
            case VALUE_STRING -> new Text(parser.getText());
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? new Real(parser.getDoubleValue())
                        : new Whole(parser.getLongValue());
            case VALUE_NUMBER_FLOAT -> new Real(parser.getDoubleValue());
            case VALUE_TRUE -> new Truth(true);
            case VALUE_FALSE -> new Truth(false);
            case VALUE_NULL -> new Nothing();
            case null, default -> throw Description.refused("analyzer_params is not JSON");
        };
    }
}
