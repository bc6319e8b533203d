package dev.sextant.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlockWriterTest {
    private static final int ROWS = 90;

    private final Memory memory = new Memory(64 << 20);
    private final SplittableRandom random = new SplittableRandom(7);

    /// 40 components: nodes are written 64 at a time; 4,000: some at a time, as many as their rotated rows may take.
    @Test
    void aBlockDoesNotDependOnWhichNodesAreWrittenWithIt() {
        for (int dimension : new int[] {40, 4000})
            for (var whole : new boolean[] {true, false}) assertWrittenTheSame(dimension, whole);
    }

    private void assertWrittenTheSame(int dimension, boolean whole) {
        long stride = DenseRows.strideBytes(VectorType.FLOAT32, dimension);
        try (var region = memory.allocate("rows", ROWS * stride);
                var scratch = new Scratch(memory)) {
            for (int row = 0; row < ROWS; row++)
                for (int c = 0; c < dimension; c++)
                    Raw.putFloat(
                            region.address() + row * stride + 4L * c,
                            whole ? random.nextInt(200) : (float) random.nextGaussian());
            var rows = DenseRows.packed(region.address(), ROWS, dimension, VectorType.FLOAT32);
            var surveyor = new Surveyor(rows, Metric.L2, Accept.ALL, ROWS);
            surveyor.chunk(0, scratch);
            var parameters = QuantisedParameters.DEFAULT;
            var code = Points.code(Metric.L2, dimension, parameters);
            try (var points = new Points(memory, rows, Metric.L2, parameters, code, surveyor.survey());
                    var weave = new Weave(memory, ROWS, points.turned, parameters.degree())) {
                for (int row = 0; row < ROWS; row++)
                    weave.write(row, random.ints(row % 33, 0, ROWS).toArray(), row % 33);
                var one = written(points, weave, 1, scratch);
                var what = "%d components, whole %s".formatted(dimension, whole);
                assertThat(Arrays.mismatch(written(points, weave, ROWS, scratch), one))
                        .as(what)
                        .isNegative();
                for (int row = 0; row < ROWS; row++) assertNamesItsNeighbours(points, weave, row, one, what);
            }
        }
    }

    /// All blocks, so many nodes at a time.
    private byte[] written(Points points, Weave weave, int together, Scratch scratch) {
        var nodes = IntStream.range(0, ROWS).map(i -> i * 7 % ROWS).toArray();
        var bytes = new byte[(int) (ROWS * points.blocks.blockBytes())];
        try (var blocks = memory.allocate("blocks", bytes.length)) {
            var writer = new BlockWriter(points, weave, blocks.address());
            for (int from = 0; from < ROWS; from += together)
                writer.write(nodes, from, Math.min(ROWS, from + together), scratch);
            Raw.copyOut(blocks.address(), MemorySegment.ofArray(bytes), 0, bytes.length);
        }
        return bytes;
    }

    private void assertNamesItsNeighbours(Points points, Weave weave, int row, byte[] written, String what) {
        long bytes = points.blocks.blockBytes();
        try (var block = memory.allocate("block", bytes)) {
            Raw.copyIn(MemorySegment.ofArray(written), row * bytes, block.address(), bytes);
            var named = IntStream.range(0, NodeBlocks.FAN)
                    .map(slot -> points.blocks.node(block.address(), 0, slot))
                    .filter(node -> node >= 0);
            var expected = IntStream.range(0, weave.edges(row)).map(e -> weave.edge(row, e));
            assertThat(named.sorted().toArray())
                    .as("%s, row %d", what, row)
                    .containsExactly(expected.sorted().toArray());
        }
    }
}
