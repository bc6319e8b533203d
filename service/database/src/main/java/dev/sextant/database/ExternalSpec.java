package dev.sextant.database;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.model.External;
import dev.sextant.model.Refused;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What is said of how files of somebody else are read: JSON, by the words of Milvus.
///
/// @param format of the files
/// @param access `extfs`: where the store is and by whose right it is asked
record ExternalSpec(String format, Map<String, String> access) {
    private static final String USUAL = "parquet";
    private static final int LONGEST = 64 << 10;
    private static final String HIDDEN = "***";
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    /// What `extfs` may say, as in Milvus.
    private static final Set<String> KNOWN = Set.of(
            "access_key_id",
            "access_key_value",
            "anonymous",
            "bucket_name",
            "cloud_provider",
            "external_id",
            "gcp_target_service_account",
            "iam_endpoint",
            "load_frequency",
            "region",
            "role_arn",
            "session_name",
            "ssl_ca_cert",
            "storage_type",
            "use_iam",
            "use_ssl",
            "use_virtual_host");

    private static final Set<String> TRUTHS = Set.of("anonymous", "use_iam", "use_ssl", "use_virtual_host");
    private static final Set<String> SECRET = Set.of("access_key_id", "access_key_value", "ssl_ca_cert", "external_id");

    /// What the outermost object may show; whatever else it says is passed over, and may be anything.
    private static final Set<String> SHOWN = Set.of("format", "columns", "snapshot_id", "extfs");

    ExternalSpec {
        access = Map.copyOf(access);
    }

    static ExternalSpec of(String text) {
        var format = USUAL;
        var access = new TreeMap<String, String>();
        if (text.isBlank()) return new ExternalSpec(format, access);
        if (text.length() > LONGEST) throw invalid("it has more than " + LONGEST + " characters");
        try (var json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) throw invalid("it must be a JSON object");
            for (var key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
                var value = json.nextToken();
                switch (key) {
                    case "format" -> {
                        if (value != JsonToken.VALUE_STRING) throw invalid("format must be a text");
                        if (!json.getText().isEmpty()) format = json.getText();
                    }
                    case "extfs" -> readAccess(json, access);
                    default -> json.skipChildren(); // as Milvus does with what it does not know
                }
            }
            if (json.nextToken() != null) throw invalid("something stands behind the JSON object");
        } catch (IOException broken) {
            throw invalid("invalid external spec JSON"); // what it says may be secret
        }
        return new ExternalSpec(format, access);
    }

    private static void readAccess(JsonParser json, Map<String, String> access) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) return;
        if (json.currentToken() != JsonToken.START_OBJECT) throw invalid("extfs must be an object");
        for (var key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
            if (!KNOWN.contains(key))
                throw invalid("extfs key \"" + key + "\" is not allowed; allowed keys: " + String.join(", ", sorted()));
            if (!json.nextToken().isScalarValue()) throw invalid("extfs key \"" + key + "\" must be a text");
            if (json.currentToken() == JsonToken.VALUE_NULL) continue;
            var value = json.getText();
            if (TRUTHS.contains(key) && !value.equals("true") && !value.equals("false"))
                throw invalid("extfs key \"" + key + "\" must be \"true\" or \"false\"");
            if (!value.isEmpty()) access.put(key, value);
        }
    }

    private static java.util.List<String> sorted() {
        return KNOWN.stream().sorted().toList();
    }

    /// The files that are meant.
    RowFiles.Place at(String source) {
        return new RowFiles.Place(source, format, access);
    }

    /// Where rows come from, as anybody may see it who may see the collection.
    static External shown(External external) {
        return external.from(external.source(), shown(external.spec()));
    }

    private static String shown(String text) {
        if (text.isBlank()) return text;
        var out = new StringWriter();
        try (var from = JSON.createParser(text);
                var into = JSON.createGenerator(out)) {
            from.nextToken();
            for (var token = from.currentToken(); token != null; token = from.nextToken()) {
                into.copyCurrentEvent(from);
                if (token != JsonToken.FIELD_NAME) continue;
                boolean outermost = from.getParsingContext().getParent().inRoot();
                if (outermost ? SHOWN.contains(from.currentName()) : !SECRET.contains(from.currentName())) continue;
                from.nextToken();
                from.skipChildren();
                into.writeString(HIDDEN);
            }
        } catch (IOException broken) {
            return HIDDEN;
        }
        return out.toString();
    }

    private static Refused invalid(String why) {
        return Scene.invalid("external_spec", "external_spec is invalid: " + why);
    }

    @Override
    public String toString() {
        return "ExternalSpec[" + format + "]"; // no secrets in logs
    }
}
