package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static dev.sextant.database.Threshold.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.sextant.database.embedding.EmbeddingConfig;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Function;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.Statement;
import dev.sextant.model.Write;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models of clouds that want more than a key, played by one that runs here: its vector of a text is (length, number
/// of `a`s).
class CloudModelsTest {
    private static final Pattern TEXT = Pattern.compile("\"(?:inputText|content|text)\":\"([^\"]*)\"");

    private record Asked(String path, String pass, String body) {}

    @TempDir
    private Path directory;

    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private KeyPair keys;
    private HttpServer model;
    private Sextant db;

    @BeforeEach
    void open() throws IOException, GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        keys = generator.generateKeyPair();
        model = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        model.createContext("/", exchange -> {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var path = exchange.getRequestURI().getRawPath();
            asked.add(new Asked(path, exchange.getRequestHeaders().getFirst("Authorization"), body));
            var answer = answer(path, body).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        model.start();
        var pem = "-----BEGIN PRIVATE KEY-----\\n"
                + Base64.getEncoder().encodeToString(keys.getPrivate().getEncoded())
                + "\\n-----END PRIVATE KEY-----\\n";
        var account =
                "{\"client_email\":\"me@here\",\"private_key\":\"" + pem + "\",\"token_uri\":\"" + url() + "/token\"}";
        var secrets = Map.of(
                "bedrock", "id:secret",
                "vertexai", Base64.getEncoder().encodeToString(account.getBytes(StandardCharsets.UTF_8)),
                "yc", "y");
        var config = new EmbeddingConfig(Map.of(), secrets, List.of(url()), 5, Duration.ofSeconds(5));
        db = Sextant.open(
                directory,
                SextantConfig.DEFAULT
                        .withMemory(256L << 20)
                        .withWorkers(2)
                        .with(DatabaseConfig.DEFAULT.with(to -> to.embedding = config)));
    }

    @AfterEach
    void close() {
        db.close();
        model.stop(0);
    }

    private String url() {
        return "http://127.0.0.1:" + model.getAddress().getPort();
    }

    private static String answer(String path, String body) {
        if (path.equals("/token"))
            return "{\"access_token\":\"granted\",\"expires_in\":3600,\"token_type\":\"Bearer\"}";
        var vectors = TEXT.matcher(body)
                .results()
                .map(found -> found.group(1))
                .map(text -> "[" + text.length() + ","
                        + text.chars().filter(c -> c == 'a').count() + ".0]")
                .toList();
        if (path.endsWith(":predict"))
            return vectors.stream()
                    .map(v -> "{\"embeddings\":{\"statistics\":{\"token_count\":1},\"values\":" + v + "}}")
                    .collect(Collectors.joining(",", "{\"predictions\":[", "]}"));
        var vector = vectors.getFirst();
        return path.endsWith("/invoke")
                ? "{\"embedding\":" + vector + ",\"inputTextTokenCount\":2,\"embeddingsByType\":{\"float\":" + vector
                        + "}}"
                : "{\"embedding\":" + vector + ",\"numTokens\":\"2\",\"modelVersion\":\"1\"}";
    }

    private <R> R run(Statement<R> statement) {
        return db.execute(Call.local(), statement);
    }

    private void create(Map<String, String> parameters) {
        var all = new HashMap<>(Map.of("endpoint", url()));
        all.putAll(parameters);
        run(Define.CreateCollection.of("docs", id(), TextTest.text("text", Map.of()), vector("v", 2))
                .with(new Function(0, "f", "", Function.Kind.TEXT_EMBEDDING, List.of("text"), List.of("v"), all)));
        run(new Define.CreateIndex("docs", "v", "", Map.of("index_type", "FLAT", "metric_type", "L2")));
        run(Operate.Load.of("docs"));
    }

    private void insertAndFind() {
        run(Write.Insert.of(
                "docs",
                Rows.of(3)
                        .with("id", Column.longs(0, 1, 2))
                        .with("text", Column.texts(List.of("banana", "kiwi", "a")))
                        .build()));
        var hits = run(Read.Search.of("docs", "v", Column.longs(), 1)
                .looking(Read.Near.of("v", new Read.Target.Texts(List.of("ananas"), ""))));
        assertThat(((Column.Longs) hits.keys()).values()).containsExactly(0L);
    }

    @Test
    void amazonIsAskedTextByTextWithASignature() {
        create(Map.of("provider", "bedrock", "model_name", "titan:0", "region", "eu-west-1", "normalize", "false"));
        insertAndFind();
        assertThat(asked).allSatisfy(one -> {
            assertThat(one.path).isEqualTo("/model/titan%3A0/invoke");
            assertThat(one.pass)
                    .startsWith("AWS4-HMAC-SHA256 Credential=id/")
                    .contains("/eu-west-1/bedrock/aws4_request")
                    .contains("SignedHeaders=content-type;host;x-amz-date");
            assertThat(one.body).contains("\"dimensions\":2,\"normalize\":false");
        });
        var six = Rows.of(6)
                .with("id", Column.longs(3, 4, 5, 6, 7, 8))
                .with("text", Column.texts(List.of("a", "b", "c", "d", "e", "f")))
                .build();
        assertThatThrownBy(() -> run(Write.Insert.of("docs", six))).hasMessageContaining("max batch [5]");
    }

    @Test
    void googleIsShownATokenThatItGaveForASignedClaim() throws GeneralSecurityException {
        create(Map.of("provider", "vertexai", "model_name", "m", "projectid", "mine"));
        insertAndFind();
        var claims = asked.stream().filter(one -> one.path.equals("/token")).toList();
        assertThat(claims).hasSize(1);
        var claim = URLDecoder.decode(claims.getFirst().body.replaceFirst(".*&assertion=", ""), StandardCharsets.UTF_8);
        int last = claim.lastIndexOf('.');
        var signature = Signature.getInstance("SHA256withRSA");
        signature.initVerify(keys.getPublic());
        signature.update(claim.substring(0, last).getBytes(StandardCharsets.US_ASCII));
        assertThat(signature.verify(Base64.getUrlDecoder().decode(claim.substring(last + 1))))
                .isTrue();
        var models = asked.stream().filter(one -> !one.path.equals("/token")).toList();
        assertThat(models).allSatisfy(one -> {
            assertThat(one.path)
                    .isEqualTo("/v1/projects/mine/locations/us-central1/publishers/google/models/m:predict");
            assertThat(one.pass).isEqualTo("Bearer granted");
        });
        assertThat(models.getLast().body).contains("RETRIEVAL_QUERY");
        assertThat(models.get(models.size() - 2).body)
                .contains("RETRIEVAL_DOCUMENT", "banana", "kiwi")
                .contains("\"outputDimensionality\":2");
    }

    @Test
    void yandexIsAskedTextByTextAndTakesMany() {
        create(Map.of("provider", "yc", "model_name", "emb://folder/text-search-doc/latest"));
        int before = asked.size();
        insertAndFind();
        assertThat(asked).hasSize(before + 4).allSatisfy(one -> {
            assertThat(one.pass).isEqualTo("Api-Key y");
            assertThat(one.body).contains("\"modelUri\":\"emb://folder/text-search-doc/latest\"");
        });
    }

    @Test
    void aPlaceIsNoWayElsewhere() {
        for (var wrong : List.of(
                Map.of("provider", "bedrock", "model_name", "m", "region", "evil.example/#"),
                Map.of("provider", "bedrock", "model_name", "m"),
                Map.of("provider", "vertexai", "model_name", "m", "projectid", "a/../b"),
                Map.of("provider", "vertexai", "model_name", "m", "projectid", "p", "location", "x.example?"),
                Map.of("provider", "vertexai", "model_name", "m", "projectid", "p", "task", "SING")))
            assertThatThrownBy(() -> create(wrong)).as("%s", wrong).isInstanceOf(Refused.class);
        assertThat(asked).allSatisfy(one -> assertThat(one.path).isEqualTo("/token"));
    }
}
