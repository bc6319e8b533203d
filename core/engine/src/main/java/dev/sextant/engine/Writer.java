package dev.sextant.engine;

import dev.sextant.engine.entry.Effect;
import dev.sextant.engine.entry.Entry;
import dev.sextant.engine.log.Log;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Puts everything in order: takes requests from a queue, checks what can only be checked now, makes room, and hands
/// them to [Proposals], which number them and answer when the log has them. One thread does all of that; proposals of
/// different requests are under way together.
final class Writer implements AutoCloseable {
    static final int MOST_WAITING = 100_000;
    private static final long MOST_WAITING_BYTES = 512L << 20;
    private static final long MOST_UNDER_WAY_BYTES =
            256L << 20; // well below what the log takes, so that it need not refuse
    private static final long RETRY_MILLIS = 10;

    private final WriterWorld world;
    private final Log log;
    private final Replica replica;
    private final Work work;
    private final Proposals proposals;
    private final LinkedBlockingQueue<Event> inbox = new LinkedBlockingQueue<>();
    private final AtomicLong waiting = new AtomicLong(); // requests in the inbox and pending
    private final AtomicLong waitingBytes = new AtomicLong();
    private final Deque<Event.Asked> pending = new ArrayDeque<>(); // writer only, like all below
    private boolean defining;
    private boolean closing;
    private volatile Optional<Throwable> failure = Optional.empty();
    private final CountDownLatch ended = new CountDownLatch(1);

    /// What happens to the writer.
    private sealed interface Event {
        record Asked(Request request, long bytes) implements Event {}

        record Ended(Proposals.Ticket ticket, Proposals.Ending ending) implements Event {}

        record Wake() implements Event {}

        record Close() implements Event {}
    }

    Writer(WriterWorld world, Log log, Replica replica, Timeline timeline, Work work, long epoch) {
        this.world = world;
        this.log = log;
        this.replica = replica;
        this.work = work;
        proposals = new Proposals(
                world, log, replica, timeline, epoch, (ticket, ending) -> inbox.add(new Event.Ended(ticket, ending)));
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
            while (!(closing && proposals.areNone())) {
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

    private void settle(Proposals.Ticket ticket, Proposals.Ending ending) {
        if (!proposals.settle(ticket, ending)) return;
        if (ticket.request() instanceof Request.Define) defining = false;
        if (ending != Proposals.Ending.WITHOUT_EFFECT) return;
        // Its number was taken: once more with another, and with what the rows are then.
        if (ticket.request() instanceof Request.Resolve resolve) resolve.again();
        var asked = new Event.Asked(ticket.request(), 0);
        waits(asked);
        pending.addFirst(asked);
    }

    /// Serves what can be served, in order of arrival; what waits holds back what comes after it on the same shards.
    private void serve() {
        var blocked = new HashSet<Long>();
        boolean barrier = false;
        var impossible = closing ? Optional.<Throwable>of(new Refused(new Refusal.Closing())) : proposals.renumber();
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
        if (proposals.areUneven() || defining) return false;
        return switch (request) {
            // Publications free what writes wait for, so they never wait behind them; where they stand among writes
            // changes nothing.
            case Request.Propose propose when !propose.settled() -> true;
            // After all that was proposed; what only waits for room or files may come later, for that can take as long
            // as its deadline.
            case Request.Define _ ->
                !barrier && proposals.areNone() && pending.stream().noneMatch(asked -> isResolving(asked.request));
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
                        for (long shard : propose.shards()) if (proposals.lane(shard).underWay > 0) yield false;
                    proposals.propose(propose.effects().now(), Map.of(), propose);
                    yield true;
                }
            };
        } catch (Refused | DiskFailure why) {
            request.fail(why instanceof DiskFailure disk ? new Refused(Proposals.unavailable(disk)) : why);
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
        if (proposals.bytes() > 0 && proposals.bytes() + bytes > MOST_UNDER_WAY_BYTES) return false;
        for (var need : needs.entrySet()) if (!hasRoom(need.getKey(), need.getValue())) return false;
        var effects = WriteCheck.effects(mutation);
        checkSize(mutation, effects);
        proposals.propose(effects, needs, request);
        return true;
    }

    /// Refuses what the log would refuse. Only what may be near the limit is encoded for that.
    private void checkSize(Mutation mutation, Map<Long, List<Effect>> effects) {
        long most = log.mostEntryBytes();
        if (mutation.bytes() < most / 4) return;
        var parts = new ArrayList<Entry.Part>();
        effects.forEach((stream, list) -> list.forEach(effect -> parts.add(new Entry.Part(stream, 0, effect))));
        long bytes = new Entry(proposals.epoch(), 0, 0, 0, parts)
                .encode().stream().mapToLong(MemorySegment::byteSize).sum();
        if (bytes > most) throw new Refused(new Refusal.LimitExceeded("bytes of one write", bytes, most, ""));
    }

    /// Whether the memtable takes these rows; seals it, or waits, when not.
    private boolean hasRoom(long shard, Memtable.Need need) {
        var lane = proposals.lane(shard);
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
    private boolean seal(long shard, Proposals.Lane lane, Layout layout) {
        if (lane.underWay > 0 || layout.active().rows() == 0 || layout.frozen().size() >= WriterWorld.MOST_FROZEN)
            return false;
        lane.sealing = true;
        proposals.propose(
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
        for (long shard : resolve.shards) if (proposals.lane(shard).underWay > 0) return false;
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
                    .forEach((shard, effect) -> effects.computeIfAbsent(shard, _ -> new ArrayList<>())
                            .add(effect));
            proposals.propose(effects, Map.of(), define);
        } catch (RuntimeException | Error why) {
            defining = false;
            throw why;
        }
        return true;
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
