package dev.sextant.index;

import dev.sextant.kernel.Kernels;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.TopK;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;

/// Recall and speed of lean graphs on real data, the rows in memory: what codes alone cost and find. Not a test: run by
/// hand, `LeanBench DIRECTORY NAME SIGNS|BYTES [degree] [beam]`; properties `efs`, `queries`, `rows`.
public final class LeanBench {
    private LeanBench() {}

    public static void main(String[] a) throws Exception {
        var dir = Path.of(a[0]);
        var train = GraphBench.npy(dir.resolve(a[1] + "-train.npy.gz"), 1);
        var test = GraphBench.npy(dir.resolve(a[1] + "-test.npy.gz"), 1);
        int queries = Integer.getInteger("queries", 1000), count = Integer.getInteger("rows", train.rows());
        var parameters = new LeanParameters(
                LeanParameters.Keep.valueOf(a[2]),
                a.length > 3 ? Integer.parseInt(a[3]) : 32,
                a.length > 4 ? Integer.parseInt(a[4]) : 96,
                42);
        System.out.println(Kernels.description() + " " + parameters);
        var memory = new Memory(8L << 30);
        try (var region = GraphBench.floats(memory, train);
                var asked = GraphBench.floats(memory, test);
                var scratch = new Scratch(memory)) {
            var rows = DenseRows.packed(region.address(), count, train.dimension(), VectorType.FLOAT32);
            long begun = cpu();
            try (var graph = build(memory, rows, parameters, scratch)) {
                System.out.printf(
                        Locale.ROOT,
                        "built in %.1f CPU s, %.1f bytes a row%n",
                        (cpu() - begun) / 1e9,
                        (double) graph.bytes() / count);
                var truth = new float[queries];
                var vectors = new MemorySegment[queries];
                long stride = DenseRows.strideBytes(VectorType.FLOAT32, test.dimension());
                for (int q = 0; q < queries; q++) {
                    vectors[q] = asked.segment().asSlice(q * stride, 4L * test.dimension());
                    truth[q] = Clusters.run(Flat.walk(rows, Metric.L2, vectors[q], Accept.ALL, scratch), Metric.L2, 10)
                            .bound();
                }
                for (int round = 0; round < 2; round++)
                    for (var ef : System.getProperty("efs", "20,50,100,200,400").split(","))
                        search(graph, rows, vectors, truth, Integer.parseInt(ef), scratch);
            }
        }
    }

    private static LeanGraph build(Memory memory, DenseRows rows, LeanParameters parameters, Scratch scratch) {
        try (var build = (LeanBuild) parameters.begin(memory, rows, Metric.L2, Accept.ALL)) {
            while (true) {
                build.work(scratch, Stop.NEVER);
                if (!build.awaitsRows()) return build.finish();
                build.readRows();
            }
        }
    }

    private static void search(
            LeanGraph graph, DenseRows rows, MemorySegment[] queries, float[] truth, int beam, Scratch scratch) {
        long begun = cpu(), read = 0, scored = 0;
        int right = 0;
        for (int q = 0; q < queries.length; q++) {
            var walk = graph.walk(queries[q], 10, beam, Accept.ALL, scratch);
            while (walk.advance(1 << 20) instanceof Step.More) {}
            var found = walk.awaited();
            read += found.length;
            scored += walk.scored();
            right += right(rows, queries[q], found, truth[q], scratch);
        }
        double seconds = (cpu() - begun) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "beam %4d recall %.4f  %,.0f queries/s  %.0f rows read  %.0f scored%n",
                beam,
                right / 10.0 / queries.length,
                queries.length / seconds,
                (double) read / queries.length,
                (double) scored / queries.length);
    }

    private static int right(DenseRows rows, MemorySegment query, int[] found, float worst, Scratch scratch) {
        var distance = dev.sextant.kernel.Distance.of(Metric.L2, rows.type(), rows.dimension());
        long prepared = scratch.room(distance.queryBytes());
        distance.prepare(query, 0, prepared);
        var out = new float[found.length];
        distance.score(prepared, rows.base(), rows.stride(), found, found.length, out);
        var best = new TopK();
        best.reset(10, false);
        best.offer(found, out, found.length);
        int right = 0;
        for (int i = 0; i < best.size(); i++) if (best.score(i) <= worst) right++;
        return right;
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
