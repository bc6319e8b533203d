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
import java.util.concurrent.TimeUnit;

/// A server as its users start it, by `./sextant serve`, on a directory that goes with it.
final class StartedServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(5); // it may build first

    private final Process process;
    private final Path directory;
    private final int port;
    private final int managementPort;

    private StartedServer(Process process, Path directory, int port, int managementPort) {
        this.process = process;
        this.directory = directory;
        this.port = port;
        this.managementPort = managementPort;
    }

    static StartedServer start() {
        try {
            var launcher = Path.of("sextant").toAbsolutePath();
            if (!Files.isExecutable(launcher))
                throw new IllegalArgumentException("start it from the root of the checkout");
            var directory = Files.createTempDirectory("sextant-load");
            int port = freePort();
            int managementPort = freePort();
            var process = new ProcessBuilder(
                            launcher.toString(),
                            "serve",
                            "--data",
                            directory.resolve("data").toString(),
                            "--port",
                            Integer.toString(port),
                            "--management-port",
                            Integer.toString(managementPort))
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
            var server = new StartedServer(process, directory, port, managementPort);
            server.awaitReady();
            return server;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    URI metrics() {
        return URI.create("http://127.0.0.1:" + managementPort + "/metrics");
    }

    private void awaitReady() throws IOException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + "/healthz"))
                .timeout(Duration.ofSeconds(2))
                .build();
        long until = System.nanoTime() + PATIENCE.toNanos();
        try (var http = HttpClient.newHttpClient()) {
            while (System.nanoTime() < until && process.isAlive()) {
                try {
                    if (http.send(request, BodyHandlers.discarding()).statusCode() == 200) return;
                } catch (IOException notYet) {
                    // Not listening yet: ask again.
                }
                Thread.sleep(20);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
        var said = Files.readString(directory.resolve("log"));
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
        Directories.remove(directory);
    }
}
