package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sextant.model.Column;
import dev.sextant.model.Metric;
import dev.sextant.model.Read.Fusion;
import dev.sextant.model.Scanned;
import java.util.List;
import org.junit.jupiter.api.Test;

class FusingTest {
    private static Winners list(long[] keys, float... scores) {
        return new Winners(
                new int[] {keys.length},
                Column.longs(keys),
                scores,
                new int[keys.length],
                keys.clone(),
                List.of(),
                Scanned.NOTHING);
    }

    private static long[] keys(Winners winners) {
        return ((Column.Longs) winners.keys()).values();
    }

    @Test
    void ranksAreSummedAndTiesGoToTheSmallerKey() {
        var fused = new Fusing(new Fusion.ReciprocalRank(60), List.of(Metric.L2, Metric.IP))
                .fuse(List.of(list(new long[] {1, 2, 3}, 0, 1, 2), list(new long[] {9, 2, 1}, 5, 4, 3)));
        // 1 and 2 stand at ranks 1+3 and 2+2, 9 and 3 at 1 and 3 alone.
        assertThat(keys(fused)).containsExactly(1, 2, 9, 3);
        assertThat(fused.scores()[0]).isCloseTo(1f / 61 + 1f / 63, within(1e-6f));
        assertThat(fused.place()).containsExactly(1, 2, 9, 3);
    }

    @Test
    void plainSumsOfDistancesAscend() {
        var fused = new Fusing(new Fusion.Weighted(List.of(0.5, 1.0), false), List.of(Metric.L2, Metric.L2))
                .fuse(List.of(list(new long[] {1, 2}, 1, 4), list(new long[] {2, 3}, 1, 9)));
        assertThat(keys(fused)).containsExactly(1, 2, 3);
        assertThat(fused.scores()).containsExactly(0.5f, 3f, 9f);
    }

    @Test
    void distancesAmongSimilaritiesAreTurnedRound() {
        var fused = new Fusing(new Fusion.Weighted(List.of(1.0, 1.0), false), List.of(Metric.L2, Metric.COSINE))
                .fuse(List.of(list(new long[] {1, 2}, 0, 100), list(new long[] {2}, 0.5f)));
        assertThat(keys(fused)).containsExactly(1, 2);
        assertThat(fused.scores()[0]).isEqualTo(1f);
    }

    @Test
    void normalisedScoresLieBetweenNothingAndOne() {
        assertThat(Fusing.normalised(Metric.COSINE, 1)).isEqualTo(1);
        assertThat(Fusing.normalised(Metric.COSINE, -1)).isEqualTo(0);
        assertThat(Fusing.normalised(Metric.IP, 0)).isEqualTo(0.5);
        assertThat(Fusing.normalised(Metric.L2, 0)).isEqualTo(1);
        assertThat(Fusing.normalised(Metric.L2, 1)).isEqualTo(0.5);
    }

    @Test
    void wrongWeightsAreRefused() {
        assertThatThrownBy(() -> new Fusing(new Fusion.Weighted(List.of(0.5), true), List.of(Metric.L2, Metric.L2)))
                .hasMessageContaining("the length of weights param mismatch");
        assertThatThrownBy(
                        () -> new Fusing(new Fusion.Weighted(List.of(0.5, 2.0), true), List.of(Metric.L2, Metric.L2)))
                .hasMessageContaining("rank param weight should be in range [0, 1]");
        assertThatThrownBy(() -> new Fusing(new Fusion.ReciprocalRank(0), List.of(Metric.L2)))
                .hasMessageContaining("rank params k should be in range (0, 16384)");
    }
}
