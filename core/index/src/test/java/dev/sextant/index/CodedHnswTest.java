package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("slow")
class CodedHnswTest {
    private static final HnswParameters GRAPH = new HnswParameters(12, 80, 7);
    private static final Metric[] METRICS = {Metric.L2, Metric.IP, Metric.COSINE};

    /// @param floor recall without refining
    /// @param refined recall when four times as many are scored again
    record Kind(RowCoding coding, double floor, double refined) {
        CodedHnswParameters parameters(boolean refine) {
            return new CodedHnswParameters(GRAPH, coding, refine);
        }
    }

    static List<Kind> kinds() {
        return List.of(
                new Kind(RowCoding.Scalar.SQ4U, 0.7, 0.96),
                new Kind(RowCoding.Scalar.SQ6, 0.9, 0.97),
                new Kind(RowCoding.Scalar.SQ8, 0.94, 0.97),
                new Kind(RowCoding.Scalar.BF16, 0.94, 0.97),
                new Kind(RowCoding.Scalar.FP16, 0.96, 0.97),
                new Kind(new RowCoding.Parts(20, 1, 8), 0.6, 0.93),
                new Kind(new RowCoding.Parts(20, 1, 4), 0.3, 0.6),
                new Kind(new RowCoding.Parts(10, 1, 9), 0.35, 0.7),
                new Kind(new RowCoding.Parts(10, 2, 8), 0.55, 0.9),
                new Kind(new RowCoding.Parts(8, 3, 5), 0.35, 0.7));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void itFindsWhatItsCodesCanTellForEveryTypeAndMetric(Kind kind) {
        for (var type : new VectorType[] {VectorType.FLOAT32, VectorType.BFLOAT16, VectorType.INT8})
            for (var metric : type == VectorType.FLOAT32 ? METRICS : new Metric[] {Metric.L2})
                for (boolean refine : new boolean[] {false, true})
                    try (var data = new Clusters(3, 800, 40, type);
                            var index = Structures.build(data, kind.parameters(refine), metric)) {
                        assertThat(Structures.recall(
                                        data, index, 10, Effort.ofBeam(100).withRefine(4), Accept.ALL, 30))
                                .as("%s %s %s refined: %s", kind, type, metric, refine)
                                .isGreaterThan(refine ? kind.refined() : kind.floor());
                        Structures.scoresAreExact(data, index, Effort.ofBeam(100));
                    }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void itKeepsToWhatEveryStructureKeepsTo(Kind kind) throws IOException {
        try (var data = new Clusters(5, 800, 40, VectorType.FLOAT32);
                var index = Structures.build(data, kind.parameters(false), Metric.L2)) {
            Structures.aSearchAllocatesAHandfulOfObjects(data, index, Effort.ofBeam(40));
            Structures.kRowsComeBackWhenKMatch(data, index);
            Structures.rowsOutsideTheMembersAreNeverFound(data, kind.parameters(false), Metric.COSINE);
            Structures.aStoppedBuildGivesItsMemoryBack(data, kind.parameters(true), Metric.L2);
            Structures.wideningFindsRowsOnce(data, index, Accept.ALL, 0.95);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void itServesTheExtremes(Kind kind) {
        int least = kind.coding() instanceof RowCoding.Parts(int m, _, _) ? m : 1;
        for (var metric : METRICS)
            Structures.itServesTheExtremes(kind.parameters(false), metric, VectorType.FLOAT32, least);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void itIsWrittenAndReadAndRefusesWhatIsNotIts(Kind kind) throws IOException {
        for (int count : new int[] {0, 1, 300})
            try (var data = new Clusters(6, count, 40, VectorType.FLOAT32);
                    var index = Structures.build(data, kind.parameters(true), Metric.IP)) {
                Structures.readBackItAnswersTheSame(
                        data, index, Effort.ofBeam(50).withRefine(2));
            }
        try (var data = new Clusters(7, 120, 40, VectorType.FLOAT32);
                var index = Structures.build(data, kind.parameters(false), Metric.L2)) {
            Structures.aFlippedBitAndACutAreRefused(data, index);
            var layers = ((CodedHnsw) index).layers;
            long model = layers.walked().model().byteSize(),
                    codes = layers.walkedCodes().byteSize();
            Structures.liesUnderRightChecksumsLeadNowhere(
                    data, index, Structures.parts(model, codes, GraphBytes.size(layers) - 8));
        }
    }

    @Test
    void memoryARowIsWhatTheFormulaSays() {
        for (var kind : kinds())
            try (var data = new Clusters(8, 1500, 40, VectorType.FLOAT32);
                    var index = Structures.build(data, kind.parameters(false), Metric.L2)) {
                long row = kind.parameters(false).bytesPerRow(new FieldType.Vector(VectorType.FLOAT32, 40), Metric.L2);
                long model = ((CodedHnsw) index).layers.walked().model().byteSize();
                assertThat(index.bytes() - model).as("%s", kind).isBetween(1500 * (row - 40), 1500 * (row + 64));
            }
    }

    @Test
    void whatIsImpossibleIsRefusedInWords() {
        try (var data = new Clusters(9, 10, 6, VectorType.FLOAT32)) {
            var uneven = new CodedHnswParameters(GRAPH, new RowCoding.Parts(4, 1, 8), false);
            assertThatThrownBy(() -> uneven.begin(data.memory, data.rows, Metric.L2, Accept.ALL))
                    .hasMessageContaining("4 parts of 6 components");
        }
    }
}
