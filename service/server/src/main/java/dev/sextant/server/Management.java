package dev.sextant.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sextant.database.Sextant;
import dev.sextant.model.Call;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;

/// The port that platforms watch: alive, ready, figures, and how much is logged. It never gives access to data. What
/// Milvus has there besides is not found, and said to be elsewhere: docs/compatibility/management.md.
final class Management implements AutoCloseable {
    private static final int MOST_ASKING = 2;
    private static final int MOST_BODY_BYTES = 1024;
    // States of a part, as Milvus numbers them.
    private static final int INITIALIZING = 0, HEALTHY = 1, ABNORMAL = 2;
    private static final Pattern LEVEL = Pattern.compile("\\blevel\"?\\s*[:=]\\s*\"?(\\w+)");

    /// By how their paths begin, the longer ones first.
    private static final Map<String, String> ELSEWHERE = new TreeMap<>(Comparator.reverseOrder());

    static {
        ELSEWHERE.putAll(Map.of(
                "/webui", "there is no web page here; Attu works on the port of the database",
                "/telemetry", "ListClients and GetClientTelemetry tell of clients, on the port of the database",
                "/api/v1/", "ask /v2/vectordb on the port of the database; GetMetrics tells what web pages show",
                "/management/", "one process is every part of a cluster: there is none to balance, suspend or collect",
                "/management/stop", "end the process with SIGTERM: it finishes what it began",
                "/management/config", "settings are given at the start: docs/operating/settings.md",
                "/expr", "nothing is evaluated in this process",
                "/eventlog", "events are lines on the error stream",
                "/static/", "there is no web page here; Attu works on the port of the database",
                "/debug/pprof", "this is no Go process: jcmd and JFR look into it"));
    }

    private final Metrics metrics;
    private final boolean openMetrics;
    private final HttpServer http;
    private final Semaphore asking = new Semaphore(MOST_ASKING);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile Optional<Sextant> ready = Optional.empty();

    private Management(Metrics metrics, boolean openMetrics, HttpServer http) {
        this.metrics = metrics;
        this.openMetrics = openMetrics;
        this.http = http;
    }

    /// Listens before there is a database, so that a long start can be told from a dead process.
    static Optional<Management> open(Settings settings, Metrics metrics) {
        if (settings.managementPort() < 0) return Optional.empty();
        try {
            var http =
                    HttpServer.create(new InetSocketAddress(settings.managementHost(), settings.managementPort()), 0);
            boolean open = Settings.isLoopback(settings.managementHost()) || settings.insecure();
            var management = new Management(metrics, open, http);
            http.setExecutor(management.threads);
            http.createContext("/", management::answer);
            http.start();
            return Optional.of(management);
        } catch (IOException taken) {
            throw new UncheckedIOException(
                    "cannot listen on " + settings.managementHost() + ":" + settings.managementPort()
                            + " for health and metrics: " + taken.getMessage()
                            + "; end what listens there, or choose another management-port",
                    taken);
        }
    }

    int port() {
        return http.getAddress().getPort();
    }

    void ready(Sextant sextant) {
        ready = Optional.of(sextant);
    }

    void notReady() {
        ready = Optional.empty();
    }

    private void answer(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        try (exchange) {
            switch (path) {
                case "/livez" -> send(exchange, 200, "text/plain", "OK");
                case "/healthz" -> health(exchange);
                case "/management/check/ready" -> readiness(exchange);
                case "/api/v1/health" -> send(exchange, 200, "application/json", "{\"status\":\"ok\"}");
                case "/metrics", "/metrics_default" -> {
                    if (isAllowed(exchange))
                        send(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.page());
                }
                case "/log/level" -> {
                    if (isAllowed(exchange)) level(exchange);
                }
                default -> send(exchange, 404, "text/plain", "404 page not found" + elsewhere(path) + "\n");
            }
        }
    }

    private static String elsewhere(String path) {
        for (var each : ELSEWHERE.entrySet()) if (path.startsWith(each.getKey())) return ": " + each.getValue();
        return "";
    }

    /// Answers those who are not.
    private boolean isAllowed(HttpExchange exchange) throws IOException {
        try {
            if (openMetrics || isKnown(exchange)) return true;
        } catch (Refused busy) {
            exchange.getResponseHeaders().set("retry-after", "1");
            send(exchange, 503, "text/plain", busy.getMessage() + "\n");
            return false;
        }
        exchange.getResponseHeaders().set("www-authenticate", "Basic realm=\"sextant\"");
        send(exchange, 401, "text/plain", exchange.getRequestURI().getPath() + " needs a user and a password here\n");
        return false;
    }

    /// Tells how much is logged, or changes it until the server ends: as JSON or as a form, like Milvus.
    private static void level(HttpExchange exchange) throws IOException {
        switch (exchange.getRequestMethod()) {
            case "GET" -> send(exchange, 200, "application/json", "{\"level\":\"" + Logging.level() + "\"}\n");
            case "PUT" -> {
                var asked = LEVEL.matcher(
                        new String(exchange.getRequestBody().readNBytes(MOST_BODY_BYTES), StandardCharsets.UTF_8));
                var level = asked.find() ? asked.group(1).toLowerCase(Locale.ROOT) : "";
                if (Logging.LEVELS.contains(level)) {
                    Logging.level(level);
                    send(exchange, 200, "application/json", "{\"level\":\"" + level + "\"}\n");
                } else
                    send(exchange, 400, "application/json", "{\"error\":\"level is one of " + Logging.LEVELS + "\"}\n");
            }
            default -> send(exchange, 405, "application/json", "{\"error\":\"only GET and PUT are supported\"}\n");
        }
    }

    private List<String> troubles() {
        return ready.map(Management::troubles).orElse(List.of("starting or stopping"));
    }

    private void health(HttpExchange exchange) throws IOException {
        var troubles = troubles();
        boolean asJson = "application/json".equals(exchange.getRequestHeaders().getFirst("content-type"));
        int status = troubles.isEmpty() ? 200 : ready.isEmpty() ? 503 : 500;
        if (asJson)
            send(
                    exchange,
                    status,
                    "application/json",
                    "{\"state\":\"" + (troubles.isEmpty() ? "OK" : "unhealthy")
                            + "\",\"detail\":[{\"name\":\"standalone\",\"code\":"
                            + (troubles.isEmpty() ? HEALTHY : ready.isEmpty() ? INITIALIZING : ABNORMAL) + "}]}");
        else send(exchange, status, "text/plain", troubles.isEmpty() ? "OK" : String.join("\n", troubles) + "\n");
    }

    private void readiness(HttpExchange exchange) throws IOException {
        boolean good = troubles().isEmpty();
        send(exchange, good ? 200 : 500, "application/json", "{\"msg\":\"" + (good ? "OK" : "not ready") + "\"}");
    }

    /// What ails a database, in sentences.
    static List<String> troubles(Sextant sextant) {
        try {
            var health = sextant.execute(Call.local(), new Watch.Health());
            return health.healthy() ? List.of() : health.reasons();
        } catch (Refused refused) {
            // Who is busy is alive: to restart it would make things worse.
            return refused.refusal() instanceof Refusal.Busy ? List.of() : List.of(refused.getMessage());
        }
    }

    /// Whoever asks here must not take the hashing of passwords away from the clients of the database: few are looked
    /// at at once, the rest is turned away.
    private boolean isKnown(HttpExchange exchange) {
        if (!asking.tryAcquire()) throw new Refused(new Refusal.Busy("the verification of passwords", 1_000));
        try {
            return isUser(exchange);
        } finally {
            asking.release();
        }
    }

    private boolean isUser(HttpExchange exchange) {
        var header = exchange.getRequestHeaders().getFirst("authorization");
        if (header == null || !header.startsWith("Basic ") || ready.isEmpty()) return false;
        try {
            var text = new String(Base64.getDecoder().decode(header.substring(6).strip()), StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            if (colon < 0) return false;
            ready.get().authenticate(text.substring(0, colon), text.substring(colon + 1));
            return true;
        } catch (IllegalArgumentException unknown) {
            return false;
        } catch (Refused refused) {
            if (refused.refusal() instanceof Refusal.Busy) throw refused;
            return false;
        }
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        http.stop(0);
        threads.close();
    }
}
