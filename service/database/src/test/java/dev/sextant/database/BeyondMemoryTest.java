package dev.sextant.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Vectors of three times the memory budget, in a process of its own ([BeyondMemory]).
@Tag("slow")
class BeyondMemoryTest {
    private static final long HEAP = 256L << 20;
    /// Compiled code, classes and threads, as docs/operating/settings.md states.
    private static final long OVERHEAD = 160L << 20;

    @TempDir
    private Path directory;

    @Test
    void threeTimesTheBudgetAreSearchedWithinItAndRowsAreReadOnce() throws IOException, InterruptedException {
        var out = directory.resolve("out");
        var process = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx" + HEAP,
                        "-cp",
                        System.getProperty("java.class.path"),
                        BeyondMemory.class.getName(),
                        directory.resolve("data").toString()))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        var said = Files.readAllLines(out);
        assertThat(process.exitValue()).as(String.join("\n", said)).isZero();
        var figures = figures(said);
        System.out.println(figures);
        assertThat(figures.get("stored")).isGreaterThan(3.0 * BeyondMemory.BUDGET);
        assertThat(figures.get("recall")).isGreaterThanOrEqualTo(0.95);
        assertThat(figures.get("reranked")).isPositive();
        assertThat(figures.get("pages") / figures.get("reranked")).isLessThanOrEqualTo(1.3);
        assertThat(figures.get("reserved")).isLessThanOrEqualTo(BeyondMemory.BUDGET);
        assertThat(figures.get("process")).isLessThanOrEqualTo(BeyondMemory.BUDGET + HEAP + OVERHEAD);
    }

    private static Map<String, Double> figures(List<String> lines) {
        return lines.stream()
                .map(line -> line.split(" "))
                .filter(words -> words.length == 2 && words[1].matches("[0-9.E-]+"))
                .collect(Collectors.toMap(words -> words[0], words -> Double.parseDouble(words[1])));
    }
}
