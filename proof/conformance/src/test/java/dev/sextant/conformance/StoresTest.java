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

/// The stores that others have built on Milvus' Python client, each telling its story to a server that asks who is
/// there.
@Tag("conformance")
class StoresTest {
    private record Store(String environment, String requirements, String script) {}

    private static final List<Store> STORES = List.of(
            new Store("venv-stores", "requirements-stores.txt", "langchain_store.py"),
            new Store("venv-stores", "requirements-stores.txt", "haystack_store.py"),
            new Store("venv-llama", "requirements-llama.txt", "llama_store.py"));

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> everyStore() {
        var sources = Script.sources("python").toAbsolutePath();
        var told = new Told();
        try (var server =
                ServerProcess.start(directory.resolve("stores"), Map.of("SEXTANT_ROOT_PASSWORD", "Milvus-root"))) {
            for (var store : STORES) {
                var python = Script.python(sources, store.environment, store.requirements);
                told.add(Script.run(List.of(python.toString(), store.script, server.uri()), sources, server::again));
            }
            return told.tests(server.output());
        }
    }
}
