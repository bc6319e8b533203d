package dev.sextant.engine;

import dev.sextant.engine.entry.Effect;
import dev.sextant.engine.entry.Entry;
import dev.sextant.engine.log.Health;
import dev.sextant.engine.log.Log;
import dev.sextant.engine.log.Overloaded;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.kernel.Work;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.world.DiskFailure;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Puts everything in order: takes requests from a queue, checks what can only be checked now, stamps, proposes, and
/// answers when the log has it and the replica has applied it. One thread does all of that; proposals of different
/// requests are under way together.
final class Writer implements AutoCloseable {
    static final int MOST_WAITING = 100_000;
    private static final long MOST_WAITING_BYTES = 512L << 20;
    private static final long MOST_UNDER_WAY_BYTES =
            256L << 20; // well below what the log takes, so that it need not refuse
    private static final long RETRY_MILLIS = 10;

    private final WriterWorld world;
    private final Log log;
    private final Replica replica;
    private final Timeline timeline;
    private final Work work;
    private final long epoch;
    private final LinkedBlockingQueue<Event> inbox = new LinkedBlockingQueue<>();
    private final AtomicLong waiting = new AtomicLong(); // requests in the inbox and pending
    private final AtomicLong waitingBytes = new AtomicLong();
    private final Deque<Event.Asked> pending = new ArrayDeque<>(); // writer only, like all below
    private final Map<Long, Lane> lanes = new HashMap<>();
    private final TreeMap<Long, Ticket> underWay = new TreeMap<>(); // by timestamp
    private long underWayBytes;
    private boolean uneven; // a proposal was lost: numbers must be taken from the applied state again
    private boolean defining;
    private boolean closing;
    private volatile Optional<Throwable> failure = Optional.empty();
    private final CountDownLatch ended = new CountDownLatch(1);

    /// What happens to the writer.
    private sealed interface Event {
        record Asked(Request request, long bytes) implements Event {}

        record Ended(Ticket ticket, Ending ending) implements Event {}

        record Wake() implements Event {}

        record Close() implements Event {}
    }

    private enum Ending {
        EFFECTIVE,
        WITHOUT_EFFECT,
        UNKNOWN,
        REFUSED
    }

    /// One stream as the writer sees it: what is proposed beyond what is applied.
    private static final class Lane {
        long proposed;
        int underWay;
        Memtable.Need need = Memtable.Need.NOTHING;
        boolean sealing;
    }

    /// A proposal under way.
    private record Ticket(
            long timestamp, Map<Long, Memtable.Need> needs, Set<Long> streams, boolean seals, Request request) {
        long bytes() {
            return needs.values().stream().mapToLong(Memtable.Need::bytes).sum();
        }
    }

    Writer(WriterWorld world, Log log, Replica replica, Timeline timeline, Work work, long epoch) {
        this.world = world;
        this.log = log;
        this.replica = replica;
        this.timeline = timeline;
        this.work = work;
        this.epoch = epoch;
        Thread.ofPlatform().name("sextant-writer").daemon().start(this::run);
    }

    /// Puts a request into the queue, or refuses it; never what jobs propose, for that is what the others wait for.
    /// Never blocks.
    void ask(Request request, long bytes) {
        boolean full = waiting.get() >= MOST_WAITING || waitingBytes.get() > MOST_WAITING_BYTES;
        if (full && !(request instanceof Request.Propose)) {
            request.fail(new Refused(new Refusal.Busy("the write queue", 100)));
            return;
        }
        var asked = new Event.Asked(request, bytes);
        waits(asked);
        inbox.add(asked);
        if (ended.getCount() == 0) refuseLeftovers();
    }

    private void waits(Event.Asked asked) {
        waiting.incrementAndGet();
        waitingBytes.addAndGet(asked.bytes);
    }

    private void waitsNoMore(Event.Asked asked) {
        waiting.decrementAndGet();
        waitingBytes.addAndGet(-asked.bytes);
    }

    /// Something that a request waits for may have come.
    void wake() {
        inbox.add(new Event.Wake());
    }

    private void run() {
        try {
            while (!(closing && underWay.isEmpty())) {
                take();
                serve();
            }
        } catch (Throwable ours) {
            failure = Optional.of(ours);
            throw ours;
        } finally {
            ended.countDown();
            refuseLeftovers();
        }
    }

    /// Why this writer stopped, if it did: an error of ours.
    Optional<Throwable> failure() {
        return failure;
    }

    private void take() {
        try {
            var event = pending.isEmpty() ? inbox.take() : inbox.poll(RETRY_MILLIS, TimeUnit.MILLISECONDS);
            for (; event != null; event = inbox.poll()) note(event);
        } catch (InterruptedException stop) {
            closing = true;
        }
    }

    private void note(Event event) {
        switch (event) {
            case Event.Asked asked -> pending.add(asked);
            case Event.Ended(var ticket, var ending) -> settle(ticket, ending);
            case Event.Wake _ -> {}
            case Event.Close _ -> closing = true;
        }
    }

    private void settle(Ticket ticket, Ending ending) {
        if (underWay.remove(ticket.timestamp) == null) return;
        underWayBytes -= ticket.bytes();
        if (ending != Ending.EFFECTIVE) uneven = true;
        for (long stream : ticket.streams) {
            var lane = lanes.get(stream);
            lane.underWay--;
            if (ticket.seals) lane.sealing = false;
            if (lane.underWay == 0) lane.need = Memtable.Need.NOTHING;
        }
        if (ticket.request instanceof Request.Define) defining = false;
        if (ending
                == Ending.WITHOUT_EFFECT) { // its number was taken: once more with another, and with what the rows are
            // then
            if (ticket.request instanceof Request.Resolve resolve) resolve.again();
            var again = new Event.Asked(ticket.request, 0);
            waits(again);
            pending.addFirst(again);
        }
    }

    /// Takes the numbers from the applied state again, once that has everything that is in the log: an entry of unknown
    /// fate may come after all, would make void what was numbered without it, and takes the room that was made for it.
    /// Says why that cannot be for now, if the log takes nothing.
    private Optional<Throwable> renumber() {
        if (!uneven || !underWay.isEmpty()) return Optional.empty();
        return switch (log.health()) {
            case Health.Refusing(var why) -> Optional.of(new Refused(refusal(why)));
            case Health.Stopped(var why) -> Optional.of(new Refused(refusal(why)));
            case Health.Well _ -> {
                if (replica.state().position() == log.end() - 1) {
                    lanes.clear();
                    uneven = false;
                }
                yield Optional.empty();
            }
        };
    }

    /// Serves what can be served, in order of arrival; what waits holds back what comes after it on the same shards.
    private void serve() {
        var blocked = new HashSet<Long>();
        boolean barrier = false;
        var impossible = closing ? Optional.<Throwable>of(new Refused(new Refusal.Closing())) : renumber();
        for (var requests = pending.iterator(); requests.hasNext(); ) {
            var asked = requests.next();
            var request = asked.request;
            if (impossible.isPresent()) {
                request.fail(impossible.get());
                requests.remove();
                waitsNoMore(asked);
                continue;
            }
            if (mayGo(request, blocked, barrier) && done(request)) {
                requests.remove();
                waitsNoMore(asked);
            } else if (late(request)) {
                request.fail(new Refused(new Refusal.DeadlinePassed(true)));
                requests.remove();
                waitsNoMore(asked);
            } else {
                blocked.addAll(request.shards());
                barrier |= request instanceof Request.Define;
            }
        }
    }

    private boolean mayGo(Request request, Set<Long> blocked, boolean barrier) {
        if (uneven || defining) return false;
        return switch (request) {
            // Publications free what writes wait for, so they never wait behind them; where they stand among writes
            // changes nothing.
            case Request.Propose propose when !propose.settled() -> true;
            // After all that was proposed; what only waits for room or files may come later, for that can take as long
            // as its deadline.
            case Request.Define _ ->
                !barrier && underWay.isEmpty() && pending.stream().noneMatch(asked -> isResolving(asked.request));
            case Request.Write _, Request.Resolve _, Request.Propose _ ->
                !barrier && request.shards().stream().noneMatch(blocked::contains);
        };
    }

    private static boolean isResolving(Request request) {
        return request instanceof Request.Resolve resolve
                && resolve.begun
                && resolve.resolution.isEmpty()
                && resolve.failure.isEmpty();
    }

    private boolean late(Request request) {
        return request.deadlineNanos() != Long.MAX_VALUE
                && world.nanos() - request.deadlineNanos() >= 0
                && !isResolving(request);
    }

    /// Serves a request; returns whether it is done with here. Refusals are answers.
    private boolean done(Request request) {
        try {
            if (late(request)) return false;
            return switch (request) {
                case Request.Write write -> write(request, write.mutation());
                case Request.Resolve resolve -> resolve(resolve);
                case Request.Define define -> define(define);
                case Request.Propose propose -> {
                    if (propose.shards().stream()
                            .anyMatch(id ->
                                    id != Effect.CATALOG && !replica.shards().containsKey(id))) {
                        propose.reply()
                                .complete(replica.state()
                                        .timestamp()); // the shard ended while the job ran: nothing to publish
                        yield true;
                    }
                    if (propose.settled())
                        for (long shard : propose.shards()) if (lane(shard).underWay > 0) yield false;
                    propose(propose.effects().now(), Map.of(), propose);
                    yield true;
                }
            };
        } catch (Refused | DiskFailure why) {
            request.fail(why instanceof DiskFailure disk ? new Refused(unavailable(disk)) : why);
            return true;
        } catch (RuntimeException | Error why) {
            request.fail(why);
            return true;
        }
    }

    private boolean write(Request request, Mutation mutation) {
        WriteCheck.check(replica.catalog(), mutation);
        world.refuseWhenFull();
        for (var part : mutation.parts()) {
            var trouble = replica.shards().get(part.shard()).trouble();
            if (!trouble.isEmpty()) throw new Refused(new Refusal.Damaged("shard " + part.shard(), trouble));
        }
        var needs = new HashMap<Long, Memtable.Need>();
        for (var part : mutation.parts())
            part.insertion()
                    .ifPresent(rows -> needs.merge(
                            part.shard(), Memtable.Need.of(rows.rows(), rows.columns()), Memtable.Need::plus));
        long bytes = needs.values().stream().mapToLong(Memtable.Need::bytes).sum();
        if (underWayBytes > 0 && underWayBytes + bytes > MOST_UNDER_WAY_BYTES) return false;
        for (var need : needs.entrySet()) if (!hasRoom(need.getKey(), need.getValue())) return false;
        var effects = WriteCheck.effects(mutation);
        checkSize(mutation, effects);
        propose(effects, needs, request);
        return true;
    }

    /// Refuses what the log would refuse. Only what may be near the limit is encoded for that.
    private void checkSize(Mutation mutation, Map<Long, List<Effect>> effects) {
        long most = log.mostEntryBytes();
        if (mutation.bytes() < most / 4) return;
        var parts = new ArrayList<Entry.Part>();
        effects.forEach((stream, list) -> list.forEach(effect -> parts.add(new Entry.Part(stream, 0, effect))));
        long bytes = new Entry(epoch, 0, 0, 0, parts)
                .encode().stream().mapToLong(MemorySegment::byteSize).sum();
        if (bytes > most) throw new Refused(new Refusal.LimitExceeded("bytes of one write", bytes, most, ""));
    }

    /// Whether the memtable takes these rows; seals it, or waits, when not.
    private boolean hasRoom(long shard, Memtable.Need need) {
        var lane = lane(shard);
        if (lane.sealing) return false;
        var layout = replica.shards().get(shard).layout();
        var active = layout.active();
        if (need.bytes() > world.mostMemtableBytes())
            throw new Refused(new Refusal.LimitExceeded(
                    "bytes of one write", need.bytes(), world.mostMemtableBytes(), "memtableBytes"));
        boolean full =
                active.rows() > 0 && active.memoryBytes() + lane.need.plus(need).bytes() > world.memtableBytes();
        if (full || lane.need.rows() > 0 && lane.need.plus(need).bytes() > world.mostMemtableBytes()) {
            seal(shard, lane, layout);
            return false;
        }
        try {
            active.room(lane.need.plus(need));
            return true;
        } catch (OutOfBudget none) {
            if (!seal(shard, lane, layout)) world.memoryIsShort();
            return false;
        }
    }

    /// Seals a memtable that takes no more, unless too many wait for their files; returns whether it has.
    private boolean seal(long shard, Lane lane, Layout layout) {
        if (lane.underWay > 0 || layout.active().rows() == 0 || layout.frozen().size() >= WriterWorld.MOST_FROZEN)
            return false;
        lane.sealing = true;
        propose(
                Map.of(shard, List.of(new Effect.Seal(world.ids(1)))),
                Map.of(),
                new Request.Propose(Set.of(shard), false, Map::of, WriterWorld.NOBODY));
        return true;
    }

    private boolean resolve(Request.Resolve resolve) {
        if (resolve.failure.isPresent()) {
            var why = resolve.failure.get();
            resolve.fail(why instanceof OutOfBudget budget ? new Refused(WriterWorld.outOfMemory(budget)) : why);
            return true;
        }
        if (resolve.resolution.isPresent()) return write(resolve, resolve.resolution.get());
        if (resolve.begun) return false;
        for (long shard : resolve.shards) if (lane(shard).underWay > 0) return false;
        var views = world.views(resolve.shards);
        resolve.begun = true;
        try {
            work.search(_ -> resolve(resolve, views));
            return false;
        } catch (RuntimeException closed) {
            views.values().forEach(View::close);
            throw closed;
        }
    }

    /// On a worker.
    private void resolve(Request.Resolve resolve, Map<Long, View> views) {
        try {
            resolve.resolution = Optional.of(resolve.resolver.resolve(views));
        } catch (Throwable why) {
            resolve.failure = Optional.of(why);
        } finally {
            views.values().forEach(View::close);
            wake();
        }
    }

    private boolean define(Request.Define define) {
        var catalog = replica.catalog();
        var changes = define.decision().decide(catalog);
        if (changes.isEmpty()) {
            define.reply().complete(replica.state().timestamp());
            return true;
        }
        world.checkLoads(catalog, changes);
        // What was resolved and waits for room is resolved once more, with what the rows are then.
        for (var asked : pending)
            if (asked.request instanceof Request.Resolve resolve && resolve.resolution.isPresent()) resolve.again();
        defining = true;
        try {
            var effects = DefineEffects.of(catalog, changes, world::ids);
            define.cargo()
                    .forEach((shard, files) -> effects.computeIfAbsent(shard, _ -> new ArrayList<>())
                            .add(new Effect.Adopt(files, world.ids(1))));
            propose(effects, Map.of(), define);
        } catch (RuntimeException | Error why) {
            defining = false;
            throw why;
        }
        return true;
    }

    private Lane lane(long stream) {
        return lanes.computeIfAbsent(stream, _ -> {
            var lane = new Lane();
            var shard = replica.shards().get(stream);
            lane.proposed = stream == Effect.CATALOG
                    ? replica.state().n()
                    : shard == null ? 0 : shard.mark().n();
            return lane;
        });
    }

    /// Numbers and stamps the effects and hands them to the log.
    private void propose(Map<Long, List<Effect>> effects, Map<Long, Memtable.Need> needs, Request request) {
        if (effects.isEmpty()) {
            if (request instanceof Request.Propose propose && !propose.shards().isEmpty()) {
                propose.reply().complete(replica.state().timestamp());
                return;
            }
        }
        var parts = new ArrayList<Entry.Part>();
        boolean seals = false;
        for (var stream : new TreeMap<>(effects).entrySet())
            for (var effect : stream.getValue()) {
                seals |= effect instanceof Effect.Seal
                        || effect instanceof Effect.ChangeSchema
                        || effect instanceof Effect.Truncate
                        || effect instanceof Effect.Adopt;
                parts.add(new Entry.Part(stream.getKey(), ++lane(stream.getKey()).proposed, effect));
            }
        long timestamp = timeline.stamp();
        var ticket = new Ticket(timestamp, needs, effects.keySet(), seals, request);
        for (long stream : effects.keySet()) {
            var lane = lane(stream);
            lane.underWay++;
            lane.sealing |= seals;
            lane.need = lane.need.plus(needs.getOrDefault(stream, Memtable.Need.NOTHING));
        }
        underWay.put(timestamp, ticket);
        underWayBytes += ticket.bytes();
        try {
            var entry = new Entry(epoch, timestamp, timeline.ceilingFor(timestamp), world.idCeiling(), parts);
            log.propose(entry.encode(), new Fate(ticket, count(effects)));
        } catch (RuntimeException | Error notProposed) { // such as a heap that has no room for the bytes
            timeline.settle(timestamp);
            inbox.add(new Event.Ended(ticket, Ending.REFUSED));
            throw notProposed;
        }
    }

    private static Outcome count(Map<Long, List<Effect>> effects) {
        long inserted = 0, removed = 0;
        for (var list : effects.values())
            for (var effect : list)
                if (effect instanceof Effect.Write(var removal, var rows)) {
                    inserted += rows.map(dev.sextant.engine.file.Batch::rows).orElse(0);
                    removed += removal.map(r -> r.keys().rows()).orElse(0);
                }
        return new Outcome(0, inserted, removed);
    }

    /// Hears what became of a proposal, on the thread of the log.
    private final class Fate implements Log.Outcome {
        private final Ticket ticket;
        private final Outcome counts;

        private Fate(Ticket ticket, Outcome counts) {
            this.ticket = ticket;
            this.counts = counts;
        }

        @Override
        public void durable(long position) {
            timeline.settleUpTo(ticket.timestamp);
            if (world.tookEffect(position)) {
                inbox.add(new Event.Ended(ticket, Ending.EFFECTIVE));
                answer();
            } else inbox.add(new Event.Ended(ticket, Ending.WITHOUT_EFFECT));
        }

        /// An error of whoever hears the answer is not the log's.
        private void answer() {
            try {
                answerOrThrow();
            } catch (RuntimeException | Error theirs) {
                var thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, theirs);
            }
        }

        private void answerOrThrow() {
            long t = ticket.timestamp;
            switch (ticket.request) {
                case Request.Write write -> write.reply().complete(new Outcome(t, counts.inserted(), counts.removed()));
                case Request.Resolve resolve ->
                    resolve.reply.complete(new Outcome(t, counts.inserted(), counts.removed()));
                case Request.Define define -> define.reply().complete(t);
                case Request.Propose propose -> propose.reply().complete(t);
            }
        }

        /// Its timestamp stays open until the log has gone past it: if the entry is there after all, no view may have
        /// been without it.
        @Override
        public void unknown(Throwable why) {
            inbox.add(new Event.Ended(ticket, Ending.UNKNOWN));
            ticket.request.fail(new Refused(new Refusal.OutcomeUnknown(String.valueOf(why.getMessage()))));
        }

        @Override
        public void refused(Throwable why) {
            timeline.settle(ticket.timestamp);
            inbox.add(new Event.Ended(ticket, Ending.REFUSED));
            ticket.request.fail(new Refused(refusal(why)));
        }
    }

    private static Refusal refusal(Throwable why) {
        return switch (why) {
            case DiskFailure disk -> unavailable(disk);
            case Overloaded _ -> new Refusal.Busy("the log", 50);
            default -> new Refusal.Damaged("the log", "it takes nothing any more: " + why.getMessage());
        };
    }

    static Refusal unavailable(DiskFailure why) {
        return new Refusal.DiskUnavailable(String.valueOf(why.getMessage()), why instanceof DiskFailure.NoSpace);
    }

    /// By the writer as its last act, then by whoever still asks.
    private synchronized void refuseLeftovers() {
        for (var event = inbox.poll(); event != null; event = inbox.poll())
            if (event instanceof Event.Asked(var request, _)) request.fail(new Refused(new Refusal.Closing()));
        for (var asked = pending.poll(); asked != null; asked = pending.poll())
            asked.request.fail(new Refused(new Refusal.Closing()));
    }

    /// Refuses what waits, lets what is under way end.
    @Override
    public void close() {
        inbox.add(new Event.Close());
        while (ended.getCount() > 0)
            try {
                ended.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
    }
}
