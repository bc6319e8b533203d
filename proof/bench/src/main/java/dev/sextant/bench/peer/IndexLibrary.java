package dev.sextant.bench.peer;

import dev.sextant.cli.bench.data.Matrix;
import dev.sextant.index.Accept;
import dev.sextant.index.DenseRows;
import dev.sextant.index.Frozen;
import dev.sextant.index.HnswBuild;
import dev.sextant.index.HnswParameters;
import dev.sextant.index.QuantisedBuild;
import dev.sextant.index.QuantisedParameters;
import dev.sextant.index.Step;
import dev.sextant.index.VectorBuild;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.TopK;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import dev.sextant.server.Server;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Map;

/// The index alone, without door, log and plan: what the others are when they are libraries. `type` is `quantised`
/// or `hnsw`; the others are the builder's parameters.
final class IndexLibrary implements Library {
    private static final long MOST_BYTES = 1L << 40;
    private static final int ENDLESS = 1 << 20;

    private final Memory memory = new Memory(MOST_BYTES);
    private final Scratch scratch = new Scratch(memory);
    private final TopK best = new TopK();
    private Metric metric = Metric.L2;
    private Region region;
    private Frozen index;
    private int rows;
    private int beam;

    @Override
    public void build(Matrix base, Metric wanted, Map<String, String> parameters, int threads) throws Exception {
        metric = wanted;
        rows = base.rows();
        long stride = DenseRows.strideBytes(VectorType.FLOAT32, base.dimension());
        region = memory.allocate("rows", stride * rows);
        for (int row = 0; row < rows; row++)
            region.copyIn(stride * row, MemorySegment.ofArray(base.row(row)), 0, 4L * base.dimension());
        var packed = DenseRows.packed(region.address(), rows, base.dimension(), VectorType.FLOAT32);
        try (var build = build(packed, parameters)) {
            var workers = new ArrayList<Thread>();
            for (int t = 0; t < threads; t++)
                workers.add(Thread.ofPlatform().start(() -> {
                    try (var own = new Scratch(memory)) {
                        build.work(own, Stop.NEVER);
                    }
                }));
            for (var worker : workers) worker.join();
            index = build.finish();
        }
    }

    private VectorBuild build(DenseRows packed, Map<String, String> parameters) {
        var type = parameters.getOrDefault("type", "quantised");
        return switch (type) {
            case "quantised" ->
                new QuantisedBuild(
                        memory,
                        packed,
                        metric,
                        new QuantisedParameters(
                                number(parameters, "degree", QuantisedParameters.DEFAULT.degree()),
                                number(parameters, "beam", QuantisedParameters.DEFAULT.beam()),
                                number(parameters, "bits", QuantisedParameters.DEFAULT.bitsPerComponent()),
                                QuantisedParameters.DEFAULT.seed()),
                        Accept.ALL);
            case "hnsw" ->
                new HnswBuild(
                        memory,
                        packed,
                        metric,
                        new HnswParameters(
                                number(parameters, "M", HnswParameters.DEFAULT.m()),
                                number(parameters, "efConstruction", HnswParameters.DEFAULT.efConstruction()),
                                HnswParameters.DEFAULT.seed()),
                        Accept.ALL);
            default ->
                throw new IllegalArgumentException("there is no index of type " + type + " apart from the engine");
        };
    }

    private static int number(Map<String, String> parameters, String key, int otherwise) {
        return parameters.containsKey(key) ? Integer.parseInt(parameters.get(key)) : otherwise;
    }

    @Override
    public void prepare(Map<String, String> setting) {
        beam = number(setting, "ef", 64);
    }

    @Override
    public void search(float[] query, int k, int[] found, int at) {
        best.reset(k, metric.largerIsBetter());
        var walk = index.walk(MemorySegment.ofArray(query), k, beam, Accept.ALL, scratch);
        while (walk.advance(ENDLESS) instanceof Step.More)
            best.offer(walk.hits().rows(), walk.hits().scores(), walk.hits().count());
        best.offer(walk.hits().rows(), walk.hits().scores(), walk.hits().count());
        for (int i = 0; i < k; i++) found[at + i] = i < best.size() ? best.row(i) : -1;
    }

    @Override
    public double bytesPerRow() {
        return (double) (index.bytes() + region.size()) / rows;
    }

    @Override
    public String version() {
        return Server.version();
    }

    @Override
    public void close() {
        scratch.close();
        if (index != null) index.close();
        if (region != null) region.close();
    }
}
