package dev.sextant.engine;

import dev.sextant.model.Consistency;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/// Gives views of several shards at one moment, and keeps those waiting whose moment has not come.
final class Reads {
    /// A moment further ahead than this is refused at once.
    static final long MOST_AHEAD_MILLIS = 60_000;

    private final Replica replica;
    private final Timeline timeline;
    private final HybridClock clock;
    private final LongSupplier nanos;
    private final Runnable raiseCeiling;
    private final BooleanSupplier ceilingStuck;
    private final LongFunction<Expiry> expiryOfCollection;
    private volatile boolean asked;
    private volatile boolean closed;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

    private enum Kind {
        NEWEST,
        AT_LEAST,
        EXACTLY
    }

    private record Waiting(long from, Kind kind, List<Long> shards, long deadlineNanos, Reply<List<View>> reply) {}

    Reads(
            Replica replica,
            Timeline timeline,
            HybridClock clock,
            LongSupplier nanos,
            Runnable raiseCeiling,
            BooleanSupplier ceilingStuck,
            LongFunction<Expiry> expiry) {
        this.replica = replica;
        this.timeline = timeline;
        this.clock = clock;
        this.nanos = nanos;
        this.raiseCeiling = raiseCeiling;
        this.ceilingStuck = ceilingStuck;
        this.expiryOfCollection = expiry;
    }

    void views(List<Long> shards, Consistency consistency, long deadlineNanos, Reply<List<View>> reply) {
        // Everything acknowledged is applied, so every view without a moment of its own is as strong as can be.
        var wanted = switch (consistency) {
            case Consistency.Default _, Consistency.Strong _, Consistency.Bounded _, Consistency.Eventually _ ->
                new Waiting(HybridClock.minus(clock.wall(), 1000), Kind.NEWEST, shards, deadlineNanos, reply);
            case Consistency.AtLeast(var t) -> new Waiting(t, Kind.AT_LEAST, shards, deadlineNanos, reply);
            case Consistency.Exactly(var t) -> new Waiting(t, Kind.EXACTLY, shards, deadlineNanos, reply);
        };
        try {
            if (!serve(wanted)) {
                waiting.add(wanted);
                if (closed) refuseWaiting();
                if (timeline.wantsRaise()) raiseCeiling.run();
            }
        } catch (RuntimeException | Error why) {
            reply.fail(why);
        }
    }

    /// Serves whose moment has come. Called now and then, off the workers.
    void serveWaiting() {
        waiting.removeIf(wanted -> {
            try {
                return serve(wanted);
            } catch (RuntimeException | Error why) {
                wanted.reply.fail(why);
                return true;
            }
        });
    }

    /// From here on nothing waits: what does is refused. Views are given as before.
    void close() {
        closed = true;
        refuseWaiting();
    }

    private void refuseWaiting() {
        for (var wanted = waiting.poll(); wanted != null; wanted = waiting.poll())
            wanted.reply.fail(new Refused(new Refusal.Closing()));
    }

    /// Whether anybody has read since this was asked last.
    boolean askedSince() {
        boolean was = asked;
        asked = false;
        return was;
    }

    boolean someWait() {
        return !waiting.isEmpty();
    }

    private boolean serve(Waiting wanted) {
        long closed = timeline.closed();
        asked = true;
        // Reads go on when the log takes nothing: what is newest has an older timestamp then.
        if (wanted.from <= closed || wanted.kind == Kind.NEWEST && ceilingStuck.getAsBoolean()) {
            wanted.reply.complete(open(wanted.shards, wanted.kind == Kind.EXACTLY ? wanted.from : closed));
            return true;
        }
        if (wanted.from > clock.wall() + HybridClock.ofMillis(MOST_AHEAD_MILLIS))
            throw new Refused(new Refusal.TooNew(wanted.from, closed));
        if (wanted.deadlineNanos != Long.MAX_VALUE && nanos.getAsLong() - wanted.deadlineNanos >= 0)
            throw new Refused(new Refusal.DeadlinePassed(true));
        return false;
    }

    /// Views at a moment that is settled.
    List<View> open(List<Long> shards, long t) {
        var views = new ArrayList<View>(shards.size());
        try {
            for (long id : shards) {
                var shard = replica.shards().get(id);
                if (shard == null) throw new Refused(new Refusal.NotFound(Refusal.Kind.COLLECTION, "#shard " + id, ""));
                views.add(shard.view(t, expiryOfCollection.apply(shard.collection())));
            }
            // Looked at after the views were taken: what they hold cannot go any more.
            long horizon = replica.state().horizon();
            if (t < horizon) throw new Refused(new Refusal.TooOld(t, horizon));
            return views;
        } catch (RuntimeException | Error why) {
            views.forEach(View::close);
            throw why;
        }
    }
}
