package dev.sextant.database.embedding;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a provider of judging models is spoken to. Answers are read for what they have in common: objects with
/// the `index` of a text and its score.
enum RankDialect {
    TEI("tei", "", "/rerank", 32),
    VLLM("vllm", "", "/rerank", 32),
    SILICONFLOW("siliconflow", "https://api.siliconflow.cn/v1/rerank", "", 128),
    COHERE("cohere", "https://api.cohere.com/v2/rerank", "", 128),
    VOYAGEAI("voyageai", "https://api.voyageai.com/v1/rerank", "", 128),
    HUGGINGFACE("huggingface", HuggingFace.ROUTER, "", 32),
    ALI("ali", "https://dashscope.aliyuncs.com/api/v1/services/rerank/text-rerank/text-rerank", "", 128);

    private static final JsonFactory JSON = new JsonFactory();

    private final String word;
    private final String url;
    private final String path;
    private final int batch;

    RankDialect(String word, String url, String path, int batch) {
        this.word = word;
        this.url = url;
        this.path = path;
        this.batch = batch;
    }

    static Optional<RankDialect> of(String provider) {
        return Arrays.stream(values())
                .filter(dialect -> dialect.word.equals(provider))
                .findFirst();
    }

    String url() {
        return url;
    }

    /// What follows the address.
    ///
    /// @param parameters names in lower case
    String path(Map<String, String> parameters) {
        return this == HUGGINGFACE ? HuggingFace.path(parameters, "sentence-similarity") : path;
    }

    int batch() {
        return batch;
    }

    /// Served by whoever runs it, who may ask for no key and serve one model only.
    boolean isOwn() {
        return this == TEI || this == VLLM;
    }

    Map<String, String> headers(Optional<String> key) {
        return key.map(secret -> Map.of("Authorization", "Bearer " + secret)).orElse(Map.of());
    }

    /// @param parameters names in lower case
    String request(String query, List<String> texts, Map<String, String> parameters) {
        var written = new StringWriter();
        try (var json = JSON.createGenerator(written)) {
            json.writeStartObject();
            var model = parameters.getOrDefault("model_name", parameters.getOrDefault("model", ""));
            if (!model.isEmpty() && this != TEI && this != HUGGINGFACE) json.writeStringField("model", model);
            switch (this) {
                case TEI -> {
                    json.writeStringField("query", query);
                    texts(json, "texts", texts);
                    truth(json, "truncate", "truncate", parameters);
                    word(json, "truncation_direction", parameters);
                }
                case VLLM -> {
                    documents(json, query, texts);
                    number(json, "truncate_prompt_tokens", parameters);
                }
                case SILICONFLOW -> {
                    documents(json, query, texts);
                    number(json, "max_chunks_per_doc", parameters);
                    number(json, "overlap_tokens", parameters);
                }
                case COHERE -> {
                    documents(json, query, texts);
                    number(json, "max_tokens_per_doc", parameters);
                }
                case VOYAGEAI -> {
                    documents(json, query, texts);
                    truth(
                            json,
                            "truncation",
                            parameters.containsKey("truncation") ? "truncation" : "truncate",
                            parameters);
                }
                case HUGGINGFACE -> {
                    json.writeObjectFieldStart("inputs");
                    json.writeStringField("source_sentence", query);
                    texts(json, "sentences", texts);
                    json.writeEndObject();
                }
                case ALI -> {
                    json.writeObjectFieldStart("input");
                    documents(json, query, texts);
                    json.writeEndObject();
                    json.writeObjectFieldStart("parameters");
                    json.writeBooleanField("return_documents", false);
                    json.writeEndObject();
                }
            }
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // written to memory
        }
        return written.toString();
    }

    private static void documents(JsonGenerator json, String query, List<String> texts) throws IOException {
        json.writeStringField("query", query);
        texts(json, "documents", texts);
    }

    private static void texts(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (var text : texts) json.writeString(text);
        json.writeEndArray();
    }

    private static void truth(JsonGenerator json, String name, String parameter, Map<String, String> parameters)
            throws IOException {
        if (parameters.containsKey(parameter))
            json.writeBooleanField(
                    name, Boolean.parseBoolean(parameters.get(parameter).strip()));
    }

    private static void word(JsonGenerator json, String name, Map<String, String> parameters) throws IOException {
        if (parameters.containsKey(name)) json.writeStringField(name, parameters.get(name));
    }

    private static void number(JsonGenerator json, String name, Map<String, String> parameters) throws IOException {
        if (!parameters.containsKey(name)) return;
        try {
            json.writeNumberField(name, Long.parseLong(parameters.get(name).strip()));
        } catch (NumberFormatException _) {
            throw Embedding.refused(name + " must be an integer, got " + parameters.get(name));
        }
    }

    /// The score of each of `count` texts.
    double[] scores(String answer, int count) {
        var scores = new double[count];
        var came = new boolean[count];
        int found = 0;
        try (var parser = JSON.createParser(answer)) {
            int index = -1;
            double score = Double.NaN;
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                var name = parser.currentName();
                if (token == JsonToken.VALUE_NUMBER_INT && "index".equals(name)) index = parser.getIntValue();
                else if (token.isNumeric() && ("score".equals(name) || "relevance_score".equals(name)))
                    score = parser.getDoubleValue();
                else if (this == HUGGINGFACE
                        && token.isNumeric()
                        && parser.getParsingContext().inArray()) {
                    if (found >= count) throw other(found); // scores and nothing else, in the order of the texts
                    scores[found++] = parser.getDoubleValue();
                } else if (token == JsonToken.END_OBJECT && index >= 0 && !Double.isNaN(score)) {
                    if (index >= count || came[index]) throw other(index);
                    scores[index] = score;
                    came[index] = true;
                    found++;
                    index = -1;
                    score = Double.NaN;
                }
            }
        } catch (IOException malformed) {
            throw Embedding.failed(word + " answered with something that is no JSON");
        }
        if (found != count)
            throw Embedding.failed("Rerank failed. The number of texts and scores does not match text:[" + count
                    + "], score:[" + found + "]");
        return scores;
    }

    private RuntimeException other(int index) {
        return Embedding.failed(word + " answered with a score for text " + index + ", which it was not asked about");
    }
}
