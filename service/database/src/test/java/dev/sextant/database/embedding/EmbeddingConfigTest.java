package dev.sextant.database.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddingConfigTest {
    private static EmbeddingConfig allowing(String... endpoints) {
        return new EmbeddingConfig(Map.of(), Map.of(), List.of(endpoints), 5, Duration.ofSeconds(1));
    }

    private static final EmbeddingConfig TWO = allowing("https://models.example.com", "http://10.0.0.1:8080/v1/");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://models.example.com",
                "https://models.example.com/",
                "https://models.example.com:443/anything/below",
                "HTTPS://Models.Example.com/x",
                "http://10.0.0.1:8080/v1",
                "http://10.0.0.1:8080/v1/embed"
            })
    void whatLiesBelowAnAllowedAddressIsAllowed(String endpoint) {
        assertThat(TWO.allows(endpoint)).isTrue();
        assertThat(allowing("*").allows(endpoint)).isTrue();
        assertThat(allowing().allows(endpoint)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://models.example.com.evil.net/",
                "https://models.example.com@evil.net/",
                "https://me@models.example.com/",
                "https://models.example.com:8443/",
                "http://models.example.com/",
                "http://10.0.0.1:80801/v1",
                "http://10.0.0.1:8080/v10",
                "http://10.0.0.1:8080/v1/../admin",
                "http://10.0.0.1:8080/v1/%2e%2e/admin",
                "http://10.0.0.1:8080/v1/..%2Fadmin",
                "http://10.0.0.1:8080/v1?to=elsewhere",
                "models.example.com",
                "https://",
                ""
            })
    void whatOnlyBeginsAlikeIsNot(String endpoint) {
        assertThat(TWO.allows(endpoint)).isFalse();
    }
}
