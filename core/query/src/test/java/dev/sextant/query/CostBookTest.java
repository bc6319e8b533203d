package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CostBookTest {
    private final Memory memory = new Memory(256L << 20);

    @Test
    void costsFollowTheClockThatTheyAreMeasuredBy() {
        var nanos = new AtomicLong();
        // Each sample takes the same: so a row costs that, and its bytes as little as is believed.
        var costs = CostBook.measureNow(VectorType.FLOAT32, Metric.L2, () -> nanos.getAndAdd(256 * 50), memory)
                .orElseThrow();
        var row = costs.row(VectorType.FLOAT32);
        assertThat(row.begun()).isCloseTo(50, within(1e-9));
        assertThat(row.perByte()).isCloseTo(0.1 / 8, within(1e-9));
        assertThat(costs.bit()).isCloseTo(0.02 * 8, within(1e-9));
        assertThat(costs.row(VectorType.INT8)).isEqualTo(Costs.Row.USUAL);
    }

    @Test
    @Tag("slow")
    void whatCannotBeBelievedIsNotSaidAndTheMemoryIsGivenBack() {
        for (var type : VectorType.values()) {
            if (!type.isDense()) continue;
            var metric = type == VectorType.BINARY ? Metric.HAMMING : Metric.COSINE;
            var nanos = new AtomicLong();
            assertThat(CostBook.measureNow(type, metric, () -> nanos.addAndGet(7_000_000), memory))
                    .as(type.name())
                    .isEmpty();
        }
        assertThat(memory.inUseBytes()).isZero();
    }

    @Test
    void fixedCostsStayWhateverIsSearched() {
        var book = CostBook.fixed(Costs.DEFAULT);
        book.searched(VectorType.FLOAT32, Metric.L2);
        assertThat(book.costs()).isEqualTo(Costs.DEFAULT);
        assertThat(book.isMeasured()).isFalse();
    }

    @Test
    @Tag("slow")
    void searchesBeginTheMeasuringWhichEndsByItself() throws InterruptedException {
        try (var work = new Work("test", 1, memory)) {
            var book = CostBook.measured(work, memory);
            assertThat(book.costs()).isEqualTo(Costs.DEFAULT);
            for (int i = 0; i < 3_000 && !book.isSettled(VectorType.FLOAT32); i++) {
                book.searched(VectorType.FLOAT32, Metric.L2);
                Thread.sleep(10);
            }
            assertThat(book.isSettled(VectorType.FLOAT32)).isTrue();
            assertThat(book.isSettled(VectorType.INT8)).isFalse();
        }
        assertThat(memory.inUseBytes()).isZero();
    }

    @Test
    void roundsThatDisagreeOrSayTheUnbelievableAreNotBelieved() {
        var usual = costs(10, 0.1, 43);
        assertThat(usual.agrees(costs(12, 0.11, 40), VectorType.FLOAT32)).isTrue();
        assertThat(usual.agrees(costs(10, 0.3, 43), VectorType.FLOAT32)).isFalse();
        assertThat(usual.agrees(costs(10, 0.1, 90), VectorType.FLOAT32)).isFalse();
        var cold = costs(80, 0.8, 43);
        assertThat(cold.agrees(cold, VectorType.FLOAT32)).isFalse();
    }

    private static Costs costs(double begun, double perByte, double code) {
        return new Costs(Map.of(VectorType.FLOAT32, new Costs.Row(begun, perByte)), code, 0.02);
    }

    @Test
    void nothingIsMeasuredWhereMemoryIsShort() {
        var little = new Memory(64L << 20);
        try (var work = new Work("test", 1, little)) {
            var book = CostBook.measured(work, little);
            book.searched(VectorType.FLOAT32, Metric.L2);
            assertThat(book.isMeasured()).isFalse();
        }
        assertThat(little.peakBytes()).isLessThan(16L << 20);
    }
}
