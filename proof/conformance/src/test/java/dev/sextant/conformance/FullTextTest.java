package dev.sextant.conformance;

import dev.sextant.fixture.ServerProcess;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Full-text search, analyzers and matches, told by three generations of the published Python client.
@Tag("conformance")
class FullTextTest {
    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> everyClient() {
        var generations = Python.generations();
        var told = new Told();
        try (var server = ServerProcess.brief(directory.resolve("text"))) {
            var seen = new Seen(FullTextTest.class, server);
            for (var python : generations) told.add(python.tell(seen::again, "text.py", server.uri()));
            return Stream.concat(told.tests(server.output()), seen.tests());
        }
    }
}
