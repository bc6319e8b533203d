package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every released form of a graph's bytes is read by every later build.
class FormatsTest {
    private static final HnswParameters PARAMETERS = new HnswParameters(4, 20, 5);

    @Test
    void theFirstFormIsReadAndFindsEveryRow() throws IOException {
        try (var data = new Clusters(21, 60, 4, VectorType.FLOAT32)) {
            var bytes = Files.readAllBytes(sample(data));
            var at = new int[1];
            try (var graph = Hnsw.read(data.memory, data.rows, bytes.length, into -> {
                MemorySegment.copy(bytes, at[0], into, ValueLayout.JAVA_BYTE, 0, (int) into.byteSize());
                at[0] += (int) into.byteSize();
            })) {
                assertThat(graph.parameters()).isEqualTo(PARAMETERS);
                assertThat(graph.metric()).isEqualTo(Metric.L2);
                var found = Clusters.run(graph.walk(data.vector(), 60, 60, Accept.ALL, data.scratch), Metric.L2, 60);
                assertThat(found.size()).isEqualTo(60);
            }
        }
    }

    /// Codes of the first form are signs, those of the second say more of more than 32 components.
    @ParameterizedTest
    @Tag("slow")
    @CsvSource({"quantised-graph-01, 8", "quantised-graph-02, 40"})
    void bothFormsOfAQuantisedGraphAreReadAndFindTheirRows(String name, int dimension) throws IOException {
        try (var data = new Clusters(22, 150, dimension, VectorType.FLOAT32)) {
            var path = Path.of("src/test/formats/" + name + ".bin");
            if (!Files.exists(path))
                try (var graph = Structures.build(data, new QuantisedParameters(32, 16, 0, 5), Metric.L2)) {
                    Files.write(path, Structures.write(graph));
                }
            try (var graph = Structures.read(data, Frozen.Kind.QUANTISED_GRAPH, Files.readAllBytes(path));
                    var again = Structures.read(data, Frozen.Kind.QUANTISED_GRAPH, Structures.write(graph))) {
                for (int row = 0; row < 150; row++)
                    for (var each : new Frozen[] {graph, again}) {
                        var query = MemorySegment.ofArray(new byte[4 * dimension]);
                        dev.sextant.kernel.Raw.copyOut(data.rows.address(row), query, 0, query.byteSize());
                        var found = Clusters.run(each.walk(query, 10, 40, Accept.ALL, data.scratch), Metric.L2, 10);
                        assertThat(found.score(0)).isZero();
                    }
            }
        }
    }

    @Test
    void theFirstFormOfPostingListsIsReadAndFindsEveryRow() throws IOException {
        var random = new java.util.SplittableRandom(5);
        try (var data = new SparseData(300, () -> {
            var row = SparseData.cells();
            row.put(-7, 1f + random.nextInt(4));
            for (int i = 0; i < 8; i++) row.put(SparseData.zipf(random, 60), 1f + random.nextInt(4));
            return row;
        })) {
            var path = Path.of("src/test/formats/postings-01.bin");
            if (!Files.exists(path))
                try (var index = data.build(Metric.BM25, SparseParameters.DEFAULT)) {
                    Files.write(path, SparseData.written(index));
                }
            try (var index = data.read(Files.readAllBytes(path))) {
                assertThat(index.parameters()).isEqualTo(SparseParameters.DEFAULT);
                assertThat(index.documentFrequency(-7)).isEqualTo(300);
                var target = new Target(
                        SparseData.query(java.util.Map.of(-7, 1f)),
                        300,
                        Effort.DEFAULT,
                        Accept.ALL,
                        java.util.Optional.of(new Bm25(1.2f, 0.75f, data.averageLength())));
                var found = Clusters.run(index.walk(target, data.scratch), Metric.BM25, 300);
                assertThat(found.size()).isEqualTo(300);
            }
        }
    }

    /// Writes the sample where there is none yet: once for each form, before its release.
    private static Path sample(Clusters data) throws IOException {
        var path = Path.of("src/test/formats/graph-01.bin");
        if (Files.exists(path)) return path;
        Files.createDirectories(path.getParent());
        try (var graph = data.build(Metric.L2, PARAMETERS);
                var out = Files.newOutputStream(path)) {
            graph.writeTo(bytes -> out.write(bytes.toArray(ValueLayout.JAVA_BYTE)));
        }
        return path;
    }
}
