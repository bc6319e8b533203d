package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sextant.model.Column;
import dev.sextant.model.Metric;
import dev.sextant.model.Nulls;
import dev.sextant.model.Read;
import dev.sextant.model.Read.Curve;
import dev.sextant.model.Refused;
import dev.sextant.model.Scanned;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DecayingTest {
    private static Read.Fusion.Decay decay(Curve curve, double scale, double offset, double share) {
        return new Read.Fusion.Decay("f", curve, 100, scale, offset, share, Read.Combination.MAX, false);
    }

    @ParameterizedTest
    @EnumSource(Curve.class)
    void allIsLeftWithinTheOffsetAndTheShareAtTheScale(Curve curve) {
        var decay = decay(curve, 10, 5, 0.4);
        assertThat(Decaying.factor(decay, 100)).isEqualTo(1);
        assertThat(Decaying.factor(decay, 95)).isEqualTo(1);
        assertThat(Decaying.factor(decay, 115)).isCloseTo(0.4, within(1e-12));
        assertThat(Decaying.factor(decay, 85)).isCloseTo(0.4, within(1e-12));
        assertThat(Decaying.factor(decay, 110)).isBetween(0.4, 1.0);
        assertThat(Decaying.factor(decay, 1e9)).isBetween(0.0, 0.4);
    }

    @Test
    void aLineEndsAtItsShare() {
        assertThat(Decaying.factor(decay(Curve.LINEAR, 10, 0, 0.5), 1000)).isEqualTo(0.5);
        assertThat(Decaying.factor(decay(Curve.LINEAR, 10, 0, 0.5), 105)).isCloseTo(0.75, within(1e-12));
    }

    @Test
    void whatIsLeftDecidesAndTheRowWithoutAValueIsLast() {
        var keys = Column.longs(1, 2, 3, 4, 5);
        var fused = new Winners(
                new int[] {3, 2},
                keys,
                new float[] {0.9f, 0.8f, 0.7f, 0.6f, 0.6f},
                new int[5],
                new long[] {10, 20, 30, 40, 50},
                List.of(),
                Scanned.NOTHING);
        var nulls = new BitSet();
        nulls.set(2);
        var values = new Column.Ints(new int[] {200, 100, 100, 100, 100}, Nulls.of(nulls));
        var decayed = Decaying.decayed(fused, decay(Curve.GAUSS, 50, 0, 0.5), values);
        assertThat(((Column.Longs) decayed.keys()).values()).containsExactly(2, 1, 3, 4, 5);
        assertThat(decayed.place()).containsExactly(20, 10, 30, 40, 50);
        assertThat(decayed.scores()[0]).isEqualTo(0.8f);
        assertThat(decayed.scores()[1]).isCloseTo(0.9f * 0.0625f, within(1e-6f));
        assertThat(decayed.scores()[2]).isZero();
    }

    @Test
    void scoresOfSeveralListsAreCombinedAndDistancesTurned() {
        var keys = Column.longs(1);
        var list =
                new Winners(new int[] {1}, keys, new float[] {1f}, new int[1], new long[1], List.of(), Scanned.NOTHING);
        var lists = List.of(list, list.scored(new float[] {3f}));
        for (var combination : Read.Combination.values()) {
            var fusing = new Fusing(
                    new Read.Fusion.Decay("f", Curve.GAUSS, 0, 1, 0, 0.5, combination, false),
                    List.of(Metric.IP, Metric.IP));
            float expected = switch (combination) {
                case MAX -> 3;
                case SUM -> 4;
                case AVERAGE -> 2;
            };
            assertThat(fusing.fuse(lists).scores()).containsExactly(expected);
            assertThat(fusing.largerIsBetter()).isTrue();
        }
        var distances = new Fusing(decay(Curve.GAUSS, 1, 0, 0.5), List.of(Metric.L2));
        assertThat(distances.fuse(List.of(list)).scores()[0]).isCloseTo(0.5f, within(1e-6f));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0.5, scale", "1, -1, 0.5, offset", "1, 0, 0, decay", "1, 0, 1, decay", "NaN, 0, 0.5, scale"})
    void whatIsNoCurveIsRefused(double scale, double offset, double share, String name) {
        assertThatThrownBy(() -> Decaying.check(decay(Curve.GAUSS, scale, offset, share)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining(name);
    }
}
