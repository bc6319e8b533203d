package dev.sextant.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.world.MemoryDisk;
import dev.sextant.world.RealDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Logs that released versions wrote can be read for ever.
class LogSampleTest {
    private static final Path SAMPLES = Path.of("src/test/formats");

    @Test
    void aLogOfVersion1IsRead() throws IOException {
        var disk = new MemoryDisk();
        disk.createDirectories("log");
        for (var name : RealDisk.at(SAMPLES).list("log-1"))
            try (var file = disk.create("log/" + name)) {
                file.write(
                        0,
                        MemorySegment.ofArray(
                                Files.readAllBytes(SAMPLES.resolve("log-1").resolve(name))));
            }
        try (var story = new Story(disk).start(1)) {
            assertThat(story.replayed()).isEqualTo(entries());
            assertThat(story.log.files())
                    .hasSize(2)
                    .allSatisfy(file -> assertThat(file.note()).asString().isEqualTo("note"));
        }
    }

    private static List<String> entries() {
        return IntStream.range(0, 12)
                .mapToObj(i -> "entry " + i + "x".repeat(i * 700))
                .toList();
    }

    /// Writes the sample anew: once for each version, never again after its release.
    static final class Make {
        public static void main(String[] none) {
            try (var story = new Story(
                            RealDisk.at(SAMPLES),
                            new LogConfig(
                                    "log-1",
                                    Story.CLUSTER,
                                    1,
                                    1,
                                    64 << 10,
                                    true,
                                    0,
                                    java.time.Duration.ofMillis(1),
                                    "note"::getBytes))
                    .start(1)) {
                entries().forEach(story::put);
            }
        }
    }
}
