package dev.sextant.engine;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Database;
import dev.sextant.engine.entry.Effect;
import dev.sextant.engine.entry.Entry;
import dev.sextant.engine.file.CorruptFile;
import dev.sextant.engine.log.Health;
import dev.sextant.engine.log.LocalLog;
import dev.sextant.engine.log.Log;
import dev.sextant.engine.log.LogConfig;
import dev.sextant.engine.log.LogLacks;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.kernel.Work;
import dev.sextant.model.Consistency;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Watch;
import dev.sextant.world.DiskFailure;
import dev.sextant.world.World;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The engine of this machine: one log, one replica of what it says, one writer, and the jobs that keep them tidy.
final class Node implements Engine, WriterWorld {
    private static final long IDS_AHEAD = 1 << 20;

    private final World world;
    private final EngineConfig config;
    private final Directory directory;
    private final Log log;
    private final Checkpoints checkpoints;
    private final Files files;
    private final Replica replica;
    private final HybridClock clock;
    private final Timeline timeline;
    private final Reads reads;
    private final Writer writer;
    private final Jobs jobs;
    private final Indexing indexing;
    private final Landing landing;
    private final Caretaker caretaker;
    private final long replayed;
    private final AtomicLong lastId = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong(); // bytes of the log
    private final Set<Long> withoutEffect = ConcurrentHashMap.newKeySet();
    private volatile Optional<Timeline> running = Optional.empty(); // empty while the log is replayed

    /// What opening has begun, in order; closed in reverse when it fails, and when the node closes.
    private final Deque<AutoCloseable> opened;

    static Node open(World world, EngineConfig config, Memory memory, Work work, Completing completing) {
        var opened = new ArrayDeque<AutoCloseable>();
        try {
            return new Node(world, config, memory, work, completing, opened);
        } catch (RuntimeException failed) {
            for (var part : opened) closeQuietly(part, failed);
            throw switch (failed) {
                case OutOfBudget none -> new Refused(WriterWorld.outOfMemory(none));
                case CorruptFile damage -> unreadable(world, damage);
                case LogLacks lack -> unreadable(world, lack);
                default -> failed;
            };
        } catch (Error failed) {
            for (var part : opened) closeQuietly(part, failed);
            throw failed;
        }
    }

    private static Refused unreadable(World world, RuntimeException damage) {
        var what = "the data directory " + world.disk().description();
        return new Refused(new Refusal.Damaged(
                what, damage.getMessage() + "; nothing was changed: `sextant check` tells all that is wrong"));
    }

    private static void closeQuietly(AutoCloseable part, Throwable failed) {
        try {
            part.close();
        } catch (Exception alsoFailed) {
            failed.addSuppressed(alsoFailed);
        }
    }

    private <T extends AutoCloseable> T own(T part) {
        opened.push(part);
        return part;
    }

    private Node(
            World world,
            EngineConfig config,
            Memory memory,
            Work work,
            Completing completing,
            Deque<AutoCloseable> opened) {
        this.world = world;
        this.config = config;
        this.opened = opened;
        directory = own(Directory.open(world, config.directory()));
        files = own(new Files(world.disk(), directory.segments(), world.clock()::monotonicNanos));
        files.meters(world.meters());
        checkpoints = new Checkpoints(world.disk(), directory.checkpoints());
        replica = own(checkpoints
                .read(memory, mostMemtableBytes(), files)
                .orElseGet(() -> new Replica(memory, mostMemtableBytes(), files)));
        files.keepSpare(memory);
        log = own(LocalLog.open(world, logConfig(config, directory)));
        long saved = replica.state().position();
        log.start(checkpoints.neededFrom(), this::entry);
        // What comes next would be taken for what the checkpoint has already.
        if (log.end() <= saved)
            throw new LogLacks(world.disk().description() + "/" + directory.log(), log.begin(), log.end(), log.end());
        replayed = log.end() - checkpoints.neededFrom();
        var state = replica.state();
        clock = new HybridClock(world.clock(), state.timeCeiling());
        // The default database is there before any id is given out, and has one.
        lastId.set(Math.max(state.idCeiling(), Database.DEFAULT_ID));
        timeline = new Timeline(clock, state.timeCeiling(), state.timestamp());
        running = Optional.of(timeline);
        lead(state.epoch() + 1);
        directory.begun();
        jobs = new Jobs(world.clock()::wallMillis, Jobs.LIFE * (state.epoch() + 1));
        reads = new Reads(
                replica, timeline, clock, world.clock()::monotonicNanos, this::hurry, this::takesNothing, this::expiry);
        indexing = new Indexing(files, replica, memory, work, config.graphRows());
        writer = new Writer(this, log, replica, timeline, work, state.epoch() + 1);
        own(writer);
        own(jobs);
        landing = new Landing(config, files, replica, writer, () -> ids(1), this::refuseWhenFull, this::hurry);
        var maker = new SegmentMaker(files, memory, completing);
        var keeping = new Keeping(files, maker, indexing, replica, writer, () -> ids(1), this::expiry);
        caretaker = own(new Caretaker(
                new Household(
                        world,
                        config,
                        replica,
                        log,
                        clock,
                        timeline,
                        reads,
                        writer,
                        jobs,
                        files,
                        checkpoints,
                        keeping,
                        indexing),
                delivered));
        caretaker.start();
    }

    /// Writes a checkpoint and tidies up, now.
    void saveNow() {
        caretaker.saveNow();
    }

    Shard shard(long id) {
        return replica.shards().get(id);
    }

    Files files() {
        return files;
    }

    private boolean takesNothing() {
        return !(log.health() instanceof Health.Well) || !caretaker.disk().isEmpty();
    }

    /// Entries that were read again when it opened.
    long replayed() {
        return replayed;
    }

    private void hurry() {
        caretaker.hurry();
    }

    private static LogConfig logConfig(EngineConfig config, Directory directory) {
        return new LogConfig(
                directory.log(),
                directory.identity().cluster(),
                1,
                1,
                config.logFileBytes(),
                config.durability() == EngineConfig.Durability.FORCED,
                config.reservedDiskBytes()
                        / 2, // rows are refused earlier: definitions, such as dropping, still find room
                Duration.ofMillis(200),
                () -> new byte[0]);
    }

    private void lead(long epoch) {
        long t = timeline.stamp();
        var entry = new Entry(
                epoch,
                t,
                timeline.ceilingFor(t),
                idCeiling(),
                List.of(new Entry.Part(Effect.CATALOG, 0, new Effect.Lead())));
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
        try {
            done.join();
        } catch (CompletionException refused) {
            // A disk that takes nothing now: what is there can be read, and no other writer can be, for the directory
            // is ours.
            timeline.settle(t);
            if (!(refused.getCause() instanceof DiskFailure)
                    || !directory.identity().begun()) throw refused;
        }
    }

    private void entry(long position, MemorySegment bytes) {
        var entry = Entry.decode("entry " + position + " of the log", bytes);
        boolean effective = replica.apply(position, entry);
        running.ifPresent(t -> {
            if (!effective) withoutEffect.add(position);
            t.raise(entry.timeCeiling());
        });
        delivered.addAndGet(bytes.byteSize());
    }

    private Expiry expiry(long collection) {
        return replica.catalog().collection(collection).map(Expiry::of).orElse(Expiry.NEVER);
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
        writer.ask(new Request.Write(mutation, reply), mutation.bytes());
    }

    @Override
    public void write(Set<Long> shards, Resolver resolver, long deadlineNanos, Reply<Outcome> reply) {
        writer.ask(new Request.Resolve(shards, resolver, deadlineNanos, reply), 0);
    }

    @Override
    public Shipment ship(long collection, long memoryBytes) {
        return landing.ship(collection, memoryBytes);
    }

    @Override
    public void publish(Shipment shipment, Decision decision, Reply<Long> reply) {
        landing.publish(shipment, decision, reply);
    }

    @Override
    public boolean isKept(long snapshot) {
        return landing.isKept(snapshot);
    }

    @Override
    public void restore(long snapshot, Map<Long, Long> heirs, Decision decision, Reply<Long> reply) {
        landing.restore(snapshot, heirs, decision, reply);
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
        var wanted = Set.copyOf(shards);
        var sealed = new ArrayList<long[]>();
        writer.ask(
                new Request.Propose(wanted, true, () -> caretaker.sealed(wanted, sealed), new Reply<>() {
                    @Override
                    public void complete(Long at) {
                        var ids = new TreeMap<Long, List<Long>>();
                        for (long shard : shards) ids.put(shard, new ArrayList<>());
                        sealed.forEach(pair -> ids.get(pair[0]).add(pair[1]));
                        caretaker.hurry();
                        reply.complete(ids);
                    }

                    @Override
                    public void fail(Throwable why) {
                        reply.fail(why);
                    }
                }),
                0);
    }

    @Override
    public boolean flushed(List<Long> shards, long timestamp) {
        for (long id : shards) {
            var shard = replica.shards().get(id);
            if (shard != null
                    && shard.layout().frozen().stream().anyMatch(memtable -> memtable.insertedAt(0) <= timestamp))
                return false;
        }
        return true;
    }

    @Override
    public long compact(List<Long> shards, Compaction what) {
        return caretaker.compact(shards, what);
    }

    @Override
    public int loadedPercent(long collection, Set<Long> partitions) {
        return catalog()
                .collection(collection)
                .map(c -> indexing.loadedPercent(c, partitions))
                .orElse(0);
    }

    @Override
    public Optional<Refusal> loadTrouble(long collection, Set<Long> partitions) {
        return catalog().collection(collection).flatMap(c -> indexing.loadTrouble(c, partitions));
    }

    @Override
    public int filledPercent(long collection, int field) {
        return catalog()
                .collection(collection)
                .map(c -> Figures.filledPercent(replica, c, field))
                .orElse(0);
    }

    @Override
    public List<Watch.SegmentInfo> segments(long collection) {
        return catalog()
                .collection(collection)
                .map(c -> Figures.segments(replica, indexing, c))
                .orElse(List.of());
    }

    @Override
    public long rowCount(long collection, long partition) {
        return catalog()
                .collection(collection)
                .map(c -> Figures.rowCount(replica, c, partition))
                .orElse(0L);
    }

    @Override
    public IndexProgress indexProgress(long collection, long index) {
        return catalog()
                .collection(collection)
                .map(c -> indexing.progress(c, index))
                .orElse(new IndexProgress(0, 0, "", false));
    }

    @Override
    public List<Watch.JobInfo> jobs() {
        return jobs.list();
    }

    @Override
    public Optional<Watch.JobInfo> job(long id) {
        return jobs.find(id);
    }

    @Override
    public List<String> troubles() {
        var troubles = new ArrayList<>(checkpoints.troubles());
        if (!caretaker.disk().isEmpty())
            troubles.add(new Refusal.DiskUnavailable(caretaker.disk(), caretaker.diskFull()).sentence());
        writer.failure().ifPresent(why -> troubles.add("the writer has stopped: " + why));
        if (log.health() instanceof Health.Stopped(var why)) troubles.add("the log has stopped: " + why.getMessage());
        replica.shards().values().stream()
                .filter(shard -> !shard.trouble().isEmpty())
                .forEach(shard -> troubles.add("shard " + shard.id() + " cannot be read: " + shard.trouble()));
        troubles.addAll(caretaker.troubles());
        troubles.addAll(files.damage());
        return troubles;
    }

    @Override
    public Map<String, Long> figures() {
        return Figures.of(replica, log, files.rowMeters());
    }

    @Override
    public long nanos() {
        return world.clock().monotonicNanos();
    }

    @Override
    public void refuseWhenFull() {
        if (!caretaker.disk().isEmpty())
            throw new Refused(new Refusal.DiskUnavailable(caretaker.disk(), caretaker.diskFull()));
    }

    @Override
    public void checkLoads(Catalog catalog, List<Change> changes) {
        indexing.checkLoads(catalog, changes);
    }

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

    /// The largest memtable goes to disk, if none is on the way there.
    @Override
    public void memoryIsShort() {
        var shards = replica.shards().values();
        if (shards.stream().anyMatch(shard -> !shard.layout().frozen().isEmpty())) return;
        shards.stream()
                .filter(shard -> shard.layout().active().rows() > 0)
                .max(Comparator.comparingLong(shard -> shard.layout().active().memoryBytes()))
                .ifPresent(shard -> caretaker.seal(Set.of(shard.id())));
    }

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
        caretaker.close();
        jobs.close();
        writer.close();
        if (log.health() instanceof Health.Well)
            try {
                caretaker.saveNow();
            } catch (DiskFailure unsaved) {
                // Everything acknowledged is in the log: the next start replays more of it.
                assert unsaved != null;
            }
        var failed = new IllegalStateException("the engine did not close cleanly");
        for (var part : opened) closeQuietly(part, failed);
        if (failed.getSuppressed().length > 0) throw failed;
    }
}
