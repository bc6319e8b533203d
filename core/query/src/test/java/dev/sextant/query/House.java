package dev.sextant.query;

import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Load;
import dev.sextant.catalog.Partition;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.language.Filters;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Field;
import dev.sextant.model.Field.Trait;
import dev.sextant.model.FieldType;
import dev.sextant.model.FieldType.Primitive;
import dev.sextant.model.Filter;
import dev.sextant.model.Metric;
import dev.sextant.model.Nulls;
import dev.sextant.model.Read;
import dev.sextant.model.Reply;
import dev.sextant.model.Schema;
import dev.sextant.model.Slices;
import dev.sextant.model.Value;
import dev.sextant.model.VectorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// A collection by chance, in memory: shards of parts, with deletes, versions, nulls, graphs; and its rows once more as
/// plain objects.
final class House implements AutoCloseable {
    static final int DIMENSION = 64;
    static final int KEY = 100;
    static final int NUMBER = 101;
    static final int COLOUR = 102;
    static final int VECTOR = 103;
    static final int BINARY = 104;
    static final int SPARSE = 105;
    static final int META = 106;

    /// JSON values, of which some look alike.
    private static final String[] DAYS = {"\"2024-01-31\"", "\"2024-02-01\"", "{\"of\":[1]}", "[]", "1.5e3"};

    /// One stored row.
    record Row(
            int shard,
            Object key,
            int number,
            String colour,
            float[] vector,
            byte[] binary,
            Map<Integer, Float> sparse,
            String meta,
            long partition,
            long insertedAt,
            int order,
            boolean growing) {}

    final Random random;
    final Memory memory = new Memory(1L << 30);
    final Work work;
    final QueryConfig config;
    final Schema schema;
    final Collection collection;
    final List<Row> rows = new ArrayList<>(); // visible ones
    final MemoryShards shards;
    final Queries queries;
    private final boolean textKeys;
    private final Metric metric;
    final List<List<MemoryPart>> parts = new ArrayList<>();
    /// Runs whenever a column is read: what tests let go wrong.
    Runnable whenRead = () -> {};

    /// @param duplicates how many rows have the same key, on average; 0 for none
    record Shape(int shards, int parts, int rows, double duplicates, boolean textKeys, Metric metric, boolean graphs) {}

    House(long seed, Shape shape, QueryConfig config) {
        random = new Random(seed);
        this.config = config;
        textKeys = shape.textKeys;
        metric = shape.metric;
        work = new Work("test", 2, memory);
        schema = new Schema(
                1,
                List.of(
                        Field.of("pk", textKeys ? new FieldType.Varchar(20) : Primitive.INT64, Trait.PRIMARY_KEY)
                                .withId(KEY),
                        Field.of("number", Primitive.INT32).withId(NUMBER),
                        Field.of("colour", new FieldType.Varchar(20), Trait.NULLABLE)
                                .withId(COLOUR),
                        Field.of("vector", new FieldType.Vector(VectorType.FLOAT32, DIMENSION), Trait.NULLABLE)
                                .withId(VECTOR),
                        Field.of("binary", new FieldType.Vector(VectorType.BINARY, 16))
                                .withId(BINARY),
                        Field.of("sparse", new FieldType.Vector(VectorType.SPARSE, 0))
                                .withId(SPARSE),
                        Field.of(Field.DYNAMIC_NAME, new FieldType.Json(), Trait.DYNAMIC)
                                .withId(META)));
        collection = new Collection(
                1,
                1,
                "c",
                "",
                schema,
                List.of(1L),
                ConsistencyLevel.STRONG,
                Map.of(),
                List.of(new Partition(1, "_default", 0), new Partition(2, "other", 0)),
                List.of(),
                new Load.Everything(java.util.Set.of(), 1),
                1,
                1);
        for (int shard = 0; shard < shape.shards; shard++) {
            var own = new ArrayList<MemoryPart>();
            for (int part = 0; part < shape.parts; part++) own.add(part(shape, shard, part));
            parts.add(own);
        }
        shards = new MemoryShards(this::views, work, memory, config);
        queries = new Queries(shards, work, memory, config);
    }

    private List<MemoryView> views() {
        var views = new ArrayList<MemoryView>();
        for (int shard = 0; shard < parts.size(); shard++) views.add(new MemoryView(shard, schema, parts.get(shard)));
        return views;
    }

    private MemoryPart part(Shape shape, int shard, int part) {
        int count = random.nextInt(shape.rows / 2, shape.rows + 1);
        if (count % 7_919 == 0) count++;
        boolean growing = part == shape.parts - 1;
        var made = new ArrayList<Row>();
        var visible = Bits.builder(count);
        for (int i = 0; i < count; i++) {
            // Keys of a shard are its own: routing sees to that.
            long chance = (long) (random.nextDouble() * shape.rows * shape.parts / shape.duplicates);
            long number =
                    (shape.duplicates == 0 ? (i * 7_919L % count) * shape.parts + part : chance) * shape.shards + shard;
            var row = new Row(
                    shard,
                    textKeys ? "k" + number : (Object) number,
                    random.nextInt(1_000),
                    random.nextInt(6) == 0 ? null : new String[] {"red", "green", "blue"}[random.nextInt(3)],
                    random.nextInt(10) == 0 ? null : vector(),
                    binary(),
                    sparse(),
                    "{\"a\":" + random.nextInt(5) + ",\"b\":\"x\",\"day\":" + DAYS[i % DAYS.length] + "}",
                    random.nextInt(3) == 0 ? 2 : 1,
                    random.nextInt(1, 900),
                    part << 20 | i,
                    growing);
            made.add(row);
            if (random.nextInt(5) == 0) continue;
            visible.set(i);
            rows.add(row);
        }
        var result =
                new MemoryPart(
                        shard * 100L + part,
                        growing,
                        columns(made),
                        visible.build(),
                        made.stream().mapToLong(Row::partition).toArray(),
                        made.stream().mapToLong(Row::insertedAt).toArray(),
                        random.nextBoolean()) {
                    @Override
                    public Column chunk(int field, int chunk) {
                        whenRead.run();
                        return super.chunk(field, chunk);
                    }
                };
        result.withVectors(memory, VECTOR).withVectors(memory, BINARY).withVectors(memory, SPARSE);
        return shape.graphs ? result.withGraph(memory, VECTOR, metric, growing ? 0.6 : 1) : result;
    }

    /// Components are eighths, so sums of their squares and products are exact in whatever order they are added.
    float[] vector() {
        var vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) vector[i] = Math.round(8 * random.nextGaussian()) / 8f;
        return vector;
    }

    private byte[] binary() {
        var bytes = new byte[2];
        random.nextBytes(bytes);
        return bytes;
    }

    private Map<Integer, Float> sparse() {
        var cells = new java.util.TreeMap<Integer, Float>();
        for (int i = random.nextInt(4); i > 0; i--) cells.put(random.nextInt(10), random.nextInt(1, 5) * 0.5f);
        return cells;
    }

    private Map<Integer, Column> columns(List<Row> made) {
        var columns = new HashMap<Integer, Column>();
        columns.put(KEY, keys(made.stream().map(Row::key).toList()));
        columns.put(NUMBER, new Column.Ints(made.stream().mapToInt(Row::number).toArray(), Nulls.NONE));
        columns.put(
                COLOUR,
                new Column.Texts(
                        Slices.ofTexts(made.stream()
                                .map(row -> row.colour == null ? "" : row.colour)
                                .toList()),
                        nulls(made.stream().map(Row::colour).toList())));
        columns.put(VECTOR, vectors(made.stream().map(Row::vector).toList()));
        var bits = new byte[2 * made.size()];
        for (int i = 0; i < made.size(); i++) System.arraycopy(made.get(i).binary, 0, bits, 2 * i, 2);
        columns.put(BINARY, new Column.Dense(VectorType.BINARY, 16, MemorySegment.ofArray(bits), Nulls.NONE));
        columns.put(SPARSE, sparses(made.stream().map(Row::sparse).toList()));
        columns.put(
                META,
                new Column.Jsons(Slices.ofTexts(made.stream().map(Row::meta).toList()), Nulls.NONE));
        return columns;
    }

    static Nulls nulls(List<?> values) {
        var bits = new BitSet();
        for (int i = 0; i < values.size(); i++) if (values.get(i) == null) bits.set(i);
        return Nulls.of(bits);
    }

    Column keys(List<Object> keys) {
        return textKeys
                ? Column.texts(keys.stream().map(key -> (String) key).toList())
                : Column.longs(keys.stream().mapToLong(key -> (Long) key).toArray());
    }

    static Column.Dense vectors(List<float[]> vectors) {
        var all = new float[DIMENSION * vectors.size()];
        for (int i = 0; i < vectors.size(); i++)
            if (vectors.get(i) != null) System.arraycopy(vectors.get(i), 0, all, i * DIMENSION, DIMENSION);
        return new Column.Dense(
                VectorType.FLOAT32, DIMENSION, Column.Dense.of(DIMENSION, all).bytes(), nulls(vectors));
    }

    static Column.Sparse sparses(List<Map<Integer, Float>> rows) {
        var cells = new Slices.Builder(rows.size());
        for (var row : rows) {
            var bytes = java.nio.ByteBuffer.allocate(8 * row.size()).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            new java.util.TreeMap<>(row)
                    .forEach((index, value) -> bytes.putInt(index).putFloat(value));
            cells.add(bytes.array());
        }
        return new Column.Sparse(cells.build(), Nulls.NONE);
    }

    static Optional<Filter> filter(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(Filters.filter(text, Map.of()));
    }

    static Filter filter(String text, Map<String, Value> values) {
        return Filters.filter(text, values);
    }

    <R> R run(Read<R> read) {
        return run(Call.local(), read);
    }

    <R> R run(Call call, Read<R> read) {
        var future = new CompletableFuture<R>();
        queries.run(call, collection, read, new Reply<>() {
            @Override
            public void complete(R answer) {
                assert shards.opened.stream().allMatch(MemoryView::isClosed) : "a reader is left open";
                if (!future.complete(answer)) throw new AssertionError("answered twice");
            }

            @Override
            public void fail(Throwable reason) {
                assert shards.opened.stream().allMatch(MemoryView::isClosed) : "a reader is left open";
                if (!future.completeExceptionally(reason)) throw new AssertionError("answered twice");
            }
        });
        try {
            return future.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException reason) throw reason;
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    static int compareKeys(Object a, Object b) {
        if (a instanceof Long x) return Long.compare(x, (Long) b);
        return java.util.Arrays.compareUnsigned(
                ((String) a).getBytes(java.nio.charset.StandardCharsets.UTF_8),
                ((String) b).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    static Object key(Column keys, int at) {
        return keys instanceof Column.Longs(var longs, _)
                ? (Object) longs[at]
                : ((Column.Texts) keys).values().text(at);
    }

    @Override
    public void close() {
        work.close();
        for (var own : parts) for (var part : own) part.close();
    }
}
