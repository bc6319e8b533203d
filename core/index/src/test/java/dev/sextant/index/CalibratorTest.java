package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.kernel.Stop;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CalibratorTest {
    @Test
    @Tag("slow")
    void moreEffortFindsMoreAndTheLeastThatFindsEnoughIsTaken() {
        for (var type : new VectorType[] {VectorType.FLOAT32, VectorType.INT8})
            try (var data = new Clusters(21, 6000, 32, type);
                    var graph = data.build(Metric.L2, new HnswParameters(4, 40, 3))) {
                var calibrator = new Calibrator(graph, data.rows, 5);
                assertThat(calibrator.work(data.scratch, Stop.NEVER)).isTrue();
                var measured = calibrator.finish();
                var recalls = measured.recalls();
                assertThat(recalls).hasSize(Calibration.steps());
                for (int step = 1; step < recalls.length; step++)
                    assertThat(recalls[step]).isGreaterThanOrEqualTo(recalls[step - 1] - 0.02f);
                assertThat(recalls[recalls.length - 1]).isGreaterThan(0.95f);
                var modest = measured.effort(0.8, 10).orElseThrow();
                var high = measured.effort(0.95, 10).orElseThrow();
                assertThat(modest.beam()).isLessThanOrEqualTo(high.beam());
                assertThat(data.recall(graph, 10, high.beam(), Accept.ALL, 60, false))
                        .as(type.name())
                        .isGreaterThan(0.88);
            }
    }

    @Test
    void moreHitsTakeMoreAndWhatNothingReachesTakesTheMost() {
        var measured = new Calibration(new float[] {0.5f, 0.9f, 0.96f});
        assertThat(measured.effort(0.9, 10)).contains(Calibration.ladder(2));
        assertThat(measured.effort(0.9, 100).orElseThrow().beam())
                .isEqualTo(10 * Calibration.ladder(2).beam());
        assertThat(measured.effort(0.9, 1)).contains(Calibration.ladder(2));
        assertThat(measured.effort(0.99, 10)).contains(Calibration.ladder(2));
        assertThat(Calibration.NONE.effort(0.9, 10)).isEmpty();
    }

    @Test
    void nothingToMeasureFindsEverything() {
        try (var data = new Clusters(22, 1, 8, VectorType.FLOAT32);
                var graph = data.build(Metric.COSINE, new HnswParameters(4, 40, 3))) {
            var calibrator = new Calibrator(graph, data.rows, 5);
            assertThat(calibrator.work(data.scratch, Stop.NEVER)).isTrue();
            assertThat(calibrator.finish().recalls()).containsOnly(1f);
        }
    }
}
