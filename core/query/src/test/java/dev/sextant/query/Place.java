package dev.sextant.query;

import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Database;
import dev.sextant.catalog.Index;
import dev.sextant.catalog.Load;
import dev.sextant.catalog.Partition;
import dev.sextant.engine.Engine;
import dev.sextant.engine.EngineConfig;
import dev.sextant.engine.Mutation;
import dev.sextant.engine.Outcome;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.ConsistencyLevel;
import dev.sextant.model.Read;
import dev.sextant.model.Reply;
import dev.sextant.model.Schema;
import dev.sextant.world.Chance;
import dev.sextant.world.Clock;
import dev.sextant.world.MemoryDisk;
import dev.sextant.world.Meters;
import dev.sextant.world.World;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// A collection `c` in a real engine on a disk in memory, indexed, loaded, and all that reads it.
class Place implements AutoCloseable {
    /// Of the primary key.
    static final int KEY = 100;

    final Memory memory = new Memory(1L << 30);
    final Work work = new Work("test", 2, memory);
    final Engine engine;
    final LocalShards shards;
    final Queries queries;
    final long collection;
    final long index;

    private record Ticking() implements Clock {
        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public long monotonicNanos() {
            return System.nanoTime();
        }
    }

    /// @param vector the indexed field
    Place(
            Schema schema,
            int shardCount,
            int vector,
            Map<String, String> parameters,
            EngineConfig config,
            QueryConfig reads,
            Meters meters) {
        engine = Engine.open(
                new World(new MemoryDisk(), new Ticking(), Chance.seeded(7), Meters.NONE),
                config.with(to -> {
                    to.directory = "";
                    to.logFileBytes = 1 << 20;
                    to.reservedDiskBytes = 0;
                }),
                memory,
                work);
        shards = new LocalShards(engine, work, memory, reads, meters);
        queries = new Queries(shards, work, memory, reads);
        collection = engine.allocateIds(1);
        var ids = LongStream.range(0, shardCount)
                .map(_ -> engine.allocateIds(1))
                .boxed()
                .toList();
        define(new Change.CreateCollection(new Collection(
                collection,
                Database.DEFAULT_ID,
                "c",
                "",
                schema,
                ids,
                ConsistencyLevel.STRONG,
                Map.of(),
                List.of(new Partition(engine.allocateIds(1), Partition.DEFAULT_NAME, 0)),
                List.of(),
                Load.NOTHING,
                0,
                0)));
        index = engine.allocateIds(1);
        define(new Change.CreateIndex(collection, new Index(index, "i", vector, parameters, 0)));
        define(new Change.SetLoad(collection, new Load.Everything(Set.of(), 1)));
    }

    void define(Change change) {
        Place.<Long>await(reply -> engine.define(_ -> List.of(change), reply));
    }

    Collection collection() {
        return engine.catalog().collection(collection).orElseThrow();
    }

    static <R> R await(Consumer<Reply<R>> how) {
        var future = new CompletableFuture<R>();
        how.accept(new Reply<>() {
            @Override
            public void complete(R answer) {
                if (!future.complete(answer)) throw new AssertionError("answered twice");
            }

            @Override
            public void fail(Throwable reason) {
                if (!future.completeExceptionally(reason)) throw new AssertionError("answered twice");
            }
        });
        try {
            return future.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException reason) throw reason;
            throw new IllegalStateException(failed.getCause());
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    <R> R run(Read<R> read) {
        return await(reply -> queries.run(Call.local(), collection(), read, reply));
    }

    /// Parts for each shard, of rows with these columns.
    List<Mutation.Part> parts(List<Long> keys, boolean replace, Map<Integer, Column> columns) {
        var c = collection();
        var shardOf = Routing.shardOf(
                Column.longs(keys.stream().mapToLong(Long::longValue).toArray()),
                c.shards().size());
        var parts = new ArrayList<Mutation.Part>();
        for (int shard = 0; shard < c.shards().size(); shard++) {
            int number = shard;
            var rows = IntStream.range(0, keys.size())
                    .filter(i -> shardOf[i] == number)
                    .toArray();
            if (rows.length == 0) continue;
            var own = new HashMap<Integer, Column>();
            columns.forEach((field, column) -> own.put(field, column.take(rows)));
            var removal =
                    replace ? Optional.of(new Mutation.Removal(own.get(KEY), 0)) : Optional.<Mutation.Removal>empty();
            parts.add(new Mutation.Part(
                    c.shards().get(shard),
                    removal,
                    Optional.of(new Mutation.Insertion(
                            rows.length, new long[] {c.partitions().getFirst().id()}, own))));
        }
        return parts;
    }

    Outcome write(List<Mutation.Part> parts) {
        var c = collection();
        return await(reply -> shards.write(new Mutation(c.id(), c.altered(), parts, Long.MAX_VALUE), reply));
    }

    void seal() {
        Place.<Map<Long, List<Long>>>await(reply -> shards.seal(collection().shards(), reply));
    }

    @Override
    public void close() {
        shards.close();
        engine.close();
        work.close();
    }
}
