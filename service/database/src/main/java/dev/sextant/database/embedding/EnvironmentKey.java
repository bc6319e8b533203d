package dev.sextant.database.embedding;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Keys of providers in the environment of the server, under the names that Milvus gave them over time.
final class EnvironmentKey {
    private EnvironmentKey() {}

    static Optional<String> of(String provider) {
        return of(provider, System.getenv());
    }

    static Optional<String> of(String provider, Map<String, String> environment) {
        return switch (provider) {
            case "bedrock" ->
                named(environment, "BEDROCK_ACCESS_KEY_ID")
                        .flatMap(id ->
                                named(environment, "BEDROCK_SECRET_ACCESS_KEY").map(secret -> id + ":" + secret));
            case "vertexai" ->
                named(environment, "GOOGLE_APPLICATION_CREDENTIALS").map(EnvironmentKey::file);
            default -> named(environment, provider.toUpperCase(Locale.ROOT) + "_API_KEY");
        };
    }

    /// How a refusal names what is missing.
    static String told(String provider) {
        return switch (provider) {
            case "bedrock" -> "MILVUS_BEDROCK_ACCESS_KEY_ID and MILVUS_BEDROCK_SECRET_ACCESS_KEY";
            case "vertexai" -> "MILVUS_GOOGLE_APPLICATION_CREDENTIALS";
            default -> "MILVUS_" + provider.toUpperCase(Locale.ROOT) + "_API_KEY";
        };
    }

    private static Optional<String> named(Map<String, String> environment, String name) {
        return Stream.of("MILVUS_", "MILVUSAI_")
                .map(prefix -> environment.getOrDefault(prefix + name, ""))
                .filter(text -> !text.isBlank())
                .findFirst();
    }

    private static String file(String path) {
        try {
            return Base64.getEncoder().encodeToString(Files.readAllBytes(Path.of(path)));
        } catch (IOException unreadable) {
            throw Embedding.refused("the file of GOOGLE_APPLICATION_CREDENTIALS cannot be read");
        }
    }
}
