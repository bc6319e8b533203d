package dev.sextant.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sextant.cli.bench.Figures.At;
import java.util.List;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void aQuantileIsTheSmallestValueThatTheShareDoesNotExceed() {
        var sorted = new long[] {10, 20, 30, 40};
        assertThat(Figures.quantile(sorted, 0.5)).isEqualTo(20);
        assertThat(Figures.quantile(sorted, 0.51)).isEqualTo(30);
        assertThat(Figures.quantile(sorted, 0.999)).isEqualTo(40);
        assertThat(Figures.quantile(sorted, 0)).isEqualTo(10);
        assertThat(Figures.quantile(new long[0], 0.5)).isNaN();
    }

    @Test
    void medianAndSpreadOfRounds() {
        assertThat(Figures.median(3, 1, 2)).isEqualTo(2);
        assertThat(Figures.median(4, 1, 2, 3)).isEqualTo(2.5);
        assertThat(Figures.median()).isNaN();
        assertThat(Figures.spread(90, 100, 120)).isCloseTo(0.3, within(1e-9));
    }

    @Test
    void betweenTwoPointsTheRateLiesOnTheLogarithmicLine() {
        var curve = List.of(new At(0.9, 1000), new At(1.0, 10));
        assertThat(Figures.rateAt(curve, 0.95)).isCloseTo(100, within(1e-6));
        assertThat(Figures.rateAt(curve, 0.9)).isEqualTo(1000);
        assertThat(Figures.rateAt(curve, 1.0)).isEqualTo(10);
    }

    @Test
    void nothingIsExtrapolated() {
        var curve = List.of(new At(0.9, 1000), new At(0.99, 10));
        assertThat(Figures.rateAt(curve, 0.89)).isNaN();
        assertThat(Figures.rateAt(curve, 0.991)).isNaN();
        assertThat(Figures.rateAt(List.of(), 0.9)).isNaN();
    }

    @Test
    void aPointThatAnotherBeatsInBothDoesNotCount() {
        var curve = List.of(new At(0.9, 1000), new At(0.92, 100), new At(0.95, 500), new At(0.95, 500));
        assertThat(Figures.front(curve)).containsExactly(new At(0.9, 1000), new At(0.95, 500));
    }

    @Test
    void whoIsFasterAtAHigherRecallHasThatRateForTheLowerOneToo() {
        var curve = List.of(new At(0.9, 100), new At(0.95, 500), new At(0.99, 50));
        assertThat(Figures.rateAt(curve, 0.92)).isEqualTo(500);
        assertThat(Figures.rateAt(curve, 0.89)).isNaN();
    }
}
