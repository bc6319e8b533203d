package dev.sextant.database.embedding;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// How models that run elsewhere are reached.
///
/// @param urls by provider, in place of its public address
/// @param keys by the name of a credential or of a provider; never shown
/// @param endpoints what functions may name as their endpoint, by the beginning of the address; without any a function
/// cannot send this server anywhere
/// @param batchFactor so many batches of a provider are the most that one write or search may need
/// @param patience with one request
public record EmbeddingConfig(
        Map<String, String> urls,
        Map<String, String> keys,
        List<String> endpoints,
        int batchFactor,
        Duration patience) {
    public static final EmbeddingConfig DEFAULT =
            new EmbeddingConfig(Map.of(), Map.of(), List.of(), 5, Duration.ofSeconds(30));

    public EmbeddingConfig {
        urls = Map.copyOf(urls);
        keys = Map.copyOf(keys);
        endpoints = List.copyOf(endpoints);
    }

    boolean allows(String endpoint) {
        return endpoints.stream().anyMatch(allowed -> allowed.equals("*") || endpoint.startsWith(allowed));
    }

    @Override
    public String toString() {
        return "EmbeddingConfig[" + urls + ", keys of " + keys.keySet() + ", " + endpoints + "]";
    }
}
