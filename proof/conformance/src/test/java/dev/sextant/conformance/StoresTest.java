package dev.sextant.conformance;

import dev.sextant.fixture.ServerProcess;
import java.nio.file.Path;
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
    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> everyStore() {
        var newest = Python.newest("requirements-stores.txt");
        // Its newest version asks for an older client.
        var older = newest.with("pymilvus", "2.6.17").with("llama-index-vector-stores-milvus", "1.2.0");
        var told = new Told();
        try (var server =
                ServerProcess.brief(directory.resolve("stores"), Map.of("SEXTANT_ROOT_PASSWORD", "Milvus-root"))) {
            told.add(newest.tell(server::again, "langchain_store.py", server.uri()));
            told.add(newest.tell(server::again, "haystack_store.py", server.uri()));
            told.add(older.tell(server::again, "llama_store.py", server.uri()));
            return told.tests(server.output());
        }
    }
}
