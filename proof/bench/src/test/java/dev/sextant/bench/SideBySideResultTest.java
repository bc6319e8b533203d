package dev.sextant.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sextant.cli.bench.Figures.At;
import dev.sextant.cli.bench.Surroundings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SideBySideResultTest {
    private static SideBySide.Course course(String title, double... rates) {
        var rounds = java.util.Arrays.stream(rates)
                .mapToObj(rate -> List.of(new At(0.9, rate), new At(1.0, rate / 10)))
                .toList();
        return new SideBySide.Course(
                title, "1", 10, 20, 3000, List.of(Map.of("ef", "10"), Map.of("ef", "100")), rounds);
    }

    private static SideBySideResult result(SideBySide.Course... courses) {
        return new SideBySideResult(
                new Surroundings("cpu", 2, "java", "madvise", 0.1, "0"),
                "set",
                "L2",
                1000,
                8,
                100,
                10,
                2,
                3,
                List.of(0.9, 0.95, 0.999999),
                List.of(courses));
    }

    /// The machine was at half its speed in the second round: the ratio does not see it.
    @Test
    void aRatioIsTakenWithinEachRound() {
        var slow = course("slow", 100, 50, 100);
        var fast = course("fast", 300, 150, 310);
        var result = result(slow, fast);
        assertThat(result.ratio(fast, 0.9)).isCloseTo(3, within(1e-9));
        assertThat(result.rate(slow, 0.9).median()).isEqualTo(100);
        assertThat(result.rate(slow, 0.9).spread()).isCloseTo(0.5, within(1e-9));
        assertThat(result.rate(slow, 0.95).median()).isCloseTo(100 / Math.sqrt(10), within(1e-6));
    }

    @Test
    void aRecallThatNobodyMeasuredIsADash() {
        var result = result(course("one", 100, 100, 100));
        assertThat(result.markdown()).contains("| one (1) | 10.0 | 20.0 | 3,000 | 100 (1.00 ×, ±0 %) |");
        var below = new SideBySide.Course(
                "below", "1", 1, 1, Double.NaN, List.of(Map.of()), List.of(List.of(new At(0.5, 7))));
        assertThat(result(course("one", 1), below).markdown()).contains("| below (1) | 1.0 | 1.0 | – | – | – | – |");
        assertThat(result.json()).contains("\"ratio\": 1");
        assertThat(result.svg()).contains("one");
    }

    @Test
    void figuresGoWhereThePageHasTheirPlace() {
        var page = "before\n<!-- figures x -->\nold\n<!-- end -->\nafter <!-- end -->\n";
        assertThat(Page.with(page, "figures x", "new\n"))
                .isEqualTo("before\n<!-- figures x -->\nnew\n<!-- end -->\nafter <!-- end -->\n");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> Page.with(page, "figures y", "new"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void beyondTheCurveTheNearestEndCounts() {
        var curve = List.of(point(0.9, 1000), point(0.99, 100));
        assertThat(FilterGrid.unfilteredMicros(curve, 0.5)).isEqualTo(1000);
        assertThat(FilterGrid.unfilteredMicros(curve, 1)).isEqualTo(10_000);
        assertThat(FilterGrid.unfilteredMicros(curve, 0.945)).isCloseTo(1e6 / Math.sqrt(1e5), within(1e-3));
    }

    private static dev.sextant.cli.bench.Point point(double recall, double rate) {
        return new dev.sextant.cli.bench.Point(Map.of(), recall, 10, rate, rate, rate, rate, 1, 1, 1, 1, 1);
    }
}
