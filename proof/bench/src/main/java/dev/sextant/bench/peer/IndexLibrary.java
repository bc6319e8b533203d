package dev.sextant.bench.peer;

import dev.sextant.cli.bench.data.Matrix;
import dev.sextant.index.Accept;
import dev.sextant.index.DenseRows;
import dev.sextant.index.Effort;
import dev.sextant.index.Frozen;
import dev.sextant.index.IndexParameters;
import dev.sextant.index.QuantisedParameters;
import dev.sextant.index.Step;
import dev.sextant.index.Target;
import dev.sextant.index.Walk;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.TopK;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import dev.sextant.server.Server;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The index alone, without door, log and plan: what the others are when they are libraries. `type` is an index type as
/// users name it, with its parameters; or `quantised` with `degree`, `beam` and `bits`, which have no name there.
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
    private Effort effort = Effort.DEFAULT;

    @Override
    public void build(Matrix base, Metric wanted, Map<String, String> parameters, int threads) throws Exception {
        metric = wanted;
        rows = base.rows();
        long stride = DenseRows.strideBytes(VectorType.FLOAT32, base.dimension());
        region = memory.allocate("rows", stride * rows);
        for (int row = 0; row < rows; row++)
            region.copyIn(stride * row, MemorySegment.ofArray(base.row(row)), 0, 4L * base.dimension());
        var packed = DenseRows.packed(region.address(), rows, base.dimension(), VectorType.FLOAT32);
        try (var build = structure(parameters, base.dimension()).begin(memory, packed, metric, Accept.ALL)) {
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

    private IndexParameters structure(Map<String, String> parameters, int dimension) {
        var type = parameters.getOrDefault("type", "AUTOINDEX");
        var otherwise = QuantisedParameters.DEFAULT;
        if (type.equals("quantised"))
            return new QuantisedParameters(
                    number(parameters, "degree", otherwise.degree()),
                    number(parameters, "beam", otherwise.beam()),
                    number(parameters, "bits", otherwise.bitsPerComponent()),
                    otherwise.seed());
        var named = new HashMap<>(parameters);
        named.put("index_type", type);
        return IndexParameters.of(new FieldType.Vector(VectorType.FLOAT32, dimension), metric, named, otherwise.seed())
                .orElseThrow(() -> new IllegalArgumentException(type + " is no structure apart from the engine"));
    }

    private static int number(Map<String, String> parameters, String key, int otherwise) {
        return parameters.containsKey(key) ? Integer.parseInt(parameters.get(key)) : otherwise;
    }

    @Override
    public void prepare(Map<String, String> setting) {
        effort = new Effort(
                number(setting, "ef", Effort.DEFAULT.beam()),
                number(setting, "nprobe", Effort.DEFAULT.lists()),
                Double.parseDouble(setting.getOrDefault("refine_k", "0")),
                number(setting, "rbq_query_bits", Effort.DEFAULT.queryBits()),
                Effort.DEFAULT.drop(),
                Effort.DEFAULT.slack());
    }

    @Override
    public void search(float[] query, int k, int[] found, int at) {
        best.reset(k, metric.largerIsBetter());
        var target = new Target(MemorySegment.ofArray(query), k, effort, Accept.ALL, Optional.empty());
        var walk = index.walk(target, scratch);
        while (walk.advance(ENDLESS) instanceof Step.More) take(walk);
        take(walk);
        for (int i = 0; i < k; i++) found[at + i] = i < best.size() ? best.row(i) : -1;
    }

    private void take(Walk walk) {
        best.offer(walk.hits().rows(), walk.hits().scores(), walk.hits().count());
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
