package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Refused;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ParametersTest {
    @Test
    void sparseParametersHaveRanges() {
        for (var type : List.of("SPARSE_INVERTED_INDEX", "SPARSE_WAND")) {
            for (var good : List.of("0", "0.3", " 0.999 ", "null"))
                assertThatCode(() -> Parameters.check(type, Map.of("drop_ratio_search", good), 10))
                        .doesNotThrowAnyException();
            for (var bad : List.of("1", "-0.1", "NaN", "x", ""))
                assertThatThrownBy(() -> Parameters.check(type, Map.of("drop_ratio_search", bad), 10))
                        .isInstanceOf(Refused.class);
            for (var bad : List.of("0.4", "1.4"))
                assertThatThrownBy(() -> Parameters.check(type, Map.of("dim_max_score_ratio", bad), 10))
                        .isInstanceOf(Refused.class);
        }
        assertThat(Parameters.effort(Map.of("drop_ratio_search", "0.25", "dim_max_score_ratio", "0.9"), 10, 64))
                .matches(effort -> effort.drop() == 0.25 && effort.slack() == 0.9);
    }

    @Test
    void ofNoIndexMoreIsScoredAgainThanTheLimit() {
        for (var type : List.of("HNSW_SQ", "DISKANN", "IVF_RABITQ", "AUTOINDEX")) {
            assertThatCode(() -> Parameters.check(type, Map.of("refine_k", "6553.6"), 10))
                    .doesNotThrowAnyException();
            assertThatThrownBy(() -> Parameters.check(type, Map.of("refine_k", "1e7"), 10))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("over the limit of 65536");
        }
        assertThatThrownBy(() -> Parameters.check("SCANN", Map.of("reorder_k", "65537"), 10))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("over the limit of 65536");
    }

    @Test
    void whatAnIndexDoesNotKnowIsIgnored() {
        var said = Map.of("refine_k", "1e7", "reorder_k", "70000", "nprobe", "4");
        for (var type : List.of("FLAT", "IVF_FLAT", "IVF_SQ8", "IVF_PQ", "HNSW", "SPARSE_WAND", "BIN_FLAT")) {
            assertThatCode(() -> Parameters.check(type, said, 10)).as(type).doesNotThrowAnyException();
            assertThat(Parameters.known(type, said)).as(type).isEqualTo(Map.of("nprobe", "4"));
        }
        assertThat(Parameters.known("SCANN", said)).containsKey("reorder_k").doesNotContainKey("refine_k");
        assertThat(Parameters.known("IVF_RABITQ", said)).containsKey("refine_k").doesNotContainKey("reorder_k");
    }

    @Test
    void whoAsksForARecallGetsTheEffortThatWasMeasuredForIt() {
        var calibration = new dev.sextant.index.Calibration(new float[] {0.5f, 0.9f, 0.97f});
        Supplier<Optional<Recalls.Known>> measured = () -> Optional.of(new Recalls.Known(calibration, true));
        Supplier<Optional<Recalls.Known>> unknown = Optional::empty;
        var asked = java.util.Map.of("recall", "0.95");
        assertThat(Parameters.effort(asked, 10, 64, measured).beam())
                .isEqualTo(dev.sextant.index.Calibration.ladder(2).beam());
        assertThat(Parameters.effort(asked, 10, 64, unknown).beam()).isGreaterThan(64);
        assertThat(Parameters.effort(java.util.Map.of("recall", "0.95", "ef", "33"), 10, 64, measured)
                        .beam())
                .isEqualTo(33);
        assertThat(Parameters.effort(java.util.Map.of(), 10, 64, measured).beam())
                .isEqualTo(64);
    }
}
