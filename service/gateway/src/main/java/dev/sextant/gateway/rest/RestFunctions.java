package dev.sextant.gateway.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sextant.gateway.rest.Rest.Asking;
import dev.sextant.model.Define;
import dev.sextant.model.Function;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import java.io.IOException;
import java.util.List;

/// Functions in JSON, and `/common/run_analyzer`.
final class RestFunctions {
    private RestFunctions() {}

    static void bind(Rest rest) {
        rest.on(
                        "collections/add_function",
                        asking -> asking.exchange()
                                .ask(
                                        new Define.AddFunction(
                                                RestCollections.name(asking),
                                                function(asking.body().object("function"))),
                                        _ -> Said.EMPTY))
                .on(
                        "collections/alter_function",
                        asking -> asking.exchange()
                                .ask(
                                        new Define.AlterFunction(
                                                RestCollections.name(asking),
                                                asking.body().need("functionName"),
                                                function(asking.body().object("function"))),
                                        _ -> Said.EMPTY))
                .on(
                        "collections/drop_function",
                        asking -> asking.exchange()
                                .ask(
                                        new Define.DropFunction(RestCollections.name(asking), dropped(asking.body())),
                                        _ -> Said.EMPTY))
                .on("common/run_analyzer", RestFunctions::runAnalyzer);
    }

    /// Milvus writes this one name with a capital letter.
    private static String dropped(Body body) {
        return body.has("functionName") ? body.need("functionName") : body.need("FunctionName");
    }

    static Function function(Body body) {
        var type = body.text("type");
        var kind = switch (type) {
            case "BM25" -> Function.Kind.BM25;
            case "TextEmbedding" -> Function.Kind.TEXT_EMBEDDING;
            case "MinHash" -> Function.Kind.MINHASH;
            default -> throw new Refused(new Refusal.InvalidParameter("type", "Unsupported function type: " + type));
        };
        return new Function(
                0,
                body.text("name"),
                body.text("description"),
                kind,
                body.texts("inputFieldNames"),
                body.texts("outputFieldNames"),
                body.map("params"));
    }

    static void write(JsonGenerator json, Function function) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", function.name());
        json.writeNumberField("id", function.id());
        json.writeStringField(
                "type",
                switch (function.kind()) {
                    case BM25 -> "BM25";
                    case TEXT_EMBEDDING -> "TextEmbedding";
                    case MINHASH -> "MinHash";
                });
        json.writeStringField("description", function.description());
        names(json, "inputFieldNames", function.inputs());
        names(json, "outputFieldNames", function.outputs());
        json.writeFieldName("params");
        RestSchemas.pairs(json, function.parameters());
        json.writeEndObject();
    }

    private static void names(JsonGenerator json, String member, List<String> names) throws IOException {
        json.writeArrayFieldStart(member);
        for (var name : names) json.writeString(name);
        json.writeEndArray();
    }

    private static void runAnalyzer(Asking asking) {
        var body = asking.body();
        if (!body.has("text"))
            throw Trouble.missing(
                    "Key: 'RunAnalyzerReq.Text' Error:Field validation for 'Text' failed on the 'required' tag");
        boolean detail = body.truth("withDetail", false);
        boolean hash = body.truth("withHash", false);
        asking.exchange()
                .ask(
                        new Watch.Analyze(
                                body.map().getOrDefault("analyzerParams", ""),
                                body.text("collectionName"),
                                body.text("fieldName"),
                                body.texts("analyzerNames"),
                                body.texts("text")),
                        texts -> Said.data(json -> {
                            json.writeStartObject();
                            json.writeArrayFieldStart("results");
                            for (var text : texts) {
                                json.writeStartObject();
                                json.writeArrayFieldStart("tokens");
                                for (var word : text.words()) write(json, word, detail, hash);
                                json.writeEndArray();
                                json.writeEndObject();
                            }
                            json.writeEndArray();
                            json.writeEndObject();
                        }));
    }

    private static void write(JsonGenerator json, Watch.Word word, boolean detail, boolean hash) throws IOException {
        json.writeStartObject();
        json.writeStringField("token", word.text());
        if (detail) {
            json.writeNumberField("start_offset", word.start());
            json.writeNumberField("end_offset", word.end());
            json.writeNumberField("position", word.position());
            json.writeNumberField("position_length", word.length());
        }
        if (hash) json.writeNumberField("hash", Integer.toUnsignedLong(word.term()));
        json.writeEndObject();
    }
}
