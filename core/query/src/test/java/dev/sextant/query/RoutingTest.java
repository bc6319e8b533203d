package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Column;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoutingTest {
    /// Murmur3 of eight zero bytes is known from its published tests: 0x63852afc.
    @Test
    void integersGoByMurmur() {
        assertThat(Routing.hash(0)).isEqualTo(0x63852afcL & 0x7fffffff);
    }

    @Test
    void textsGoByCrcOfTheirFirstHundredBytes() {
        assertThat(Routing.shardOf(Column.texts(List.of("123456789")), 1 << 16)).containsExactly(0xcbf43926 & 0xffff);
        var same = "x".repeat(100);
        assertThat(Routing.shardOf(Column.texts(List.of(same)), 7))
                .isEqualTo(Routing.shardOf(Column.texts(List.of(same + "more")), 7));
    }

    @Test
    void everyShardIsReached() {
        var keys = new long[1_000];
        for (int i = 0; i < keys.length; i++) keys[i] = i;
        assertThat(Routing.shardOf(Column.longs(keys), 16))
                .contains(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    }
}
