package dev.sextant.engine;

import dev.sextant.engine.SegmentMaker.Source;
import dev.sextant.engine.entry.Effect;
import dev.sextant.engine.entry.SegmentFacts;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Reply;
import dev.sextant.model.Schema;
import dev.sextant.model.Watch.JobPhase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The work on one shard's files: writing frozen memtables out, merging segments, making lost files again. Every piece
/// writes a file, forces it, and proposes its publication; killed anywhere, it leaves at most a file that nobody names.
final class Keeping {
    private final Files files;
    private final SegmentMaker maker;
    private final Indexing indexing;
    private final Replica replica;
    private final Writer writer;
    private final LongSupplier ids;
    private final LongFunction<Expiry> expiry; // by collection

    Keeping(
            Files files,
            SegmentMaker maker,
            Indexing indexing,
            Replica replica,
            Writer writer,
            LongSupplier ids,
            LongFunction<Expiry> expiry) {
        this.files = files;
        this.maker = maker;
        this.indexing = indexing;
        this.replica = replica;
        this.writer = writer;
        this.ids = ids;
        this.expiry = expiry;
    }

    long newId() {
        return ids.getAsLong();
    }

    Expiry expiry(long collection) {
        return expiry.apply(collection);
    }

    /// Writes the frozen memtables of a shard out, oldest first.
    void writeOut(Shard shard, Progress progress, Stop stop) throws InterruptedException, IOException {
        for (var memtable : shard.layout().frozen()) {
            if (stop.stopped()) return;
            if (memtable.acquire())
                try {
                    publish(shard, memtable, progress, stop);
                } finally {
                    files.end(memtable.id());
                    memtable.release();
                }
        }
    }

    private void publish(Shard shard, Memtable memtable, Progress progress, Stop stop)
            throws InterruptedException, IOException {
        var source = new Source(memtable, new int[0]);
        var facts = maker.make(shard.id(), memtable.id(), memtable.schema(), List.of(source), progress, stop);
        if (facts.isEmpty()) return;
        var collection = replica.catalog().collection(shard.collection());
        if (collection.isPresent()) {
            indexing.builds().writeGrown(memtable, facts.get(), collection.get());
            indexing.preparing().written(facts.get(), collection.get());
        }
        propose(shard, () -> List.of(new Effect.PublishSealed(facts.get())));
    }

    /// Segments whose rows lack a field that is made of others.
    Set<Long> incomplete(Shard shard) {
        var layout = shard.layout();
        var lacking = new java.util.TreeSet<Long>();
        for (var segment : layout.segments()) if (maker.completes(segment, layout.schema())) lacking.add(segment.id());
        return lacking;
    }

    /// Gives the rows of such segments what they lack: each becomes a new file.
    void complete(Shard shard, Progress progress, Stop stop) throws InterruptedException, IOException {
        for (long segment : incomplete(shard)) {
            if (stop.stopped()) return;
            merge(shard, Set.of(segment), new Merges(), progress, stop);
        }
    }

    /// Merges segments of a shard that its caller chose.
    void merge(Shard shard, Set<Long> segments, Merges merges, Progress progress, Stop stop)
            throws InterruptedException, IOException {
        var layout = shard.layout();
        var held = new ArrayList<Segment>();
        for (var segment : layout.segments())
            if (segments.contains(segment.id()) && segment.acquire()) held.add(segment);
        try {
            if (held.size() == segments.size()) merge(shard, layout, held, merges, progress, stop);
        } finally {
            held.forEach(Segment::release);
        }
    }

    private void merge(Shard shard, Layout layout, List<Segment> segments, Merges merges, Progress progress, Stop stop)
            throws InterruptedException, IOException {
        var how = JobPhase.FAILED;
        merges.begin(shard.collection(), segments.stream().map(Segment::id).toList());
        try {
            publishMerged(shard, layout, segments, merges, progress, stop);
            boolean replaced = segments.stream()
                    .noneMatch(segment -> shard.layout().store(segment.id()).isPresent());
            how = replaced ? JobPhase.DONE : JobPhase.CANCELLED;
        } finally {
            merges.end(stop.stopped() && how == JobPhase.FAILED ? JobPhase.CANCELLED : how);
        }
    }

    private void publishMerged(
            Shard shard, Layout layout, List<Segment> segments, Merges merges, Progress progress, Stop stop)
            throws InterruptedException, IOException {
        var horizon = layout.moment(replica.state().horizon(), expiry(shard.collection()));
        var sources = segments.stream()
                .map(segment -> new Source(segment, SegmentMaker.dropped(segment, horizon)))
                .toList();
        var inputs = sources.stream().map(Source::input).toList();
        if (sources.stream().allMatch(source -> source.kept() == 0)) {
            propose(shard, () -> List.of(new Effect.PublishMerged(inputs, Optional.empty())));
            return;
        }
        long id = ids.getAsLong();
        merges.into(id);
        try {
            var facts = maker.make(shard.id(), id, layout.schema(), sources, progress, stop);
            if (facts.isEmpty()) return;
            var collection = replica.catalog().collection(shard.collection());
            if (collection.isPresent())
                indexing.preparing().merged(shard.id(), facts.get(), sources, collection.get(), progress, stop);
            var merged = new Effect.PublishMerged(inputs, facts);
            // Whoever lacks the file makes it again by the schema that the shard has where this is in the log. No
            // schema is under way when the writer asks, so the one that is applied is that one.
            if (!stop.stopped())
                propose(shard, () -> shard.layout().schema().equals(layout.schema()) ? List.of(merged) : List.of());
        } finally {
            files.end(id);
        }
    }

    /// Makes the file again that a publication names and that is not here: from what it was to replace.
    void makeAgain(Shard shard, Progress progress, Stop stop) {
        while (!stop.stopped()) {
            shard.filesArrived(); // it may have been memory that was missing
            var awaited = shard.awaited();
            if (awaited.isEmpty()) return;
            var facts = named(awaited.get().effect());
            if (isHere(facts)) throw new IllegalStateException("segment " + facts.id() + " waits for memory");
            makeAgain(shard, awaited.get(), facts, progress, stop);
            if (!stop.stopped() && shard.awaited().equals(awaited))
                throw new IllegalStateException(
                        "segment " + facts.id() + " cannot be made again: no schema gives " + facts.digest());
        }
    }

    private void makeAgain(Shard shard, Shard.Late awaited, SegmentFacts facts, Progress progress, Stop stop) {
        var held = new ArrayList<Store>();
        try {
            var sources = sources(shard.layout(), awaited.effect(), held);
            if (sources.isEmpty()) return;
            for (var schema : schemas(awaited, sources.get())) {
                if (stop.stopped()) return;
                var made = maker.make(shard.id(), facts.id(), schema, sources.get(), progress, stop);
                if (made.isPresent() && made.get().digest().equals(facts.digest())) break;
            }
            shard.filesArrived();
        } finally {
            files.end(facts.id());
            held.forEach(Store::release);
        }
    }

    /// By which schema a file may have been written, the likeliest first: rows of a memtable by its own, a merge by
    /// that of the shard at that time. An old log may publish a merge that began before the schema changed.
    private static Set<Schema> schemas(Shard.Late awaited, List<Source> sources) {
        var schemas = new LinkedHashSet<Schema>();
        if (awaited.effect() instanceof Effect.PublishMerged) schemas.add(awaited.schema());
        sources.forEach(source -> schemas.add(source.store().schema()));
        return schemas;
    }

    /// Whether the file is whole: then it was memory that was missing, and writing it again would not help.
    private boolean isHere(SegmentFacts facts) {
        var file = files.prepare(facts);
        file.ifPresent(Prepared::close);
        return file.isPresent();
    }

    private static SegmentFacts named(Effect publication) {
        return switch (publication) {
            case Effect.PublishSealed(var facts) -> facts;
            case Effect.PublishMerged(_, var output) -> output.orElseThrow();
            default -> throw new IllegalStateException(publication + " publishes nothing");
        };
    }

    private static Optional<List<Source>> sources(Layout layout, Effect publication, List<Store> held) {
        var inputs = switch (publication) {
            case Effect.PublishSealed(var facts) ->
                List.of(new Effect.MergeInput(facts.id(), facts.rows(), new int[0]));
            case Effect.PublishMerged merged -> merged.inputs();
            default -> List.<Effect.MergeInput>of();
        };
        var sources = new ArrayList<Source>();
        for (var input : inputs) {
            var store = layout.store(input.segment());
            if (store.isEmpty() || !store.get().acquire()) return Optional.empty();
            held.add(store.get());
            sources.add(new Source(store.get(), input.dropped()));
        }
        return Optional.of(sources);
    }

    /// @param effects asked for when it is their turn; none when there is nothing to publish any more
    private void propose(Shard shard, Supplier<List<Effect>> effects) throws InterruptedException {
        var done = new CompletableFuture<Long>();
        writer.ask(
                new Request.Propose(Set.of(shard.id()), false, () -> effects(shard, effects.get()), new Reply<>() {
                    @Override
                    public void complete(Long at) {
                        done.complete(at);
                    }

                    @Override
                    public void fail(Throwable why) {
                        done.completeExceptionally(why);
                    }
                }),
                0);
        try {
            done.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException why) throw why;
            throw new IllegalStateException(failed.getCause());
        }
    }

    private static Map<Long, List<Effect>> effects(Shard shard, List<Effect> effects) {
        return effects.isEmpty() ? Map.of() : Map.of(shard.id(), effects);
    }
}
