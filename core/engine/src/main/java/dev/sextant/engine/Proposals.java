package dev.sextant.engine;

import dev.sextant.engine.entry.Effect;
import dev.sextant.engine.entry.Entry;
import dev.sextant.engine.log.Health;
import dev.sextant.engine.log.Log;
import dev.sextant.engine.log.Overloaded;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.world.DiskFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/// What is on its way into the log: numbers and stamps effects, hands them over, keeps count of them until their fate
/// is known, and answers whoever asked. The writer's thread alone, but for what the log tells, which goes back to the
/// writer through `ended`.
final class Proposals {
    private final WriterWorld world;
    private final Log log;
    private final Replica replica;
    private final Timeline timeline;
    private final long epoch;
    private final BiConsumer<Ticket, Ending> ended;
    private final Map<Long, Lane> lanes = new HashMap<>();
    private final TreeMap<Long, Ticket> underWay = new TreeMap<>(); // by timestamp
    private long underWayBytes;
    private boolean uneven; // a proposal was lost: numbers must be taken from the applied state again

    enum Ending {
        EFFECTIVE,
        WITHOUT_EFFECT,
        UNKNOWN,
        REFUSED
    }

    /// One stream as the writer sees it: what is proposed beyond what is applied.
    static final class Lane {
        long proposed;
        int underWay;
        Memtable.Need need = Memtable.Need.NOTHING;
        boolean sealing;
    }

    /// A proposal under way.
    record Ticket(long timestamp, Map<Long, Memtable.Need> needs, Set<Long> streams, boolean seals, Request request) {
        long bytes() {
            return needs.values().stream().mapToLong(Memtable.Need::bytes).sum();
        }
    }

    /// @param ended hears on any thread what became of a proposal, and sees to it that the writer calls [#settle]
    Proposals(
            WriterWorld world,
            Log log,
            Replica replica,
            Timeline timeline,
            long epoch,
            BiConsumer<Ticket, Ending> ended) {
        this.world = world;
        this.log = log;
        this.replica = replica;
        this.timeline = timeline;
        this.epoch = epoch;
        this.ended = ended;
    }

    boolean areNone() {
        return underWay.isEmpty();
    }

    /// Of all memtables together.
    long bytes() {
        return underWayBytes;
    }

    /// Whether nothing can be numbered for now.
    boolean areUneven() {
        return uneven;
    }

    long epoch() {
        return epoch;
    }

    /// Takes the end of a proposal in; whether it was under way.
    boolean settle(Ticket ticket, Ending ending) {
        if (underWay.remove(ticket.timestamp) == null) return false;
        underWayBytes -= ticket.bytes();
        if (ending != Ending.EFFECTIVE) uneven = true;
        for (long stream : ticket.streams) {
            var lane = lanes.get(stream);
            lane.underWay--;
            if (ticket.seals) lane.sealing = false;
            if (lane.underWay == 0) lane.need = Memtable.Need.NOTHING;
        }
        return true;
    }

    /// Takes the numbers from the applied state again, once that has everything that is in the log: an entry of unknown
    /// fate may come after all, would make void what was numbered without it, and takes the room that was made for it.
    /// Says why that cannot be for now, if the log takes nothing.
    Optional<Throwable> renumber() {
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

    Lane lane(long stream) {
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
    void propose(Map<Long, List<Effect>> effects, Map<Long, Memtable.Need> needs, Request request) {
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
                        || effect instanceof Effect.Adopt
                        || effect instanceof Effect.Keep
                        || effect instanceof Effect.Inherit;
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
            ended.accept(ticket, Ending.REFUSED);
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
                ended.accept(ticket, Ending.EFFECTIVE);
                answer();
            } else ended.accept(ticket, Ending.WITHOUT_EFFECT);
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
            ended.accept(ticket, Ending.UNKNOWN);
            ticket.request.fail(new Refused(new Refusal.OutcomeUnknown(String.valueOf(why.getMessage()))));
        }

        @Override
        public void refused(Throwable why) {
            timeline.settle(ticket.timestamp);
            ended.accept(ticket, Ending.REFUSED);
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
}
