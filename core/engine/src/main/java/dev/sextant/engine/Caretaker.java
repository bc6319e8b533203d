package dev.sextant.engine;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.engine.entry.Effect;
import dev.sextant.engine.log.Health;
import dev.sextant.model.Reply;
import dev.sextant.world.DiskFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Goes round all the time: sees which memtables wait for files, what should be merged, built, loaded, let go, saved or
/// purged, and starts the job for it. Decides with [Choices]; holds nothing that a restart would miss. One thread.
final class Caretaker implements AutoCloseable {
    private static final long ROUND_NANOS = 20_000_000;
    private static final long CARE_NANOS = 100_000_000;
    private static final long QUIET_CARE_NANOS = 500_000_000;

    private final Household house;
    private final AtomicLong logBytes; // delivered since the log was opened
    private final Map<Long, Birth> births =
            new HashMap<>(); // of the memtables of shards, when they were first seen with rows
    private final Retries retries;
    private final Merging merging;
    private final Saving saving;
    private final Map<Long, String> uncared = new ConcurrentHashMap<>(); // shards whose care failed, and why
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean hurry;
    private volatile String disk = "";
    private volatile boolean diskFull;
    private volatile String trouble = ""; // of the last round
    private volatile boolean raising;
    private volatile boolean purging;
    private long forgotten; // position
    private long seenPosition;

    private record Birth(long memtable, long logBytes) {}

    Caretaker(Household house, AtomicLong logBytes) {
        this.house = house;
        this.logBytes = logBytes;
        retries = new Retries(house.world().clock());
        merging = new Merging(house, retries, this::hurry);
        saving = new Saving(house, logBytes);
        thread = Thread.ofPlatform().name("sextant-caretaker").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Look now.
    void hurry() {
        hurry = true;
        LockSupport.unpark(thread);
    }

    /// Why the disk takes no writes; empty when it does.
    String disk() {
        return disk;
    }

    boolean diskFull() {
        return diskFull;
    }

    /// What could not be done, in sentences.
    List<String> troubles() {
        var troubles = new ArrayList<String>();
        if (!trouble.isEmpty()) troubles.add("the caretaker cannot end its round: " + trouble);
        uncared.forEach((shard, why) -> troubles.add("shard " + shard + " is not cared for: " + why));
        return troubles;
    }

    private long nanos() {
        return house.world().clock().monotonicNanos();
    }

    private void run() {
        long last = nanos() - CARE_NANOS;
        while (!closing) {
            try {
                house.reads().serveWaiting();
                if (hurry || nanos() - last >= (quiet() ? QUIET_CARE_NANOS : CARE_NANOS)) {
                    hurry = false;
                    last = nanos();
                    care();
                    trouble = "";
                }
            } catch (RuntimeException
                    | Error why) { // this thread is what ends waiting, for reads and writes: it goes on
                trouble = sentence(why);
            }
            LockSupport.parkNanos(house.reads().someWait() ? 1_000_000 : ROUND_NANOS);
        }
    }

    /// Nothing has happened since the last round.
    private boolean quiet() {
        return house.replica().state().position() == seenPosition
                && house.jobs().idle();
    }

    private void raise() {
        if (raising) return;
        raising = true;
        house.writer().ask(new Request.Propose(Set.of(), false, Map::of, whenAnswered(() -> raising = false)), 0);
    }

    private static Reply<Long> whenAnswered(Runnable then) {
        return new Reply<>() {
            @Override
            public void complete(Long answer) {
                then.run();
            }

            @Override
            public void fail(Throwable reason) {
                then.run();
            }
        };
    }

    private void care() {
        seenPosition = house.replica().state().position();
        lookAtDisk();
        if (house.timeline().wantsRaise()
                && (house.reads().askedSince() || house.reads().someWait())) raise();
        var catalog = house.replica().catalog();
        var collections = new HashMap<Long, dev.sextant.catalog.Collection>(catalog.collections());
        catalog.trash().forEach((id, trashed) -> collections.put(id, trashed.collection()));
        for (var shard : house.replica().shards().values()) {
            if (!retries.isDue(shard)) continue;
            try {
                care(shard, java.util.Optional.ofNullable(collections.get(shard.collection())));
                uncared.remove(shard.id());
            } catch (RuntimeException | Error why) { // the others are cared for all the same
                retries.failed(shard);
                uncared.put(shard.id(), sentence(why));
            }
        }
        var there = house.replica().shards().keySet();
        births.keySet().retainAll(there);
        merging.retain(there);
        retries.retain(there);
        uncared.keySet().retainAll(there);
        forget();
        purge();
        saving.checkpoint();
    }

    private static String sentence(Throwable why) {
        return why.getMessage() == null ? why.toString() : why.getMessage();
    }

    private void lookAtDisk() {
        try {
            long usable = house.files().disk().usableBytes();
            diskFull = usable < house.config().reservedDiskBytes();
            disk = diskFull
                    ? usable + " bytes are free, " + house.config().reservedDiskBytes() + " are kept in reserve"
                    : "";
        } catch (DiskFailure why) {
            disk = String.valueOf(why.getMessage());
        }
        if (house.log().health() instanceof Health.Refusing(var why)) {
            disk = String.valueOf(why.getMessage());
            diskFull = why instanceof DiskFailure.NoSpace;
        }
    }

    private void care(Shard shard, java.util.Optional<dev.sextant.catalog.Collection> collection) {
        if (shard.lags()) {
            shard.catchUp();
            if (shard.lags()) retries.failed(shard);
            return;
        }
        var layout = shard.layout();
        if (shard.awaitsFiles()) {
            job(
                    Jobs.Lane.WRITE_OUT,
                    "restore",
                    shard,
                    (progress, stop) -> house.keeping().makeAgain(shard, progress, stop));
            return;
        }
        if (!layout.frozen().isEmpty())
            job(
                    Jobs.Lane.WRITE_OUT,
                    "seal",
                    shard,
                    (progress, stop) -> house.keeping().writeOut(shard, progress, stop));
        if (!house.keeping().incomplete(shard).isEmpty())
            job(
                    Jobs.Lane.IMPROVE,
                    "backfill",
                    shard,
                    (progress, stop) -> house.keeping().complete(shard, progress, stop));
        if (layout.active().rows() > 0) age(shard, layout);
        if (!layout.segments().isEmpty()) {
            house.indexing().letGo(shard, collection);
            merging.merge(shard, layout);
        }
        collection.ifPresent(c -> {
            house.indexing().grow(shard, c);
            if (!layout.segments().isEmpty() && house.indexing().behind(shard, c))
                job(
                        Jobs.Lane.IMPROVE,
                        "index",
                        shard,
                        (progress, stop) -> house.indexing().improve(shard, c, progress, stop));
        });
    }

    private void job(Jobs.Lane lane, String kind, Shard shard, Jobs.Task task) {
        house.jobs().start(lane, kind, "shard " + shard.id(), (progress, stop) -> {
            try {
                task.run(progress, stop);
                hurry();
            } catch (RuntimeException | Error why) {
                retries.failed(shard);
                throw why;
            }
        });
    }

    private void age(Shard shard, Layout layout) {
        var active = layout.active();
        var birth = births.get(shard.id());
        if (birth == null || birth.memtable != active.id())
            // What it holds already when it is seen first came through the log as well.
            births.put(shard.id(), birth = new Birth(active.id(), logBytes.get() - active.memoryBytes()));
        long age = house.world().clock().wallMillis() - HybridClock.millis(active.insertedAt(0));
        if (Choices.chooseSeal(
                active.memoryBytes(),
                age,
                logBytes.get() - birth.logBytes,
                Saving.MOST_INLINE_BYTES,
                house.config().sealAfter().toMillis(),
                4 * house.config().logFileBytes())) seal(Set.of(shard.id()));
    }

    /// Seals what has rows.
    void seal(Set<Long> shards) {
        house.writer()
                .ask(new Request.Propose(shards, true, () -> sealed(shards, new ArrayList<>()), WriterWorld.NOBODY), 0);
    }

    /// The effects that seal these shards' memtables, as far as they have rows, and the ids that their segments will
    /// have.
    Map<Long, List<Effect>> sealed(Set<Long> shards, List<long[]> shardAndSegment) {
        shardAndSegment.clear();
        var effects = new HashMap<Long, List<Effect>>();
        for (long id : shards) {
            var shard = house.replica().shards().get(id);
            if (shard == null || shard.layout().active().rows() == 0 || shard.lags())
                continue; // what lags would seal again and again
            shardAndSegment.add(new long[] {id, shard.layout().active().id()});
            effects.put(id, List.of(new Effect.Seal(house.keeping().newId())));
        }
        return effects;
    }

    /// Lets the horizon follow the clock, as long as something happens.
    private void forget() {
        var state = house.replica().state();
        if (state.position() == forgotten) return;
        long history = house.config().historyFor().toMillis();
        long wanted = HybridClock.minus(
                Math.min(house.clock().wall(), house.timeline().closed()), history);
        if (wanted - state.horizon() < HybridClock.ofMillis(Math.clamp(history / 10, 1000, 60_000))) return;
        forgotten = state.position() + 1;
        house.writer()
                .ask(
                        new Request.Propose(
                                Set.of(Effect.CATALOG),
                                false,
                                () -> Map.of(Effect.CATALOG, List.of(new Effect.Forget(wanted))),
                                WriterWorld.NOBODY),
                        0);
    }

    private void purge() {
        long now = house.world().clock().wallMillis();
        if (purging || due(house.replica().catalog(), now).isEmpty()) return;
        purging = true;
        house.writer()
                .ask(
                        new Request.Define(
                                // Once more: a pin or a restore may have come in between.
                                catalog -> due(catalog, now).stream()
                                        .<Change>map(Change.PurgeCollection::new)
                                        .toList(),
                                whenAnswered(() -> purging = false)),
                        0);
    }

    /// Collections that have been in the trash long enough and whose files nobody else needs.
    private static List<Long> due(Catalog catalog, long now) {
        var snapshots = catalog.snapshots();
        return catalog.trash().values().stream()
                .filter(trashed -> trashed.deadlineMillis() <= now)
                .map(trashed -> trashed.collection().id())
                .filter(id -> snapshots.of(id).stream().allMatch(snapshot -> snapshot.pinnedAt(now) == 0))
                .filter(id ->
                        snapshots.restores().values().stream().noneMatch(job -> job.isOpen() && job.source() == id))
                .toList();
    }

    /// See [Merging#compact].
    long compact(List<Long> shards, Compaction what) {
        return merging.compact(shards, what);
    }

    /// See [Saving#saveNow].
    void saveNow() {
        saving.saveNow();
    }

    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        if (thread.isAlive())
            try {
                thread.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        house.indexing().close();
        house.reads().close();
    }
}
