package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GatheringTest {
    private static final int ROWS = 1200;
    private static final int DIMENSION = 24;
    private static final int GROUPS = 60;

    private final Memory memory = new Memory(64 << 20);
    private final SplittableRandom random = new SplittableRandom(7);
    private final float[][] vectors = new float[ROWS][DIMENSION];

    /// The groups of rows with so many edges each to what is nearest, one row in ten being no member.
    private int[] gathered(Metric metric, int edges) {
        long stride = DenseRows.strideBytes(VectorType.FLOAT32, DIMENSION);
        try (var region = memory.allocate("rows", ROWS * stride);
                var scratch = new Scratch(memory)) {
            for (int row = 0; row < ROWS; row++)
                for (int c = 0; c < DIMENSION; c++) {
                    vectors[row][c] = row % 20 * (c % 3) + (float) random.nextGaussian();
                    Raw.putFloat(region.address() + row * stride + 4L * c, vectors[row][c]);
                }
            var rows = DenseRows.packed(region.address(), ROWS, DIMENSION, VectorType.FLOAT32);
            var bits = Bits.builder(ROWS);
            for (int row = 0; row < ROWS; row++) if (row % 10 > 0) bits.set(row);
            var members = Accept.of(bits.build());
            return gathered(rows, metric, members, edges, scratch);
        }
    }

    private int[] gathered(DenseRows rows, Metric metric, Accept members, int edges, Scratch scratch) {
        var parameters = QuantisedParameters.DEFAULT;
        var surveyor = new Surveyor(rows, metric, members, ROWS);
        surveyor.chunk(0, scratch);
        var code = Points.code(metric, DIMENSION, parameters);
        try (var points = new Points(memory, rows, metric, parameters, code, surveyor.survey());
                var weave = new Weave(memory, ROWS, points.turned, parameters.degree())) {
            new Encoder(points, weave, members, ROWS).chunk(0, scratch);
            for (int row = 0; row < ROWS; row++) if (members.test(row)) weave.write(row, nearest(row, edges), edges);
            var order = surveyor.order(1, _ -> true);
            try (var gathering = new Gathering(memory, points, weave, members, order, GROUPS, new Progress(1))) {
                assertThat(new Phases(gathering.begin(() -> Phases.END)).work(scratch, Stop.NEVER))
                        .isTrue();
                return gathering.groupOf();
            }
        }
    }

    private int[] nearest(int row, int n) {
        return IntStream.range(0, ROWS)
                .filter(other -> other != row && other % 10 > 0)
                .boxed()
                .sorted((a, b) -> Double.compare(apart(vectors[row], vectors[a]), apart(vectors[row], vectors[b])))
                .limit(n)
                .mapToInt(i -> i)
                .toArray();
    }

    private static double apart(float[] a, float[] b) {
        double sum = 0;
        for (int c = 0; c < DIMENSION; c++) sum += (a[c] - b[c]) * (a[c] - b[c]);
        return sum;
    }

    private float[][] means(int[] groupOf) {
        var means = new float[GROUPS][DIMENSION];
        var sizes = new int[GROUPS];
        for (int row = 0; row < ROWS; row++) {
            if (groupOf[row] < 0) continue;
            sizes[groupOf[row]]++;
            for (int c = 0; c < DIMENSION; c++) means[groupOf[row]][c] += vectors[row][c];
        }
        for (int group = 0; group < GROUPS; group++)
            for (int c = 0; c < DIMENSION; c++) means[group][c] /= Math.max(1, sizes[group]);
        return means;
    }

    @Test
    void rowsLieAroundCentresThatAreAboutTheNearest() {
        var groupOf = gathered(Metric.L2, 12);
        var means = means(groupOf);
        double own = 0, least = 0;
        for (int row = 0; row < ROWS; row++) {
            assertThat(groupOf[row] < 0).isEqualTo(row % 10 == 0);
            if (groupOf[row] < 0) continue;
            var vector = vectors[row];
            own += apart(vector, means[groupOf[row]]);
            least += Arrays.stream(means)
                    .mapToDouble(mean -> apart(vector, mean))
                    .min()
                    .orElseThrow();
        }
        assertThat(own).isLessThan(1.05 * least);
    }

    @Test
    @Tag("slow")
    void whatNoEdgeLeadsFromToACentreFindsOneAllTheSame() {
        for (var metric : new Metric[] {Metric.L2, Metric.IP, Metric.COSINE}) {
            var groupOf = gathered(metric, 0);
            for (int row = 0; row < ROWS; row++)
                assertThat(groupOf[row] < 0).as("row " + row).isEqualTo(row % 10 == 0);
        }
    }
}
