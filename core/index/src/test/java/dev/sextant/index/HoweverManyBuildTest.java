package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.kernel.Kernels;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Structures over floats become the same however many threads build them. Over lanes sums have another order until the
/// compiler has seen their loops, so two builds in a young process may differ in their last bits; where sums are plain,
/// as in the process that is started here, they never do.
@Tag("slow")
class HoweverManyBuildTest {
    @TempDir
    private Path directory;

    @Test
    void structuresOverFloatsBecomeTheSame() throws IOException, InterruptedException {
        var said = directory.resolve("said");
        var java = ProcessHandle.current().info().command().orElseThrow();
        int code = new ProcessBuilder(
                        java, "-ea", "-cp", System.getProperty("java.class.path"), HoweverManyBuildTest.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start()
                .waitFor();
        assertThat(code).as(Files.readString(said)).isZero();
    }

    public static void main(String[] none) throws Exception {
        assertThat(Kernels.accelerated()).isFalse();
        var kinds = PartitionTest.kinds();
        var partitions = kinds.stream().map(kind -> kind.parameters(16)).toList();
        build(40, List.copyOf(partitions));
        build(20, List.of(AnnoyTest.PARAMETERS));
    }

    private static void build(int dimension, List<IndexParameters> structures) throws Exception {
        try (var data = new Clusters(5, 1500, dimension, VectorType.FLOAT32)) {
            for (var parameters : structures) Structures.itIsTheSameHoweverManyBuildIt(data, parameters, Metric.COSINE);
        }
    }
}
