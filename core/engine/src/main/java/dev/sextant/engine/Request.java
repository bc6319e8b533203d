package dev.sextant.engine;

import dev.sextant.engine.entry.Effect;
import dev.sextant.model.Reply;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the writer is asked for.
sealed interface Request {
    /// Requests with a common shard are served in order of arrival.
    Set<Long> shards();

    long deadlineNanos();

    void fail(Throwable why);

    record Write(Mutation mutation, Reply<Outcome> reply) implements Request {
        @Override
        public Set<Long> shards() {
            var shards = new HashSet<Long>();
            mutation.parts().forEach(part -> shards.add(part.shard()));
            return shards;
        }

        @Override
        public long deadlineNanos() {
            return mutation.deadlineNanos();
        }

        @Override
        public void fail(Throwable why) {
            reply.fail(why);
        }
    }

    /// A write whose content depends on the rows. Changed by the writer's thread, but for the resolution, which a
    /// worker sets.
    final class Resolve implements Request {
        final Set<Long> shards;
        final Engine.Resolver resolver;
        final long deadlineNanos;
        final Reply<Outcome> reply;
        boolean begun;
        volatile Optional<Mutation> resolution = Optional.empty();
        volatile Optional<Throwable> failure = Optional.empty();

        Resolve(Set<Long> shards, Engine.Resolver resolver, long deadlineNanos, Reply<Outcome> reply) {
            this.shards = Set.copyOf(shards);
            this.resolver = resolver;
            this.deadlineNanos = deadlineNanos;
            this.reply = reply;
        }

        void again() {
            begun = false;
            resolution = Optional.empty();
        }

        @Override
        public Set<Long> shards() {
            return shards;
        }

        @Override
        public long deadlineNanos() {
            return deadlineNanos;
        }

        @Override
        public void fail(Throwable why) {
            reply.fail(why);
        }
    }

    /// Stands alone: everything before it is applied when it is decided, nothing after it begins before it is applied.
    ///
    /// @param cargo what brings shards segments in the same entry, if anything is changed at all
    record Define(Engine.Decision decision, Map<Long, Effect> cargo, Reply<Long> reply) implements Request {
        Define(Engine.Decision decision, Reply<Long> reply) {
            this(decision, Map.of(), reply);
        }

        @Override
        public Set<Long> shards() {
            return Set.of();
        }

        @Override
        public long deadlineNanos() {
            return Long.MAX_VALUE;
        }

        @Override
        public void fail(Throwable why) {
            reply.fail(why);
        }
    }

    /// What jobs propose: publications, seals, horizons. Ids are those of streams.
    ///
    /// @param settled whether everything before it must be applied when it is asked
    /// @param effects asked on the writer's thread, when all earlier requests for these streams have been proposed
    record Propose(Set<Long> shards, boolean settled, Effects effects, Reply<Long> reply) implements Request {
        interface Effects {
            Map<Long, List<Effect>> now();
        }

        @Override
        public long deadlineNanos() {
            return Long.MAX_VALUE;
        }

        @Override
        public void fail(Throwable why) {
            reply.fail(why);
        }
    }
}
