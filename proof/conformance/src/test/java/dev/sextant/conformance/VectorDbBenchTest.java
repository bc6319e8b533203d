package dev.sextant.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sextant.fixture.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// VectorDBBench, unmodified, over real vectors: `./dev vectordbbench`, and not a part of `./dev test`, since its
/// environment takes a gigabyte.
@Tag("vectordbbench")
class VectorDbBenchTest {
    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> everyCase() throws IOException {
        var data = Script.data();
        assumeTrue(Files.exists(data.resolve("sift-photos-1m-train.npy.gz")), "no data in " + data);
        var python = Python.environment("venv-vectordbbench", List.of("requirements-vectordbbench.txt"));
        var folder = Files.createDirectories(directory.resolve("bench"));
        try (var server = ServerProcess.start(directory.resolve("data"))) {
            return python.tell(server::again, "vectordbbench.py", server.uri(), folder.toString(), data.toString())
                    .tests(server.output());
        }
    }
}
