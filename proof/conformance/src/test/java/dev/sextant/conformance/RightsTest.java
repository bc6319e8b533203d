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

/// Whole lives of clients, and users, roles, rights, quotas and all else that administrators do, told by three
/// generations of the published Python client to a server that asks who is there.
@Tag("conformance")
class RightsTest {
    private static final Map<String, String> CLIENTS =
            Map.of("venv", "requirements.txt", "venv-2.6", "requirements-2.6.txt", "venv-2.5", "requirements-2.5.txt");

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> everyClient() {
        var sources = Script.sources("python").toAbsolutePath();
        var told = new Told();
        try (var server =
                ServerProcess.start(directory.resolve("rights"), Map.of("SEXTANT_ROOT_PASSWORD", "Milvus-root"))) {
            var seen = new Seen(RightsTest.class, server);
            CLIENTS.forEach((name, requirements) -> {
                var python = Script.python(sources, name, requirements);
                told.add(Script.run(List.of(python.toString(), "guarded.py", server.uri()), sources, seen::again));
            });
            return Stream.concat(told.tests(server.output()), seen.tests());
        }
    }
}
