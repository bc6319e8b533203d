package dev.sextant.database.embedding;

import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A function's model, as the function's parameters name it. Made once from them; wrong ones are refused then.
public final class Embedding implements Embedder {
    private static final String LOCAL = "local";
    private static final int BYTES_OF_NUMBER = 32;
    private static final long LEAST_BYTES = 256 << 10;
    private static final long MOST_BYTES = 256 << 20;

    private final Dialect dialect;
    private final Http http;
    private final Patience patience;
    private final String url;
    private final Pass pass;
    private final Dialect.Options options;
    private final int batch;

    private Embedding(
            Dialect dialect, Http http, Patience patience, String url, Pass pass, Dialect.Options options, int batch) {
        this.dialect = dialect;
        this.http = http;
        this.patience = patience;
        this.url = url;
        this.pass = pass;
        this.options = options;
        this.batch = batch;
    }

    /// @param parameters of a function: provider, model_name, dim, credential, endpoint …
    /// @param dimension of the field that it makes
    /// @param patience of whoever asks
    public static Embedder of(
            Map<String, String> parameters, int dimension, EmbeddingConfig config, Http http, Patience patience) {
        var named = new java.util.HashMap<String, String>();
        parameters.forEach((name, value) -> named.put(name.toLowerCase(Locale.ROOT), value));
        var provider = named.getOrDefault("provider", "").toLowerCase(Locale.ROOT);
        if (provider.isEmpty()) throw refused("the text embedding function's param provider is missing");
        if (provider.equals(LOCAL)) return local(named, dimension);
        var dialect = Dialect.of(provider);
        if (dialect.isEmpty()) throw refused("Unsupported text embedding service provider: [" + provider + "]");
        checkDimension(named, dimension);
        if (dialect.get().needsModel() && named.getOrDefault("model_name", "").isBlank())
            throw refused(provider + " embedding model name is missing, set param model_name");
        if (named.getOrDefault("model_name", "").contains(".."))
            throw refused(
                    "a model name is no path, got " + named.get("model_name")); // it may become part of an address
        var options = new Dialect.Options(named, dimension);
        var url = url(provider, dialect.get().url(options), named, config);
        return new Embedding(
                dialect.get(),
                http,
                patience,
                url,
                dialect.get().pass(key(provider, dialect.get().needsKey(), named, config), options, http),
                options,
                batch(dialect.get().batch(named.getOrDefault("model_name", "")), named));
    }

    private static Embedder local(Map<String, String> parameters, int dimension) {
        var name = parameters.getOrDefault("model_name", "");
        var model = LocalModel.named(name)
                .orElseThrow(() -> refused("there is no model '" + name + "' on the class path of this server, only "
                        + LocalModel.all().stream().map(LocalModel::name).toList()));
        if (model.dimension() != dimension)
            throw refused("The required embedding dim is [" + dimension
                    + "], but the embedding obtained from the model is [" + model.dimension() + "]");
        return model;
    }

    private static void checkDimension(Map<String, String> parameters, int dimension) {
        var given = parameters.get("dim");
        if (given != null && !given.strip().equals(Integer.toString(dimension)))
            throw refused("the dim of the function is " + given + ", but the dim of its output field is " + dimension);
    }

    /// The address that the parameters name, else the one that a setting gives the provider, else its public one.
    static String url(String provider, String usual, Map<String, String> parameters, EmbeddingConfig config) {
        var own = parameters.getOrDefault("endpoint", parameters.getOrDefault("url", ""));
        if (!own.isBlank()) {
            if (!config.allows(own))
                throw refused("the endpoint " + own + " is not among those that this server may ask: "
                        + "add its address, or one above it, to the setting model-endpoints");
            return own;
        }
        var url = config.urls().getOrDefault(provider, usual);
        if (url.isEmpty()) throw refused(provider + " needs an endpoint: set param endpoint");
        return url;
    }

    /// The key that the function names, else the one of its provider, else that of the environment.
    static Optional<String> key(
            String provider, boolean needed, Map<String, String> parameters, EmbeddingConfig config) {
        var named = parameters.getOrDefault("credential", "");
        if (!named.isEmpty() && !config.keys().containsKey(named))
            throw refused("can not find credential " + named + " in the setting model-keys-file");
        var key = Optional.ofNullable(config.keys().get(named.isEmpty() ? provider : named))
                .or(() -> EnvironmentKey.of(provider))
                .filter(text -> !text.isBlank());
        if (key.isEmpty() && needed)
            throw refused("missing credentials config or configure the " + EnvironmentKey.told(provider)
                    + " environment variable in the server");
        return key;
    }

    static int batch(int usual, Map<String, String> parameters) {
        var own = parameters.get("max_client_batch_size");
        if (own == null) return usual;
        try {
            int batch = Integer.parseInt(own.strip());
            if (batch > 0) return batch;
        } catch (NumberFormatException _) {
            // said below
        }
        throw refused("max_client_batch_size must be a positive integer, got " + own);
    }

    @Override
    public List<float[]> embed(List<String> texts, Purpose purpose) {
        var vectors = new ArrayList<float[]>(texts.size());
        int together = dialect.together(batch);
        for (int at = 0; at < texts.size(); at += together)
            vectors.addAll(batch(texts.subList(at, Math.min(texts.size(), at + together)), purpose));
        return vectors;
    }

    private List<float[]> batch(List<String> texts, Purpose purpose) {
        var request = dialect.request(texts, purpose, options);
        var answer = http.post(url + dialect.path(options), pass, request, mostBytes(texts.size()), patience);
        var vectors = dialect.vectors(answer);
        if (vectors.size() != texts.size())
            throw failed("Get embedding failed. The number of texts and embeddings does not match text:[" + texts.size()
                    + "], embedding:[" + vectors.size() + "]");
        for (var vector : vectors)
            if (vector.length != options.dimension())
                throw failed("The required embedding dim is [" + options.dimension()
                        + "], but the embedding obtained from the model is [" + vector.length + "]");
        return vectors;
    }

    /// Of an answer, with room for each number as the longest is written.
    private long mostBytes(int texts) {
        return Math.min(MOST_BYTES, LEAST_BYTES + (long) BYTES_OF_NUMBER * texts * options.dimension());
    }

    @Override
    public int batch() {
        return batch;
    }

    static Refused refused(String detail) {
        return new Refused(new Refusal.InvalidParameter("function", detail));
    }

    static Refused failed(String detail) {
        return new Refused(new Refusal.FunctionFailed(detail));
    }
}
