package dev.sextant.gateway.exchange;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.io.IOException;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/// JSON objects whose values are wanted as texts: how parameters of indexes, searches and rankers travel.
public final class JsonTexts {
    public static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(64).build())
            .build();

    private JsonTexts() {}

    /// The members of an object: texts bare, everything else as its JSON; nulls are left out.
    public static Map<String, String> object(String json, String subject) {
        var members = new LinkedHashMap<String, String>();
        try (var parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) throw refused(subject, json);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var name = parser.currentName();
                switch (parser.nextToken()) {
                    case VALUE_NULL -> {}
                    case START_OBJECT, START_ARRAY -> members.put(name, copy(parser));
                    default -> members.put(name, parser.getText());
                }
            }
            if (parser.nextToken() != null) throw refused(subject, json);
        } catch (IOException malformed) {
            throw refused(subject, json);
        }
        return members;
    }

    /// The members of an object, each as its JSON.
    public static Map<String, String> members(String json, String subject) {
        var members = new LinkedHashMap<String, String>();
        try (var parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) throw refused(subject, json);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var name = parser.currentName();
                parser.nextToken();
                members.put(name, copy(parser));
            }
            if (parser.nextToken() != null) throw refused(subject, json);
        } catch (IOException malformed) {
            throw refused(subject, json);
        }
        return members;
    }

    public static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }

    private static String copy(JsonParser parser) throws IOException {
        var text = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(text)) {
            generator.copyCurrentStructure(parser);
        }
        return text.toString();
    }

    private static Refused refused(String subject, String json) {
        return new Refused(new Refusal.InvalidParameter(
                subject,
                subject + " should be a JSON object, but got "
                        + (json.length() > 200 ? json.substring(0, 200) + " …" : json)));
    }
}
