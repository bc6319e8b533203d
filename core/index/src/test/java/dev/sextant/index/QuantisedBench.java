package dev.sextant.index;

import dev.sextant.kernel.Kernels;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/// Recall and speed of the quantised graph on real data, one thread, by thread CPU time. Not a test: run by
/// hand, `QuantisedBench DIRECTORY NAME [threads] [degree] [beam] [bits a component]`;
/// properties `efs`, `queries`, `rows`, and `graph`, a file to keep it in.
public final class QuantisedBench {
    private QuantisedBench() {}

    public static void main(String[] a) throws Exception {
        var dir = Path.of(a[0]);
        var train = GraphBench.npy(dir.resolve(a[1] + "-train.npy.gz"), 1);
        var all = GraphBench.npy(dir.resolve(a[1] + "-test.npy.gz"), 1);
        var test = new GraphBench.Bytes(
                Math.min(Integer.getInteger("queries", 10_000), all.rows()), all.dimension(), all.data());
        var truth = GraphBench.npy(dir.resolve(a[1] + "-truth100.npy.gz"), 4);
        int threads = number(a, 2, 2);
        var parameters = new QuantisedParameters(number(a, 3, 32), number(a, 4, 128), number(a, 5, 0), 42);
        System.out.println(Kernels.description() + " " + parameters);
        var memory = new Memory(16L << 30);
        try (var region = GraphBench.floats(memory, train);
                var scratch = new Scratch(memory)) {
            var rows = DenseRows.packed(
                    region.address(), Integer.getInteger("rows", train.rows()), train.dimension(), VectorType.FLOAT32);
            try (var graph = kept(memory, rows, parameters, threads)) {
                if (!Boolean.getBoolean("nosearch"))
                    GraphBench.search(
                            graph,
                            rows,
                            test,
                            rows.count() < train.rows() ? truth(rows, test, scratch) : truth,
                            scratch);
                if (Boolean.getBoolean("filters")) GraphBench.filters(graph, rows, test, scratch);
            }
        }
    }

    /// The graph of the file that property `graph` names, built and kept there where there is none.
    static QuantisedGraph kept(Memory memory, DenseRows rows, QuantisedParameters parameters, int threads)
            throws IOException, InterruptedException {
        var file = Path.of(System.getProperty("graph", "none"));
        if (Files.exists(file)) return load(memory, rows, file);
        var graph = build(memory, rows, parameters, threads);
        if (!file.endsWith("none")) save(graph, file);
        return graph;
    }

    /// The tenth nearest of each query among the first rows, in the shape of the file for all.
    private static GraphBench.Bytes truth(DenseRows rows, GraphBench.Bytes test, Scratch scratch) {
        var ids = ByteBuffer.allocate(400 * test.rows()).order(ByteOrder.LITTLE_ENDIAN);
        for (int q = 0; q < test.rows(); q++) {
            var floats = new float[test.dimension()];
            for (int c = 0; c < floats.length; c++) floats[c] = test.data()[q * floats.length + c] & 255;
            var best = Clusters.run(
                    Flat.walk(rows, Metric.L2, MemorySegment.ofArray(floats), Accept.ALL, scratch), Metric.L2, 10);
            ids.putInt(400 * q + 36, best.row(9));
        }
        return new GraphBench.Bytes(test.rows(), 100, ids.array());
    }

    private static QuantisedGraph build(Memory memory, DenseRows rows, QuantisedParameters parameters, int threads)
            throws InterruptedException {
        var wall = System.nanoTime();
        var build = new QuantisedBuild(memory, rows, Metric.L2, parameters, Accept.ALL);
        long cpu = run(memory, build, threads);
        var graph = build.finish();
        System.out.printf(
                Locale.ROOT,
                "build %.1f s wall, %.1f s cpu, %.0f rows/s cpu, %d MiB, %d bytes a row%n",
                (System.nanoTime() - wall) / 1e9,
                cpu / 1e9,
                rows.count() * 1e9 / cpu,
                graph.bytes() >> 20,
                graph.bytes() / rows.count());
        return graph;
    }

    private static void save(QuantisedGraph graph, Path file) throws IOException {
        try (var out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            graph.writeTo(piece -> {
                for (var bytes = piece.asByteBuffer(); bytes.hasRemaining(); ) out.write(bytes);
            });
        }
    }

    private static QuantisedGraph load(Memory memory, DenseRows rows, Path file) throws IOException {
        try (var in = FileChannel.open(file)) {
            return QuantisedGraph.read(memory, rows, in.size(), piece -> {
                for (var bytes = piece.asByteBuffer(); bytes.hasRemaining(); ) in.read(bytes);
            });
        }
    }

    private static int number(String[] arguments, int at, int otherwise) {
        return arguments.length > at ? Integer.parseInt(arguments[at]) : otherwise;
    }

    static long run(Memory memory, QuantisedBuild build, int threads) throws InterruptedException {
        var bean = ManagementFactory.getThreadMXBean();
        var cpu = new AtomicLong();
        var workers = new ArrayList<Thread>();
        for (int t = 0; t < threads; t++)
            workers.add(Thread.ofPlatform().start(() -> {
                try (var scratch = new Scratch(memory)) {
                    build.work(scratch, Stop.NEVER);
                    cpu.addAndGet(bean.getCurrentThreadCpuTime());
                }
            }));
        for (var worker : workers) worker.join();
        return cpu.get();
    }
}
