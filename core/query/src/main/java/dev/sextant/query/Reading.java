package dev.sextant.query;

import dev.sextant.catalog.Collection;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Work;
import dev.sextant.model.Call;
import dev.sextant.model.Filter;
import dev.sextant.model.Moments;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.model.Reply;
import dev.sextant.model.Schema;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// What one read has at hand: who asks, of what, and the machinery. Lives as long as the read.
record Reading(
        Call call,
        Collection collection,
        Shards shards,
        Models models,
        Work work,
        Memory memory,
        QueryConfig config,
        Room room) {
    Reading(
            Call call,
            Collection collection,
            Shards shards,
            Models models,
            Work work,
            Memory memory,
            QueryConfig config) {
        this(call, collection, shards, models, work, memory, config, new Room(memory, "reads"));
    }

    /// Moments without an offset are read in the zone of the collection, unless the caller names another.
    Optional<Filter> zoned(Optional<Filter> filter) {
        return filter.isEmpty() || filter.get().zone().isPresent()
                ? filter
                : Optional.of(filter.get().in(Moments.zoneOf(collection.properties())));
    }

    /// Opens one reader for each shard and goes on with them on a worker; they are closed before the reply leaves,
    /// whatever happens.
    <A> void open(Once<A> once, BiConsumer<List<Reader>, Once<A>> step) {
        shards.readers(collection, call.consistency(), call.deadlineNanos(), new Reply<>() {
            @Override
            public void complete(List<Reader> readers) {
                var closing = new Once<A>(once, () -> {
                    readers.forEach(Reader::close);
                    room.close();
                });
                OnWorker.run(work, closing, same -> {
                    checkSchema(readers);
                    step.accept(readers, same);
                });
            }

            @Override
            public void fail(Throwable reason) {
                once.fail(reason);
            }
        });
    }

    /// What was bound to one schema cannot be asked of another.
    private void checkSchema(List<Reader> readers) {
        for (var reader : readers) checkSchema(collection, reader.schema());
    }

    static void checkSchema(Collection collection, Schema found) {
        int bound = collection.schema().version();
        if (found.version() != bound)
            throw new Refused(new Refusal.SchemaMismatch(collection.name(), bound, found.version()));
    }

    /// Asks every reader. On this worker one after the other, unless it is worthwhile to use several and they have
    /// nothing else to do.
    <A> void each(
            List<Reader> readers, Reader.Question question, BiConsumer<Reader, Reply<A>> ask, Reply<List<A>> reply) {
        if (readers.size() == 1) {
            alone(readers.getFirst(), ask, reply);
            return;
        }
        var gather = new Gather<A>(readers.size(), reply);
        long nanos = 0;
        for (var reader : readers) nanos += reader.estimateNanos(question);
        boolean spread = nanos > config.splitNanos() && work.waiting() == 0 && work.idle() > 0;
        for (int i = readers.size() - 1; i >= 0; i--) {
            var reader = readers.get(i);
            if (spread && i > 0) OnWorker.elsewhere(work, gather.slot(i), once -> ask.accept(reader, once));
            else OnWorker.run(work, gather.slot(i), once -> ask.accept(reader, once));
        }
    }

    private <A> void alone(Reader reader, BiConsumer<Reader, Reply<A>> ask, Reply<List<A>> reply) {
        OnWorker.run(
                work,
                new Reply<A>() {
                    @Override
                    public void complete(A answer) {
                        reply.complete(List.of(answer));
                    }

                    @Override
                    public void fail(Throwable reason) {
                        reply.fail(reason);
                    }
                },
                once -> ask.accept(reader, once));
    }

    static long timestamp(List<Reader> readers) {
        long latest = 0;
        for (var reader : readers) latest = Math.max(latest, reader.timestamp());
        return latest;
    }
}
