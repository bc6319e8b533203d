package dev.sextant.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.fixture.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The published Python and Node clients, unmodified, each telling its stories to a real server.
@Tag("conformance")
class PublishedScriptsTest {
    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> python() {
        var sources = Script.sources("python").toAbsolutePath();
        var python = Script.python(sources, "venv", "requirements.txt");
        try (var server = ServerProcess.start(directory.resolve("python"))) {
            var stories = Script.run(List.of(python.toString(), "stories.py", server.uri()), sources, _ -> {
                server.kill();
                server.restart();
            });
            return asTests(stories, server);
        }
    }

    /// With the writers of bulk files, which bring many packages along, and a stand-in for S3 among them.
    @TestFactory
    Stream<DynamicTest> bulk() throws IOException {
        var sources = Script.sources("python").toAbsolutePath();
        var python = Script.python(sources, "venv-bulk", "bulk-requirements.txt");
        var roots = Files.createDirectories(directory.resolve("roots")).toRealPath();
        var bucketPort = Integer.toString(ServerProcess.freePort());
        try (var server = ServerProcess.start(
                directory.resolve("bulk"),
                Map.of("SEXTANT_MINIO_SECRET_ACCESS_KEY", "minioadmin"),
                "--import-roots",
                roots.toString(),
                "--minio-address",
                "127.0.0.1:" + bucketPort,
                "--minio-access-key-id",
                "minioadmin")) {
            var command = List.of(python.toString(), "bulk.py", server.uri(), roots.toString(), bucketPort);
            var stories = Script.run(command, sources, _ -> {
                server.kill();
                server.restart();
            });
            return asTests(stories, server);
        }
    }

    @TestFactory
    Stream<DynamicTest> node() {
        var sources = installed(Script.sources("node").toAbsolutePath());
        try (var server = ServerProcess.start(directory.resolve("node"))) {
            var stories = Script.run(List.of("node", "stories.js", "127.0.0.1:" + server.port()), sources, _ -> {});
            return asTests(stories, server);
        }
    }

    /// Made once under `target`; the story is copied anew each time.
    private static Path installed(Path sources) {
        var home = sources.resolve("../../../target/node").normalize();
        Script.prepare(sources, "sh", "-c", "mkdir -p '" + home + "' && cp package.json stories.js '" + home + "'");
        if (!Files.isDirectory(home.resolve("node_modules/@zilliz/milvus2-sdk-node")))
            Script.prepare(home, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock");
        return home;
    }

    private static Stream<DynamicTest> asTests(Map<String, String> stories, ServerProcess server) {
        var printed = server.output();
        return stories.entrySet().stream()
                .map(story -> DynamicTest.dynamicTest(
                        story.getKey(),
                        () -> assertThat(story.getValue())
                                .as(() -> tail(printed))
                                .isEmpty()));
    }

    private static String tail(String text) {
        return text.substring(Math.max(0, text.length() - 3000));
    }
}
