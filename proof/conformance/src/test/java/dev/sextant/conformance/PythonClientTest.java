package dev.sextant.conformance;

import dev.sextant.fixture.ServerProcess;
import java.nio.file.Path;
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
        var python = Python.newest();
        try (var server = ServerProcess.brief(directory.resolve("python"))) {
            var seen = new Seen(PythonClientTest.class, server);
            var told = python.tell(seen::again, "stories.py", server.uri());
            return Stream.concat(told.tests(server.output()), seen.tests());
        }
    }
}
