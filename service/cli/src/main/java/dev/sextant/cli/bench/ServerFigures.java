package dev.sextant.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/// A page of figures in the text form of Prometheus: most servers show one, and on it what they have used.
public final class ServerFigures {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final URI page;

    public ServerFigures(URI page) {
        this.page = page;
    }

    /// CPU time of the server's process.
    public long cpuNanos() {
        return (long) (1e9 * figure("process_cpu_seconds_total"));
    }

    /// What the database behind the page takes, by its own word; nobody knows where it is another server's page.
    Subject.Footprint footprint() {
        return footprint(read());
    }

    static Subject.Footprint footprint(String page) {
        return new Subject.Footprint(
                value(page, "sextant_memory_used_bytes").orElse(Double.NaN),
                value(page, "sextant_files_bytes").orElse(Double.NaN),
                Map.of());
    }

    /// The sum over all labels of a figure that the page must show.
    public double figure(String name) {
        return value(read(), name).orElseThrow(() -> new IllegalArgumentException(page + " does not show " + name));
    }

    private String read() {
        try {
            return HTTP.send(
                            HttpRequest.newBuilder(page)
                                    .timeout(Duration.ofSeconds(10))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        } catch (IOException failed) {
            var reason = failed.getMessage() == null ? "nobody answers there" : failed.getMessage();
            throw new UncheckedIOException(page + ": " + reason, failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    /// The sum over all labels of one figure.
    static OptionalDouble value(String page, String name) {
        var lines = Pattern.compile("^" + Pattern.quote(name) + "(?:\\{[^}]*})? (\\S+)", Pattern.MULTILINE)
                .matcher(page)
                .results()
                .toList();
        if (lines.isEmpty()) return OptionalDouble.empty();
        return OptionalDouble.of(lines.stream()
                .mapToDouble(line -> Double.parseDouble(line.group(1)))
                .sum());
    }
}
