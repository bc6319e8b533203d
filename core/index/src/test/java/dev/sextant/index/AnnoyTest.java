package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class AnnoyTest {
    static final AnnoyParameters PARAMETERS = new AnnoyParameters(8, 7);
    private static final Metric[] METRICS = {Metric.L2, Metric.IP, Metric.COSINE};

    @Test
    void itFindsMostOfTheNearestForEveryTypeAndMetric() {
        for (var type : new VectorType[] {VectorType.FLOAT32, VectorType.FLOAT16, VectorType.BFLOAT16, VectorType.INT8})
            for (var metric : METRICS)
                try (var data = new Clusters(3, 3000, 24, type);
                        var index = Structures.build(data, PARAMETERS, metric)) {
                    assertThat(Structures.recall(data, index, 10, Effort.ofBeam(800), Accept.ALL, 30))
                            .as("%s %s", type, metric)
                            .isGreaterThan(0.85);
                    Structures.scoresAreExact(data, index, Effort.ofBeam(100));
                }
    }

    @Test
    void itKeepsToWhatEveryStructureKeepsTo() throws Exception {
        try (var data = new Clusters(5, 1500, 20, VectorType.FLOAT32);
                var index = Structures.build(data, PARAMETERS, Metric.L2)) {
            Structures.aSearchAllocatesAHandfulOfObjects(data, index, Effort.ofBeam(200));
            Structures.kRowsComeBackWhenKMatch(data, index);
            Structures.wideningFindsEveryRowOnce(data, index, Accept.ALL);
            Structures.wideningFindsEveryRowOnce(data, index, Structures.share(1, 1500, 0.3));
            Structures.rowsOutsideTheMembersAreNeverFound(data, PARAMETERS, Metric.IP);
            Structures.aStoppedBuildGivesItsMemoryBack(data, PARAMETERS, Metric.L2);
            long row = PARAMETERS.bytesPerRow(new FieldType.Vector(VectorType.FLOAT32, 20), Metric.L2);
            assertThat(index.bytes()).isBetween(1500 * row / 2, 1500 * row * 2 + 256);
        }
        for (var metric : METRICS)
            for (int trees : new int[] {1, 20})
                Structures.itServesTheExtremes(new AnnoyParameters(trees, 3), metric, VectorType.FLOAT32, 1);
    }

    @Test
    void whereAllThatLiesNearIsRejectedAWalkSaysThatAScanIsBetter() {
        try (var data = new Clusters(10, 6000, 24, VectorType.FLOAT32);
                var index = Structures.build(data, PARAMETERS, Metric.L2)) {
            for (int beam : new int[] {64, 600})
                Structures.itTellsAFilterThatRejectsWhatLiesNear(data, index, Effort.ofBeam(beam));
        }
    }

    @Test
    void itIsWrittenAndReadAndRefusesWhatIsNotIts() throws IOException {
        for (int count : new int[] {0, 1, 700})
            try (var data = new Clusters(6, count, 12, VectorType.FLOAT32)) {
                for (var metric : METRICS)
                    try (var index = Structures.build(data, PARAMETERS, metric)) {
                        Structures.readBackItAnswersTheSame(data, index, Effort.ofBeam(200));
                    }
            }
        try (var data = new Clusters(7, 400, 6, VectorType.FLOAT32);
                var index = Structures.build(data, new AnnoyParameters(2, 1), Metric.L2)) {
            Structures.aFlippedBitAndACutAreRefused(data, index);
            var forest = (Annoy) index;
            Structures.liesUnderRightChecksumsLeadNowhere(
                    data,
                    index,
                    Structures.parts(
                            (long) Annoy.NODE * forest.nodeCount,
                            4L * forest.placeCount,
                            forest.planeCount * forest.points.bytes()));
        }
    }
}
