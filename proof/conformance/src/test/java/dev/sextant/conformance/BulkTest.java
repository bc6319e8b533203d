package dev.sextant.conformance;

import dev.sextant.fixture.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// What the server reads out of files: rows, with the published writers of such files, and words. Buckets are those of
/// SeaweedFS, which comes as a package.
@Tag("conformance")
class BulkTest {
    /// Files that are larger in memory than this are among those that are read.
    private static final String HEAP = "-Xmx256m";

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> everyWriter() throws IOException {
        return stories("bulk", false);
    }

    @TestFactory
    Stream<DynamicTest> everyBucket() throws IOException {
        return stories("bucket", true);
    }

    @TestFactory
    Stream<DynamicTest> everyExternalCollection() throws IOException {
        return stories("external", true);
    }

    @TestFactory
    Stream<DynamicTest> everyFileOfWords() throws IOException {
        return stories("word_files", true);
    }

    private Stream<DynamicTest> stories(String name, boolean withBucket) throws IOException {
        // The older ones are found by the stories themselves.
        var python = Python.generations("requirements-store.txt").getFirst();
        var roots = Files.createDirectories(directory.resolve("roots")).toRealPath();
        var bucketPort = Integer.toString(ServerProcess.freePort());
        var arguments = new ArrayList<>(List.of("--import-roots", roots.toString()));
        if (withBucket)
            arguments.addAll(
                    List.of("--minio-address", "127.0.0.1:" + bucketPort, "--minio-access-key-id", "an-owner"));
        try (var server = ServerProcess.brief(
                directory.resolve(name),
                Map.of("SEXTANT_MINIO_SECRET_ACCESS_KEY", "the-secret-of-the-owner", "_JAVA_OPTIONS", HEAP),
                arguments.toArray(String[]::new))) {
            var seen = new Seen(BulkTest.class, name, server);
            var told = python.tell(seen::again, name + ".py", server.uri(), roots.toString(), bucketPort);
            return Stream.concat(told.tests(server.output()), seen.tests());
        }
    }
}
