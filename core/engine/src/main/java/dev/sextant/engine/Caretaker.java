package dev.sextant.engine;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.engine.entry.Effect;
import dev.sextant.engine.log.Health;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Reply;
import dev.sextant.world.DiskFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/// Goes round all the time: sees which memtables wait for files, what should be merged, built, loaded, let go, saved or
/// purged, and starts the job for it. Decides with [Choices]; holds nothing that a restart would miss. One thread.
final class Caretaker implements AutoCloseable {
    /// A memtable of at most this size goes into checkpoints and need not become a segment.
    static final long MOST_INLINE_BYTES = 64 << 10;
    private static final long ROUND_NANOS = 20_000_000;
    private static final long CARE_NANOS = 100_000_000;
    private static final long QUIET_CARE_NANOS = 500_000_000;
    private static final long RETRY_NANOS = 1_000_000_000;

    private final Household house;
    private final AtomicLong logBytes; // delivered since the log was opened
    private final Map<Long, Birth> births =
            new HashMap<>(); // of the memtables of shards, when they were first seen with rows
    private final Map<Long, Considered> considered = new HashMap<>();
    private final Map<Long, Long> notBefore = new ConcurrentHashMap<>(); // shards whose last job failed
    private final Map<Long, String> uncared = new ConcurrentHashMap<>(); // shards whose care failed, and why
    private final Object saving = new Object();
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
    private volatile Saved saved; // by the job that wrote it
    private volatile long nextCheckpoint; // nanos, after one that failed

    private record Birth(long memtable, long logBytes) {}

    /// What the last checkpoint has, at least.
    private record Saved(long position, long logBytes, long nanos, long replacements) {}

    private record Considered(Layout layout, long horizon, Set<Long> spared) {}

    Caretaker(Household house, AtomicLong logBytes) {
        this.house = house;
        this.logBytes = logBytes;
        nextCheckpoint = nanos();
        saved = new Saved(house.replica().state().position(), 0, nextCheckpoint, 0);
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
            if (!isDue(shard)) continue;
            try {
                care(shard, java.util.Optional.ofNullable(collections.get(shard.collection())));
                uncared.remove(shard.id());
            } catch (RuntimeException | Error why) { // the others are cared for all the same
                notBefore.put(shard.id(), nanos() + RETRY_NANOS);
                uncared.put(shard.id(), sentence(why));
            }
        }
        var there = house.replica().shards().keySet();
        births.keySet().retainAll(there);
        considered.keySet().retainAll(there);
        notBefore.keySet().retainAll(there);
        uncared.keySet().retainAll(there);
        forget();
        purge();
        checkpoint();
    }

    private boolean isDue(Shard shard) {
        var due = notBefore.get(shard.id());
        return due == null || nanos() - due >= 0;
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
            if (shard.lags()) notBefore.put(shard.id(), nanos() + RETRY_NANOS);
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
            merge(shard, layout);
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
                notBefore.put(shard.id(), nanos() + RETRY_NANOS);
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
                MOST_INLINE_BYTES,
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

    private void merge(Shard shard, Layout layout) {
        var now = new Considered(layout, house.replica().state().horizon(), spared(shard));
        if (now.equals(considered.get(shard.id())) || isMerging(shard)) return;
        var chosen = choose(shard, layout, Choices.Wish.OWN);
        if (chosen.isEmpty()) {
            considered.put(shard.id(), now);
            return;
        }
        var merges = new Merges();
        house.jobs()
                .start(
                        Jobs.Lane.IMPROVE,
                        "merge",
                        "shard " + shard.id(),
                        merges,
                        (progress, stop) -> merge(shard, chosen, merges, progress, stop));
    }

    private boolean isMerging(Shard shard) {
        return house.jobs().busy("merge", "shard " + shard.id());
    }

    private Set<Long> choose(Shard shard, Layout layout, Choices.Wish wish) {
        var candidates = candidates(shard, layout);
        var config = house.config();
        long most = house.indexing().mostSegmentBytes(shard, config.segmentBytes());
        var chosen = switch (wish) {
            case OWN ->
                Choices.chooseMerge(candidates, config.mergeWidth(), most, Math.max(1 << 20, config.memtableBytes()));
            case ASKED -> Choices.chooseAsked(candidates, most);
            case FULLY -> Choices.chooseMajor(candidates, most);
        };
        return chosen.stream().map(Choices.Candidate::segment).collect(Collectors.toSet());
    }

    private void merge(Shard shard, Set<Long> segments, Merges merges, Progress progress, Stop stop)
            throws InterruptedException, IOException {
        try {
            house.keeping().merge(shard, segments, merges, progress, stop);
            hurry();
        } catch (RuntimeException | Error why) {
            notBefore.put(shard.id(), nanos() + RETRY_NANOS);
            throw why;
        }
    }

    /// Merges the small segments of these shards and takes out what is gone, or, with `major`, makes them as few as can
    /// be; returns the id of the job that does, which may serve others who asked as well, or -1 when there is nothing
    /// to do. It begins when what merges now has ended, and chooses then. With `major` it answers for every segment:
    /// one that stays as it is is told as merged into itself.
    long compact(List<Long> shards, boolean major) {
        var there = shards.stream()
                .map(house.replica().shards()::get)
                .filter(java.util.Objects::nonNull)
                .toList();
        var kind = major ? "compact fully" : "compact";
        var wish = major ? Choices.Wish.FULLY : Choices.Wish.ASKED;
        var subject = there.stream().map(shard -> "" + shard.id()).collect(Collectors.joining(", ", "shards ", ""));
        if (!house.jobs().busy(kind, subject)
                && there.stream()
                        .allMatch(shard -> !isMerging(shard)
                                && (major
                                        ? candidates(shard, shard.layout()).isEmpty()
                                        : choose(shard, shard.layout(), wish).isEmpty()))) return -1;
        var merges = new Merges();
        return house.jobs()
                .queue(
                        Jobs.Lane.IMPROVE,
                        kind,
                        subject,
                        merges,
                        (progress, stop) -> compact(there, wish, merges, progress, stop));
    }

    private void compact(List<Shard> shards, Choices.Wish wish, Merges merges, Progress progress, Stop stop)
            throws InterruptedException, IOException {
        var failed = new ArrayList<RuntimeException>();
        for (var shard : shards)
            try {
                // Each merge makes fewer segments or takes rows away. What comes meanwhile is for the next one.
                for (int left = shard.layout().segments().size(); left > 0 && !stop.stopped(); left--) {
                    var chosen = choose(shard, shard.layout(), wish);
                    if (chosen.isEmpty()) break;
                    merge(shard, chosen, merges, progress, stop);
                }
                if (wish == Choices.Wish.FULLY && !stop.stopped())
                    for (var left : candidates(shard, shard.layout())) merges.keep(shard.collection(), left.segment());
            } catch (RuntimeException why) { // the others are merged all the same
                failed.add(why);
            }
        if (!failed.isEmpty()) throw failed.getFirst();
    }

    private List<Choices.Candidate> candidates(Shard shard, Layout layout) {
        long horizon = house.replica().state().horizon();
        var moment = layout.moment(horizon, house.keeping().expiry(shard.collection()));
        var spared = spared(shard);
        return layout.segments().stream()
                .filter(segment -> !spared.contains(segment.id()))
                .map(segment -> {
                    var facts = segment.facts();
                    return new Choices.Candidate(segment.id(), facts.bytes(), facts.rows(), droppable(segment, moment));
                })
                .toList();
    }

    /// Rows that a merge would leave out, or a few more than that, but none where there are none: a segment that stays
    /// as it is would be merged again and again.
    private int droppable(Segment segment, Moment moment) {
        var facts = segment.facts();
        long horizon = moment.timestamp();
        if (facts.leastInsert() > horizon) return 0; // there are views that see them come
        boolean hidden =
                facts.mostInsert() < moment.leastInsert() || moment.gone().containsAll(facts.partitions());
        if (hidden && facts.mostInsert() <= horizon) return facts.rows();
        int most = segment.deletions().seen().upTo(horizon) + expired(segment, moment);
        // What came after the horizon stays, be it deleted or expired; looked at row by row only where that matters.
        if (facts.mostInsert() > horizon && most > 0) return SegmentMaker.dropped(segment, moment).length;
        return Math.min(facts.rows(), most);
    }

    /// Segments that are not merged for now, because a snapshot wants them to be stored once.
    private Set<Long> spared(Shard shard) {
        if (shard.kept().isEmpty()) return Set.of();
        long now = house.world().clock().wallMillis();
        var snapshots = house.replica().catalog().snapshots().all();
        var spared = new HashSet<Long>();
        for (var kept : shard.kept()) {
            var snapshot = snapshots.get(kept.snapshot());
            if (snapshot != null && snapshot.protectedUntilMillis() > now) spared.addAll(kept.files());
        }
        return spared;
    }

    /// Rows whose own moment has come; those that were deleted too count twice.
    private static int expired(Segment segment, Moment moment) {
        if (moment.lastMoment().isEmpty()) return 0;
        int field = moment.lastMoment().getAsInt();
        var part = segment.part(moment);
        if (segment.expired().none(part, field, moment.micros())) return 0;
        return segment.expired()
                .ends(part, field)
                .map(ends -> ends.upTo(moment.micros()))
                .orElseGet(() -> segment.rows()
                        - Expired.living(part, field, moment.micros()).count(segment.rows()));
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

    private void checkpoint() {
        var state = house.replica().state();
        long bytes = logBytes.get();
        long replacements = house.replica().shards().values().stream()
                .mapToLong(Shard::replacements)
                .sum();
        var last = saved;
        long millis = (nanos() - last.nanos) / 1_000_000;
        if (state.position() == last.position
                || nanos() - nextCheckpoint < 0
                || !Choices.chooseCheckpoint(
                        bytes - last.logBytes,
                        house.config().logFileBytes(),
                        house.checkpoints().lastBytes(),
                        millis,
                        replacements != last.replacements)) return;
        var next = new Saved(state.position(), bytes, nanos(), replacements);
        house.jobs().start(Jobs.Lane.WRITE_OUT, "checkpoint", "all", (_, _) -> {
            try {
                saveNow();
                saved = next;
            } catch (RuntimeException | Error why) {
                nextCheckpoint = nanos() + RETRY_NANOS;
                throw why;
            }
        });
    }

    /// Writes a checkpoint, cuts the log, and collects the files that nobody names. One at a time: what is captured
    /// later is written later.
    void saveNow() {
        synchronized (saving) {
            try (var captured = house.replica().capture(MOST_INLINE_BYTES)) {
                long neededFrom = house.checkpoints().write(captured);
                house.log().cut(neededFrom);
                house.replica().shards().values().forEach(shard -> shard.cutBefore(neededFrom));
            }
            collect();
        }
    }

    private void collect() {
        house.files()
                .collect(
                        () -> {
                            var named = new HashSet<>(house.checkpoints().named());
                            named.addAll(house.replica().named());
                            return named;
                        },
                        indexes());
    }

    private Set<Long> indexes() {
        var catalog = house.replica().catalog();
        var all = new HashSet<Long>();
        catalog.collections().values().forEach(c -> c.indexes().forEach(index -> all.add(index.id())));
        catalog.trash().values().forEach(t -> t.collection().indexes().forEach(index -> all.add(index.id())));
        catalog.snapshots().all().values().forEach(s -> s.collection().indexes().forEach(index -> all.add(index.id())));
        return all;
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
