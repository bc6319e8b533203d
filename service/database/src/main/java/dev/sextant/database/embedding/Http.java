package dev.sextant.database.embedding;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/// Asks a provider, up to three times where asking again may help. Waits: never called on a worker or an event loop.
public final class Http implements AutoCloseable {
    private static final int ATTEMPTS = 3;
    private static final int LARGEST_TOLD = 300;

    private final HttpClient client;
    private final Duration patience;

    public Http(Duration patience) {
        this.patience = patience;
        // Redirects are not followed: they would lead where no setting allows.
        client = HttpClient.newBuilder()
                .connectTimeout(patience)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /// The body of a good answer.
    String post(String url, Map<String, String> headers, String body) {
        HttpRequest request;
        try {
            var builder = HttpRequest.newBuilder(URI.create(url))
                    .timeout(patience)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body));
            headers.forEach(builder::header);
            request = builder.build();
        } catch (IllegalArgumentException wrong) {
            throw Embedding.refused("the endpoint " + url + " is no address: " + wrong.getMessage());
        }
        for (int attempt = 1; ; attempt++) {
            try {
                var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
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

    @Override
    public void close() {
        client.shutdownNow();
    }
}
