package dev.sextant.index;

import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Kernels;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.TopK;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/// Walks under filters beside walks without, in one structure and without the planner: recall, microseconds of thread
/// CPU, and how many times the unfiltered walk at equal recall that is. Filters as in `./dev bench filters`. Not a
/// test: run by hand, `FilterBench DIRECTORY NAME`; properties as of [QuantisedBench], `percents`, `kinds`
/// (`none`, `with`, `against`, `shell`), `beams`, `structure` (`quantised`, `hnsw`, `lean`).
public final class FilterBench {
    private static final int PIVOTS = 16;
    private static final int K = 10;

    private final VectorIndex graph;
    private final DenseRows rows;
    private final MemorySegment[] queries;
    private final int[] pivotOf;
    private final int[][] orders; // of rows by distance from a pivot; the last at random
    private final Scratch scratch;
    private final double[][] unfiltered; // recall, microseconds

    private FilterBench(VectorIndex graph, DenseRows rows, GraphBench.Bytes test, Scratch scratch) {
        this.graph = graph;
        this.rows = rows;
        this.scratch = scratch;
        int n = Math.min(Integer.getInteger("queries", 300), test.rows()), d = test.dimension();
        queries = new MemorySegment[n];
        for (int q = 0; q < n; q++) {
            var floats = new float[d];
            for (int c = 0; c < d; c++) floats[c] = test.data()[q * d + c] & 255;
            queries[q] = MemorySegment.ofArray(floats);
        }
        var random = new Random(3);
        var pivots = random.ints(0, rows.count()).distinct().limit(PIVOTS).toArray();
        orders = new int[PIVOTS + 1][];
        for (int p = 0; p < PIVOTS; p++) orders[p] = byDistance(pivots[p]);
        orders[PIVOTS] = IntStream.range(0, rows.count()).toArray();
        for (int i = rows.count() - 1; i > 0; i--) {
            int other = random.nextInt(i + 1), kept = orders[PIVOTS][i];
            orders[PIVOTS][i] = orders[PIVOTS][other];
            orders[PIVOTS][other] = kept;
        }
        pivotOf = new int[n];
        for (int q = 0; q < n; q++) {
            var scores = new float[PIVOTS];
            for (int p = 0; p < PIVOTS; p++) scores[p] = between(pivots[p], queries[q]);
            for (int p = 1; p < PIVOTS; p++) if (scores[p] < scores[pivotOf[q]]) pivotOf[q] = p;
        }
        int[] beams = {10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512};
        unfiltered = new double[beams.length][];
        var all = new Accept[n];
        Arrays.fill(all, Accept.ALL);
        var limits = limits(all);
        for (int round = 0; round < 3; round++)
            for (int i = 0; i < beams.length; i++) {
                var now = measure(all, limits, beams[i], false);
                if (round == 0 || now[1] < unfiltered[i][1]) unfiltered[i] = now;
            }
        for (int i = 0; i < beams.length; i++)
            System.out.printf(
                    Locale.ROOT, "unfiltered %d: %.4f %.1f us%n", beams[i], unfiltered[i][0], unfiltered[i][1]);
    }

    private int[] byDistance(int pivot) {
        int d = rows.dimension();
        var from = new float[d];
        for (int c = 0; c < d; c++) from[c] = Raw.getFloat(rows.address(pivot) + 4L * c);
        var keyed = new long[rows.count()];
        var walk = Flat.walk(rows, Metric.L2, MemorySegment.ofArray(from), Accept.ALL, scratch);
        for (boolean more = true; more; ) {
            more = walk.advance(4096) instanceof Step.More;
            for (int i = 0; i < walk.hits().count(); i++)
                keyed[walk.hits().rows()[i]] =
                        (long) Float.floatToIntBits(walk.hits().scores()[i]) << 32
                                | walk.hits().rows()[i];
        }
        Arrays.sort(keyed);
        return Arrays.stream(keyed).mapToInt(key -> (int) key).toArray();
    }

    private float between(int row, MemorySegment query) {
        float sum = 0;
        for (int c = 0; c < rows.dimension(); c++) {
            float apart = Raw.getFloat(rows.address(row) + 4L * c)
                    - query.get(java.lang.foreign.ValueLayout.JAVA_FLOAT, 4L * c);
            sum += apart * apart;
        }
        return sum;
    }

    private Accept[] filters(String kind, double percent) {
        int n = (int) Math.round(rows.count() * percent / 100);
        var made = new Accept[PIVOTS + 1];
        var filters = new Accept[queries.length];
        if (kind.equals("shell")) {
            for (int q = 0; q < filters.length; q++) filters[q] = shell(queries[q], n);
            return filters;
        }
        for (int q = 0; q < filters.length; q++) {
            int of = kind.equals("none") ? PIVOTS : pivotOf[q];
            if (made[of] == null) {
                var bits = Bits.builder(rows.count());
                for (int i = 0; i < n; i++) bits.set(orders[of][kind.equals("against") ? rows.count() - 1 - i : i]);
                made[of] = Accept.of(bits.build());
            }
            filters[q] = made[of];
        }
        return filters;
    }

    /// The `n` rows farthest from the row that is nearest to the query: all about as far from the query.
    private Accept shell(MemorySegment query, int n) {
        int nearest = Clusters.run(Flat.walk(rows, Metric.L2, query, Accept.ALL, scratch), Metric.L2, 1)
                .row(0);
        var bits = Bits.builder(rows.count());
        int[] order = byDistance(nearest);
        for (int i = rows.count() - n; i < rows.count(); i++) bits.set(order[i]);
        return Accept.of(bits.build());
    }

    /// How far the last of the nearest is.
    private float[] limits(Accept[] filters) {
        var limits = new float[queries.length];
        for (int q = 0; q < limits.length; q++) {
            limits[q] = last(Clusters.run(Flat.walk(rows, Metric.L2, queries[q], filters[q], scratch), Metric.L2, K));
        }
        return limits;
    }

    private static float last(TopK best) {
        return best.size() == 0 ? -1 : best.score(best.size() - 1);
    }

    /// Recall, microseconds, codes scored, share that came back, rows that were awaited.
    private double[] measure(Accept[] filters, float[] limits, int beam, boolean scan) {
        var bean = ManagementFactory.getThreadMXBean();
        var best = new TopK();
        long right = 0, wanted = 0, scored = 0, found = 0, read = 0, time = bean.getCurrentThreadCpuTime();
        for (int q = 0; q < queries.length; q++) {
            best.reset(K, false);
            var target = Target.of(queries[q], K, beam, filters[q]);
            var walk = scan ? graph.scan(target, 0, rows.count(), scratch).orElseThrow() : graph.walk(target, scratch);
            while (walk.advance(1 << 12) instanceof Step.More)
                best.offer(walk.hits().rows(), walk.hits().scores(), walk.hits().count());
            best.offer(walk.hits().rows(), walk.hits().scores(), walk.hits().count());
            for (int row : walk.awaited()) best.offer(new int[] {row}, new float[] {between(row, queries[q])}, 1);
            read += walk.awaited().length;
            for (int i = 0; i < best.size(); i++) if (best.score(i) <= limits[q]) right++;
            wanted += Math.min(K, filters[q].count(rows.count()));
            found += best.size();
            scored += walk.scored();
        }
        double n = queries.length;
        return new double[] {
            (double) right / wanted,
            (bean.getCurrentThreadCpuTime() - time) / 1e3 / n,
            scored / n,
            (double) found / wanted,
            read / n
        };
    }

    private double unfilteredMicros(double recall) {
        int n = unfiltered.length;
        if (recall <= unfiltered[0][0]) return unfiltered[0][1];
        for (int i = 1; i < n; i++)
            if (recall <= unfiltered[i][0]) {
                double x0 = Math.log(1 - unfiltered[i - 1][0]), x1 = Math.log(Math.max(1e-9, 1 - unfiltered[i][0]));
                double at = (Math.log(Math.max(1e-9, 1 - recall)) - x0) / (x1 - x0);
                return Math.exp((1 - at) * Math.log(unfiltered[i - 1][1]) + at * Math.log(unfiltered[i][1]));
            }
        return unfiltered[n - 1][1];
    }

    private void run() {
        var all = new Accept[queries.length];
        Arrays.fill(all, Accept.ALL);
        var noLimits = new float[queries.length];
        double usual = unfiltered[5][1];
        for (var kind : System.getProperty("kinds", "none,with,against").split(","))
            for (var percent :
                    System.getProperty("percents", "50,20,10,5,2,1,0.5,0.1").split(",")) {
                var filters = filters(kind, Double.parseDouble(percent));
                var limits = limits(filters);
                var line = new StringBuilder(String.format(Locale.ROOT, "%-7s %5s %%:", kind, percent));
                if (graph.scanBytes() > 0) {
                    double now = measure(all, noLimits, 64, false)[1];
                    var scanned = measure(filters, limits, 64, true);
                    double micros = scanned[1] * usual / now;
                    line.append(String.format(
                            Locale.ROOT,
                            " scan %.1f us (%.1f ns a row)",
                            micros,
                            1e3 * micros / filters[0].count(rows.count())));
                }
                for (var beam : System.getProperty("beams", "32,64,80,128").split(",")) {
                    double[] found = null;
                    var ratios = new double[Integer.getInteger("rounds", 5)];
                    for (int round = 0; round < ratios.length; round++) {
                        double now = measure(all, noLimits, 64, false)[1];
                        found = measure(filters, limits, Integer.parseInt(beam), false);
                        ratios[round] = found[1] / now;
                    }
                    Arrays.sort(ratios);
                    double micros = usual * ratios[ratios.length / 2];
                    line.append(String.format(
                            Locale.ROOT,
                            " | %s: %.4f %.1f us %.2f x %.0f codes%s%s",
                            beam,
                            found[0],
                            micros,
                            micros / unfilteredMicros(found[0]),
                            found[2],
                            found[3] < 1 ? " HITS " + found[3] : "",
                            found[4] > 0 ? String.format(Locale.ROOT, " %.0f rows", found[4]) : ""));
                }
                System.out.println(line);
            }
    }

    public static void main(String[] a) throws Exception {
        var dir = Path.of(a[0]);
        var train = GraphBench.npy(dir.resolve(a[1] + "-train.npy.gz"), 1);
        var test = GraphBench.npy(dir.resolve(a[1] + "-test.npy.gz"), 1);
        System.out.println(Kernels.description());
        var memory = new Memory(16L << 30);
        try (var region = GraphBench.floats(memory, train);
                var scratch = new Scratch(memory)) {
            var rows = DenseRows.packed(
                    region.address(), Integer.getInteger("rows", train.rows()), train.dimension(), VectorType.FLOAT32);
            switch (System.getProperty("structure", "quantised")) {
                case "hnsw" -> {
                    var build = new HnswBuild(memory, rows, Metric.L2, new HnswParameters(16, 200, 42), Accept.ALL);
                    GraphBench.run(memory, build, 2);
                    try (var graph = build.finish()) {
                        new FilterBench(graph, rows, test, scratch).run();
                    }
                }
                case "lean" -> {
                    try (var build = (LeanBuild) LeanParameters.DEFAULT.begin(memory, rows, Metric.L2, Accept.ALL)) {
                        for (GraphBench.run(memory, build, 2); build.awaitsRows(); GraphBench.run(memory, build, 2))
                            build.readRows();
                        try (var graph = build.finish()) {
                            new FilterBench(graph, rows, test, scratch).run();
                        }
                    }
                }
                default -> {
                    try (var graph = QuantisedBench.kept(memory, rows, QuantisedParameters.DEFAULT, 2)) {
                        new FilterBench(graph, rows, test, scratch).run();
                    }
                }
            }
        }
    }
}
