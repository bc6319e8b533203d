package dev.sextant.conformance;

import dev.sextant.fixture.ServerProcess;
import java.nio.file.Path;
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
    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> everyClient() {
        var generations = Python.generations();
        var told = new Told();
        try (var server =
                ServerProcess.brief(directory.resolve("rights"), Map.of("SEXTANT_ROOT_PASSWORD", "Milvus-root"))) {
            var seen = new Seen(RightsTest.class, server);
            for (var python : generations) told.add(python.tell(seen::again, "guarded.py", server.uri()));
            return Stream.concat(told.tests(server.output()), seen.tests());
        }
    }
}
