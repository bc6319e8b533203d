package dev.sextant.database.embedding;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sextant.database.embedding.Embedder.Purpose;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a provider is spoken to. Answers are read for the one thing that they have in common: lists of numbers.
enum Dialect {
    OPENAI("openai", "https://api.openai.com/v1/embeddings", 128),
    AZURE_OPENAI("azure_openai", "", 128),
    DASHSCOPE(
            "dashscope", "https://dashscope.aliyuncs.com/api/v1/services/embeddings/text-embedding/text-embedding", 25),
    VOYAGEAI("voyageai", "https://api.voyageai.com/v1/embeddings", 128),
    COHERE("cohere", "https://api.cohere.com/v2/embed", 96),
    SILICONFLOW("siliconflow", "https://api.siliconflow.cn/v1/embeddings", 32),
    GEMINI("gemini", "https://generativelanguage.googleapis.com/v1beta/models", 32),
    HUGGINGFACE("huggingface", HuggingFace.ROUTER, 128),
    TEI("tei", "", 32);

    private static final JsonFactory JSON = new JsonFactory();

    private final String word;
    private final String url;
    private final int batch;

    Dialect(String word, String url, int batch) {
        this.word = word;
        this.url = url;
        this.batch = batch;
    }

    /// What the caller set.
    ///
    /// @param parameters names in lower case
    record Options(Map<String, String> parameters, int dimension) {
        String text(String name) {
            return parameters.getOrDefault(name, "");
        }

        boolean truth(String name) {
            return Boolean.parseBoolean(text(name).strip());
        }
    }

    static Optional<Dialect> of(String provider) {
        return Arrays.stream(values())
                .filter(dialect -> dialect.word.equals(provider))
                .findFirst();
    }

    String url() {
        return url;
    }

    int batch(String model) {
        return this == DASHSCOPE && model.equals("text-embedding-v3") ? 6 : batch;
    }

    boolean needsModel() {
        return this != TEI;
    }

    boolean needsKey() {
        return this != TEI;
    }

    /// What follows the address.
    String path(Options options) {
        return switch (this) {
            case AZURE_OPENAI ->
                "/openai/deployments/" + options.text("model_name") + "/embeddings?api-version=2024-06-01";
            case GEMINI -> "/" + options.text("model_name") + ":batchEmbedContents";
            case HUGGINGFACE -> HuggingFace.path(options.parameters(), "feature-extraction");
            case TEI -> "/embed";
            case OPENAI, DASHSCOPE, VOYAGEAI, COHERE, SILICONFLOW -> "";
        };
    }

    Map<String, String> headers(Optional<String> key) {
        return key.map(secret -> switch (this) {
                    case AZURE_OPENAI -> Map.of("api-key", secret);
                    case GEMINI -> Map.of("x-goog-api-key", secret);
                    case OPENAI, DASHSCOPE, VOYAGEAI, COHERE, SILICONFLOW, HUGGINGFACE, TEI ->
                        Map.of("Authorization", "Bearer " + secret);
                })
                .orElse(Map.of());
    }

    String request(List<String> texts, Purpose purpose, Options options) {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            json.writeStartObject();
            switch (this) {
                case OPENAI, AZURE_OPENAI -> {
                    model(json, options);
                    texts(json, "input", texts);
                    json.writeStringField("encoding_format", "float");
                    if (options.parameters().containsKey("dim"))
                        json.writeNumberField("dimensions", options.dimension());
                    if (!options.text("user").isEmpty()) json.writeStringField("user", options.text("user"));
                }
                case SILICONFLOW -> {
                    model(json, options);
                    texts(json, "input", texts);
                    json.writeStringField("encoding_format", "float");
                }
                case VOYAGEAI -> {
                    model(json, options);
                    texts(json, "input", texts);
                    json.writeStringField("input_type", purpose == Purpose.SEARCH ? "query" : "document");
                    if (!options.text("truncation").isEmpty())
                        json.writeBooleanField("truncation", options.truth("truncation"));
                    if (options.parameters().containsKey("dim"))
                        json.writeNumberField("output_dimension", options.dimension());
                }
                case COHERE -> {
                    model(json, options);
                    texts(json, "texts", texts);
                    json.writeStringField("input_type", purpose == Purpose.SEARCH ? "search_query" : "search_document");
                    texts(json, "embedding_types", List.of("float"));
                    if (!options.text("truncate").isEmpty())
                        json.writeStringField("truncate", options.text("truncate"));
                }
                case DASHSCOPE -> {
                    model(json, options);
                    json.writeObjectFieldStart("input");
                    texts(json, "texts", texts);
                    json.writeEndObject();
                    json.writeObjectFieldStart("parameters");
                    json.writeStringField("text_type", purpose == Purpose.SEARCH ? "query" : "document");
                    json.writeNumberField("dimension", options.dimension());
                    json.writeEndObject();
                }
                case GEMINI -> {
                    json.writeArrayFieldStart("requests");
                    for (var one : texts) {
                        json.writeStartObject();
                        json.writeStringField("model", "models/" + options.text("model_name"));
                        json.writeStringField(
                                "taskType", purpose == Purpose.SEARCH ? "RETRIEVAL_QUERY" : "RETRIEVAL_DOCUMENT");
                        json.writeNumberField("outputDimensionality", options.dimension());
                        json.writeObjectFieldStart("content");
                        json.writeArrayFieldStart("parts");
                        json.writeStartObject();
                        json.writeStringField("text", one);
                        json.writeEndObject();
                        json.writeEndArray();
                        json.writeEndObject();
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                }
                case HUGGINGFACE -> {
                    texts(json, "inputs", texts);
                    for (var name : List.of("normalize", "truncate"))
                        if (!options.text(name).isEmpty()) json.writeBooleanField(name, options.truth(name));
                    for (var name : List.of("prompt_name", "truncation_direction"))
                        if (!options.text(name).isEmpty()) json.writeStringField(name, options.text(name));
                }
                case TEI -> {
                    var prompt = options.text(purpose == Purpose.SEARCH ? "search_prompt" : "ingestion_prompt");
                    texts(json, "inputs", texts.stream().map(prompt::concat).toList());
                    if (!options.text("truncate").isEmpty())
                        json.writeBooleanField("truncate", options.truth("truncate"));
                    if (!options.text("truncation_direction").isEmpty())
                        json.writeStringField("truncation_direction", options.text("truncation_direction"));
                }
            }
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // written to memory
        }
        return text.toString();
    }

    private static void model(JsonGenerator json, Options options) throws IOException {
        json.writeStringField("model", options.text("model_name"));
    }

    private static void texts(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (var text : texts) json.writeString(text);
        json.writeEndArray();
    }

    /// The lists of numbers of an answer, by the `index` beside them where there is one, else in their order.
    List<float[]> vectors(String answer) {
        var vectors = new ArrayList<float[]>();
        var places = new ArrayList<Integer>();
        try (var parser = JSON.createParser(answer)) {
            int place = -1;
            var before = JsonToken.NOT_AVAILABLE;
            for (var token = parser.nextToken(); token != null; before = token, token = parser.nextToken()) {
                if (token == JsonToken.VALUE_NUMBER_INT && isPlace(parser.currentName())) place = parser.getIntValue();
                else if (token.isNumeric() && before == JsonToken.START_ARRAY) {
                    vectors.add(numbers(parser));
                    places.add(-1);
                } else if (token == JsonToken.END_OBJECT) {
                    // The number may stand before the vector that it belongs to, or behind it.
                    if (place >= 0 && !places.isEmpty()) places.set(places.size() - 1, place);
                    place = -1;
                }
            }
        } catch (IOException malformed) {
            throw Embedding.failed(word + " answered with something that is no JSON");
        }
        return ordered(vectors, places);
    }

    private static boolean isPlace(String name) {
        return "index".equals(name) || "text_index".equals(name);
    }

    private static float[] numbers(JsonParser parser) throws IOException {
        var numbers = new float[64];
        int count = 0;
        for (var token = parser.currentToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (!token.isNumeric()) throw Embedding.failed("a vector holds something that is no number");
            if (count == numbers.length) numbers = Arrays.copyOf(numbers, 2 * count);
            numbers[count++] = parser.getFloatValue();
        }
        return Arrays.copyOf(numbers, count);
    }

    private static List<float[]> ordered(List<float[]> vectors, List<Integer> places) {
        var ordered = new float[vectors.size()][];
        for (int i = 0; i < ordered.length; i++) {
            int place = places.get(i);
            if (place < 0 || place >= ordered.length || ordered[place] != null) return vectors;
            ordered[place] = vectors.get(i);
        }
        return List.of(ordered);
    }
}
