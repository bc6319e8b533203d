package dev.sextant.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.database.Sextant;
import dev.sextant.database.SextantConfig;
import dev.sextant.world.World;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// docs/compatibility/management.md is written from the rows here, each of which is asked; `-Daccept=true` writes it.
class ManagementTest {
    private static final Path PAGE = Path.of("../../docs/compatibility/management.md");

    /// @param status of a server that is well
    /// @param part of the answer
    private record Row(String path, int status, String part, String note) {
        String markdown() {
            return "| `" + path + "` | " + (status == 200 ? "works" : "not found") + " | " + note + " |\n";
        }
    }

    private static final List<Row> ROWS = List.of(
            new Row(
                    "/healthz",
                    200,
                    "OK",
                    "with `Content-Type: application/json` as JSON; 500 with reasons, 503 while it starts or stops"),
            new Row("/livez", 200, "OK", "the process is alive"),
            new Row("/api/v1/health", 200, "{\"status\":\"ok\"}", ""),
            new Row("/management/check/ready", 200, "{\"msg\":\"OK\"}", "500 while it starts or stops"),
            new Row(
                    "/metrics",
                    200,
                    "# TYPE ",
                    "names of our own; a user and a password where others than this machine may ask"),
            new Row("/metrics_default", 200, "# TYPE ", "the same"),
            new Row(
                    "/log/level",
                    200,
                    "{\"level\":\"",
                    "PUT `{\"level\":\"debug\"}` changes it until the server ends; who may, as for `/metrics`"),
            new Row("/webui/", 404, "Attu", "a page in the browser; Attu works"),
            new Row("/static/", 404, "Attu", "its files"),
            new Row(
                    "/api/v1/_cluster/info",
                    404,
                    "GetMetrics",
                    "what the page shows, as all of `/api/v1/_*`: GetMetrics and /v2/vectordb tell it"),
            new Row(
                    "/api/v1/collection",
                    404,
                    "/v2/vectordb",
                    "the interface of Milvus 2.0, as all of `/api/v1/*`: v2 and v1 are on the port of the database"),
            new Row("/telemetry", 404, "GetClientTelemetry", "GetClientTelemetry tells it"),
            new Row("/management/stop", 404, "SIGTERM", "nobody ends a server without a password"),
            new Row("/management/config/get", 404, "settings", "settings are files, flags and the environment"),
            new Row("/management/config/alter", 404, "settings", "the same"),
            new Row(
                    "/management/datacoord/garbage_collection/pause",
                    404,
                    "one process",
                    "as all of `/management/datacoord/*`: files go when nothing names them"),
            new Row(
                    "/management/querycoord/node/list",
                    404,
                    "one process",
                    "as all of `/management/querycoord/*`: there is one node"),
            new Row("/management/querycoord/balance/suspend", 404, "one process", "the same"),
            new Row("/management/rootcoord/ez/backup", 404, "one process", "nothing is encrypted at rest"),
            new Row("/eventlog", 404, "error stream", "events are logged"),
            new Row("/expr", 404, "nothing is evaluated", "off in Milvus too unless asked for"),
            new Row("/debug/pprof/", 404, "jcmd", "of a Go process"));

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Metrics metrics = new Metrics();
    private Management management;

    @BeforeEach
    void open() {
        management = Management.open(Settings.read(Map.of(Setting.MANAGEMENT_PORT, "0"), Map.of()), metrics)
                .orElseThrow();
        metrics.counter("sextant_test_total", "one").add(1);
    }

    @AfterEach
    void close() {
        management.close();
        http.close();
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management.port() + path));
    }

    private HttpResponse<String> ask(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void eachPathIsAnsweredAsThePageSays() throws Exception {
        try (var sextant = Sextant.open(
                World.real(directory),
                SextantConfig.DEFAULT.withMemory(64L << 20).withWorkers(1))) {
            management.ready(sextant);
            for (var row : ROWS) {
                var answer = ask(to(row.path));
                assertThat(answer.statusCode()).as(row.path).isEqualTo(row.status);
                assertThat(answer.body()).as(row.path).contains(row.part);
            }
            assertThat(ask(to("/healthz").header("content-type", "application/json"))
                            .body())
                    .isEqualTo("{\"state\":\"OK\",\"detail\":[{\"name\":\"standalone\",\"code\":1}]}");
            management.notReady();
        }
    }

    @Test
    void aServerThatIsNotReadySaysSoAndIsAlive() throws Exception {
        assertThat(ask(to("/healthz")).statusCode()).isEqualTo(503);
        assertThat(ask(to("/healthz").header("content-type", "application/json"))
                        .body())
                .contains("\"code\":0");
        assertThat(ask(to("/management/check/ready")).statusCode()).isEqualTo(500);
        assertThat(ask(to("/livez")).statusCode()).isEqualTo(200);
    }

    @Test
    void howMuchIsLoggedCanBeChanged() throws Exception {
        var before = Logging.level();
        try {
            var put = to("/log/level").PUT(BodyPublishers.ofString("{\"level\": \"DEBUG\"}"));
            assertThat(ask(put).body()).isEqualTo("{\"level\":\"debug\"}\n");
            assertThat(ask(to("/log/level")).body()).isEqualTo("{\"level\":\"debug\"}\n");
            assertThat(ask(to("/log/level").PUT(BodyPublishers.ofString("level=warn")))
                            .body())
                    .isEqualTo("{\"level\":\"warn\"}\n");
            for (var wrong : List.of("", "{}", "{\"level\":\"off\"}", "{\"level\":7}"))
                assertThat(ask(to("/log/level").PUT(BodyPublishers.ofString(wrong)))
                                .statusCode())
                        .as(wrong)
                        .isEqualTo(400);
            assertThat(ask(to("/log/level").POST(BodyPublishers.noBody())).statusCode())
                    .isEqualTo(405);
        } finally {
            Logging.level(before);
        }
    }

    @Test
    void othersThanThisMachineNeedAPassword() throws Exception {
        var settings =
                Settings.read(Map.of(Setting.MANAGEMENT_PORT, "0", Setting.MANAGEMENT_HOST, "0.0.0.0"), Map.of());
        try (var open = Management.open(settings, metrics).orElseThrow()) {
            for (var path : List.of("/metrics", "/metrics_default", "/log/level")) {
                var uri = URI.create("http://127.0.0.1:" + open.port() + path);
                assertThat(ask(HttpRequest.newBuilder(uri)).statusCode())
                        .as(path)
                        .isEqualTo(401);
                assertThat(ask(HttpRequest.newBuilder(uri).PUT(BodyPublishers.ofString("{\"level\":\"debug\"}")))
                                .statusCode())
                        .as(path)
                        .isEqualTo(401);
            }
        }
    }

    @Test
    void thePageTellsWhatIsAsked() throws IOException {
        var page = "# Milvus' other port\n\n"
                + "Written by `ManagementTest` from what it asks; do not edit by hand. It is `management-port`"
                + " ([settings](../operating/settings.md)), 9091 as\nin Milvus, and never gives access to data. **not found**: 404, with"
                + " words that say where to look.\n\n| Path | State | Note |\n|---|---|---|\n"
                + ROWS.stream().map(Row::markdown).collect(Collectors.joining());
        if (Boolean.getBoolean("accept")) Files.writeString(PAGE, page);
        assertThat(Files.readString(PAGE))
                .as("docs/compatibility/management.md, which -Daccept=true writes")
                .isEqualTo(page);
    }
}
