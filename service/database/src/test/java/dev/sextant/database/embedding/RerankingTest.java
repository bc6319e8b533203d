package dev.sextant.database.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.sextant.database.DatabaseConfig;
import dev.sextant.database.Sextant;
import dev.sextant.database.SextantConfig;
import dev.sextant.model.Call;
import dev.sextant.model.Cancellation;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Rows;
import dev.sextant.model.VectorType;
import dev.sextant.model.Write;
import dev.sextant.world.World;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Models that judge texts, against one that runs here: a text is as good as it is long.
class RerankingTest {
    private static final Pattern TEXTS = Pattern.compile("\"(?:texts|documents|sentences)\":\\[(.*?)]");
    private static final Pattern TEXT = Pattern.compile("\"([^\"]*)\"");

    @TempDir
    private Path directory;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> keys = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private volatile long delayMillis;
    private volatile String answer = "";
    private HttpServer model;
    private EmbeddingConfig config;

    @BeforeEach
    void start() throws IOException {
        model = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        model.createContext("/", exchange -> {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            asked.add(exchange.getRequestURI() + " " + body);
            keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            pause();
            var bytes = (answer.isEmpty() ? answer(body) : answer).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        model.start();
        config = new EmbeddingConfig(
                Map.of(),
                Map.of("cohere", "c", "voyageai", "v", "siliconflow", "s", "ali", "a", "huggingface", "h", "mine", "m"),
                List.of(url()),
                5,
                Duration.ofSeconds(5));
    }

    private void pause() {
        try {
            Thread.sleep(delayMillis);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        model.stop(0);
    }

    private String url() {
        return "http://127.0.0.1:" + model.getAddress().getPort();
    }

    /// In the form of each provider, the best first.
    private static String answer(String body) {
        var found = TEXTS.matcher(body);
        if (!found.find()) return "{}";
        var scores = new ArrayList<String>();
        boolean tei = body.contains("\"texts\"");
        if (body.contains("source_sentence"))
            return TEXT.matcher(found.group(1))
                    .results()
                    .map(text -> text.group(1).length() + ".5")
                    .toList()
                    .toString();
        int i = 0;
        for (var text : TEXT.matcher(found.group(1)).results().toList())
            scores.addFirst("{\"index\":" + i++ + ",\"document\":{\"text\":\"index\"},\""
                    + (tei ? "score" : "relevance_score") + "\":"
                    + text.group(1).length() + ".5}");
        var all = "[" + String.join(",", scores) + "]";
        if (tei) return all;
        if (body.contains("\"input\"")) return "{\"output\":{\"results\":" + all + "},\"usage\":{\"total_tokens\":7}}";
        return "{\"id\":\"x\",\"results\":" + all + "}";
    }

    private List<double[]> judge(Map<String, String> more, List<String> queries, List<List<String>> texts) {
        return judge(Call.local(), more, queries, texts);
    }

    private List<double[]> judge(Call call, Map<String, String> more, List<String> queries, List<List<String>> texts) {
        var parameters = new HashMap<>(Map.of("endpoint", url() + "/x", "model_name", "best"));
        parameters.putAll(more);
        try (var http = new Http(config.patience())) {
            var clock = World.real(directory).clock();
            return Reranking.of(parameters, config, http, Patience.of(call, clock))
                    .judge(queries, texts);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            tei         | /x/rerank {"query":"q","texts":["a","bbb"],"truncate":true}                                        | null
            vllm        | /x/rerank {"model":"best","query":"q","documents":["a","bbb"],"truncate_prompt_tokens":9}           | null
            siliconflow | /x {"model":"best","query":"q","documents":["a","bbb"],"max_chunks_per_doc":3,"overlap_tokens":4}   | Bearer s
            cohere      | /x {"model":"best","query":"q","documents":["a","bbb"],"max_tokens_per_doc":5}                      | Bearer c
            huggingface | /x/hf-inference/models/best/pipeline/sentence-similarity {"inputs":{"source_sentence":"q","sentences":["a","bbb"]}} | Bearer h
            voyageai    | /x {"model":"best","query":"q","documents":["a","bbb"],"truncation":true}                           | Bearer v
            ali         | /x {"model":"best","input":{"query":"q","documents":["a","bbb"]},"parameters":{"return_documents":false}} | Bearer a
            """)
    void eachProviderIsAskedInItsOwnWords(String provider, String request, String key) {
        var given = Map.of(
                "provider", provider,
                "truncate", "true",
                "truncate_prompt_tokens", "9",
                "max_chunks_per_doc", "3",
                "overlap_tokens", "4",
                "max_tokens_per_doc", "5");
        var scores = judge(given, List.of("q"), List.of(List.of("a", "bbb")));
        assertThat(scores.getFirst()).containsExactly(1.5, 3.5);
        assertThat(asked).containsExactly(request);
        assertThat(keys).containsExactly(key);
    }

    @Test
    void manyTextsGoInSeveralRequestsAndEachQueryHasItsOwn() {
        var scores = judge(
                Map.of("provider", "cohere", "max_client_batch_size", "2", "credential", "mine"),
                List.of("q", "r", "s"),
                List.of(List.of("a", "bb", "ccc"), List.of(), List.of("dddd")));
        assertThat(scores.get(0)).containsExactly(1.5, 2.5, 3.5);
        assertThat(scores.get(1)).isEmpty();
        assertThat(scores.get(2)).containsExactly(4.5);
        assertThat(asked).hasSize(3);
        assertThat(keys).containsOnly("Bearer m");
    }

    @Test
    void whatIsWrongWithAModelIsSaid() {
        var some = List.of(List.of("a", "b"));
        var wrong = Map.of(
                Map.of("provider", ""), "lost params provider",
                Map.of("provider", "zilliz"), "Unsupported rerank service provider: [zilliz]",
                Map.of("provider", "cohere", "model_name", ""), "model name is missing",
                Map.of("provider", "cohere", "credential", "his"), "can not find credential his",
                Map.of("provider", "tei", "endpoint", "http://elsewhere.example"), "model-endpoints",
                Map.of("provider", "tei", "max_client_batch_size", "0"), "positive integer",
                Map.of("provider", "tei", "timeout_ms", "soon"), "timeout_ms must be a positive integer",
                Map.of("provider", "vllm", "truncate_prompt_tokens", "x"), "must be an integer");
        wrong.forEach((given, message) ->
                assertThatThrownBy(() -> judge(given, List.of("q"), some)).hasMessageContaining(message));
        answer = "{\"results\":[{\"index\":0,\"relevance_score\":1}]}";
        assertThatThrownBy(() -> judge(Map.of("provider", "cohere"), List.of("q"), some))
                .hasMessageContaining("text:[2], score:[1]");
        answer = "{\"results\":[{\"index\":7,\"relevance_score\":1}]}";
        assertThatThrownBy(() -> judge(Map.of("provider", "cohere"), List.of("q"), some))
                .hasMessageContaining("not asked about");
        answer = "no";
        assertThatThrownBy(() -> judge(Map.of("provider", "cohere"), List.of("q"), some))
                .hasMessageContaining("no JSON");
        status = 400;
        assertThatThrownBy(() -> judge(Map.of("provider", "cohere"), List.of("q"), some))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.FunctionFailed.class));
    }

    @Test
    void nobodyWaitsLongerThanTheTimeGiven() {
        delayMillis = 1_000;
        assertThatThrownBy(() ->
                        judge(Map.of("provider", "tei", "timeout_ms", "100"), List.of("q"), List.of(List.of("a"))))
                .isInstanceOf(Refused.class);
    }

    @Test
    void aSearchIsRankedByAModelBehindTheDoor() {
        var settings = SextantConfig.DEFAULT
                .withMemory(256L << 20)
                .withWorkers(2)
                .with(DatabaseConfig.DEFAULT.with(to -> to.embedding = config));
        try (var db = Sextant.open(directory.resolve("db"), settings)) {
            var call = Call.local();
            db.execute(
                    call,
                    Define.CreateCollection.of(
                            "docs",
                            Field.of("id", Primitive.INT64, Field.Trait.PRIMARY_KEY),
                            Field.of("text", new FieldType.Varchar(100)),
                            Field.of("v", new FieldType.Vector(VectorType.FLOAT32, 2))));
            db.execute(
                    call, new Define.CreateIndex("docs", "v", "", Map.of("index_type", "FLAT", "metric_type", "L2")));
            db.execute(call, Operate.Load.of("docs"));
            db.execute(
                    call,
                    new Write.Insert(
                            "docs",
                            Optional.empty(),
                            Rows.of(3)
                                    .with("id", Column.longs(1, 2, 3))
                                    .with("text", Column.texts(List.of("a", "ccc", "bb")))
                                    .with("v", Column.Dense.of(2, new float[] {0, 0, 1, 0, 2, 0}))
                                    .build(),
                            OptionalLong.empty()));
            var near = Read.Near.of("v", Column.Dense.of(2, new float[] {0, 0}));
            var ranked = new Read.HybridSearch(
                    "docs",
                    List.of(),
                    List.of(new Read.Part(near, Optional.empty(), 3)),
                    new Read.Fusion.Model("text", List.of("q"), Map.of("provider", "tei", "endpoint", url())),
                    2,
                    0,
                    List.of("text"),
                    Optional.empty(),
                    -1);
            var hits = db.execute(call, ranked);
            assertThat(((Column.Longs) hits.keys()).values()).containsExactly(2, 3);
            assertThat(hits.scores()).containsExactly(3.5f, 2.5f);
            status = 400;
            assertThatThrownBy(() -> db.execute(call, ranked)).hasMessageContaining("400");
        }
    }

    @Test
    void aSearchThatNeedsTooManyCallsOfItsModelMakesNone() {
        var one = Map.of("provider", "tei", "max_client_batch_size", "1");
        var half = Collections.nCopies(513, "a");
        assertThatThrownBy(() -> judge(one, List.of("q", "r"), List.of(half, half)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("1026 calls of the model");
        assertThat(asked).isEmpty();
    }

    @Test
    void aCancelledCallIsNotWaitedFor() {
        var cancelled = new Cancellation();
        cancelled.cancel();
        try (var http = new Http(config.patience())) {
            var patience = new Patience(World.real(directory).clock(), Call.NO_DEADLINE, cancelled);
            var judge = Reranking.of(Map.of("provider", "tei", "endpoint", url()), config, http, patience);
            assertThatThrownBy(() -> judge.judge(List.of("q"), List.of(List.of("a"))))
                    .isInstanceOf(Refused.class);
        }
        assertThat(asked).isEmpty();
    }
}
