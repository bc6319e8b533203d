package dev.sextant.conformance;

import dev.sextant.fixture.ServerProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Full-text search, analyzers and matches, told by three generations of the published Python client.
@Tag("conformance")
class FullTextTest {
    private static final Map<String, String> CLIENTS =
            Map.of("venv", "requirements.txt", "venv-2.6", "requirements-2.6.txt", "venv-2.5", "requirements-2.5.txt");

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> everyClient() {
        var sources = Script.sources("python").toAbsolutePath();
        var told = new Told();
        try (var server = ServerProcess.start(directory.resolve("text"))) {
            var seen = new Seen(FullTextTest.class, server);
            CLIENTS.forEach((name, requirements) -> {
                var python = Script.python(sources, name, requirements);
                told.add(Script.run(List.of(python.toString(), "text.py", server.uri()), sources, seen::again));
            });
            return Stream.concat(told.tests(server.output()), seen.tests());
        }
    }
}
