package dev.sextant.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sextant.fixture.ServerProcess;
import java.io.File;
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

/// The published Go client, unmodified, where there is a Go to build it with.
@Tag("conformance")
class GoClientTest {
    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> go() throws IOException {
        assumeTrue(isThere(), "no go on the PATH");
        var sources = Script.sources("go").toAbsolutePath();
        var program = sources.resolve("../../../target/go-stories").normalize();
        // Modules are fetched once, and only what has changed is compiled again.
        Script.prepare(sources, "go", "build", "-buildvcs=false", "-o", program.toString(), ".");
        var root = Files.createDirectories(directory.resolve("root")).toRealPath();
        try (var server = ServerProcess.brief(
                directory.resolve("go"),
                Map.of("SEXTANT_ROOT_PASSWORD", "Milvus-root"),
                "--import-roots",
                root.toString())) {
            var command = List.of(program.toString(), "127.0.0.1:" + server.port(), Script.pages(), root.toString());
            return Script.run(command, sources, server::again).tests(server.output());
        }
    }

    private static boolean isThere() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "go")));
    }
}
