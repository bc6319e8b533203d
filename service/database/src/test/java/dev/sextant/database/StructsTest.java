package dev.sextant.database;

import static dev.sextant.database.Threshold.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sextant.engine.EngineConfig;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Define;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Hits;
import dev.sextant.model.Metric;
import dev.sextant.model.Nulls;
import dev.sextant.model.Operate;
import dev.sextant.model.Read;
import dev.sextant.model.Rows;
import dev.sextant.model.Statement;
import dev.sextant.model.Struct;
import dev.sextant.model.VectorType;
import dev.sextant.model.Watch;
import dev.sextant.model.Write;
import dev.sextant.query.QueryConfig;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Arrays of structs through the whole house, held against the plain answer.
class StructsTest {
    private static final int DIMENSION = 16;
    private static final long SEED = new Random().nextLong();

    @TempDir
    private Path directory;

    private Sextant db;
    private final Random random = new Random(SEED);

    /// What a row holds: its vectors and as many numbers.
    private record Stored(VectorType type, List<byte[]> vectors, List<Integer> numbers) {}

    /// Rows whose array is null have an empty place.
    private final Map<Long, Optional<Stored>> stored = new TreeMap<>();

    private record Hit(long key, int element, double score) {}

    /// @param scans whether everything is scanned, however large
    private static SextantConfig config(boolean scans) {
        var e = EngineConfig.DEFAULT;
        var q = QueryConfig.DEFAULT;
        var engine = e.with(to -> {
            to.durability = EngineConfig.Durability.UNSAFE_OS_BUFFERED;
            to.graphRows = 300;
        });
        var query = new QueryConfig(
                q.maxOutputSize(), scans ? 1 << 30 : 0, 64, q.widestBeam(), 64, q.splitNanos(), q.findKeys(), 1 << 20);
        var small = SextantConfig.DEFAULT.withMemory(256L << 20).withWorkers(1).with(engine);
        return new SextantConfig(
                small.memoryBytes(), small.workers(), small.engine(), query, small.database(), small.audit());
    }

    private <R> R run(Statement<R> statement) {
        return db.execute(Call.local(), statement);
    }

    private void create(VectorType type, Metric metric, String index) {
        run(Define.CreateCollection.of("c", id())
                .with(
                        new Struct(0, "s", "", true, Map.of()),
                        Field.of("v", new FieldType.Array(new FieldType.Vector(type, DIMENSION), 8)),
                        Field.of("n", new FieldType.Array(FieldType.Primitive.INT32, 8))));
        var wish = new HashMap<>(Map.of("index_type", index, "metric_type", "MAX_SIM_" + metric));
        if (index.contains("IVF")) wish.put("nlist", "8");
        run(new Define.CreateIndex("c", "s[v]", "", wish));
        run(new Define.CreateIndex("c", "s[n]", "", Map.of("index_type", "STL_SORT")));
        run(Operate.Load.of("c"));
    }

    private byte[] vector(VectorType type) {
        var bytes = new byte[type.rowBytes(DIMENSION)];
        random.nextBytes(bytes);
        if (type == VectorType.FLOAT32)
            for (int i = 0; i < DIMENSION; i++)
                MemorySegment.ofArray(bytes).set(Column.LITTLE_FLOAT, 4L * i, (float) random.nextGaussian());
        return bytes;
    }

    private void insert(VectorType type, long from, long to) {
        int rows = (int) (to - from);
        var keys = new long[rows];
        var ends = new int[rows];
        var nulls = new BitSet();
        var vectors = new ArrayList<byte[]>();
        var numbers = new ArrayList<Integer>();
        for (int i = 0; i < rows; i++) {
            keys[i] = from + i;
            int count = random.nextInt(5);
            if (random.nextInt(9) == 0) nulls.set(i);
            else {
                var row = new Stored(type, new ArrayList<>(), new ArrayList<>());
                for (int e = 0; e < count; e++) {
                    row.vectors.add(vector(type));
                    row.numbers.add(random.nextInt(50));
                }
                vectors.addAll(row.vectors);
                numbers.addAll(row.numbers);
                stored.put(keys[i], Optional.of(row));
            }
            if (nulls.get(i)) stored.put(keys[i], Optional.empty());
            ends[i] = vectors.size();
        }
        var absent = Nulls.of(nulls);
        run(Write.Upsert.of(
                "c",
                Rows.of(rows)
                        .with("id", Column.longs(keys))
                        .with("s[v]", new Column.Lists(ends, dense(type, vectors), absent))
                        .with(
                                "s[n]",
                                new Column.Lists(
                                        ends,
                                        new Column.Ints(
                                                numbers.stream()
                                                        .mapToInt(Integer::intValue)
                                                        .toArray(),
                                                Nulls.NONE),
                                        absent))
                        .build()));
    }

    private static Column.Dense dense(VectorType type, List<byte[]> vectors) {
        int size = type.rowBytes(DIMENSION);
        var bytes = MemorySegment.ofArray(new byte[size * vectors.size()]);
        for (int i = 0; i < vectors.size(); i++)
            MemorySegment.copy(MemorySegment.ofArray(vectors.get(i)), 0, bytes, (long) size * i, size);
        return new Column.Dense(type, DIMENSION, bytes, Nulls.NONE);
    }

    private static double[] numbers(VectorType type, byte[] vector) {
        var numbers = new double[DIMENSION];
        for (int i = 0; i < DIMENSION; i++)
            numbers[i] = switch (type) {
                case FLOAT32 -> MemorySegment.ofArray(vector).get(Column.LITTLE_FLOAT, 4L * i);
                case INT8 -> vector[i];
                case BINARY -> MemorySegment.ofArray(vector).get(ValueLayout.JAVA_BYTE, i / 8) >> i % 8 & 1;
                default -> throw new AssertionError(type);
            };
        return numbers;
    }

    private static double score(Metric metric, VectorType type, byte[] left, byte[] right) {
        var a = numbers(type, left);
        var b = numbers(type, right);
        double dot = 0, distance = 0, normA = 0, normB = 0;
        for (int i = 0; i < DIMENSION; i++) {
            dot += a[i] * b[i];
            distance += (a[i] - b[i]) * (a[i] - b[i]);
            normA += a[i] * a[i];
            normB += b[i] * b[i];
        }
        return switch (metric) {
            case L2, HAMMING -> distance;
            case IP -> dot;
            case COSINE -> dot / Math.sqrt(normA * normB);
            default -> throw new AssertionError(metric);
        };
    }

    private static Comparator<Hit> order(Metric metric) {
        var byScore = Comparator.comparingDouble(Hit::score);
        return (metric.largerIsBetter() ? byScore.reversed() : byScore)
                .thenComparingLong(Hit::key)
                .thenComparingInt(Hit::element);
    }

    private List<Hit> rows(Metric metric, List<byte[]> query) {
        var hits = new ArrayList<Hit>();
        stored.forEach((key, row) -> row.filter(has -> !has.vectors.isEmpty()).ifPresent(has -> {
            double sum = 0;
            for (var one : query) {
                var each = has.vectors.stream().mapToDouble(v -> score(metric, has.type, one, v));
                sum += (metric.largerIsBetter() ? each.max() : each.min()).orElseThrow();
            }
            hits.add(new Hit(key, -1, sum));
        }));
        hits.sort(order(metric));
        return hits;
    }

    private List<Hit> elements(Metric metric, byte[] query, IntPredicate number) {
        var hits = new ArrayList<Hit>();
        stored.forEach((key, row) -> row.ifPresent(has -> {
            for (int e = 0; e < has.vectors.size(); e++)
                if (number.test(has.numbers.get(e)))
                    hits.add(new Hit(key, e, score(metric, has.type, query, has.vectors.get(e))));
        }));
        hits.sort(order(metric));
        return hits;
    }

    private static List<Hit> hits(Hits found) {
        var hits = new ArrayList<Hit>();
        for (int i = 0; i < found.total(); i++)
            hits.add(new Hit(
                    ((Column.Longs) found.keys()).values()[i],
                    found.elements().isPresent() ? found.elements().get()[i] : -1,
                    found.scores()[i]));
        return hits;
    }

    private void check(VectorType type, Metric metric, boolean exact) {
        var query = new ArrayList<byte[]>();
        for (int i = 0; i < 3; i++) query.add(vector(type));
        var lists = new Column.Lists(new int[] {3}, dense(type, query), Nulls.NONE);
        var search = Read.Search.of("c", "s[v]", lists, 10);
        compare(hits(run(search)), rows(metric, query), 10, exact, metric);
        var alone = Read.Search.of("c", "s[v]", dense(type, query.subList(0, 1)), 20);
        compare(hits(run(alone)), elements(metric, query.getFirst(), _ -> true), 20, exact, metric);
        var filtered = alone.where(Sextant.filter("element_filter(s, $[n] < 20)"));
        compare(hits(run(filtered)), elements(metric, query.getFirst(), n -> n < 20), 20, exact, metric);
        var rare = alone.where(Sextant.filter("id >= 0 and (id % 2 == 0 and element_filter(s, $[n] == 7))"));
        var expected = elements(metric, query.getFirst(), n -> n == 7).stream()
                .filter(hit -> hit.key % 2 == 0)
                .toList();
        compare(hits(run(rare)), expected, 20, exact, metric);
        checkQuery();
        assertThat(count("array_contains(s[n], 7)"))
                .isEqualTo(stored.values().stream()
                        .filter(row -> row.isPresent() && row.get().numbers.contains(7))
                        .count());
        assertThat(count("match_all(s, $[n] > 5)"))
                .isEqualTo(stored.values().stream()
                        .filter(row ->
                                row.isPresent() && row.get().numbers.stream().allMatch(n -> n > 5))
                        .count());
    }

    /// A query for elements counts them, in the order of keys.
    private void checkQuery() {
        var all = new ArrayList<List<Long>>();
        stored.forEach((key, row) -> row.ifPresent(has -> {
            for (int e = 0; e < has.numbers.size(); e++) if (has.numbers.get(e) < 5) all.add(List.of(key, (long) e));
        }));
        for (int offset : List.of(0, 1, 2, 7))
            for (int limit : List.of(1, 3, 50)) {
                var records = run(new Read.Query(
                        "c",
                        List.of(),
                        Optional.of(Sextant.filter("element_filter(s, $[n] < 5)")),
                        List.of("s[n]"),
                        OptionalInt.of(limit),
                        offset,
                        false));
                var found = new ArrayList<List<Long>>();
                var keys = ((Column.Longs) records.rows().column("id").orElseThrow()).values();
                var elements = records.elements().orElseThrow();
                for (int i = 0; i < keys.length; i++)
                    for (int e : elements.get(i)) found.add(List.of(keys[i], (long) e));
                int from = Math.min(offset, all.size());
                assertThat(found)
                        .as("from %d, %d of them", offset, limit)
                        .isEqualTo(all.subList(from, Math.min(from + limit, all.size())));
            }
    }

    private long count(String filter) {
        return run(new Read.Count("c", List.of(), Optional.of(Sextant.filter(filter)), false))
                .rows();
    }

    /// As many hits as there are, each with its true score, best first; and the right ones, all or nearly all.
    private static void compare(List<Hit> found, List<Hit> expected, int limit, boolean exact, Metric metric) {
        var best = expected.subList(0, Math.min(limit, expected.size()));
        assertThat(found).hasSize(best.size());
        var truth = new HashMap<List<Object>, Double>();
        for (var hit : expected) truth.put(List.of(hit.key, hit.element), hit.score);
        for (var hit : found) {
            assertThat(truth).containsKey(List.<Object>of(hit.key, hit.element));
            double score = truth.get(List.<Object>of(hit.key, hit.element));
            assertThat(hit.score).isCloseTo(score, within(1e-3 * Math.max(1, Math.abs(score))));
        }
        assertThat(found)
                .isSortedAccordingTo((a, b) ->
                        metric.largerIsBetter() ? Double.compare(b.score, a.score) : Double.compare(a.score, b.score));
        if (exact)
            for (int i = 0; i < best.size(); i++)
                assertThat(found.get(i).score)
                        .isCloseTo(best.get(i).score, within(1e-3 * Math.max(1, Math.abs(best.get(i).score))));
        else {
            double worst = best.isEmpty() ? 0 : best.getLast().score;
            long right = found.stream()
                    .filter(hit -> metric.largerIsBetter() ? hit.score >= worst - 1e-3 : hit.score <= worst + 1e-3)
                    .count();
            assertThat(right).isGreaterThanOrEqualTo((long) (0.8 * best.size()));
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({
        "FLOAT32, L2, IVF_FLAT, true",
        "INT8, L2, HNSW, true",
        "FLOAT32, IP, HNSW, false",
        "FLOAT32, L2, HNSW, false",
        "FLOAT32, L2, DISKANN, false",
        "BINARY, HAMMING, BIN_IVF_FLAT, false"
    })
    void soTheyAreByEveryMetricAndKindOfIndex(VectorType type, Metric metric, String index, boolean scans)
            throws InterruptedException {
        listsAndElementsAreFoundAsPlainArithmeticFindsThem(type, metric, index, scans);
    }

    @ParameterizedTest
    @CsvSource({"FLOAT32, COSINE, HNSW, true", "BINARY, HAMMING, HNSW, true", "FLOAT32, COSINE, AUTOINDEX, false"})
    @Tag("slow")
    void listsAndElementsAreFoundAsPlainArithmeticFindsThem(VectorType type, Metric metric, String index, boolean scans)
            throws InterruptedException {
        System.out.println("seed " + SEED);
        db = Sextant.open(directory, config(scans));
        try {
            create(type, metric, index);
            for (long from = 0; from < 400; from += 200) insert(type, from, from + 200);
            check(type, metric, true);
            run(new Operate.Flush(List.of("c")));
            awaitIndex();
            check(type, metric, scans);
            insert(type, 100, 160); // replaced rows are in a segment, the new ones in a memtable
            run(new Write.Delete(
                    "c", Optional.empty(), Sextant.filter("id >= 300 and id < 320 or match_any(s, $[n] == 3)")));
            stored.entrySet()
                    .removeIf(row -> row.getKey() >= 300 && row.getKey() < 320
                            || row.getValue()
                                    .filter(has -> has.numbers.contains(3))
                                    .isPresent());
            check(type, metric, scans);
            db.close();
            db = Sextant.open(directory, config(scans));
            awaitIndex();
            check(type, metric, scans);
        } finally {
            db.close();
        }
    }

    private void awaitIndex() throws InterruptedException {
        for (int look = 0; look < 3000; look++) {
            boolean ready = run(new Watch.DescribeIndexes("c", Optional.of("s[v]"))).stream()
                    .allMatch(index -> index.pendingRows() == 0);
            var load = run(new Watch.LoadState("c", List.of()));
            if (ready && load.percent() == 100) return;
            Thread.sleep(10);
        }
        throw new AssertionError("the index was not built");
    }

    @Test
    void anElementIsAHitOnceWhateverPageItsRowHasBeenOn() {
        db = Sextant.open(directory, config(true));
        try {
            create(VectorType.FLOAT32, Metric.COSINE, "HNSW");
            insert(VectorType.FLOAT32, 0, 100);
            var query = vector(VectorType.FLOAT32);
            var search = Read.Search.of("c", "s[v]", dense(VectorType.FLOAT32, List.of(query)), 7);
            var seen = new ArrayList<Hit>();
            for (var page = hits(run(search)); !page.isEmpty(); page = hits(run(after(search, seen.getLast()))))
                seen.addAll(page);
            var expected = elements(Metric.COSINE, query, _ -> true);
            assertThat(seen).hasSameSizeAs(expected);
            assertThat(new HashSet<>(
                            seen.stream().map(h -> List.of(h.key, h.element)).toList()))
                    .hasSameSizeAs(expected);
        } finally {
            db.close();
        }
    }

    private static Read.Search after(Read.Search search, Hit last) {
        var cursor = new Read.After(
                (float) last.score, dev.sextant.model.Value.of(last.key), java.util.OptionalInt.of(last.element));
        return new Read.Search(
                search.collection(),
                search.partitions(),
                search.near(),
                search.filter(),
                search.limit(),
                0,
                search.outputs(),
                search.grouping(),
                Optional.of(cursor),
                -1,
                false);
    }

    @Test
    void aPartialUpsertReplacesAStructWholeOrLeavesItAsItIs() {
        db = Sextant.open(directory, config(true));
        try {
            create(VectorType.FLOAT32, Metric.COSINE, "HNSW");
            insert(VectorType.FLOAT32, 0, 40);
            var vectors = dense(VectorType.FLOAT32, List.of(vector(VectorType.FLOAT32), vector(VectorType.FLOAT32)));
            var two = new Column.Lists(new int[] {2}, vectors, Nulls.NONE);
            var numbers = new Column.Lists(new int[] {2}, new Column.Ints(new int[] {70, 71}, Nulls.NONE), Nulls.NONE);
            var key = Column.longs(7);
            run(partial(Rows.of(1).with("id", key).with("s[v]", two).with("s[n]", numbers)));
            assertThat(matching("match_any(s, $[n] == 70) and match_any(s, $[n] == 71)"))
                    .containsExactly(7L);
            run(partial(Rows.of(1).with("id", key)));
            assertThat(matching("array_length(s) == 2 and match_any(s, $[n] == 70)"))
                    .containsExactly(7L);
            assertThat(hits(run(Read.Search.of("c", "s[v]", vectors, 2))))
                    .extracting(Hit::key)
                    .contains(7L);
            assertThatThrownBy(() -> run(partial(Rows.of(1).with("id", key).with("s[v]", two))))
                    .hasMessageContaining("MISSING_COLUMN");
        } finally {
            db.close();
        }
    }

    private static Write.Upsert partial(Rows.Builder rows) {
        return new Write.Upsert("c", Optional.empty(), rows.build(), true, java.util.OptionalLong.empty());
    }

    private List<Long> matching(String filter) {
        var rows = run(new Read.Query(
                "c", List.of(), Optional.of(Sextant.filter(filter)), List.of("id"), OptionalInt.empty(), 0, false));
        return java.util.Arrays.stream(((Column.Longs) rows.rows().column("id").orElseThrow()).values())
                .boxed()
                .toList();
    }

    @Test
    void whatDoesNotFitTogetherIsRefused() {
        db = Sextant.open(directory, config(true));
        try {
            create(VectorType.FLOAT32, Metric.COSINE, "HNSW");
            var vectors = dense(VectorType.FLOAT32, List.of(vector(VectorType.FLOAT32), vector(VectorType.FLOAT32)));
            var two = new Column.Lists(new int[] {2}, vectors, Nulls.NONE);
            var one = new Column.Lists(new int[] {1}, new Column.Ints(new int[] {1}, Nulls.NONE), Nulls.NONE);
            var key = Column.longs(1);
            assertRefused(
                    Rows.of(1)
                            .with("id", key)
                            .with("s[v]", two)
                            .with("s[n]", one)
                            .build(),
                    "ELEMENT_COUNT");
            assertRefused(Rows.of(1).with("id", key).with("s[v]", two).build(), "MISSING_COLUMN");
            var absent = new Column.Lists(new int[] {0}, new Column.Ints(new int[0], Nulls.NONE), Nulls.all(1));
            assertRefused(
                    Rows.of(1)
                            .with("id", key)
                            .with("s[v]", two)
                            .with("s[n]", absent)
                            .build(),
                    "NULL_NOT_ALLOWED");
            run(Write.Insert.of("c", Rows.of(1).with("id", key).build()));
            assertThat(count("s is null")).isEqualTo(1);
        } finally {
            db.close();
        }
    }

    private void assertRefused(Rows rows, String fault) {
        assertThatThrownBy(() -> run(Write.Insert.of("c", rows))).hasMessageContaining(fault);
    }
}
