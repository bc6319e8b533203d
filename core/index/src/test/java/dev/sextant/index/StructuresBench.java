package dev.sextant.index;

import dev.sextant.kernel.Kernels;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Recall and speed of every structure by its wire name on real data, one thread, by thread CPU time. Not a test: run
/// by hand, `StructuresBench DIRECTORY NAME ROWS [type[,parameter=value …] …]`; properties `queries`, `metric`.
public final class StructuresBench {
    private static final String[] ALL = {
        "IVF_FLAT,nlist=128",
        "IVF_SQ8,nlist=128",
        "IVF_PQ,nlist=128,m=98,nbits=8",
        "IVF_PQ,nlist=128,m=196,nbits=4",
        "IVF_RABITQ,nlist=128,refine=true,refine_k=4",
        "IVF_RABITQ,nlist=128",
        "SCANN,nlist=128,sub_dim=2,reorder_k=60",
        "HNSW,M=16,efConstruction=200",
        "HNSW_SQ,M=16,efConstruction=200,sq_type=SQ8",
        "HNSW_SQ,M=16,efConstruction=200,sq_type=SQ6",
        "HNSW_SQ,M=16,efConstruction=200,sq_type=SQ4U,refine=true,refine_k=4",
        "HNSW_SQ,M=16,efConstruction=200,sq_type=FP16",
        "HNSW_SQ,M=16,efConstruction=200,sq_type=BF16",
        "HNSW_PQ,M=16,efConstruction=200,m=98,refine=true,refine_k=4",
        "HNSW_PRQ,M=16,efConstruction=200,m=49,nrq=2,refine=true,refine_k=4",
        "ANNOY,n_trees=16",
    };
    private static final int K = 10;

    private StructuresBench() {}

    public static void main(String[] a) throws Exception {
        var train = GraphBench.npy(Path.of(a[0]).resolve(a[1] + "-train.npy.gz"), 1);
        var test = GraphBench.npy(Path.of(a[0]).resolve(a[1] + "-test.npy.gz"), 1);
        var metric = Metric.valueOf(System.getProperty("metric", "L2"));
        var memory = new Memory(16L << 30);
        System.out.println(Kernels.description());
        try (var region = GraphBench.floats(memory, train);
                var scratch = new Scratch(memory)) {
            var rows = DenseRows.packed(
                    region.address(),
                    Math.min(train.rows(), Integer.parseInt(a[2])),
                    train.dimension(),
                    VectorType.FLOAT32);
            int n = Math.min(Integer.getInteger("queries", 1000), test.rows());
            var queries = new MemorySegment[n];
            var limits = new float[n];
            for (int q = 0; q < n; q++) {
                var floats = new float[test.dimension()];
                for (int c = 0; c < floats.length; c++) floats[c] = test.data()[q * floats.length + c] & 255;
                queries[q] = MemorySegment.ofArray(floats);
                limits[q] = Clusters.run(Flat.walk(rows, metric, queries[q], Accept.ALL, scratch), metric, K)
                        .bound();
            }
            for (var asked : a.length > 3 ? Arrays.copyOfRange(a, 3, a.length) : ALL)
                run(memory, rows, metric, queries, limits, asked, scratch);
        }
    }

    private static void run(
            Memory memory,
            DenseRows rows,
            Metric metric,
            MemorySegment[] queries,
            float[] limits,
            String asked,
            Scratch scratch) {
        var bean = ManagementFactory.getThreadMXBean();
        var given = new HashMap<String, String>();
        for (var word : asked.split(",")) {
            int at = word.indexOf('=');
            given.put(at < 0 ? "index_type" : word.substring(0, at), at < 0 ? word : word.substring(at + 1));
        }
        var type = new FieldType.Vector(VectorType.FLOAT32, rows.dimension());
        var parameters = IndexParameters.of(type, metric, given, 42).orElseThrow();
        long time = bean.getCurrentThreadCpuTime();
        try (var build = parameters.begin(memory, rows, metric, Accept.ALL)) {
            while (!build.work(scratch, Stop.NEVER)) Thread.onSpinWait();
            try (var index = build.finish()) {
                System.out.printf(
                        Locale.ROOT,
                        "%s: build %.1f s, %d bytes a row%n",
                        asked,
                        (bean.getCurrentThreadCpuTime() - time) / 1e9,
                        index.bytes() / Math.max(1, rows.count()));
                for (int effort : new int[] {1, 2, 4, 8, 16, 32, 64})
                    search(index, queries, limits, effort(given, effort), scratch);
            }
        }
    }

    private static Effort effort(Map<String, String> given, int step) {
        double refine = Double.parseDouble(given.getOrDefault("refine_k", "0"));
        if (given.containsKey("reorder_k")) refine = Double.parseDouble(given.get("reorder_k")) / K;
        int beam = given.get("index_type").equals("ANNOY") ? 100 * step : 10 * step;
        return Effort.ofBeam(beam).withLists(step).withRefine(refine);
    }

    private static void search(Frozen index, MemorySegment[] queries, float[] limits, Effort effort, Scratch scratch) {
        var bean = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long hits = 0, scored = 0, allocated = 0, nanos = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            hits = scored = 0;
            allocated = bean.getCurrentThreadAllocatedBytes();
            long time = bean.getCurrentThreadCpuTime();
            for (int q = 0; q < queries.length; q++) {
                var walk = index.walk(new Target(queries[q], K, effort, Accept.ALL, Optional.empty()), scratch);
                while (walk.advance(1 << 20) instanceof Step.More) {}
                var found = walk.hits();
                int right = 0;
                for (int i = 0; i < found.count(); i++)
                    if (!index.metric().better(limits[q], found.scores()[i])) right++;
                hits += Math.min(K, right);
                scored += walk.scored();
            }
            nanos = Math.min(nanos, bean.getCurrentThreadCpuTime() - time);
            allocated = bean.getCurrentThreadAllocatedBytes() - allocated;
        }
        System.out.printf(
                Locale.ROOT,
                "  lists %3d beam %4d: recall %.4f, %7.0f queries/s, %6.1f us, said %6.1f, cost %6.1f, %d B allocated%n",
                effort.lists(),
                effort.beam(),
                (double) hits / queries.length / K,
                queries.length * 1e9 / nanos,
                nanos / 1e3 / queries.length,
                scored / (double) queries.length * PartitionWalk.CODE_NANOS / 1e3,
                index.cost(effort, 1) * PartitionWalk.CODE_NANOS / 1e3,
                allocated / queries.length);
    }
}
