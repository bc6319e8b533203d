package dev.sextant.engine;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.engine.entry.Effect;
import dev.sextant.engine.entry.Entry;
import dev.sextant.engine.log.LocalLog;
import dev.sextant.engine.log.Log;
import dev.sextant.engine.log.LogConfig;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.model.Consistency;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Watch;
import dev.sextant.world.World;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The engine of this machine: one log, one replica of what it says, one writer, and the jobs that keep them tidy.
final class Node implements Engine, WriterWorld {
    private static final long IDS_AHEAD = 1 << 20;

    private final World world;
    private final EngineConfig config;
    private final Memory memory;
    private final Directory directory;
    private final Log log;
    private final Replica replica;
    private final HybridClock clock;
    private final Timeline timeline;
    private final Reads reads;
    private final Writer writer;
    private final AtomicLong lastId;
    private final Set<Long> withoutEffect = ConcurrentHashMap.newKeySet();

    private Node(World world, EngineConfig config, Memory memory, Work work) {
        this.world = world;
        this.config = config;
        this.memory = memory;
        replica = new Replica(memory, mostMemtableBytes(), _ -> Optional.empty());
        directory = Directory.open(world, config.directory());
        log = LocalLog.open(world, logConfig(config, directory));
        log.start(1, this::entry);
        clock = new HybridClock(world.clock(), replica.state().timeCeiling());
        lastId = new AtomicLong(replica.state().idCeiling());
        long epoch = replica.state().epoch() + 1;
        timeline = new Timeline(clock, replica.state().timeCeiling(), replica.state().timestamp());
        lead(epoch);
        directory.begun();
        reads = new Reads(replica, timeline, clock, world.clock()::monotonicNanos, () -> {}, this::ttlMillis);
        writer = new Writer(this, log, replica, timeline, work, epoch);
    }

    static Node open(World world, EngineConfig config, Memory memory, Work work) {
        return new Node(world, config, memory, work);
    }

    private static LogConfig logConfig(EngineConfig config, Directory directory) {
        return new LogConfig(
                directory.log(),
                directory.identity().cluster(),
                1,
                1,
                config.logFileBytes(),
                config.durability() == EngineConfig.Durability.FORCED,
                config.reservedDiskBytes(),
                Duration.ofMillis(200),
                () -> new byte[0]);
    }

    private void raiseCeiling() {
        writer.ask(new Request.Propose(Set.of(), Map::of, NOBODY), 0);
    }

    private void lead(long epoch) {
        long t = timeline.stamp();
        var entry = new Entry(epoch, t, timeline.ceilingFor(t), idCeiling(), List.of(new Entry.Part(Effect.CATALOG, 0, new Effect.Lead())));
        var done = new CompletableFuture<Long>();
        log.propose(entry.encode(), new Log.Outcome() {
            @Override
            public void durable(long position) {
                timeline.settle(t);
                done.complete(position);
            }

            @Override
            public void unknown(Throwable why) {
                done.completeExceptionally(why);
            }

            @Override
            public void refused(Throwable why) {
                done.completeExceptionally(why);
            }
        });
        done.join();
    }

    private void entry(long position, MemorySegment bytes) {
        var entry = Entry.decode("log entry " + position, bytes);
        if (!replica.apply(position, entry)) withoutEffect.add(position);
        if (timeline != null) timeline.raise(entry.timeCeiling());
    }

    private long ttlMillis(long collection) {
        return replica.catalog().collection(collection).map(c -> ttlSeconds(c.properties()) * 1000).orElse(0L);
    }

    private static long ttlSeconds(Map<String, String> properties) {
        try {
            return Math.max(0, Long.parseLong(properties.getOrDefault("collection.ttl.seconds", "0").strip()));
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }

    @Override
    public Catalog catalog() {
        return replica.catalog();
    }

    @Override
    public void define(Decision decision, Reply<Long> reply) {
        writer.ask(new Request.Define(decision, reply), 0);
    }

    @Override
    public long allocateIds(int count) {
        return lastId.getAndAdd(count) + 1;
    }

    @Override
    public void write(Mutation mutation, Reply<Outcome> reply) {
        writer.ask(new Request.Write(mutation, reply), 0);
    }

    @Override
    public void write(Set<Long> shards, Resolver resolver, long deadlineNanos, Reply<Outcome> reply) {
        writer.ask(new Request.Resolve(shards, resolver, deadlineNanos, reply), 0);
    }

    @Override
    public void views(List<Long> shards, Consistency consistency, long deadlineNanos, Reply<List<View>> reply) {
        reads.views(shards, consistency, deadlineNanos, reply);
    }

    @Override
    public long now() {
        return clock.next();
    }

    @Override
    public void seal(List<Long> shards, Reply<Map<Long, List<Long>>> reply) {
        var sealed = new TreeMap<Long, List<Long>>();
        writer.ask(new Request.Propose(Set.copyOf(shards), () -> {
            var effects = new HashMap<Long, List<Effect>>();
            for (long id : shards) {
                effects.put(id, List.of(new Effect.Seal(ids(1))));
            }
            return effects;
        }, new Reply<>() {
            @Override
            public void complete(Long at) {
                reply.complete(sealed);
            }

            @Override
            public void fail(Throwable why) {
                reply.fail(why);
            }
        }), 0);
    }

    @Override
    public boolean flushed(List<Long> shards, long timestamp) {
        return true;
    }

    @Override
    public long compact(List<Long> shards, boolean major) {
        return -1;
    }

    @Override
    public int loadedPercent(long collection, Set<Long> partitions) {
        return 100;
    }

    @Override
    public List<Watch.SegmentInfo> segments(long collection) {
        return List.of();
    }

    @Override
    public long rowCount(long collection, long partition) {
        long rows = 0;
        var known = catalog().collection(collection);
        for (long id : known.map(c -> c.shards()).orElse(List.of()))
            for (var store : replica.shards().get(id).layout().all())
                for (int row = 0; row < store.rows(); row++) if (partition == 0 || store.partitionOf(row) == partition) rows++;
        return rows;
    }

    @Override
    public IndexProgress indexProgress(long collection, long index) {
        long rows = rowCount(collection, 0);
        return new IndexProgress(rows, rows, "");
    }

    @Override
    public List<Watch.JobInfo> jobs() {
        return List.of();
    }

    @Override
    public List<String> troubles() {
        return List.of();
    }

    @Override
    public Map<String, Long> figures() {
        return Map.of();
    }

    @Override
    public long nanos() {
        return world.clock().monotonicNanos();
    }

    @Override
    public void refuseWhenFull() {}

    @Override
    public void checkLoads(Catalog catalog, List<Change> changes) {}

    @Override
    public long memtableBytes() {
        return config.memtableBytes();
    }

    @Override
    public long mostMemtableBytes() {
        return 2 * config.memtableBytes() + (512L << 20);
    }

    @Override
    public long ids(int count) {
        return allocateIds(count);
    }

    @Override
    public long idCeiling() {
        return lastId.get() + IDS_AHEAD;
    }

    @Override
    public void memoryIsShort() {}

    @Override
    public Map<Long, View> views(Set<Long> shards) {
        var ids = new ArrayList<>(shards);
        var views = reads.open(ids, timeline.closed());
        var byShard = new HashMap<Long, View>();
        for (int i = 0; i < ids.size(); i++) byShard.put(ids.get(i), views.get(i));
        return byShard;
    }

    @Override
    public boolean tookEffect(long position) {
        return !withoutEffect.remove(position);
    }

    @Override
    public void close() {
        writer.close();
        log.close();
        replica.close();
        directory.close();
    }
}
