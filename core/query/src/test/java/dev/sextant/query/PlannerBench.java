package dev.sextant.query;

import dev.sextant.engine.Part;
import dev.sextant.engine.Vectors;
import dev.sextant.engine.Zone;
import dev.sextant.index.Accept;
import dev.sextant.index.DenseRows;
import dev.sextant.index.Flat;
import dev.sextant.index.Frozen;
import dev.sextant.index.IndexParameters;
import dev.sextant.index.Step;
import dev.sextant.index.VectorIndex;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Kernels;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.TopK;
import dev.sextant.kernel.Work;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.FieldType;
import dev.sextant.model.Metric;
import dev.sextant.model.VectorType;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/// Plans by fixed costs, by measured ones, and by both where the fixed ones are wrong, beside each other over one part:
/// thread CPU time of the same filtered searches as a share of what the fixed costs take, in turn. Not a test: run by
/// hand, `PlannerBench DIRECTORY NAME`; properties `rows`, `queries`, `index` (AUTOINDEX), `kept` (a file to keep it
/// in), `percents`, `kinds`, `rounds`, `wrong` (3).
public final class PlannerBench {
    private static final int PIVOTS = 16;
    private static final int K = 10;
    private static final int FIELD = 101;
    private static final int KEY = 100;

    /// Costs to plan by, and what they did.
    private record Planner(String name, CostBook book) {}

    /// A segment that has vectors and keys only.
    private record Rows(DenseRows dense, VectorIndex found) implements Part {
        @Override
        public long id() {
            return 1;
        }

        @Override
        public int rows() {
            return dense.count();
        }

        @Override
        public boolean growing() {
            return false;
        }

        @Override
        public Bits visible() {
            return Bits.ALL;
        }

        @Override
        public Bits ofPartitions(Set<Long> partitions) {
            return Bits.ALL;
        }

        @Override
        public Column chunk(int field, int chunk) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Zone zone(int field, int chunk) {
            return Zone.UNKNOWN;
        }

        @Override
        public Column fetch(int field, int[] wanted) {
            return Column.longs(Arrays.stream(wanted).asLongStream().toArray());
        }

        @Override
        public Vectors vectors(int field) {
            return new Vectors.Dense(dense, Optional.empty());
        }

        @Override
        public Optional<VectorIndex> index(int field) {
            return Optional.of(found);
        }

        @Override
        public long insertedAt(int row) {
            return 0;
        }
    }

    private final Rows part;
    private final float[][] queries;
    private final Scratch scratch;
    private final Memory memory;
    private final Patience patience;
    private final List<Planner> planners = new ArrayList<>();
    private final int[] pivotOf;
    private final int[][] orders; // of rows by distance from a pivot; the last at random

    private PlannerBench(Rows part, float[][] queries, Scratch scratch, Memory memory, Work work) {
        this.part = part;
        this.queries = queries;
        this.scratch = scratch;
        this.memory = memory;
        patience = new Patience(Call.local(), work);
        double wrong = Double.parseDouble(System.getProperty("wrong", "3"));
        for (double times : new double[] {1, wrong, 1 / wrong}) {
            var costs = new Costs(Map.of(), times * Costs.DEFAULT.code(), Costs.DEFAULT.bit());
            var name = times == 1 ? "" : String.format(Locale.ROOT, " x%.2f", times);
            planners.add(new Planner("fixed" + name, CostBook.fixed(costs)));
            planners.add(new Planner("measured" + name, CostBook.measured(work, QueryConfig.DEFAULT, costs)));
        }
        var random = new Random(3);
        int count = part.rows();
        var pivots = random.ints(0, count).distinct().limit(PIVOTS).toArray();
        orders = new int[PIVOTS + 1][];
        for (int p = 0; p < PIVOTS; p++) orders[p] = byDistance(pivots[p]);
        orders[PIVOTS] = IntStream.range(0, count).toArray();
        for (int i = count - 1; i > 0; i--) {
            int other = random.nextInt(i + 1), kept = orders[PIVOTS][i];
            orders[PIVOTS][i] = orders[PIVOTS][other];
            orders[PIVOTS][other] = kept;
        }
        pivotOf = new int[queries.length];
        for (int q = 0; q < queries.length; q++) {
            var near = new TopK();
            near.reset(1, false);
            var walk = Flat.walk(part.dense, Metric.L2, MemorySegment.ofArray(queries[q]), only(pivots), scratch);
            run(walk, near);
            for (int p = 0; p < PIVOTS; p++) if (pivots[p] == near.row(0)) pivotOf[q] = p;
        }
    }

    private Accept only(int[] rows) {
        var bits = Bits.builder(part.rows());
        for (int row : rows) bits.set(row);
        return Accept.of(bits.build());
    }

    private static void run(dev.sextant.index.Walk walk, TopK best) {
        for (boolean more = true; more; ) {
            more = !(walk.advance(4096) instanceof Step.Done);
            best.offer(walk.hits().rows(), walk.hits().scores(), walk.hits().count());
        }
    }

    private int[] byDistance(int pivot) {
        var query = MemorySegment.ofArray(new byte[4 * part.dense.dimension()]);
        Raw.copyOut(part.dense.address(pivot), query, 0, query.byteSize());
        var keyed = new long[part.rows()];
        var walk = Flat.walk(part.dense, Metric.L2, query, Accept.ALL, scratch);
        for (boolean more = true; more; ) {
            more = !(walk.advance(4096) instanceof Step.Done);
            for (int i = 0; i < walk.hits().count(); i++)
                keyed[walk.hits().rows()[i]] =
                        (long) Float.floatToIntBits(walk.hits().scores()[i]) << 32
                                | walk.hits().rows()[i];
        }
        Arrays.sort(keyed);
        return Arrays.stream(keyed).mapToInt(key -> (int) key).toArray();
    }

    private Bits[] filters(String kind, double percent) {
        int n = (int) Math.round(part.rows() * percent / 100);
        var made = new HashMap<Integer, Bits>();
        var filters = new Bits[queries.length];
        for (int q = 0; q < filters.length; q++)
            filters[q] = made.computeIfAbsent(kind.equals("none") ? PIVOTS : pivotOf[q], of -> {
                var bits = Bits.builder(part.rows());
                for (int i = 0; i < n; i++) bits.set(orders[of][kind.equals("against") ? part.rows() - 1 - i : i]);
                return bits.build();
            });
        return filters;
    }

    private float[] limits(Bits[] filters) {
        var limits = new float[queries.length];
        var best = new TopK();
        for (int q = 0; q < limits.length; q++) {
            best.reset(K, false);
            run(
                    Flat.walk(part.dense, Metric.L2, MemorySegment.ofArray(queries[q]), Accept.of(filters[q]), scratch),
                    best);
            limits[q] = best.score(best.size() - 1);
        }
        return limits;
    }

    private static Reader.Nearest question(float[] query) {
        return new Reader.Nearest(
                FIELD,
                Metric.L2,
                Column.Dense.of(query.length, query),
                Map.of(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                K,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                -1,
                Optional.empty(),
                Reader.Where.ANY);
    }

    /// Nanoseconds, recall, and how many were walks.
    private double[] measure(CostBook book, Bits[] filters, int[] counts, float[] limits) {
        var bean = ManagementFactory.getThreadMXBean();
        long right = 0, walks = 0, nanos = 0, wanted = 0;
        try (var room = new Room(memory, "bench")) {
            for (int q = 0; q < queries.length; q++) {
                var question = question(queries[q]);
                var window = new Window(question, false);
                long begun = bean.getCurrentThreadCpuTime();
                var search = new PartSearch(
                        question,
                        QueryConfig.DEFAULT,
                        book,
                        new Recalls(List.of(part), FIELD),
                        0,
                        new PartRows.Selected(part, filters[q], counts[q]),
                        Optional.empty(),
                        memory,
                        patience);
                var into = new Candidates(
                        List.of(part),
                        KEY,
                        false,
                        window,
                        new Threshold(window),
                        K,
                        Optional.empty(),
                        1,
                        Optional.empty(),
                        room,
                        new Candidates.Spare());
                search.search(new Errand(0, into, window, scratch, patience), new PartSearch.Range(0, part.rows()));
                var found = into.best();
                nanos += bean.getCurrentThreadCpuTime() - begun;
                for (float score : found.scores()) if (score <= limits[q]) right++;
                wanted += Math.min(K, counts[q]);
                if (search.plan() instanceof Plan.Walk) walks++;
            }
        }
        double n = queries.length;
        return new double[] {nanos / n, (double) right / wanted, walks / n};
    }

    private void weigh() {
        var bean = ManagementFactory.getThreadMXBean();
        for (var planner : planners) {
            if (!planner.name.startsWith("measured")) continue;
            var shape = Shape.of(part, FIELD, Metric.L2).orElseThrow();
            long begun = bean.getCurrentThreadCpuTime();
            int rounds = 0;
            for (; !planner.book.isSettled(shape); rounds++) planner.book.weigh(part, FIELD, Metric.L2, scratch);
            System.out.printf(
                    Locale.ROOT,
                    "%s: %s, %d rounds, %.1f ms%n",
                    planner.name,
                    planner.book.prices(shape).describe(),
                    rounds,
                    (bean.getCurrentThreadCpuTime() - begun) / 1e6);
        }
    }

    private void run() {
        for (int i = 0; i < Integer.getInteger("weigh", 3); i++) {
            if (i > 0)
                planners.replaceAll(p -> p.name.startsWith("measured")
                        ? new Planner(p.name, CostBook.measured(patience.work(), QueryConfig.DEFAULT, p.book.costs()))
                        : p);
            weigh();
        }
        for (var kind : System.getProperty("kinds", "none,with,against").split(","))
            for (var percent :
                    System.getProperty("percents", "50,20,10,5,2,1,0.5,0.2").split(","))
                cell(kind, Double.parseDouble(percent));
    }

    private void cell(String kind, double percent) {
        var filters = filters(kind, percent);
        var counts =
                Arrays.stream(filters).mapToInt(bits -> bits.count(part.rows())).toArray();
        var limits = limits(filters);
        int rounds = Integer.getInteger("rounds", 5);
        var took = new double[planners.size()][rounds];
        var last = new double[planners.size()][];
        double micros = 0;
        for (int round = -1; round < rounds; round++) {
            for (int i = 0; i < planners.size(); i++) {
                last[i] = measure(planners.get(i).book, filters, counts, limits);
                if (round >= 0) took[i][round] = last[i][0];
            }
            if (round >= 0) {
                double fixed = took[0][round];
                micros += fixed / 1e3 / rounds;
                for (var of : took) of[round] /= fixed;
            }
        }
        var line = new StringBuilder(
                String.format(Locale.ROOT, "%-7s %5s %%, %7d rows: fixed %.1f us", kind, percent, counts[0], micros));
        for (int i = 0; i < planners.size(); i++) {
            Arrays.sort(took[i]);
            line.append(String.format(
                    Locale.ROOT,
                    " | %s %.2f x %.3f %s",
                    planners.get(i).name,
                    took[i][rounds / 2],
                    last[i][1],
                    last[i][2] == 0 ? "scan" : last[i][2] == 1 ? "walk" : "some walk"));
        }
        System.out.println(line);
    }

    private static VectorIndex index(Memory memory, DenseRows rows) throws IOException, InterruptedException {
        var file = Path.of(System.getProperty("kept", "none"));
        if (Files.exists(file))
            try (var in = FileChannel.open(file)) {
                var magic = java.nio.ByteBuffer.allocate(8);
                in.read(magic, 0);
                var kind = Arrays.stream(Frozen.Kind.values())
                        .filter(each -> each.magic().equals(new String(magic.array(), StandardCharsets.US_ASCII)))
                        .findFirst()
                        .orElseThrow();
                return Frozen.read(kind, memory, rows, in.size(), piece -> {
                    for (var bytes = piece.asByteBuffer(); bytes.hasRemaining(); ) in.read(bytes);
                });
            }
        var named = new HashMap<>(Map.of("index_type", System.getProperty("index", "AUTOINDEX")));
        named.put("metric_type", "L2");
        if (named.get("index_type").startsWith("IVF")) named.put("nlist", "" + (int) (4 * Math.sqrt(rows.count())));
        var parameters = IndexParameters.of(
                        new FieldType.Vector(VectorType.FLOAT32, rows.dimension()), Metric.L2, named, 42)
                .orElseThrow();
        try (var build = parameters.begin(memory, rows, Metric.L2, Accept.ALL)) {
            var threads = new ArrayList<Thread>();
            for (int t = 0; t < 2; t++)
                threads.add(Thread.ofPlatform().start(() -> {
                    try (var own = new Scratch(memory)) {
                        build.work(own, Stop.NEVER);
                    }
                }));
            for (var thread : threads) thread.join();
            var built = build.finish();
            if (!file.endsWith("none"))
                try (var out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                    built.writeTo(piece -> {
                        for (var bytes = piece.asByteBuffer(); bytes.hasRemaining(); ) out.write(bytes);
                    });
                }
            return built;
        }
    }

    private record Bytes(int rows, int dimension, byte[] data) {
        float[] floats(int row) {
            var floats = new float[dimension];
            for (int c = 0; c < dimension; c++) floats[c] = data[row * dimension + c] & 255;
            return floats;
        }
    }

    private static Bytes read(Path path, int most) throws IOException {
        try (var in = new DataInputStream(new GZIPInputStream(Files.newInputStream(path), 1 << 20))) {
            in.readNBytes(8);
            int length = in.readUnsignedByte() | in.readUnsignedByte() << 8;
            var header = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
            var shape = Arrays.stream(
                            header.replaceAll(".*\\(([^)]*)\\).*\\n?", "$1").split(","))
                    .map(String::trim)
                    .filter(s -> !s.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
            int rows = Math.min(most, shape[0]);
            return new Bytes(rows, shape[1], in.readNBytes(rows * shape[1]));
        }
    }

    private static Region floats(Memory memory, Bytes train) {
        long stride = DenseRows.strideBytes(VectorType.FLOAT32, train.dimension);
        var region = memory.allocate("rows", stride * train.rows);
        for (int row = 0; row < train.rows; row++)
            region.copyIn(row * stride, MemorySegment.ofArray(train.floats(row)), 0, 4L * train.dimension);
        return region;
    }

    public static void main(String[] a) throws Exception {
        var dir = Path.of(a[0]);
        var train = read(dir.resolve(a[1] + "-train.npy.gz"), Integer.getInteger("rows", Integer.MAX_VALUE));
        var test = read(dir.resolve(a[1] + "-test.npy.gz"), Integer.getInteger("queries", 200));
        System.out.println(Kernels.description());
        var memory = new Memory(16L << 30);
        var queries = IntStream.range(0, test.rows).mapToObj(test::floats).toArray(float[][]::new);
        try (var region = floats(memory, train);
                var scratch = new Scratch(memory);
                var work = new Work("bench", 1, memory)) {
            var rows = DenseRows.packed(region.address(), train.rows, train.dimension, VectorType.FLOAT32);
            new PlannerBench(new Rows(rows, index(memory, rows)), queries, scratch, memory, work).run();
        }
    }
}
