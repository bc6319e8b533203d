package dev.sextant.database.embedding;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// Asks a provider, up to three times where asking again may help. Waits: never called on a worker or an event loop.
public final class Http implements AutoCloseable {
    private static final int ATTEMPTS = 3;
    private static final int MOST_ACCOUNTS = 64;
    private static final int LARGEST_TOLD = 300;
    /// So often a waiting thread looks whether anybody still wants the answer.
    private static final long LOOK_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final HttpClient client;
    private final Duration patience;
    private final Map<String, Token> tokens = new ConcurrentHashMap<>(); // by whom they were given to
    private final Map<String, GooglePass> accounts = new ConcurrentHashMap<>(); // by their keys

    /// Shown to a provider until its time is over.
    record Token(String text, long untilMillis) {}

    public Http(Duration patience) {
        this.patience = patience;
        // Redirects are not followed: they would lead where no setting allows.
        client = HttpClient.newBuilder()
                .connectTimeout(patience)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /// The token that this holder was given, or is given now. Two may ask for it at the same time; both are served.
    String token(String holder, long nowMillis, Supplier<Token> asking) {
        var held = tokens.get(holder);
        if (held != null && nowMillis < held.untilMillis) return held.text;
        var fresh = asking.get();
        tokens.put(holder, fresh);
        return fresh.text;
    }

    /// The service account of a key, read once. There are as many keys as an operator or a caller names.
    GooglePass account(String key) {
        if (accounts.size() >= MOST_ACCOUNTS) accounts.clear();
        return accounts.computeIfAbsent(key, text -> GooglePass.of(text, this));
    }

    /// The body of a good answer, which has at most `mostBytes`. Gives up when `asking` does.
    String post(String url, Pass pass, String body, long mostBytes, Patience asking) {
        for (int attempt = 1; ; attempt++) {
            var request = request(url, pass, body, asking);
            try {
                var answer = answer(request, mostBytes, asking);
                if (answer.statusCode() / 100 == 2) return answer.body();
                boolean passing = answer.statusCode() == 429 || answer.statusCode() / 100 == 5;
                if (!passing || attempt == ATTEMPTS)
                    throw Embedding.failed("Call service failed, errs:[" + answer.statusCode() + ", "
                            + shortened(answer.body()) + "]");
            } catch (IOException unreachable) {
                if (attempt == ATTEMPTS)
                    throw Embedding.failed("Call service failed, errs:["
                            + unreachable.getClass().getSimpleName() + ": " + unreachable.getMessage() + "]");
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw Embedding.failed("Call service failed: interrupted");
            }
            pause(attempt);
        }
    }

    private HttpRequest request(String url, Pass pass, String body, Patience asking) {
        try {
            var address = URI.create(url);
            var headers = pass.headers(address, body, asking);
            var builder = HttpRequest.newBuilder(address)
                    .timeout(Duration.ofNanos(asking.left(patience.toNanos())))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body));
            headers.forEach(builder::setHeader);
            return builder.build();
        } catch (IllegalArgumentException wrong) {
            throw Embedding.refused("the endpoint " + url + " is no address: " + wrong.getMessage());
        }
    }

    /// The timeout of a request ends with the head of its answer; this one with all of it.
    private HttpResponse<String> answer(HttpRequest request, long mostBytes, Patience asking)
            throws IOException, InterruptedException {
        var handler = HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofString(), mostBytes);
        var coming = client.sendAsync(request, handler);
        long end = asking.clock().monotonicNanos() + patience.toNanos();
        try {
            while (true)
                try {
                    return coming.get(asking.left(LOOK_UP_NANOS), TimeUnit.NANOSECONDS);
                } catch (TimeoutException _) {
                    if (asking.clock().monotonicNanos() - end >= 0)
                        throw new HttpTimeoutException("no whole answer in " + patience);
                }
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case IOException unreachable -> {
                    asking.left(1); // its time may have been the caller's
                    throw unreachable;
                }
                case RuntimeException wrong -> throw wrong;
                case Error wrong -> throw wrong;
                case Throwable wrong -> throw new IOException(wrong);
            }
        } finally {
            coming.cancel(true); // which means nothing when it has come
        }
    }

    private static String shortened(String text) {
        return text.length() <= LARGEST_TOLD ? text : text.substring(0, LARGEST_TOLD) + "…";
    }

    private static void pause(int attempt) {
        try {
            Thread.sleep(100L << attempt);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Embedding.failed("Call service failed: interrupted");
        }
    }

    /// A part of a path, as RFC 3986 has it.
    static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
