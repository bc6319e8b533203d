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
import java.util.regex.Pattern;

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
    BEDROCK("bedrock", "https://bedrock-runtime.{region}.amazonaws.com", 1),
    VERTEXAI("vertexai", "https://{location}-aiplatform.googleapis.com", 128),
    YC("yc", "https://llm.api.cloud.yandex.net/foundationModels/v1/textEmbedding", 128),
    TEI("tei", "", 32);

    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern PLACE = Pattern.compile("[a-z0-9-]{1,64}");
    private static final Pattern PROJECT = Pattern.compile("[A-Za-z0-9:._-]{1,128}");
    private static final String USUAL_LOCATION = "us-central1";

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

        /// A word that becomes part of an address, and must not lead it elsewhere.
        String place(String name, String usual, Pattern form) {
            var given = text(name).isBlank() ? usual : text(name).strip();
            if (!form.matcher(given).matches() || given.contains(".."))
                throw Embedding.refused(
                        given.isEmpty() ? "missing param " + name : "the param " + name + " is no name: " + given);
            return given;
        }
    }

    static Optional<Dialect> of(String provider) {
        return Arrays.stream(values())
                .filter(dialect -> dialect.word.equals(provider))
                .findFirst();
    }

    /// Where it is reached unless somebody names another address.
    String url(Options options) {
        return switch (this) {
            case BEDROCK -> url.replace("{region}", region(options));
            case VERTEXAI -> url.replace("{location}", location(options));
            default -> url; // the others are in one place
        };
    }

    private static String region(Options options) {
        return options.place("region", "", PLACE);
    }

    private static String location(Options options) {
        return options.place("location", USUAL_LOCATION, PLACE);
    }

    int batch(String model) {
        return switch (this) {
            case DASHSCOPE -> model.equals("text-embedding-v3") ? 6 : batch;
            case VERTEXAI -> model.equals("gemini-embedding-2") ? 1 : batch;
            default -> batch; // of every model
        };
    }

    /// How many texts of a batch one request takes.
    int together(int batch) {
        return this == YC ? 1 : batch;
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
            case BEDROCK -> "/model/" + Http.escaped(options.text("model_name")) + "/invoke";
            case VERTEXAI ->
                "/v1/projects/" + options.place("projectid", "", PROJECT) + "/locations/" + location(options)
                        + "/publishers/google/models/" + Http.escaped(options.text("model_name")) + ":predict";
            case TEI -> "/embed";
            case OPENAI, DASHSCOPE, VOYAGEAI, COHERE, SILICONFLOW, YC -> "";
        };
    }

    /// How requests show who asks.
    Pass pass(Optional<String> key, Options options, Http http) {
        if (key.isEmpty()) return (_, _, _) -> Map.of();
        var secret = key.get();
        return switch (this) {
            case BEDROCK -> AwsPass.of(secret, region(options), "bedrock");
            case VERTEXAI -> http.account(secret);
            case AZURE_OPENAI -> (_, _, _) -> Map.of("api-key", secret);
            case GEMINI -> (_, _, _) -> Map.of("x-goog-api-key", secret);
            case YC -> (_, _, _) -> Map.of("Authorization", "Api-Key " + secret);
            case OPENAI, DASHSCOPE, VOYAGEAI, COHERE, SILICONFLOW, HUGGINGFACE, TEI ->
                (_, _, _) -> Map.of("Authorization", "Bearer " + secret);
        };
    }

    String request(List<String> texts, Purpose purpose, Options options) {
        boolean search = purpose == Purpose.SEARCH;
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            json.writeStartObject();
            switch (this) {
                case OPENAI, AZURE_OPENAI -> openAi(json, texts, options);
                case SILICONFLOW -> openAiPlain(json, texts, options);
                case VOYAGEAI -> voyage(json, texts, search, options);
                case COHERE -> cohere(json, texts, search, options);
                case DASHSCOPE -> dashScope(json, texts, search, options);
                case GEMINI -> gemini(json, texts, search, options);
                case HUGGINGFACE -> huggingFace(json, texts, options);
                case BEDROCK -> bedrock(json, texts, options);
                case VERTEXAI -> vertex(json, texts, search, options);
                case YC -> yandex(json, texts, options);
                case TEI -> inference(json, texts, search, options);
            }
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // written to memory
        }
        return text.toString();
    }

    private static void openAi(JsonGenerator json, List<String> texts, Options options) throws IOException {
        openAiPlain(json, texts, options);
        dimension(json, "dimensions", options);
        textIfSet(json, "user", options);
    }

    private static void openAiPlain(JsonGenerator json, List<String> texts, Options options) throws IOException {
        model(json, options);
        texts(json, "input", texts);
        json.writeStringField("encoding_format", "float");
    }

    private static void voyage(JsonGenerator json, List<String> texts, boolean search, Options options)
            throws IOException {
        model(json, options);
        texts(json, "input", texts);
        json.writeStringField("input_type", search ? "query" : "document");
        truthIfSet(json, "truncation", options);
        dimension(json, "output_dimension", options);
    }

    private static void cohere(JsonGenerator json, List<String> texts, boolean search, Options options)
            throws IOException {
        model(json, options);
        texts(json, "texts", texts);
        json.writeStringField("input_type", search ? "search_query" : "search_document");
        texts(json, "embedding_types", List.of("float"));
        textIfSet(json, "truncate", options);
    }

    private static void dashScope(JsonGenerator json, List<String> texts, boolean search, Options options)
            throws IOException {
        model(json, options);
        json.writeObjectFieldStart("input");
        texts(json, "texts", texts);
        json.writeEndObject();
        json.writeObjectFieldStart("parameters");
        json.writeStringField("text_type", search ? "query" : "document");
        json.writeNumberField("dimension", options.dimension());
        json.writeEndObject();
    }

    private static void gemini(JsonGenerator json, List<String> texts, boolean search, Options options)
            throws IOException {
        json.writeArrayFieldStart("requests");
        for (var one : texts) {
            json.writeStartObject();
            json.writeStringField("model", "models/" + options.text("model_name"));
            json.writeStringField("taskType", search ? "RETRIEVAL_QUERY" : "RETRIEVAL_DOCUMENT");
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

    private static void huggingFace(JsonGenerator json, List<String> texts, Options options) throws IOException {
        texts(json, "inputs", texts);
        truthIfSet(json, "normalize", options);
        truthIfSet(json, "truncate", options);
        textIfSet(json, "prompt_name", options);
        textIfSet(json, "truncation_direction", options);
    }

    private static void bedrock(JsonGenerator json, List<String> texts, Options options) throws IOException {
        json.writeStringField("inputText", texts.getFirst());
        json.writeNumberField("dimensions", options.dimension());
        truthIfSet(json, "normalize", options);
    }

    private static void vertex(JsonGenerator json, List<String> texts, boolean search, Options options)
            throws IOException {
        json.writeArrayFieldStart("instances");
        for (var one : texts) {
            json.writeStartObject();
            json.writeStringField("task_type", vertexTask(search, options.text("task")));
            json.writeStringField("content", one);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeObjectFieldStart("parameters");
        json.writeNumberField("outputDimensionality", options.dimension());
        json.writeEndObject();
    }

    private static void yandex(JsonGenerator json, List<String> texts, Options options) throws IOException {
        json.writeStringField("modelUri", options.text("model_name"));
        json.writeStringField("text", texts.getFirst());
        if (options.parameters().containsKey("dim"))
            json.writeStringField("dim", Integer.toString(options.dimension()));
    }

    private static void inference(JsonGenerator json, List<String> texts, boolean search, Options options)
            throws IOException {
        var prompt = options.text(search ? "search_prompt" : "ingestion_prompt");
        texts(json, "inputs", texts.stream().map(prompt::concat).toList());
        truthIfSet(json, "truncate", options);
        textIfSet(json, "truncation_direction", options);
    }

    private static String vertexTask(boolean search, String task) {
        return switch (task.strip()) {
            case "", "DOC_RETRIEVAL" -> search ? "RETRIEVAL_QUERY" : "RETRIEVAL_DOCUMENT";
            case "CODE_RETRIEVAL" -> search ? "CODE_RETRIEVAL_QUERY" : "RETRIEVAL_DOCUMENT";
            case "STS" -> "SEMANTIC_SIMILARITY";
            default -> throw Embedding.refused("task is DOC_RETRIEVAL, CODE_RETRIEVAL or STS, got " + task);
        };
    }

    private static void model(JsonGenerator json, Options options) throws IOException {
        json.writeStringField("model", options.text("model_name"));
    }

    /// The number of components, where the caller asked for it.
    private static void dimension(JsonGenerator json, String name, Options options) throws IOException {
        if (options.parameters().containsKey("dim")) json.writeNumberField(name, options.dimension());
    }

    private static void textIfSet(JsonGenerator json, String name, Options options) throws IOException {
        if (!options.text(name).isEmpty()) json.writeStringField(name, options.text(name));
    }

    private static void truthIfSet(JsonGenerator json, String name, Options options) throws IOException {
        if (!options.text(name).isEmpty()) json.writeBooleanField(name, options.truth(name));
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
        // Bedrock says its one vector again for each type of numbers.
        return this == BEDROCK && vectors.size() > 1 ? vectors.subList(0, 1) : ordered(vectors, places);
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
