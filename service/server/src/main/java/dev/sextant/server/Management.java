package dev.sextant.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sextant.database.Sextant;
import dev.sextant.model.Call;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Watch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/// The port that platforms watch: alive, ready, figures. It answers nothing else, and never gives access to data.
final class Management implements AutoCloseable {
    private static final int MOST_ASKING = 2;

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
            throw new WrongSetting("cannot listen on " + settings.managementHost() + ":" + settings.managementPort()
                    + " for health and metrics: " + taken.getMessage() + "; choose another management-port");
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
        try (exchange) {
            switch (exchange.getRequestURI().getPath()) {
                case "/livez" -> send(exchange, 200, "text/plain", "OK");
                case "/healthz" -> health(exchange);
                case "/api/v1/health" -> send(exchange, 200, "application/json", "{\"status\":\"ok\"}");
                case "/metrics" -> figures(exchange);
                default -> send(exchange, 404, "text/plain", "404 page not found\n");
            }
        }
    }

    private void figures(HttpExchange exchange) throws IOException {
        try {
            if (openMetrics || isKnown(exchange)) {
                send(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.page());
                return;
            }
        } catch (Refused busy) {
            exchange.getResponseHeaders().set("retry-after", "1");
            send(exchange, 503, "text/plain", busy.getMessage() + "\n");
            return;
        }
        exchange.getResponseHeaders().set("www-authenticate", "Basic realm=\"sextant\"");
        send(exchange, 401, "text/plain", "metrics need a user and a password here\n");
    }

    private void health(HttpExchange exchange) throws IOException {
        var troubles = ready.map(Management::troubles).orElse(List.of("starting or stopping"));
        boolean asJson = "application/json".equals(exchange.getRequestHeaders().getFirst("content-type"));
        int status = troubles.isEmpty() ? 200 : ready.isEmpty() ? 503 : 500;
        if (asJson)
            send(
                    exchange,
                    status,
                    "application/json",
                    "{\"state\":\"" + (troubles.isEmpty() ? "OK" : "unhealthy") + "\",\"detail\":[]}");
        else send(exchange, status, "text/plain", troubles.isEmpty() ? "OK" : String.join("\n", troubles) + "\n");
    }

    private static List<String> troubles(Sextant sextant) {
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
