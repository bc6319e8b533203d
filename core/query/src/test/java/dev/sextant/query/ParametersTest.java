package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Refused;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
        var said = Map.of(
                "refine_k", "1e7", "reorder_k", "70000", "nprobe", "4", "ef", "3", "search_list", "2", "search_k", "1");
        for (var type : List.of("FLAT", "SPARSE_WAND", "BIN_FLAT")) assertKnown(type, said);
        for (var type : List.of("IVF_FLAT", "IVF_SQ8", "IVF_PQ", "BIN_IVF_FLAT")) assertKnown(type, said, "nprobe");
        assertThat(known("SCANN", said)).containsOnly("reorder_k", "nprobe");
        assertThat(known("IVF_RABITQ", said)).containsOnly("refine_k", "nprobe");
        assertThat(known("HNSW", said)).containsOnly("ef");
        assertThat(known("HNSW_PQ", said)).containsOnly("ef", "refine_k");
        assertThat(known("AUTOINDEX", said)).containsOnly("ef", "refine_k");
        assertThat(known("ANNOY", said)).containsOnly("search_k");
        assertThat(known("DISKANN", said)).containsOnly("search_list_size", "refine_k");
    }

    private static Set<String> known(String type, Map<String, String> said) {
        var known = new HashSet<>(Parameters.known(type, said).keySet());
        known.remove("search_list"); // a word of clients
        return known;
    }

    private static void assertKnown(String type, Map<String, String> said, String... names) {
        assertThatCode(() -> Parameters.check(type, said, 10)).as(type).doesNotThrowAnyException();
        assertThat(known(type, said)).as(type).containsOnly(names);
    }

    @Test
    void whatNoIndexKnowsDoesNotStandAgainstARecall() {
        assertThat(Parameters.goesByRecall(Parameters.known("HNSW", Map.of("recall", "0.99", "nprobe", "8"))))
                .isTrue();
        assertThat(Parameters.goesByRecall(Parameters.known("HNSW", Map.of("recall", "0.99", "ef", "8"))))
                .isFalse();
    }

    @Test
    void clientsCallTheListOfAnIndexOnDiskOtherwise() {
        for (var type : List.of("DISKANN", "AISAQ")) {
            var known = Parameters.known(type, Map.of("search_list", "77"));
            assertThat(Parameters.effort(known, 10, 64).beam()).as(type).isEqualTo(77);
            assertThatThrownBy(() -> Parameters.check(type, Map.of("search_list", "9"), 10))
                    .hasMessageContaining("search_list_size(9) should be larger than k(10)");
            assertThatThrownBy(() -> Parameters.check(type, Map.of("search_list", "x"), 10))
                    .hasMessageContaining("should be integer");
        }
    }

    @Test
    void inAForestThatIsAskedForNothingMoreRowsAreMetThanItsLeavesHave() {
        assertThat(Parameters.effort(Parameters.known("ANNOY", Map.of()), 10, 64)
                        .beam())
                .isEqualTo(1000);
        assertThat(Parameters.effort(Parameters.known("ANNOY", Map.of("search_k", "20")), 10, 64)
                        .beam())
                .isEqualTo(20);
        assertThat(Parameters.effort(Parameters.known("ANNOY", Map.of("search_k", "-1")), 10, 64)
                        .beam())
                .isEqualTo(64);
        assertThat(Parameters.goesByRecall(Parameters.known("ANNOY", Map.of("recall", "0.99"))))
                .isTrue();
    }

    @Test
    void whatTheIndexOfOurOwnHeedsIsReadOrRefused() {
        for (var wrong : List.of(
                Map.of("ef", "-1"),
                Map.of("ef", "x"),
                Map.of("refine_k", "-1"),
                Map.of("drop_ratio_search", "1"),
                Map.of("dim_max_score_ratio", "2")))
            assertThatThrownBy(() -> Parameters.check("AUTOINDEX", wrong, 10))
                    .as("%s", wrong)
                    .isInstanceOf(Refused.class);
        for (var type : List.of("DISKANN", "AISAQ"))
            assertThatThrownBy(() -> Parameters.check(type, Map.of("refine_k", "0.5"), 10))
                    .isInstanceOf(Refused.class);
        assertThatCode(() -> Parameters.check("AUTOINDEX", Map.of("ef", "4", "level", "x", "nprobe", "-3"), 10))
                .doesNotThrowAnyException();
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
