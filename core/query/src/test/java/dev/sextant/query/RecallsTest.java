package dev.sextant.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.engine.Part;
import dev.sextant.index.Calibration;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.model.Column;
import dev.sextant.model.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecallsTest {
    private static final int FIELD = 101;
    private static final Map<String, String> ASKED = Map.of("recall", "0.9");

    private final Memory memory = new Memory(64L << 20);
    private final List<AutoCloseable> opened = new ArrayList<>();

    /// A part that was measured, or was not.
    private static final class Grown extends MemoryPart {
        private final Optional<Calibration> measured;

        Grown(int rows, Map<Integer, Column> columns, Optional<Calibration> measured) {
            super(rows, false, columns, Bits.ALL, new long[rows], new long[rows], false);
            this.measured = measured;
        }

        @Override
        public Optional<Calibration> calibration(int field) {
            return measured;
        }
    }

    private Part part(int rows, boolean graph, float... recalls) {
        var random = new Random(rows);
        var floats = new float[4 * rows];
        for (int i = 0; i < floats.length; i++) floats[i] = random.nextFloat();
        var measured = recalls.length == 0 ? Optional.<Calibration>empty() : Optional.of(new Calibration(recalls));
        var part = new Grown(rows, Map.of(FIELD, Column.Dense.of(4, floats)), measured).withVectors(memory, FIELD);
        opened.add(part);
        return graph ? part.withGraph(memory, FIELD, Metric.L2, 1) : part;
    }

    @AfterEach
    void close() throws Exception {
        for (var each : opened) each.close();
        assertThat(memory.inUseBytes()).isZero();
    }

    private static int beam(Part part, Part... all) {
        var recalls = new Recalls(List.of(all), FIELD);
        return Parameters.effort(ASKED, 10, 64, () -> recalls.of(part)).beam();
    }

    @Test
    void whatWasMeasuredItselfGoesByThat() {
        Part small = part(100, true, 0.5f, 0.95f, 1), large = part(300, true, 0.95f, 1, 1);
        assertThat(beam(small, small, large)).isEqualTo(Calibration.ladder(2).beam());
        assertThat(beam(large, small, large)).isEqualTo(Calibration.ladder(1).beam());
    }

    @Test
    void whatWasNotMeasuredGoesByTheLargestPartThatWasWithTwiceTheEffort() {
        Part fresh = part(50, true), small = part(100, true, 0.95f, 1, 1), large = part(300, true, 0.5f, 0.95f, 1);
        assertThat(beam(fresh, small, fresh, large))
                .isEqualTo(2 * Calibration.ladder(2).beam());
    }

    @Test
    void whereNothingLargerWasMeasuredItIsSearchedHard() {
        Part fresh = part(200, true), small = part(100, true, 0.95f, 1, 1), bare = part(150, false);
        assertThat(beam(fresh, fresh, small)).isEqualTo(8 * 64);
        assertThat(beam(fresh, fresh)).isEqualTo(8 * 64);
        assertThat(beam(bare, bare, fresh, small)).isEqualTo(8 * 64);
    }
}
