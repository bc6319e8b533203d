package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.TopK;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Random;

/// Random vectors around random centres, and the exact answers over them: what the tests of this room search in.
final class Clusters implements AutoCloseable {
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    final Memory memory = new Memory(512 << 20);
    final Scratch scratch = new Scratch(memory);
    final DenseRows rows;
    private final Region region;
    private final VectorType type;
    private final Random random;
    private final float[][] centres;

    Clusters(long seed, int count, int dimension, VectorType type) {
        this.type = type;
        random = new Random(seed);
        centres = new float[Math.max(1, count / 100)][dimension];
        for (var centre : centres) for (int c = 0; c < dimension; c++) centre[c] = (float) random.nextGaussian();
        long stride = DenseRows.strideBytes(type, dimension);
        region = memory.allocate("rows", count * stride);
        rows = DenseRows.packed(region.address(), count, dimension, type);
        for (int row = 0; row < count; row++) region.copyIn(row * stride, vector(), 0, type.rowBytes(dimension));
    }

    /// One more vector of the same kind, as the model stores it.
    MemorySegment vector() {
        var centre = centres[random.nextInt(centres.length)];
        var floats = new float[centre.length];
        for (int c = 0; c < floats.length; c++) floats[c] = centre[c] + 0.5f * (float) random.nextGaussian();
        return encode(floats, type);
    }

    static MemorySegment encode(float[] floats, VectorType type) {
        var segment = MemorySegment.ofArray(new byte[type.rowBytes(floats.length)]);
        for (int c = 0; c < floats.length; c++)
            switch (type) {
                case FLOAT32 -> segment.set(F32, 4L * c, floats[c]);
                case FLOAT16 -> segment.set(I16, 2L * c, Float.floatToFloat16(floats[c]));
                case BFLOAT16 -> segment.set(I16, 2L * c, (short) (Float.floatToRawIntBits(floats[c]) >>> 16));
                case INT8 ->
                    segment.set(ValueLayout.JAVA_BYTE, c, (byte) Math.clamp(Math.round(30 * floats[c]), -128, 127));
                case BINARY -> {
                    byte eight = segment.get(ValueLayout.JAVA_BYTE, c / 8);
                    if (floats[c] > 0) segment.set(ValueLayout.JAVA_BYTE, c / 8, (byte) (eight | 1 << c % 8));
                }
                case SPARSE -> throw new AssertionError(type);
            }
        return segment;
    }

    /// Gives a node of a weave the code of this point.
    static void encode(Weave weave, int node, float[] point) {
        try (var room = new Memory(1 << 20).allocate("point", 4L * point.length)) {
            room.copyIn(0, MemorySegment.ofArray(point), 0, 4L * point.length);
            weave.encode(node, room.address());
        }
    }

    Hnsw build(Metric metric, HnswParameters parameters) {
        try (var build = new HnswBuild(memory, rows, metric, parameters, Accept.ALL)) {
            while (!build.work(scratch, Stop.NEVER)) Thread.onSpinWait();
            return build.finish();
        }
    }

    static TopK run(Walk walk, Metric metric, int k) {
        var best = new TopK();
        best.reset(k, metric.largerIsBetter());
        while (walk.advance(500) instanceof Step.More)
            best.offer(walk.hits().rows(), walk.hits().scores(), walk.hits().count());
        best.offer(walk.hits().rows(), walk.hits().scores(), walk.hits().count());
        return best;
    }

    TopK exact(MemorySegment query, Metric metric, int k, Accept accept) {
        return run(Flat.walk(rows, metric, query, accept, scratch), metric, k);
    }

    /// The share of the exact best k that a walk found, by score, over some queries.
    double recall(VectorIndex graph, int k, int beam, Accept accept, int queries, boolean nearest) {
        int hits = 0, wanted = 0;
        for (int q = 0; q < queries; q++) {
            var query = vector();
            var exact = run(
                    Flat.walk(rows.withCount(graph.count()), graph.metric(), query, accept, scratch),
                    graph.metric(),
                    k);
            var walk = nearest
                    ? Nearest.walk(graph, query, k, beam, accept, scratch)
                    : graph.walk(query, k, beam, accept, scratch);
            var found = run(walk, graph.metric(), k);
            wanted += exact.size();
            for (int i = 0; i < found.size(); i++) {
                if (!accept.test(found.row(i))) throw new AssertionError("row " + found.row(i) + " is not accepted");
                if (!graph.metric().better(exact.bound(), found.score(i))) hits++;
            }
        }
        return wanted == 0 ? 1 : (double) hits / wanted;
    }

    float component(int row, int c) {
        return Raw.getFloat(rows.address(row) + 4L * c);
    }

    @Override
    public void close() {
        scratch.close();
        region.close();
        if (memory.inUseBytes() != 0) throw new AssertionError("leaked: " + memory.byName());
    }
}
