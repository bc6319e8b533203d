package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.kernel.Stop;
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
class PartitionTest {
    private static final Metric[] METRICS = {Metric.L2, Metric.IP, Metric.COSINE};
    private static final VectorType[] TYPES = {
        VectorType.FLOAT32, VectorType.FLOAT16, VectorType.BFLOAT16, VectorType.INT8
    };

    /// A coding, the effort it is searched with and the recall it must have then.
    record Kind(Coding coding, double refine, double floor) {
        PartitionParameters parameters(int lists) {
            return new PartitionParameters(lists, coding, 7);
        }

        Effort effort(int lists) {
            return Effort.ofBeam(64).withLists(lists).withRefine(refine);
        }
    }

    static List<Kind> kinds() {
        return List.of(
                new Kind(new Coding.Full(), 0, 0.98),
                new Kind(new Coding.Bytes(), 0, 0.95),
                new Kind(new Coding.Products(10, 8), 0, 0.6),
                new Kind(new Coding.Products(20, 4), 0, 0.55),
                new Kind(new Coding.Products(8, 9), 0, 0.5),
                new Kind(new Coding.Signs(true), 4, 0.85),
                new Kind(new Coding.Signs(false), 0, 0.35),
                new Kind(new Coding.Scan(2, true), 4, 0.95),
                new Kind(new Coding.Scan(2, false), 0, 0.6));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void itFindsWhatItsCodesCanTellForEveryTypeAndMetric(Kind kind) {
        for (var type : TYPES)
            for (var metric : METRICS)
                try (var data = new Clusters(3, 2500, 40, type);
                        var index = Structures.build(data, kind.parameters(24), metric)) {
                    assertThat(Structures.recall(data, index, 10, kind.effort(8), Accept.ALL, 30))
                            .as("%s %s %s", kind, type, metric)
                            .isGreaterThan(kind.floor());
                    Structures.scoresAreExact(data, index, kind.effort(8));
                }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void walksInTurnReadSharedListsAndFindWhatEachFindsAlone(Kind kind) {
        try (var data = new Clusters(6, 2000, 40, VectorType.FLOAT32);
                var index = Structures.build(data, kind.parameters(24), Metric.L2)) {
            Structures.walksInTurnFindWhatEachFindsAlone(data, index, kind.effort(8), Accept.ALL);
            Structures.walksInTurnFindWhatEachFindsAlone(
                    data, index, kind.effort(8), Structures.share(3, data.rows.count(), 0.3));
        }
    }

    @Test
    void underAFilterAsManyListsAreReadAsFindAsMuch() {
        var full = new PartitionParameters(200, new Coding.Full(), 1);
        try (var data = new Clusters(8, 8000, 24, VectorType.FLOAT32);
                var index = Structures.build(data, full, Metric.L2)) {
            var two = Effort.DEFAULT.withLists(2);
            double unfiltered = Structures.recall(data, index, 10, two, Accept.ALL, 100);
            assertThat(unfiltered).isBetween(0.7, 0.995);
            for (double share : new double[] {0.5, 0.1, 0.03})
                assertThat(Structures.recall(data, index, 10, two, Structures.share(9, 8000, share), 100))
                        .as("share %s", share)
                        .isGreaterThan(unfiltered - 0.02);
        }
    }

    @Test
    void whereAllThatLiesNearIsRejectedAWalkSaysThatAScanIsBetterHoweverManyListsAreAskedFor() {
        try (var data = new Clusters(10, 6000, 24, VectorType.FLOAT32);
                var index = Structures.build(data, new PartitionParameters(60, new Coding.Full(), 1), Metric.L2)) {
            for (int lists : new int[] {6, 50})
                Structures.itTellsAFilterThatRejectsWhatLiesNear(data, index, Effort.DEFAULT.withLists(lists));
        }
    }

    @Test
    void allListsOfFullRowsFindAllOfTheNearest() {
        for (var metric : METRICS)
            try (var data = new Clusters(4, 2000, 20, VectorType.FLOAT32);
                    var index = Structures.build(data, new PartitionParameters(30, new Coding.Full(), 1), metric)) {
                assertThat(Structures.recall(data, index, 10, Effort.DEFAULT.withLists(30), Accept.ALL, 30))
                        .isEqualTo(1);
            }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void itKeepsToWhatEveryStructureKeepsTo(Kind kind) throws Exception {
        try (var data = new Clusters(5, 1500, 40, VectorType.FLOAT32);
                var index = Structures.build(data, kind.parameters(16), Metric.L2)) {
            Structures.aSearchAllocatesAHandfulOfObjects(data, index, kind.effort(8));
            Structures.kRowsComeBackWhenKMatch(data, index);
            Structures.wideningFindsEveryRowOnce(data, index, Accept.ALL);
            Structures.wideningFindsEveryRowOnce(data, index, Structures.share(1, 1500, 0.3));
            Structures.rowsOutsideTheMembersAreNeverFound(data, kind.parameters(16), Metric.IP);
            Structures.aStoppedBuildGivesItsMemoryBack(data, kind.parameters(16), Metric.L2);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void itServesTheExtremes(Kind kind) {
        int least = kind.coding() instanceof Coding.Products(int m, _) ? m : 1;
        for (int lists : new int[] {1, 1000})
            for (var metric : METRICS)
                Structures.itServesTheExtremes(kind.parameters(lists), metric, VectorType.FLOAT32, least);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void itIsWrittenAndReadAndRefusesWhatIsNotIts(Kind kind) throws IOException {
        for (int count : new int[] {0, 1, 400})
            try (var data = new Clusters(6, count, 40, VectorType.FLOAT32)) {
                for (var metric : METRICS)
                    try (var index = Structures.build(data, kind.parameters(8), metric)) {
                        Structures.readBackItAnswersTheSame(data, index, kind.effort(4));
                    }
            }
        try (var data = new Clusters(7, 150, 40, VectorType.FLOAT32);
                var index = Structures.build(data, kind.parameters(4), Metric.L2)) {
            Structures.aFlippedBitAndACutAreRefused(data, index);
            var partition = (Partition) index;
            Structures.liesUnderRightChecksumsLeadNowhere(
                    data,
                    index,
                    Structures.parts(
                            4L * partition.lists.count(),
                            partition.guide.segment().byteSize(),
                            4L * partition.lists.slots(),
                            partition.code.model().byteSize(),
                            partition.code.codes().byteSize()));
        }
    }

    @Test
    void memoryARowIsWhatTheFormulaSays() {
        for (var kind : kinds())
            try (var data = new Clusters(8, 4000, 40, VectorType.FLOAT32);
                    var index = Structures.build(data, kind.parameters(4), Metric.L2)) {
                long row = kind.parameters(4).bytesPerRow(new FieldType.Vector(VectorType.FLOAT32, 40), Metric.L2);
                var partition = (Partition) index;
                assertThat(index.bytes() - partition.code.model().byteSize())
                        .as("%s", kind)
                        .isBetween(4000 * (row - 1), 4000 * row + (24 << 10));
            }
    }

    @Test
    void whatIsImpossibleIsRefusedInWords() {
        assertThatThrownBy(() -> new Coding.Products(8, 20)).hasMessageContaining("nbits is 20");
        try (var data = new Clusters(9, 10, 6, VectorType.FLOAT32)) {
            var uneven = new PartitionParameters(4, new Coding.Products(4, 8), 1);
            assertThatThrownBy(() -> uneven.begin(data.memory, data.rows, Metric.L2, Accept.ALL))
                    .hasMessageContaining("4 parts of 6 components");
        }
    }

    /// Half of the rows are gone and as many have come: what was trained is taken over and serves as well.
    @ParameterizedTest
    @MethodSource("kinds")
    void aMergeTakesOverWhatWasTrained(Kind kind) {
        for (var metric : METRICS)
            try (var data = new Clusters(12, 2000, 40, VectorType.FLOAT32)) {
                var early = data.rows.withCount(1200);
                var members = Structures.share(12, 2000, 0.9);
                try (var build = kind.parameters(24).begin(data.memory, early, metric, Accept.ALL)) {
                    assertThat(build.work(data.scratch, Stop.NEVER)).isTrue();
                    try (var old = build.finish();
                            var merge = kind.parameters(24)
                                    .beginFrom(data.memory, data.rows, metric, old, new int[1200], members)) {
                        assertThat(merge.work(data.scratch, Stop.NEVER)).isTrue();
                        assertThat(merge.progress().share()).isEqualTo(1);
                        try (var index = merge.finish()) {
                            assertThat(Structures.recall(data, index, 10, kind.effort(8), members, 30))
                                    .as("%s %s", kind, metric)
                                    .isGreaterThan(kind.floor() - 0.05);
                        }
                    }
                }
            }
    }

    // ---- binary rows

    @Test
    void binaryRowsAreFoundThroughTheirLists() throws Exception {
        var parameters = new PartitionParameters(24, new Coding.Full(), 3);
        for (var metric : new Metric[] {Metric.HAMMING, Metric.JACCARD})
            for (int dimension : new int[] {64, 104, 520})
                try (var data = new Clusters(10, 2000, dimension, VectorType.BINARY);
                        var index = Structures.build(data, parameters, metric)) {
                    assertThat(Structures.recall(data, index, 10, Effort.DEFAULT.withLists(8), Accept.ALL, 30))
                            .as("%s of %d bits", metric, dimension)
                            .isGreaterThan(0.9);
                    Structures.scoresAreExact(data, index, Effort.DEFAULT);
                    Structures.kRowsComeBackWhenKMatch(data, index);
                    Structures.wideningFindsEveryRowOnce(data, index, Accept.ALL);
                    Structures.readBackItAnswersTheSame(data, index, Effort.DEFAULT);
                    Structures.rowsOutsideTheMembersAreNeverFound(data, parameters, metric);
                    Structures.itIsTheSameHoweverManyBuildIt(data, parameters, metric);
                }
        try (var data = new Clusters(11, 150, 64, VectorType.BINARY);
                var index = Structures.build(data, parameters, Metric.HAMMING)) {
            Structures.aFlippedBitAndACutAreRefused(data, index);
        }
        for (int lists : new int[] {1, 1000})
            Structures.itServesTheExtremes(
                    new PartitionParameters(lists, new Coding.Full(), 3), Metric.JACCARD, VectorType.BINARY, 8);
    }
}
