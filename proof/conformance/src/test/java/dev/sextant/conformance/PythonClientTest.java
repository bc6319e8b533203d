package dev.sextant.conformance;

import dev.sextant.fixture.ServerProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The newest published Python client, unmodified, telling its stories to a real server.
@Tag("conformance")
class PythonClientTest {
    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> everyStory() {
        var sources = Script.sources("python").toAbsolutePath();
        var python = Script.python(sources, "venv", "requirements.txt");
        try (var server = ServerProcess.start(directory.resolve("python"))) {
            var seen = new Seen(PythonClientTest.class, server);
            var told = Script.run(List.of(python.toString(), "stories.py", server.uri()), sources, seen::again);
            return Stream.concat(told.tests(server.output()), seen.tests());
        }
    }
}
