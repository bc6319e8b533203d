package dev.sextant.torture.hostile;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/// A model behind HTTP, as `tei` speaks: it answers as it should, until it is told to be odd; then every third answer
/// is one that no model gives.
final class OddModel implements AutoCloseable {
    private static final Pattern TEXT = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"");

    private final HttpServer server;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean odd;

    OddModel() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/embed", exchange -> answer(exchange, "inputs", "[1.0,0.5,0.25,0.125]"));
        server.createContext("/rerank", exchange -> answer(exchange, "texts", "{\"index\":%d,\"score\":0.5}"));
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void beOdd() {
        odd = true;
    }

    private void answer(HttpExchange exchange, String list, String each) throws IOException {
        try (exchange) {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            int number = asked.incrementAndGet();
            var right = right(body, list, each);
            if (odd && number % 3 == 0) odd(exchange, number / 3 % 9, right);
            else tell(exchange, 200, right);
        }
    }

    private static String right(String body, String list, String each) {
        var texts = TEXT.matcher(body);
        var all = new StringBuilder("[");
        int count = 0;
        int from = body.indexOf('[', body.indexOf('"' + list + '"'));
        if (from >= 0)
            for (int at = from;
                    texts.find(at) && !body.substring(at, texts.start()).contains("]");
                    at = texts.end()) all.append(count == 0 ? "" : ",").append(each.formatted(count++));
        return all.append(']').toString();
    }

    private static void odd(HttpExchange exchange, int how, String right) throws IOException {
        switch (how) {
            case 0 -> tell(exchange, 200, "");
            case 1 -> tell(exchange, 200, right.replace("0.5", "NaN"));
            case 2 -> tell(exchange, 200, right.replace("0.5", "1e999"));
            case 3 -> tell(exchange, 200, "[".repeat(50_000));
            case 4 -> tell(exchange, 500, "a trace\n\tat java.lang.Thread");
            case 5 -> tell(exchange, 200, right.substring(0, right.length() / 2));
            case 6 -> tell(exchange, 302, "");
            case 7 ->
                tell(exchange, 200, "[[],[[]],{\"index\":-1,\"score\":1},{\"index\":99999999999,\"score\":\"x\"}]");
            default -> exchange.sendResponseHeaders(200, 1_000_000); // and closes before they are there
        }
    }

    private static void tell(HttpExchange exchange, int status, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
