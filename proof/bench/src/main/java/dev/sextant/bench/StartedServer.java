package dev.sextant.bench;

import dev.sextant.cli.bench.Directories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A server as its users start it, by `./sextant serve`, on a directory that goes with it or one that stays.
final class StartedServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(5); // it may build first

    private final Process process;
    private final Path log;
    private final Optional<Path> directory; // that goes with it
    private final int port;
    private final int managementPort;
    private final long began;
    private long readyMillis;

    private StartedServer(
            Process process, Path log, Optional<Path> directory, int port, int managementPort, long began) {
        this.process = process;
        this.log = log;
        this.directory = directory;
        this.port = port;
        this.managementPort = managementPort;
        this.began = began;
    }

    /// @param more flags for it
    static StartedServer start(String... more) {
        try {
            var directory = Files.createTempDirectory("sextant-load");
            return start(directory.resolve("data"), Optional.of(directory), Map.of(), more);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// On data that stays.
    static StartedServer on(Path data, Map<String, String> environment, String... more) {
        try {
            return start(data, Optional.empty(), environment, more);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static StartedServer start(
            Path data, Optional<Path> directory, Map<String, String> environment, String... more) throws IOException {
        var launcher = Path.of("sextant").toAbsolutePath();
        if (!Files.isExecutable(launcher)) throw new IllegalArgumentException("start it from the root of the checkout");
        int port = freePort();
        int managementPort = freePort();
        var command = new ArrayList<>(List.of(
                launcher.toString(),
                "serve",
                "--data",
                data.toString(),
                "--port",
                Integer.toString(port),
                "--management-port",
                Integer.toString(managementPort)));
        command.addAll(List.of(more));
        var log = data.resolveSibling("log");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        long began = System.nanoTime();
        var server = new StartedServer(builder.start(), log, directory, port, managementPort, began);
        server.awaitReady();
        return server;
    }

    /// From the launcher's first line to the first answer of its health page.
    long readyMillis() {
        return readyMillis;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    URI metrics() {
        return URI.create("http://127.0.0.1:" + managementPort + "/metrics");
    }

    /// The launcher becomes the server, so this is the server's.
    long pid() {
        return process.pid();
    }

    private void awaitReady() throws IOException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + "/healthz"))
                .timeout(Duration.ofSeconds(2))
                .build();
        long until = System.nanoTime() + PATIENCE.toNanos();
        try (var http = HttpClient.newHttpClient()) {
            while (System.nanoTime() < until && process.isAlive()) {
                try {
                    if (http.send(request, BodyHandlers.discarding()).statusCode() == 200) {
                        readyMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
                        return;
                    }
                } catch (IOException notYet) {
                    // Not listening yet: ask again.
                }
                Thread.sleep(20);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
        var said = Files.readString(log);
        close();
        throw new IOException("the server did not come up:\n" + said);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS))
                process.destroyForcibly().waitFor();
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        directory.ifPresent(Directories::remove);
    }
}
