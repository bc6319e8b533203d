package dev.sextant.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.model.Refused;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FusionsTest {
    private static final Fusions.Ranker BOOST =
            new Fusions.Ranker(List.of(), Map.of("reranker", "boost", "weight", "2"));
    private static final Fusions.Ranker RANKS = new Fusions.Ranker(List.of(), Map.of("reranker", "rrf"));

    @Test
    void boostsBesideAnotherFunctionAreRefusedOverSeveralListsNotLeftOut() {
        assertThat(Fusions.of(List.of(RANKS), Map.of()).ofParts()).isNotNull();
        assertThatThrownBy(() -> Fusions.of(List.of(BOOST, RANKS), Map.of()).ofParts())
                .isInstanceOf(Refused.class)
                .hasMessageContaining("boost reranker is only supported in a search of one vector field");
    }
}
