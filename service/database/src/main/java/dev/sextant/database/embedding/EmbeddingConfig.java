package dev.sextant.database.embedding;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// How models that run elsewhere are reached.
///
/// @param urls by provider, in place of its public address
/// @param keys by the name of a credential or of a provider; never shown
/// @param endpoints what functions may name as their endpoint: these addresses and what lies below their paths, or `*`
/// for all; without any a function cannot send this server anywhere
/// @param batchFactor so many batches of a provider are the most that one write or search may need
/// @param patience with one request
/// @param maxCalls of a model that judges, one after the other, that one search may need
public record EmbeddingConfig(
        Map<String, String> urls,
        Map<String, String> keys,
        List<String> endpoints,
        int batchFactor,
        Duration patience,
        int maxCalls) {
    /// Half as many calls ask the usual models about the longest lists there are.
    private static final int MOST_CALLS = 1024;

    public static final EmbeddingConfig DEFAULT =
            new EmbeddingConfig(Map.of(), Map.of(), List.of(), 5, Duration.ofSeconds(30));

    /// With the usual number of calls.
    public EmbeddingConfig(
            Map<String, String> urls,
            Map<String, String> keys,
            List<String> endpoints,
            int batchFactor,
            Duration patience) {
        this(urls, keys, endpoints, batchFactor, patience, MOST_CALLS);
    }

    public EmbeddingConfig {
        urls = Map.copyOf(urls);
        keys = Map.copyOf(keys);
        endpoints = List.copyOf(endpoints);
    }

    boolean allows(String endpoint) {
        if (endpoints.contains("*")) return true;
        var asked = Address.of(endpoint);
        return asked.isPresent()
                && endpoints.stream()
                        .flatMap(allowed -> Address.of(allowed).stream())
                        .anyMatch(allowed -> allowed.covers(asked.get()));
    }

    /// Where a request goes. Not its text: `https://a.example@b.example` and `https://a.example.b.example` begin
    /// like `https://a.example`, and lead elsewhere.
    private record Address(String scheme, String host, int port, String path) {
        /// Points and slashes that only the other side would see.
        private static final Pattern HIDDEN = Pattern.compile("%(2e|2f|5c)", Pattern.CASE_INSENSITIVE);

        static Optional<Address> of(String text) {
            URI uri;
            try {
                uri = new URI(text.strip()).normalize();
            } catch (URISyntaxException _) {
                return Optional.empty();
            }
            if (uri.getScheme() == null || uri.getHost() == null || uri.getRawUserInfo() != null)
                return Optional.empty();
            if (uri.getRawQuery() != null || uri.getRawFragment() != null) return Optional.empty();
            var path = uri.getRawPath();
            if (HIDDEN.matcher(path).find()) return Optional.empty();
            var scheme = uri.getScheme().toLowerCase(Locale.ROOT);
            int usual = scheme.equals("https") ? 443 : 80;
            return Optional.of(new Address(
                    scheme,
                    uri.getHost().toLowerCase(Locale.ROOT),
                    uri.getPort() < 0 ? usual : uri.getPort(),
                    path.endsWith("/") ? path : path + "/"));
        }

        boolean covers(Address other) {
            return scheme.equals(other.scheme)
                    && host.equals(other.host)
                    && port == other.port
                    && other.path.startsWith(path);
        }
    }

    @Override
    public String toString() {
        return "EmbeddingConfig[" + urls + ", keys of " + keys.keySet() + ", " + endpoints + "]";
    }
}
