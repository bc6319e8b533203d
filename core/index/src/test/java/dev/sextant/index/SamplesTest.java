package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Bytes that the first form of each structure wrote are read by every later build.
class SamplesTest {
    private static final HnswParameters GRAPH = new HnswParameters(4, 20, 5);

    /// @param name of the file under src/test/formats, the number of its form at the end
    record Sample(String name, IndexParameters parameters, Metric metric, VectorType type) {}

    static List<Sample> samples() {
        return List.of(
                real("partition-full-01", new PartitionParameters(4, new Coding.Full(), 5)),
                real("partition-bytes-01", new PartitionParameters(4, new Coding.Bytes(), 5)),
                real("partition-products-01", new PartitionParameters(4, new Coding.Products(4, 5), 5)),
                real("partition-signs-01", new PartitionParameters(4, new Coding.Signs(true), 5)),
                real("partition-scan-01", new PartitionParameters(4, new Coding.Scan(2, true), 5)),
                new Sample(
                        "partition-binary-01",
                        new PartitionParameters(4, new Coding.Full(), 5),
                        Metric.JACCARD,
                        VectorType.BINARY),
                real("coded-graph-sq4u-01", new CodedHnswParameters(GRAPH, RowCoding.Scalar.SQ4U, true)),
                real("coded-graph-sq6-01", new CodedHnswParameters(GRAPH, RowCoding.Scalar.SQ6, false)),
                real("coded-graph-fp16-01", new CodedHnswParameters(GRAPH, RowCoding.Scalar.FP16, false)),
                real("coded-graph-parts-01", new CodedHnswParameters(GRAPH, new RowCoding.Parts(4, 2, 4), true)),
                new Sample("signatures-01", new MinHashParameters(2, 8, 5), Metric.MHJACCARD, VectorType.BINARY),
                real("forest-01", new AnnoyParameters(2, 5)));
    }

    private static Sample real(String name, IndexParameters parameters) {
        return new Sample(name, parameters, Metric.L2, VectorType.FLOAT32);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theFirstFormIsReadAndFindsItsRows(Sample sample) throws IOException {
        try (var data = new Clusters(22, 150, 8, sample.type())) {
            var bytes = Files.readAllBytes(sample(data, sample));
            var kind = List.of(Frozen.Kind.values()).stream()
                    .filter(k -> new String(bytes, 0, 8, java.nio.charset.StandardCharsets.US_ASCII).equals(k.magic()))
                    .findFirst()
                    .orElseThrow();
            try (var index = Structures.read(data, kind, bytes)) {
                assertThat(index.metric()).isEqualTo(sample.metric());
                assertThat(index.count()).isEqualTo(150);
                assertThat(Structures.write(index)).isEqualTo(bytes);
                var query = java.lang.foreign.MemorySegment.ofArray(
                        new byte[sample.type().rowBytes(8)]);
                dev.sextant.kernel.Raw.copyOut(data.rows.address(7), query, 0, query.byteSize());
                var found = Structures.search(
                        data, index, query, 10, Effort.ofBeam(100).withLists(4).withRefine(10), Accept.ALL);
                assertThat(found.size()).isPositive();
                assertThat(found.score(0)).isEqualTo(sample.metric() == Metric.MHJACCARD ? 1 : 0);
            }
        }
    }

    /// Writes the sample where there is none yet: once for each form, before its release.
    private static Path sample(Clusters data, Sample sample) throws IOException {
        var path = Path.of("src/test/formats/" + sample.name() + ".bin");
        if (Files.exists(path)) return path;
        try (var index = Structures.build(data, sample.parameters(), sample.metric());
                var out = Files.newOutputStream(path)) {
            index.writeTo(bytes -> out.write(bytes.toArray(ValueLayout.JAVA_BYTE)));
        }
        return path;
    }
}
