package dev.sextant.index;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Kernels;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.TopK;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/// Recall and speed of the graph on real data, one thread, by thread CPU time. Not a test: run by hand, `GraphBench
/// DIRECTORY NAME [threads] [m] [efConstruction]`.
public final class GraphBench {
    private static final List<Integer> EFS = Arrays.stream(
                    System.getProperty("efs", "10,20,30,40,60,80,120,200").split(","))
            .map(Integer::valueOf)
            .toList();
    private static final int QUERIES = Integer.getInteger("queries", 10_000);

    record Bytes(int rows, int dimension, byte[] data) {}

    private GraphBench() {}

    public static void main(String[] a) throws Exception {
        var dir = Path.of(a[0]);
        var train = npy(dir.resolve(a[1] + "-train.npy.gz"), 1);
        var all = npy(dir.resolve(a[1] + "-test.npy.gz"), 1);
        var test = new Bytes(Math.min(QUERIES, all.rows), all.dimension, all.data);
        var truth = npy(dir.resolve(a[1] + "-truth100.npy.gz"), 4);
        int threads = a.length > 2 ? Integer.parseInt(a[2]) : 1;
        var parameters = new HnswParameters(
                a.length > 3 ? Integer.parseInt(a[3]) : 16, a.length > 4 ? Integer.parseInt(a[4]) : 200, 42);
        int d = train.dimension;
        System.out.println(Kernels.description());
        var memory = new Memory(12L << 30);
        try (var region = floats(memory, train);
                var scratch = new Scratch(memory)) {
            var rows = DenseRows.packed(region.address(), train.rows, d, VectorType.FLOAT32);
            var wall = System.nanoTime();
            var build = new HnswBuild(memory, rows, Metric.L2, parameters, Accept.ALL);
            long cpu = run(memory, build, threads);
            var graph = build.finish();
            System.out.printf(
                    Locale.ROOT,
                    "build %.1f s wall, %.1f s cpu, %.0f rows/s cpu, %d MiB%n",
                    (System.nanoTime() - wall) / 1e9,
                    cpu / 1e9,
                    train.rows * 1e9 / cpu,
                    graph.bytes() >> 20);
            if (!Boolean.getBoolean("filters")) search(graph, rows, test, truth, scratch);
            if (!Boolean.getBoolean("nofilters")) filters(graph, rows, test, scratch);
            graph.close();
        }
    }

    static long run(Memory memory, VectorBuild build, int threads) throws InterruptedException {
        var bean = ManagementFactory.getThreadMXBean();
        var cpu = new java.util.concurrent.atomic.AtomicLong();
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

    static void search(VectorIndex graph, DenseRows rows, Bytes test, Bytes truth, Scratch scratch) {
        int k = 10, d = test.dimension;
        var queries = new MemorySegment[test.rows];
        var exact = new float[test.rows];
        for (int q = 0; q < test.rows; q++) {
            var floats = new float[d];
            for (int c = 0; c < d; c++) floats[c] = test.data[q * d + c] & 255;
            queries[q] = MemorySegment.ofArray(floats);
            int last = (q * 100 + k - 1) * 4;
            int id = (truth.data[last] & 255)
                    | (truth.data[last + 1] & 255) << 8
                    | (truth.data[last + 2] & 255) << 16
                    | truth.data[last + 3] << 24;
            double sum = 0;
            for (int c = 0; c < d; c++)
                sum += Math.pow(floats[c] - dev.sextant.kernel.Raw.getFloat(rows.address(id) + 4L * c), 2);
            exact[q] = (float) sum + 0.5f;
        }
        if (Boolean.getBoolean("asked")) {
            // Beams come line by line, so that another process can take turns with this one.
            var in = new java.util.Scanner(System.in);
            System.out.println("ready");
            while (in.hasNextInt()) measure(graph, queries, exact, in.nextInt(), 1, scratch);
            return;
        }
        for (int ef : EFS) measure(graph, queries, exact, ef, Integer.getInteger("rounds", 3), scratch);
    }

    private static void measure(
            VectorIndex graph, MemorySegment[] queries, float[] exact, int ef, int rounds, Scratch scratch) {
        var bean = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        var best = new TopK();
        int k = 10;
        long hits = 0, scored = 0, allocated = 0;
        var times = new long[rounds];
        for (int round = 0; round < rounds; round++) {
            hits = scored = 0;
            allocated = bean.getCurrentThreadAllocatedBytes();
            long time = bean.getCurrentThreadCpuTime();
            for (int q = 0; q < queries.length; q++) {
                best.reset(k, false);
                var walk = graph.walk(queries[q], k, ef, Accept.ALL, scratch);
                while (walk.advance(1 << 20) instanceof Step.More) {}
                best.offer(walk.hits().rows(), walk.hits().scores(), walk.hits().count());
                for (int i = 0; i < best.size(); i++) if (best.score(i) <= exact[q]) hits++;
                scored += walk.scored();
            }
            times[round] = bean.getCurrentThreadCpuTime() - time;
            allocated = bean.getCurrentThreadAllocatedBytes() - allocated;
        }
        Arrays.sort(times);
        System.out.printf(
                Locale.ROOT,
                "ef %d recall %.4f qps %.0f scored %d alloc %d%n",
                ef,
                (double) hits / queries.length / k,
                queries.length * 1e9 / times[rounds / 2],
                scored / queries.length,
                allocated / queries.length);
    }

    static void filters(VectorIndex graph, DenseRows rows, Bytes test, Scratch scratch) {
        var bean = ManagementFactory.getThreadMXBean();
        int k = 10, n = 300, d = test.dimension;
        var random = new java.util.Random(1);
        for (double share : new double[] {0.99, 0.8, 0.5, 0.39, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.003, 0.001}) {
            var bits = Bits.builder(rows.count());
            for (int row = 0; row < rows.count(); row++) if (random.nextDouble() < share) bits.set(row);
            var accept = Accept.of(bits.build());
            var line = new StringBuilder(String.format(
                    Locale.ROOT, "share %.3f scan %s:", share, Nearest.prefersScan(graph, Effort.ofBeam(64), accept)));
            var limits = new float[n];
            for (int way = 0; way < 4; way++) {
                int beam = new int[] {0, 32, 64, 128}[way];
                long hits = 0, scored = 0, time = 0;
                for (int round = 0; round < 2; round++) {
                    hits = scored = 0;
                    time = bean.getCurrentThreadCpuTime();
                    for (int q = 0; q < n; q++) {
                        var floats = new float[d];
                        for (int c = 0; c < d; c++) floats[c] = test.data[q * d + c] & 255;
                        var query = MemorySegment.ofArray(floats);
                        var best = Clusters.run(
                                way == 0
                                        ? Flat.walk(rows, Metric.L2, query, accept, scratch)
                                        : graph.walk(query, k, beam, accept, scratch),
                                Metric.L2,
                                k);
                        if (way == 0) limits[q] = best.bound();
                        for (int i = 0; i < best.size(); i++) if (best.score(i) <= limits[q]) hits++;
                    }
                    time = bean.getCurrentThreadCpuTime() - time;
                    if (way == 0) break;
                }
                line.append(String.format(
                        Locale.ROOT,
                        " | %d: %.4f %.0f us cost %d",
                        beam,
                        (double) hits / n / k,
                        time / 1e3 / n,
                        beam == 0 ? 3 * accept.count(rows.count()) : graph.cost(beam, share)));
            }
            System.out.println(line);
        }
    }

    static Region floats(Memory memory, Bytes bytes) {
        long stride = DenseRows.strideBytes(VectorType.FLOAT32, bytes.dimension);
        var region = memory.allocate("bench rows", stride * bytes.rows);
        for (int r = 0; r < bytes.rows; r++)
            for (int c = 0; c < bytes.dimension; c++)
                dev.sextant.kernel.Raw.putFloat(
                        region.address() + r * stride + 4L * c, bytes.data[r * bytes.dimension + c] & 255);
        return region;
    }

    static Bytes npy(Path path, int size) throws IOException {
        try (var in = new DataInputStream(new GZIPInputStream(Files.newInputStream(path), 1 << 20))) {
            in.readNBytes(8);
            int length = in.readUnsignedByte() | in.readUnsignedByte() << 8;
            var header = new String(in.readNBytes(length), java.nio.charset.StandardCharsets.ISO_8859_1);
            var shape = Arrays.stream(
                            header.replaceAll(".*\\(([^)]*)\\).*\\n?", "$1").split(","))
                    .map(String::trim)
                    .filter(s -> !s.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
            return new Bytes(shape[0], shape[1], in.readNBytes(shape[0] * shape[1] * size));
        }
    }
}
