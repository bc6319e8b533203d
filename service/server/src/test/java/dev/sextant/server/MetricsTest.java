package dev.sextant.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricsTest {
    @Test
    void figuresStandOnOnePageSortedByName() {
        var metrics = new Metrics();
        metrics.counter("b_total", "Bees", "kind", "queen \"x\"").add(2);
        metrics.gauge("a_bytes", "Apples", () -> 1.5);
        assertThat(metrics.page()).isEqualTo("""
                # HELP a_bytes Apples
                # TYPE a_bytes gauge
                a_bytes 1.50000000
                # HELP b_total Bees
                # TYPE b_total counter
                b_total{kind="queen \\"x\\""} 2
                """);
    }

    @Test
    void aTimerCountsIntoGrowingBuckets() {
        var metrics = new Metrics();
        var timer = metrics.timer("t_seconds", "Times");
        timer.record(5_000);
        timer.record(150_000);
        timer.record(60_000_000_000L);
        assertThat(metrics.page())
                .contains("t_seconds_bucket{le=\"1.0E-5\"} 1\n")
                .contains("t_seconds_bucket{le=\"2.0E-4\"} 2\n")
                .contains("t_seconds_bucket{le=\"+Inf\"} 3\n")
                .contains("t_seconds_count 3\n");
    }

    @Test
    void theSameNameIsTheSameCounter() {
        var metrics = new Metrics();
        metrics.counter("c_total", "C").add(1);
        metrics.counter("c_total", "C").add(1);
        assertThat(metrics.page()).contains("c_total 2");
    }
}
