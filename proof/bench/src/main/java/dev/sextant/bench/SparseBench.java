package dev.sextant.bench;

import dev.sextant.index.Accept;
import dev.sextant.index.Effort;
import dev.sextant.index.Flat;
import dev.sextant.index.Inverted;
import dev.sextant.index.SparseParameters;
import dev.sextant.index.SparseRows;
import dev.sextant.index.Target;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Sparse;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.TopK;
import dev.sextant.model.Metric;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Inner products of rows like those of learned sparse encoders (30,522 terms, about 120 a row and 40 a query, of
/// skewed frequency, about topics): each algorithm, exact and with query values dropped, beside both exact scans.
/// Thread CPU time of the best of the rounds.
final class SparseBench {
    private static final int TERMS = 30_522;
    private static final int TOPICS = 400;
    private static final int TOPIC_TERMS = 250;

    private final SplittableRandom random = new SplittableRandom(11);
    private final Memory memory = new Memory(12L << 30);
    private final Scratch scratch = new Scratch(memory);
    private final int[][] topics = new int[TOPICS][TOPIC_TERMS];
    private final byte[][] queries;
    private final int rounds;
    private Region offsets;
    private Region cells;
    private SparseRows rows;

    private SparseBench(int queries, int rounds) {
        this.queries = new byte[queries][];
        this.rounds = rounds;
        for (var topic : topics) for (int i = 0; i < TOPIC_TERMS; i++) topic[i] = zipf();
    }

    @Command(
            name = "sparse",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Inner products of rows like those of learned encoders, by every algorithm.")
    static final class Options implements Callable<Integer> {
        @Option(names = "--rows", defaultValue = "100000", description = "default ${DEFAULT-VALUE}")
        private int rows;

        @Option(names = "--queries", defaultValue = "40", description = "default ${DEFAULT-VALUE}")
        private int queries;

        @Option(names = "--rounds", defaultValue = "4", description = "default ${DEFAULT-VALUE}")
        private int rounds;

        @Override
        public Integer call() {
            var bench = new SparseBench(queries, rounds);
            bench.fill(rows);
            bench.run();
            return 0;
        }
    }

    /// Flat at its head, as the terms of learned encoders are: none is in nearly all rows.
    private int zipf() {
        return (int) Math.min(
                TERMS - 1, 60 * Math.exp(random.nextDouble() * Math.log(TERMS / 60.0)) - 60 + random.nextInt(60));
    }

    private byte[] cells(int count, double sharpness) {
        var row = new TreeMap<Integer, Float>();
        int one = random.nextInt(TOPICS), two = random.nextInt(TOPICS);
        while (row.size() < count) {
            double kind = random.nextDouble();
            int term = kind < 0.45
                    ? topics[one][random.nextInt(TOPIC_TERMS)]
                    : kind < 0.7 ? topics[two][random.nextInt(TOPIC_TERMS)] : zipf();
            double value = Math.log1p(Math.exp(random.nextGaussian() * sharpness + (kind < 0.7 ? 0.2 : -0.8)));
            row.merge(term, (float) value, Math::max);
        }
        var buffer = ByteBuffer.allocate(8 * row.size()).order(ByteOrder.LITTLE_ENDIAN);
        row.forEach((term, value) -> buffer.putInt(term).putFloat(value));
        return buffer.array();
    }

    private void fill(int count) {
        offsets = memory.allocate("bench", 8L * (count + 1));
        cells = memory.allocate("bench", 8L * 180 * count);
        long at = 0;
        for (int i = 0; i < count; i++) {
            var row = cells(60 + random.nextInt(120), 0.9);
            cells.copyIn(at, MemorySegment.ofArray(row), 0, row.length);
            Raw.putLong(offsets.address() + 8L * (i + 1), at += row.length);
        }
        rows = new SparseRows(offsets.address(), cells.address(), count);
        for (int q = 0; q < queries.length; q++) queries[q] = cells(25 + random.nextInt(30), 1.1);
        System.out.printf(Locale.ROOT, "%,d rows, %,d cells%n", count, at / 8);
    }

    private Target target(int q, double drop) {
        var effort = new Effort(64, 8, 0, 0, drop, 1);
        return new Target(MemorySegment.ofArray(queries[q]), 10, effort, Accept.ALL, Optional.empty());
    }

    private static long cpu() {
        return java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    @FunctionalInterface
    private interface Search {
        void into(int query, TopK best);
    }

    private void run() {
        var truth = new TopK[queries.length];
        long begun = cpu();
        for (int q = 0; q < truth.length; q++) merge(q, truth[q] = new TopK());
        System.out.printf(Locale.ROOT, "scan, lists merged: %.0f µs%n", (cpu() - begun) / 1e3 / truth.length);
        measure(
                "scan, query in a table",
                truth,
                (q, best) -> TextSideBySide.take(Flat.walk(rows, Metric.IP, target(q, 0), scratch), best, 10));
        begun = cpu();
        for (var algorithm : SparseParameters.Algorithm.values())
            try (var index = build(algorithm)) {
                if (algorithm.ordinal() == 0)
                    System.out.printf(
                            Locale.ROOT,
                            "built in %.1f s of one core, %,d bytes for %,d of rows%n",
                            (cpu() - begun) / 1e9,
                            index.serializedBytes(),
                            Raw.getLong(rows.offsets() + 8L * rows.count()));
                for (double drop : new double[] {0, 0.2, 0.4, 0.6})
                    measure(
                            algorithm + (drop == 0 ? ", exact" : ", drop " + drop),
                            truth,
                            (q, best) -> TextSideBySide.take(index.walk(target(q, drop), scratch), best, 10));
            }
    }

    private Inverted build(SparseParameters.Algorithm algorithm) {
        try (var build = new SparseParameters(algorithm, 1.2f, 0.75f).begin(memory, rows, Metric.IP, Accept.ALL)) {
            while (!build.work(scratch, Stop.NEVER)) Thread.onSpinWait();
            return (Inverted) build.finish();
        }
    }

    private void merge(int q, TopK best) {
        best.reset(10, true);
        try (var query = memory.allocate("query", queries[q].length + 64)) {
            query.copyIn(0, MemorySegment.ofArray(queries[q]), 0, queries[q].length);
            var row = new int[1];
            var score = new float[1];
            for (row[0] = 0; row[0] < rows.count(); row[0]++) {
                Sparse.score(query.address(), queries[q].length / 8, rows.offsets(), rows.cells(), row, 1, score);
                best.offer(row[0], score[0]);
            }
        }
    }

    private void measure(String name, TopK[] truth, Search search) {
        var best = new TopK();
        long[] nanos = new long[queries.length];
        java.util.Arrays.fill(nanos, Long.MAX_VALUE);
        int found = 0;
        for (int round = 0; round < rounds; round++)
            for (int q = 0; q < queries.length; q++) {
                long begun = cpu();
                search.into(q, best);
                nanos[q] = Math.min(nanos[q], cpu() - begun);
                if (round == 0) for (int i = 0; i < best.size(); i++) if (best.score(i) >= truth[q].bound()) found++;
            }
        System.out.printf(
                Locale.ROOT,
                "%-32s %8.0f µs, recall@10 %.4f%n",
                name,
                java.util.Arrays.stream(nanos).average().orElse(0) / 1e3,
                found / (10.0 * queries.length));
    }
}
