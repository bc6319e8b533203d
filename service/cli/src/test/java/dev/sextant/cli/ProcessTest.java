package dev.sextant.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server as a process of its own: started, asked, ended by the system's signal, started again.
@Tag("slow")
class ProcessTest {
    private static final Pattern PORT = Pattern.compile("listens on 127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern HEALTH = Pattern.compile("(http://\\S+/healthz)");

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();

    private static List<String> command() {
        return List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sextant.cli.Main",
                "serve");
    }

    private final class Running implements AutoCloseable {
        private final Process process;
        private final BufferedReader lines;
        private String port = "";
        private String health = "";

        private Running() throws IOException {
            var command = new ArrayList<>(command());
            command.addAll(List.of(
                    "--data",
                    directory.resolve("data").toString(),
                    "--port",
                    "0",
                    "--management-port",
                    "0",
                    "--memory",
                    "128m"));
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
            lines = process.inputReader();
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var at = PORT.matcher(line);
                if (at.find()) port = at.group(1);
                var healthAt = HEALTH.matcher(line);
                if (healthAt.find()) health = healthAt.group(1);
                if (line.contains("connect with")) return;
            }
            throw new IllegalStateException("ended before it was ready");
        }

        private String ask(String route, String body) throws IOException, InterruptedException {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v2/vectordb/" + route))
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        }

        @Override
        public void close() throws IOException {
            process.destroyForcibly();
            lines.close();
        }
    }

    @Test
    void whatWasAcknowledgedIsThereAfterTheProcessWasToldToEnd() throws Exception {
        try (var first = new Running()) {
            assertThat(http.send(
                                    HttpRequest.newBuilder(URI.create(first.health))
                                            .build(),
                                    BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            first.ask("collections/create", "{\"collectionName\":\"kept\",\"dimension\":2}");
            assertThat(first.ask(
                            "entities/insert", "{\"collectionName\":\"kept\",\"data\":[{\"id\":7,\"vector\":[1,2]}]}"))
                    .contains("\"insertCount\":1");
            first.process.toHandle().destroy(); // the signal alone: the process would close its streams as well
            assertThat(first.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(first.lines.lines().toList()).last().asString().contains("stopped");
        }
        try (var second = new Running()) {
            assertThat(second.ask("entities/get", "{\"collectionName\":\"kept\",\"id\":7}"))
                    .contains("\"id\":7");
        }
    }

    @Test
    void aStartThatCannotBeEndsAtOnceAndSaysWhy() throws Exception {
        var data = directory.resolve("data").toString();
        var file =
                Files.writeString(directory.resolve("file"), "not a directory").toString();
        try (var first = new Running()) {
            var managementPort = Integer.toString(URI.create(first.health).getPort());
            assertThat(refusal("--data", data, "--port", "0"))
                    .contains("another process has this directory open (process " + first.process.pid() + ")")
                    .contains(data);
            assertThat(refusal("--data", directory.resolve("other").toString(), "--port", first.port))
                    .contains("cannot listen on 127.0.0.1:" + first.port)
                    .contains("choose another port");
            assertThat(refusal(
                            "--data",
                            directory.resolve("other").toString(),
                            "--port",
                            "0",
                            "--management-port",
                            managementPort))
                    .contains("cannot listen on 127.0.0.1:" + managementPort)
                    .contains("choose another management-port");
            assertThat(refusal("--data", file, "--port", "0")).contains(file + ": it is a file");
            assertThat(refusal("--data", file + "/below", "--port", "0"))
                    .contains(file + "/below: it cannot be made: ")
                    .contains("Not a directory");
        }
    }

    /// What a server says that does not start; it does so long before it would be given up.
    private static String refusal(String... settings) throws IOException, InterruptedException {
        var command = new ArrayList<>(command());
        command.addAll(List.of(settings));
        command.addAll(List.of("--memory", "128m"));
        if (!command.contains("--management-port")) command.addAll(List.of("--management-port", "-1"));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = process.inputReader().readAllAsString();
        assertThat(process.waitFor()).as(said).isEqualTo(Main.FAILED);
        assertThat(said).doesNotContain("not stopped after");
        return said;
    }
}
