package dev.sextant.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sextant.bench.Contestant.Order;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContestantTest {
    @Test
    void anOrderNamesWhoWithWhatAndHow() {
        var order = Order.parse("sextant:HNSW,M=16/ef=10,20");
        assertThat(order.name()).isEqualTo("sextant");
        assertThat(order.parameters()).isEqualTo("HNSW,M=16");
        assertThat(order.settings()).containsExactly(Map.of("ef", "10"), Map.of("ef", "20"));
        assertThat(order.title()).isEqualTo("sextant HNSW M=16");
    }

    @Test
    void whoSaysNothingElseIsTakenAsItIs() {
        var order = Order.parse("hnswlib");
        assertThat(order.parameters()).isEmpty();
        assertThat(order.settings()).hasSizeGreaterThan(5);
    }

    @Test
    void whoIsNotKnownIsRefused() {
        assertThatThrownBy(() -> Order.parse("annoy:x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("annoy");
    }

    @Test
    void anAnswerIsReadByItsNames() throws IOException {
        assertThat(Contestant.values("{\"version\": \"1.2\", \"build_seconds\": 3.5, \"bytes_per_row\": null}"))
                .containsEntry("version", "1.2")
                .containsEntry("build_seconds", "3.5")
                .containsEntry("bytes_per_row", "null");
    }
}
