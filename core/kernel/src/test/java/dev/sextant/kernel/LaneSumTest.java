package dev.sextant.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Sums have the same bits before and after the loops that make them are compiled.
class LaneSumTest {
    /// As often as it takes for the compilers to come by.
    private static final int ROUNDS = 20_000;

    private final Memory memory = new Memory(16 << 20);

    private static float inOrder(float[] lanes) {
        for (int half = lanes.length / 2; half > 0; half /= 2)
            for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
        return lanes[0];
    }

    private static float squares(float[] values) {
        var lanes = new float[LaneSum.N];
        for (int i = 0; i < values.length; i++)
            lanes[i % lanes.length] = Math.fma(values[i], values[i], lanes[i % lanes.length]);
        return inOrder(lanes);
    }

    @Test
    void squaresAreSummedInOneOrder() {
        var random = new Random(5);
        var values = new float[8][192];
        try (var room = memory.allocate("x", 8 * 768)) {
            for (int x = 0; x < 8; x++) {
                for (int i = 0; i < 192; i++) values[x][i] = (float) random.nextGaussian();
                room.copyIn(768L * x, MemorySegment.ofArray(values[x]), 0, 768);
            }
            for (int round = 0; round < ROUNDS; round++)
                assertThat(Floats.squares(room.address() + 768L * (round % 8), 192))
                        .as("round %d", round)
                        .isEqualTo(squares(values[round % 8]));
        }
    }

    @Test
    void aDistanceIsTheSameAloneAndAmongFourAndHoweverOftenItWasAskedFor() {
        for (var type : new VectorType[] {VectorType.FLOAT32, VectorType.FLOAT16, VectorType.BFLOAT16})
            for (var metric : new Metric[] {Metric.L2, Metric.IP, Metric.COSINE}) {
                var random = new Random(7);
                int dimension = 100, rows = 5; // four at once, and one
                long stride = Distance.strideBytes(type, dimension);
                var distance = Distance.of(metric, type, dimension);
                try (var room = memory.allocate("rows", rows * stride);
                        var query = memory.allocate("query", distance.queryBytes())) {
                    var halves = new short[2 * dimension];
                    for (int row = 0; row <= rows; row++) {
                        for (int i = 0; i < halves.length; i++) {
                            float value = (float) random.nextGaussian();
                            int bits = Float.floatToRawIntBits(value);
                            if (type == VectorType.FLOAT16) halves[i] = Float.floatToFloat16(value);
                            else if (type == VectorType.BFLOAT16) halves[i] = (short) (bits >>> 16);
                            else halves[i] = (short) (i % 2 == 0 ? bits : bits >>> 16);
                            if (type == VectorType.FLOAT32 && i % 2 == 1)
                                halves[i] = (short) (halves[i] & 0xbfff); // no infinities
                        }
                        if (row == rows) distance.prepare(MemorySegment.ofArray(halves), 0, query.address());
                        else room.copyIn(row * stride, MemorySegment.ofArray(halves), 0, type.rowBytes(dimension));
                    }
                    var all = new int[] {0, 1, 2, 3, 4};
                    var first = new float[rows];
                    var later = new float[rows];
                    distance.score(query.address(), room.address(), stride, all, rows, first);
                    for (int round = 0; round < ROUNDS / 4; round++) {
                        distance.score(query.address(), room.address(), stride, all, rows, later);
                        assertThat(later)
                                .as("%s %s round %d", type, metric, round)
                                .isEqualTo(first);
                        all[0] = round % rows;
                        distance.score(query.address(), room.address(), stride, all, 1, later);
                        assertThat(later[0]).isEqualTo(first[round % rows]);
                        all[0] = 0;
                    }
                }
            }
    }
}
