package dev.sextant.query;

import dev.sextant.catalog.Collection;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.model.Call;
import dev.sextant.model.Column;
import dev.sextant.model.Filter;
import dev.sextant.model.Read;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Schema;
import dev.sextant.query.filter.Binder;
import dev.sextant.query.filter.Keys;
import dev.sextant.query.filter.Membership;
import java.util.Optional;

/// Runs reads. Any thread may call; nothing blocks; each reply is completed exactly once, on the worker that computed
/// it.
public final class Queries {
    /// A schema that changes as often while one read is bound changes all the time: then the caller hears of it.
    private static final int MOST_BINDINGS = 5;

    private final Shards shards;
    private final Work work;
    private final Memory memory;
    private final QueryConfig config;

    public Queries(Shards shards, Work work, Memory memory, QueryConfig config) {
        this.shards = shards;
        this.work = work;
        this.memory = memory;
        this.config = config;
    }

    /// A collection whose schema changes between its being bound and being read is bound once more.
    public <R> void run(Call call, Collection collection, Read<R> read, Reply<R> reply) {
        run(call, collection, read, Models.NONE, reply);
    }

    /// @param models that score hits
    public <R> void run(Call call, Collection collection, Read<R> read, Models models, Reply<R> reply) {
        run(call, collection, read, models, 1, reply);
    }

    private <R> void run(Call call, Collection collection, Read<R> read, Models models, int binding, Reply<R> reply) {
        attempt(call, collection, read, models, new Reply<>() {
            @Override
            public void complete(R answer) {
                reply.complete(answer);
            }

            @Override
            public void fail(Throwable reason) {
                boolean changed =
                        reason instanceof Refused refused && refused.refusal() instanceof Refusal.SchemaMismatch;
                if (changed && binding < MOST_BINDINGS) bindAgain(call, collection, read, models, binding, reply);
                else reply.fail(reason);
            }
        });
    }

    /// Catalog and shards hear of a change one after the other, so a moment later they agree.
    private <R> void bindAgain(Call call, Collection bound, Read<R> read, Models models, int binding, Reply<R> reply) {
        Thread.startVirtualThread(() -> {
            try {
                Thread.sleep(binding);
                var now = shards.catalog().collection(bound.id());
                if (now.isPresent()) run(call, now.get(), read, models, binding + 1, reply);
                else reply.fail(new Refused(new Refusal.NotFound(Refusal.Kind.COLLECTION, "#" + bound.id(), "")));
            } catch (InterruptedException | RuntimeException | Error failed) {
                reply.fail(failed);
            }
        });
    }

    private <R> void attempt(Call call, Collection collection, Read<R> read, Models models, Reply<R> reply) {
        // Binding a long filter is work too, so the caller's thread does nothing but hand over.
        OnWorker.run(work, reply, once -> {
            new Patience(call, work).run();
            Loaded.check(collection, read);
            var reading = new Reading(call, collection, shards, models, work, memory, config);
            switch (read) {
                case Read.Search search -> new Searching(reading).search(search, of(once));
                case Read.HybridSearch search -> new Searching(reading).hybrid(search, of(once));
                case Read.Query query -> new Listing(reading).query(query, of(once));
                case Read.Aggregate aggregate -> new Aggregations(reading).aggregate(aggregate, of(once));
                case Read.Bucketed bucketed -> new Bucketing(reading).search(bucketed, of(once));
                case Read.Count count -> new Listing(reading).count(count, of(once));
                case Read.Explain explain -> new Plans(reading).explain(explain, of(once));
            }
        });
    }

    /// A switch over the statements of a family does not tell the compiler what its answer is; the statement's type has
    /// said it.
    @SuppressWarnings("unchecked")
    private static <A> Once<A> of(Once<?> once) {
        return (Once<A>) once;
    }

    /// Refuses a filter that does not fit the schema with [dev.sextant.model.Refusal.InvalidFilter].
    public static void check(Filter filter, Schema schema) {
        Binder.bind(filter, schema);
    }

    /// Refuses a filter that asks for a field which was left out when the collection was loaded.
    public static void checkLoaded(Filter filter, Collection collection) {
        Loaded.check(collection, filter);
    }

    /// The keys, ascending and each once, of a filter that only names keys: `pk == 1`, `pk in [1, 2]`.
    public static Optional<Column> keysOf(Filter filter, Schema schema) {
        var bound = Binder.bind(filter, schema);
        return bound.sample().isPresent() ? Optional.empty() : Keys.exactly(bound.root(), schema.primaryKey());
    }

    /// Whether a filter may match rows that it does not mean, because a Bloom filter is asked: what a delete refuses.
    public static boolean isApproximate(Filter filter) {
        return filter.values().values().stream().anyMatch(Membership::isApproximate);
    }

    /// Whether a filter matches every row whatever it holds: what a delete refuses.
    public static boolean matchesAll(Filter filter, Schema schema) {
        return Binder.bind(filter, schema).isAll();
    }
}
