package dev.sextant.conformance;

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
import org.junit.jupiter.api.parallel.Isolated;

/// The published Node client, unmodified, at work on a server that asks who is there. Alone: it was seen to wait in
/// vain for an answer after a restart, on a machine where two other stories and their servers ran.
@Tag("conformance")
@Isolated
class NodeClientTest {
    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> everyStory() throws IOException {
        var root = Files.createDirectories(directory.resolve("root")).toRealPath();
        var sources = installed(Script.sources("node").toAbsolutePath());
        try (var server = ServerProcess.brief(
                directory.resolve("node"),
                Map.of("SEXTANT_ROOT_PASSWORD", "Milvus-root"),
                "--import-roots",
                root.toString())) {
            var seen = new Seen(NodeClientTest.class, server);
            var command = List.of("node", "stories.js", "127.0.0.1:" + server.port(), Script.pages(), root.toString());
            var told = Script.run(command, sources, seen::again);
            return Stream.concat(told.tests(server.output()), seen.tests());
        }
    }

    /// Made once under `target`; the story is copied anew each time.
    private static Path installed(Path sources) {
        var home = sources.resolve("../../../target/node").normalize();
        Script.prepare(sources, "sh", "-c", "mkdir -p '" + home + "' && cp package.json *.js '" + home + "'");
        if (!Files.isDirectory(home.resolve("node_modules/@zilliz/milvus2-sdk-node")))
            Script.prepare(home, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock");
        return home;
    }
}
