package dev.sextant.database.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Refused;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AwsPassTest {
    /// `post-vanilla` of the vectors that Amazon published for its signatures.
    @Test
    void aSignatureIsThatOfThePublishedExample() {
        var pass = AwsPass.of("AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service");
        assertThat(pass.authorization("/", Map.of("host", "example.amazonaws.com"), "", "20150830T123600Z"))
                .isEqualTo("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                        + "SignedHeaders=host;x-amz-date, "
                        + "Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
    }

    @Test
    void aKeyHasTwoHalves() {
        for (var key : new String[] {"id", ":secret", "id:"})
            assertThatThrownBy(() -> AwsPass.of(key, "us-east-1", "bedrock"))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("a colon and its secret");
        assertThat(AwsPass.of("id:secret", "us-east-1", "bedrock").toString()).doesNotContain("secret");
    }

    @Test
    void keysOfTheEnvironmentHaveTheNamesThatMilvusGaveThem() {
        var environment = Map.of(
                "MILVUSAI_BEDROCK_ACCESS_KEY_ID", "id",
                "MILVUSAI_BEDROCK_SECRET_ACCESS_KEY", "secret",
                "MILVUS_OPENAI_API_KEY", "newer",
                "MILVUSAI_OPENAI_API_KEY", "older");
        assertThat(EnvironmentKey.of("bedrock", environment)).contains("id:secret");
        assertThat(EnvironmentKey.of("openai", environment)).contains("newer");
        assertThat(EnvironmentKey.of("cohere", environment)).isEmpty();
        assertThat(EnvironmentKey.of("vertexai", environment)).isEmpty();
    }
}
