package dev.sextant.engine;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Database;
import dev.sextant.catalog.Load;
import dev.sextant.catalog.Partition;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.model.Column;
import dev.sextant.model.Consistency;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Nulls;
import dev.sextant.model.Reply;
import dev.sextant.model.Schema;
import dev.sextant.model.VectorType;
import dev.sextant.world.Chance;
import dev.sextant.world.Clock;
import dev.sextant.world.Disk;
import dev.sextant.world.Meters;
import dev.sextant.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// An engine over some disk, and short words for what tests do to it: a collection of rows `key → number, text`, with a
/// vector made of the number.
final class Shop implements AutoCloseable {
    static final int KEY = 100, NUMBER = 101, TEXT = 102, VECTOR = 103;
    static final int DIMENSION = 4;

    final Memory memory;
    final Work work;
    final Engine engine;

    Shop(Disk disk, EngineConfig config) {
        this(new World(disk, new SystemTime(), Chance.seeded(7), Meters.NONE), config);
    }

    Shop(World world, EngineConfig config) {
        memory = new Memory(1L << 30);
        work = new Work("test", 2, memory);
        try {
            engine = Engine.open(world, config, memory, work);
        } catch (Throwable failed) {
            work.close();
            throw failed;
        }
    }

    record SystemTime() implements Clock {
        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public long monotonicNanos() {
            return System.nanoTime();
        }
    }

    static EngineConfig config() {
        return with(EngineConfig.DEFAULT, 1 << 20, 256 << 10);
    }

    static EngineConfig with(EngineConfig c, long logFileBytes, long memtableBytes) {
        return c.with(to -> {
            to.logFileBytes = logFileBytes;
            to.memtableBytes = memtableBytes;
            to.reservedDiskBytes = 0;
        });
    }

    static Schema schema() {
        return new Schema(
                1,
                List.of(
                        Field.of("key", FieldType.Primitive.INT64, Field.Trait.PRIMARY_KEY)
                                .withId(KEY),
                        Field.of("number", FieldType.Primitive.INT64).withId(NUMBER),
                        Field.of("text", new FieldType.Varchar(100), Field.Trait.NULLABLE)
                                .withId(TEXT),
                        Field.of("vector", new FieldType.Vector(VectorType.FLOAT32, DIMENSION))
                                .withId(VECTOR)));
    }

    static <R> R await(Consumer<Reply<R>> how) {
        var future = new CompletableFuture<R>();
        how.accept(new Reply<>() {
            @Override
            public void complete(R answer) {
                future.complete(answer);
            }

            @Override
            public void fail(Throwable reason) {
                future.completeExceptionally(reason);
            }
        });
        try {
            return future.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) throw cause;
            if (failed.getCause() instanceof Error cause) throw cause;
            throw new IllegalStateException(failed.getCause());
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    Collection create(String name, int shards, String... partitions) {
        return create(name, schema(), shards, partitions);
    }

    Collection create(String name, Schema schema, int shards, String... partitions) {
        long id = engine.allocateIds(1);
        var shardIds = new ArrayList<Long>();
        for (int i = 0; i < shards; i++) shardIds.add(engine.allocateIds(1));
        var all = new ArrayList<Partition>();
        all.add(new Partition(engine.allocateIds(1), Partition.DEFAULT_NAME, 0));
        for (var partition : partitions) all.add(new Partition(engine.allocateIds(1), partition, 0));
        var collection = new Collection(
                id,
                Database.DEFAULT_ID,
                name,
                "",
                schema,
                shardIds,
                ConsistencyLevel.STRONG,
                Map.of(),
                all,
                List.of(),
                Load.NOTHING,
                0,
                0);
        define(new Change.CreateCollection(collection));
        return find(name);
    }

    long define(Change... changes) {
        return Shop.<Long>await(reply -> engine.define(_ -> List.of(changes), reply));
    }

    Collection find(String name) {
        return engine.catalog().collection(Database.DEFAULT_ID, name).orElseThrow();
    }

    static long shardOf(Collection collection, long key) {
        return collection.shards().get((int)
                Math.floorMod(key, (long) collection.shards().size()));
    }

    /// Rows `key → number`, with a text on every even number.
    static Mutation.Insertion rows(long partition, Map<Long, Long> numbers) {
        int count = numbers.size(), i = 0;
        var keys = new long[count];
        var values = new long[count];
        var texts = new ArrayList<String>();
        var nulls = new java.util.BitSet();
        var vectors = new float[count * DIMENSION];
        for (var row : numbers.entrySet()) {
            keys[i] = row.getKey();
            values[i] = row.getValue();
            if (values[i] % 2 != 0) nulls.set(i);
            texts.add(values[i] % 2 == 0 ? "text " + values[i] : "");
            for (int d = 0; d < DIMENSION; d++) vectors[i * DIMENSION + d] = values[i] + d;
            i++;
        }
        return new Mutation.Insertion(
                count,
                new long[] {partition},
                Map.of(
                        KEY, Column.longs(keys),
                        NUMBER, Column.longs(values),
                        TEXT, new Column.Texts(Column.texts(texts).values(), Nulls.of(nulls)),
                        VECTOR, Column.Dense.of(DIMENSION, vectors)));
    }

    static Mutation mutation(Collection c, boolean upsert, long partition, Map<Long, Long> numbers) {
        var byShard = new TreeMap<Long, Map<Long, Long>>();
        numbers.forEach((key, number) ->
                byShard.computeIfAbsent(shardOf(c, key), _ -> new TreeMap<>()).put(key, number));
        var parts = new ArrayList<Mutation.Part>();
        byShard.forEach((shard, rows) -> {
            var keys = Column.longs(
                    rows.keySet().stream().mapToLong(Long::longValue).toArray());
            parts.add(new Mutation.Part(
                    shard,
                    upsert ? Optional.of(new Mutation.Removal(keys, 0)) : Optional.empty(),
                    Optional.of(rows(partition, rows))));
        });
        return new Mutation(c.id(), c.altered(), parts, Long.MAX_VALUE);
    }

    static Mutation removal(Collection c, long partition, Set<Long> keys) {
        var byShard = new TreeMap<Long, List<Long>>();
        keys.forEach(key ->
                byShard.computeIfAbsent(shardOf(c, key), _ -> new ArrayList<>()).add(key));
        var parts = new ArrayList<Mutation.Part>();
        byShard.forEach((shard, some) -> parts.add(new Mutation.Part(
                shard,
                Optional.of(new Mutation.Removal(
                        Column.longs(some.stream().mapToLong(Long::longValue).toArray()), partition)),
                Optional.empty())));
        return new Mutation(c.id(), c.altered(), parts, Long.MAX_VALUE);
    }

    Outcome write(Mutation mutation) {
        return Shop.<Outcome>await(reply -> engine.write(mutation, reply));
    }

    Outcome insert(Collection c, Map<Long, Long> numbers) {
        return write(mutation(c, false, c.partitions().getFirst().id(), numbers));
    }

    Outcome upsert(Collection c, Map<Long, Long> numbers) {
        return write(mutation(c, true, c.partitions().getFirst().id(), numbers));
    }

    Outcome delete(Collection c, Long... keys) {
        return write(removal(c, 0, Set.of(keys)));
    }

    List<View> views(Collection c, Consistency consistency) {
        return Shop.<List<View>>await(reply -> engine.views(c.shards(), consistency, Long.MAX_VALUE, reply));
    }

    /// All rows that are visible, as `key → numbers` (several when a key was inserted twice).
    Map<Long, List<Long>> read(Collection c, Consistency consistency) {
        var rows = new TreeMap<Long, List<Long>>();
        var views = views(c, consistency);
        for (var view : views)
            try (view) {
                read(view, rows);
            }
        rows.values().forEach(numbers -> numbers.sort(null));
        return rows;
    }

    static void read(View view, Map<Long, List<Long>> rows) {
        for (var part : view.parts()) {
            var visible = part.visible();
            var list = new ArrayList<Integer>();
            for (int row = 0; row < part.rows(); row++) if (visible.get(row)) list.add(row);
            if (list.isEmpty()) continue;
            var places = list.stream().mapToInt(Integer::intValue).toArray();
            var keys = (Column.Longs) part.fetch(KEY, places);
            var texts = (Column.Texts) part.fetch(TEXT, places);
            var vectors = (Column.Dense) part.fetch(VECTOR, places);
            var numbers = new ArrayList<Column>();
            for (int chunk = 0; chunk * 65_536L < part.rows(); chunk++) numbers.add(part.chunk(NUMBER, chunk));
            var all = (Column.Longs) Column.concat(numbers);
            for (int i = 0; i < places.length; i++) {
                long number = all.values()[places[i]];
                assert texts.isNull(i) == (number % 2 != 0) : "text of " + number;
                assert texts.isNull(i) || texts.values().text(i).equals("text " + number);
                assert vectors.bytes().get(Column.LITTLE_FLOAT, 16L * i + 4) == number + 1;
                rows.computeIfAbsent(keys.values()[i], _ -> new ArrayList<>()).add(number);
            }
        }
    }

    /// Waits until something holds that jobs bring about.
    static void eventually(java.util.function.BooleanSupplier condition) {
        for (int i = 0; i < 6000; i++) {
            if (condition.getAsBoolean()) return;
            try {
                Thread.sleep(10);
            } catch (InterruptedException stop) {
                throw new IllegalStateException(stop);
            }
        }
        throw new AssertionError("waited a minute in vain");
    }

    /// Seals, and waits for the files.
    void flush(Collection c) {
        long t = engine.now();
        Shop.<Map<Long, List<Long>>>await(reply -> engine.seal(c.shards(), reply));
        eventually(() -> engine.flushed(c.shards(), t));
    }

    @Override
    public void close() {
        engine.close();
        work.close();
    }
}
