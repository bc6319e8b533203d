package dev.sextant.database.embedding;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A model that says how well texts answer a question, as the parameters of a request name it. Made once from them;
/// wrong ones are refused then. Waits: never asked on a worker or an event loop.
public final class Reranking {
    private static final long BYTES_OF_SCORE = 4 << 10;
    private static final long LEAST_BYTES = 256 << 10;
    private static final long MOST_BYTES = 256 << 20;

    private final RankDialect dialect;
    private final Http http;
    private final Patience patience;
    private final String url;
    private final Optional<String> key;
    private final Map<String, String> parameters;
    private final int batch;
    private final int maxCalls;

    private Reranking(
            RankDialect dialect,
            Http http,
            Patience patience,
            String url,
            Optional<String> key,
            Map<String, String> parameters,
            int batch,
            int maxCalls) {
        this.dialect = dialect;
        this.http = http;
        this.patience = patience;
        this.url = url;
        this.key = key;
        this.parameters = parameters;
        this.batch = batch;
        this.maxCalls = maxCalls;
    }

    /// @param parameters provider, model_name, endpoint, credential, max_client_batch_size, timeout_ms …
    /// @param patience of whoever asks
    public static Reranking of(Map<String, String> parameters, EmbeddingConfig config, Http http, Patience patience) {
        var named = new HashMap<String, String>();
        parameters.forEach((name, value) -> named.put(name.toLowerCase(Locale.ROOT), value));
        var provider = named.getOrDefault("provider", "").strip().toLowerCase(Locale.ROOT);
        if (provider.isEmpty()) throw Embedding.refused("rerank function lost params provider");
        var dialect = RankDialect.of(provider)
                .orElseThrow(() -> Embedding.refused("Unsupported rerank service provider: [" + provider + "]"));
        boolean unnamed = named.getOrDefault("model_name", named.getOrDefault("model", ""))
                .isBlank();
        if (unnamed && !dialect.isOwn())
            throw Embedding.refused(provider + " rerank model name is missing, set param model_name");
        return new Reranking(
                dialect,
                http,
                bounded(patience, named),
                Embedding.url(provider, dialect.url(), named, config),
                Embedding.key(provider, !dialect.isOwn(), named, config),
                named,
                Embedding.batch(dialect.batch(), named),
                config.maxCalls());
    }

    private static Patience bounded(Patience patience, Map<String, String> parameters) {
        var given = parameters.get("timeout_ms");
        if (given == null) return patience;
        try {
            long millis = Long.parseLong(given.strip());
            if (millis > 0) return patience.within(TimeUnit.MILLISECONDS.toNanos(millis));
        } catch (NumberFormatException _) {
            // said below
        }
        throw Embedding.refused("timeout_ms must be a positive integer, got " + given);
    }

    /// A score for each text, the larger the better.
    ///
    /// @param texts for each query those that may answer it
    public List<double[]> judge(List<String> queries, List<List<String>> texts) {
        long calls = texts.stream()
                .mapToLong(some -> Math.ceilDivExact((long) some.size(), batch))
                .sum();
        if (calls > maxCalls)
            throw Embedding.refused("the hits need " + calls + " calls of the model, in batches of " + batch
                    + ", and one search may make " + maxCalls + " (setting embedding.maxCalls)");
        var all = new ArrayList<double[]>();
        for (int i = 0; i < queries.size(); i++) all.add(judge(queries.get(i), texts.get(i)));
        return all;
    }

    private double[] judge(String query, List<String> texts) {
        var scores = new double[texts.size()];
        for (int at = 0; at < scores.length; at += batch) {
            var some = texts.subList(at, Math.min(scores.length, at + batch));
            var answer = http.post(
                    url + dialect.path(parameters),
                    (_, _, _) -> dialect.headers(key),
                    dialect.request(query, some, parameters),
                    mostBytes(some),
                    patience);
            System.arraycopy(dialect.scores(answer, some.size()), 0, scores, at, some.size());
        }
        return scores;
    }

    /// Of an answer, which may repeat the texts.
    private static long mostBytes(List<String> texts) {
        long bytes = LEAST_BYTES;
        for (var text : texts) bytes += BYTES_OF_SCORE + 6L * text.length();
        return Math.min(MOST_BYTES, bytes);
    }
}
