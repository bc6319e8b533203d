package dev.sextant.engine;

import dev.sextant.model.Consistency;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;

/// Gives views of several shards at one moment, and keeps those waiting whose moment has not come.
final class Reads {
    /// A moment further ahead than this is refused at once.
    static final long MOST_AHEAD_MILLIS = 60_000;

    private final Replica replica;
    private final Timeline timeline;
    private final HybridClock clock;
    private final LongSupplier nanos;
    private final Runnable raiseCeiling;
    private final LongUnaryOperator ttlMillisOfCollection;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

    private record Waiting(long from, boolean exactly, List<Long> shards, long deadlineNanos, Reply<List<View>> reply) {}

    Reads(Replica replica, Timeline timeline, HybridClock clock, LongSupplier nanos, Runnable raiseCeiling, LongUnaryOperator ttlMillis) {
        this.replica = replica;
        this.timeline = timeline;
        this.clock = clock;
        this.nanos = nanos;
        this.raiseCeiling = raiseCeiling;
        this.ttlMillisOfCollection = ttlMillis;
    }

    void views(List<Long> shards, Consistency consistency, long deadlineNanos, Reply<List<View>> reply) {
        // Everything acknowledged is applied, so every view without a moment of its own is as strong as can be.
        var wanted = switch (consistency) {
            case Consistency.Default _, Consistency.Strong _, Consistency.Bounded _, Consistency.Eventually _ ->
                new Waiting(HybridClock.minus(clock.wall(), 1000), false, shards, deadlineNanos, reply);
            case Consistency.AtLeast(var t) -> new Waiting(t, false, shards, deadlineNanos, reply);
            case Consistency.Exactly(var t) -> new Waiting(t, true, shards, deadlineNanos, reply);
        };
        try {
            if (!serve(wanted)) {
                waiting.add(wanted);
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

    boolean someWait() {
        return !waiting.isEmpty();
    }

    private boolean serve(Waiting wanted) {
        long closed = timeline.closed();
        if (wanted.from <= closed) {
            wanted.reply.complete(open(wanted.shards, wanted.exactly ? wanted.from : closed));
            return true;
        }
        if (wanted.from > clock.wall() + HybridClock.ofMillis(MOST_AHEAD_MILLIS)) throw new Refused(new Refusal.TooNew(wanted.from, closed));
        if (wanted.deadlineNanos != Long.MAX_VALUE && nanos.getAsLong() - wanted.deadlineNanos >= 0)
            throw new Refused(new Refusal.DeadlinePassed(true));
        return false;
    }

    /// Views at a moment that is settled.
    List<View> open(List<Long> shards, long t) {
        var views = new ArrayList<View>();
        try {
            for (long id : shards) {
                var shard = replica.shards().get(id);
                if (shard == null) throw new Refused(new Refusal.NotFound(Refusal.Kind.COLLECTION, "of shard " + id, ""));
                views.add(shard.view(t, ttlMillisOfCollection.applyAsLong(shard.collection())));
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
