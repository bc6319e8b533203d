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
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Rows;
import dev.sextant.model.Schema;
import dev.sextant.model.Statement;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import dev.sextant.model.Written;
import dev.sextant.world.World;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Functions that ask a model, against one that runs here: its vector of a text is (length, number of `a`s).
class EmbeddingTest {
    private static final Pattern TEXT = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

    @TempDir
    private Path directory;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> keys = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch hold = new CountDownLatch(0);
    private volatile String padding = "";
    private volatile int failures;
    private volatile int status = 503;
    private HttpServer model;
    private SextantConfig settings;
    private Sextant db;

    @BeforeEach
    void open() throws IOException {
        model = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        model.createContext("/", exchange -> {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            asked.add(exchange.getRequestURI() + " " + body);
            var headers = exchange.getRequestHeaders();
            keys.add(headers.getFirst("Authorization")
                    + headers.getFirst("api-key")
                    + headers.getFirst("x-goog-api-key"));
            await(hold);
            boolean fails = failures > 0;
            if (fails) failures--;
            var answer = (fails
                            ? "{\"error\": \"tired\"}"
                            : answer(exchange.getRequestURI().getPath(), body) + padding)
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(fails ? status : 200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        model.start();
        var keys = Map.of(
                "openai",
                "secret",
                "mine",
                "other",
                "cohere",
                "c",
                "voyageai",
                "v",
                "siliconflow",
                "s",
                "azure_openai",
                "az",
                "gemini",
                "g",
                "huggingface",
                "h",
                "dashscope",
                "d");
        var config = new EmbeddingConfig(Map.of(), keys, List.of(url()), 5, Duration.ofSeconds(5));
        settings = SextantConfig.DEFAULT
                .withMemory(256L << 20)
                .withWorkers(2)
                .with(DatabaseConfig.DEFAULT.with(to -> to.embedding = config));
        db = Sextant.open(directory, settings);
    }

    @AfterEach
    void close() {
        hold.countDown();
        db.close();
        model.stop(0);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private String url() {
        return "http://127.0.0.1:" + model.getAddress().getPort();
    }

    private static String answer(String path, String body) {
        var list = body.replaceAll("(?s).*\"(?:input|inputs|texts)\":\\[(.*?)\\].*", "$1");
        var texts = path.endsWith(":batchEmbedContents")
                ? Pattern.compile("\"text\":\"([^\"]*)\"")
                        .matcher(body)
                        .results()
                        .map(found -> found.group(1))
                        .toList()
                : TEXT.matcher(list).results().map(found -> found.group(1)).toList();
        var vectors = texts.stream()
                .map(text -> "[" + text.length() + ","
                        + text.chars().filter(c -> c == 'a').count() + ".0]")
                .toList();
        if (path.endsWith("/embed") || path.equals("/hf-inference/models/m/pipeline/feature-extraction"))
            return vectors.toString();
        if (path.endsWith(":batchEmbedContents"))
            return "{\"embeddings\":["
                    + String.join(
                            ",",
                            vectors.stream().map(v -> "{\"values\":" + v + "}").toList()) + "]}";
        if (body.contains("embedding_types")) return "{\"embeddings\":{\"float\":" + vectors + "}}";
        var data = new StringBuilder();
        // The last comes first: providers promise an index, not an order.
        for (int i = vectors.size() - 1; i >= 0; i--)
            data.append(data.isEmpty() ? "" : ",")
                    .append("{\"object\":\"embedding\",\"embedding\":")
                    .append(vectors.get(i))
                    .append(",\"index\":")
                    .append(i)
                    .append("}");
        return "{\"data\":[" + data + "],\"usage\":{\"total_tokens\":3}}";
    }

    private <R> R run(Statement<R> statement) {
        return db.execute(Call.local(), statement);
    }

    private static Function embedding(Map<String, String> parameters) {
        return new Function(0, "f", "", Function.Kind.TEXT_EMBEDDING, List.of("text"), List.of("v"), parameters);
    }

    private Waiting<Written> begin(Call call) {
        var reply = new Waiting<Written>();
        db.submit(call, Write.Insert.of("docs", docs("banana")), reply);
        return reply;
    }

    private void create(Map<String, String> parameters) {
        var all = new HashMap<>(Map.of("provider", "openai", "model_name", "m", "endpoint", url()));
        all.putAll(parameters);
        run(Define.CreateCollection.of("docs", id(), TextTest.text("text", Map.of()), vector("v", 2))
                .with(embedding(all)));
        run(new Define.CreateIndex("docs", "v", "", Map.of("index_type", "FLAT", "metric_type", "L2")));
        run(Operate.Load.of("docs"));
    }

    private static Rows docs(String... texts) {
        var ids = new long[texts.length];
        for (int i = 0; i < ids.length; i++) ids[i] = i;
        return Rows.of(texts.length)
                .with("id", Column.longs(ids))
                .with("text", Column.texts(List.of(texts)))
                .build();
    }

    private List<Long> nearest(String text) {
        var hits = run(Read.Search.of("docs", "v", Column.longs(), 1)
                .looking(Read.Near.of("v", new Read.Target.Texts(List.of(text), ""))));
        return java.util.Arrays.stream(((Column.Longs) hits.keys()).values())
                .boxed()
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "openai, 'Bearer secretnullnull'",
        "azure_openai, nullaznull",
        "dashscope, 'Bearer dnullnull'",
        "voyageai, 'Bearer vnullnull'",
        "cohere, 'Bearer cnullnull'",
        "siliconflow, 'Bearer snullnull'",
        "gemini, nullnullg",
        "huggingface, 'Bearer hnullnull'",
        "tei, nullnullnull"
    })
    void eachProviderIsAskedInItsOwnWords(String provider, String key) {
        create(Map.of("provider", provider));
        run(Write.Insert.of("docs", docs("banana", "kiwi", "a")));
        assertThat(nearest("ananas")).containsExactly(0L);
        assertThat(nearest("fig")).containsExactly(1L);
        assertThat(keys).containsOnly(key);
        var asVector = run(Read.Search.of("docs", "v", Column.Dense.of(2, new float[] {1, 1}), 1));
        assertThat(((Column.Longs) asVector.keys()).values()).containsExactly(2L);
    }

    @Test
    void aModelIsAskedBeforeItsCollectionExists() {
        failures = 100;
        assertThatThrownBy(() -> create(Map.of()))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.FunctionFailed.class));
        assertThat(run(new Watch.ListCollections())).isEmpty();
        failures = 0;
        create(Map.of());
    }

    @Test
    void whatFailsInPassingIsAskedAgainAndWhatIsWrongIsNot() {
        create(Map.of());
        failures = 2;
        run(Write.Insert.of("docs", docs("banana")));
        status = 401;
        failures = 1;
        int before = asked.size();
        assertThatThrownBy(() -> run(Write.Insert.of("docs", docs("banana"))))
                .hasMessageContaining("Call service failed")
                .hasMessageContaining("401");
        assertThat(asked).hasSize(before + 1);
    }

    @Test
    void rowsComeInBatchesAndNotTooMany() {
        create(Map.of("max_client_batch_size", "2"));
        int before = asked.size();
        run(Write.Insert.of("docs", docs("a", "b", "c", "d", "e")));
        assertThat(asked).hasSize(before + 3);
        assertThatThrownBy(
                        () -> run(Write.Insert.of("docs", docs("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"))))
                .hasMessageContaining("numRows [11] > function [f]'s max batch [10]");
        assertThatThrownBy(() -> run(Write.Insert.of("docs", docs("a", ""))))
                .hasMessageContaining("does not support empty text");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "provider|nobody|Unsupported text embedding service provider: [nobody]",
                "endpoint|http://10.0.0.1/|model-endpoints",
                "credential|unknown|can not find credential unknown",
                "dim|3|the dim of its output field is 2",
                "max_client_batch_size|0|must be a positive integer"
            })
    void whatIsWrongWithAModelIsSaid(String name, String value, String phrase) {
        assertThatThrownBy(() -> create(Map.of(name, value)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining(phrase);
    }

    @Test
    void functionsComeChangeAndGo() {
        run(Define.CreateCollection.of("docs", id(), TextTest.text("text", Map.of()), vector("v", 2)));
        run(new Define.CreateIndex("docs", "v", "", Map.of("index_type", "FLAT", "metric_type", "L2")));
        run(Operate.Load.of("docs"));
        var parameters = Map.of("provider", "tei", "endpoint", url());
        run(new Define.AddFunction("docs", embedding(parameters)));
        run(Write.Insert.of("docs", docs("banana")));
        var changed = new HashMap<>(parameters);
        changed.put("ingestion_prompt", "aa");
        run(new Define.AlterFunction("docs", "f", embedding(changed)));
        run(Write.Insert.of("docs", docs("kiwi")));
        assertThat(asked.getLast()).contains("aakiwi");
        assertThatThrownBy(() -> run(new Define.AddFunction("docs", embedding(parameters))))
                .hasMessageContaining("duplicate function name: f");
        run(new Define.DropFunction("docs", "f"));
        assertThatThrownBy(() -> run(Write.Insert.of("docs", docs("kiwi")))).isInstanceOf(Refused.class);
        assertThat(run(Watch.DescribeCollection.of("docs")).schema().functions())
                .isEmpty();
        assertThatThrownBy(() -> run(new Define.AddFunction("docs", Function.of("b", Function.Kind.BM25, "text", "v"))))
                .hasMessageContaining("does not support adding BM25 function");
    }

    @Test
    void vectorsOfAModelMayBeGivenWhereTheCollectionSaysSo() {
        create(Map.of());
        var given = Rows.of(1)
                .with("id", Column.longs(1))
                .with("text", Column.texts(List.of("kiwi")))
                .with("v", Column.Dense.of(2, new float[] {7, 7}))
                .build();
        assertThatThrownBy(() -> run(Write.Insert.of("docs", given)))
                .hasMessageContaining("unexpected function output");
        run(new Define.AlterCollection(
                "docs", Map.of("collection.function.allowInsertNonBM25FunctionOutputs", "true"), java.util.Set.of()));
        run(Write.Insert.of("docs", given));
        var hits = run(Read.Search.of("docs", "v", Column.Dense.of(2, new float[] {7, 7}), 1));
        assertThat(hits.scores()).containsExactly(0f);
    }

    @Test
    void whoWaitsForAModelWaitsNoLongerThanItsDeadline() {
        create(Map.of());
        hold = new CountDownLatch(1);
        var soon = Call.local().until(World.real(directory).clock().monotonicNanos() + 200_000_000);
        assertThatThrownBy(() -> begin(soon).await())
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.refusal()).isEqualTo(new Refusal.DeadlinePassed(true)));
    }

    @Test
    void whoGoesAwayWaitsForNoModel() {
        create(Map.of());
        hold = new CountDownLatch(1);
        var call = Call.local();
        var reply = begin(call);
        call.cancellation().cancel();
        assertThatThrownBy(reply::await)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.refusal()).isEqualTo(new Refusal.Cancelled()));
    }

    @Test
    void fewCallsWaitForModelsAtATime() throws InterruptedException {
        create(Map.of());
        hold = new CountDownLatch(1);
        var busy = new CountDownLatch(1);
        var calls = new ArrayList<Call>();
        for (int i = 0; i <= Made.MOST_ASKING; i++) {
            calls.add(Call.local());
            db.submit(calls.getLast(), Write.Insert.of("docs", docs("banana")), new Reply<>() {
                @Override
                public void complete(Written written) {}

                @Override
                public void fail(Throwable reason) {
                    if (reason instanceof Refused refused && refused.refusal() instanceof Refusal.Busy)
                        busy.countDown();
                }
            });
        }
        busy.await();
        calls.forEach(call -> call.cancellation().cancel());
        hold.countDown();
    }

    @Test
    void anAnswerThatIsMuchTooLongIsNotRead() {
        create(Map.of());
        padding = " ".repeat(1 << 20);
        assertThatThrownBy(() -> run(Write.Insert.of("docs", docs("banana"))))
                .hasMessageContaining("Call service failed");
    }

    @Test
    void aFileHasMoreRowsThanAnInsertMay() {
        db.close();
        var texts = new String[30];
        java.util.Arrays.setAll(texts, i -> "a".repeat(i + 1));
        var file = new RowFiles() {
            @Override
            public void check(List<String> group) {}

            @Override
            public Batches open(List<String> group, Schema schema, Map<String, String> options, long memoryBytes) {
                var left = new ArrayDeque<>(List.of(docs(texts)));
                return new Batches() {
                    @Override
                    public Optional<Rows> next() {
                        return Optional.ofNullable(left.poll());
                    }

                    @Override
                    public OptionalLong rows() {
                        return OptionalLong.of(texts.length);
                    }

                    @Override
                    public long bytes() {
                        return texts.length;
                    }

                    @Override
                    public long bytesRead() {
                        return 0;
                    }

                    @Override
                    public void close() {}
                };
            }
        };
        db = Sextant.open(World.real(directory), settings, file, ImportConfig.DEFAULT);
        create(Map.of("max_client_batch_size", "2"));
        long job = run(new Operate.Import("docs", Optional.empty(), List.of(List.of("any")), Map.of()))
                .job();
        Watch.ImportInfo info;
        do info = run(new Watch.ImportState(job));
        while (info.phase() != Watch.ImportPhase.COMPLETED && info.phase() != Watch.ImportPhase.FAILED);
        assertThat(info.reason()).isEmpty();
        assertThat(info.rows()).isEqualTo(texts.length);
    }
}
