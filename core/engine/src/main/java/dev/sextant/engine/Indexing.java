package dev.sextant.engine;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Load;
import dev.sextant.engine.SegmentMaker.Source;
import dev.sextant.engine.entry.SegmentFacts;
import dev.sextant.engine.file.CorruptFile;
import dev.sextant.engine.segment.SegmentFile;
import dev.sextant.index.Accept;
import dev.sextant.index.Hnsw;
import dev.sextant.index.HnswBuild;
import dev.sextant.index.Rows;
import dev.sextant.kernel.Job;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.Work;
import dev.sextant.kernel.Worker;
import dev.sextant.model.Field;
import dev.sextant.model.FieldType;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// What of segments is in memory, and the graphs over them: builds what the catalog wants and is not there, loads what
/// is to be loaded, lets the rest go. All of it is derived: losing it costs time, never an answer.
final class Indexing {
    /// Rows that a growing graph may lack when its memtable is written out; one that lacks more is built anew later.
    private static final int MOST_MISSING = 2000;

    private final Files files;
    private final Replica replica;
    private final Memory memory;
    private final Work work;
    private final int graphRows;
    private volatile boolean closing;
    private final Map<Long, String> failures = new java.util.concurrent.ConcurrentHashMap<>(); // by index

    Indexing(Files files, Replica replica, Memory memory, Work work, int graphRows) {
        this.files = files;
        this.replica = replica;
        this.memory = memory;
        this.work = work;
        this.graphRows = graphRows;
    }

    /// Whether a segment should have a graph for this wish.
    private boolean wants(Segment segment, GraphWish wish) {
        return segment.file().knows(wish.field()) && segment.file().nodes(wish.field()) >= graphRows;
    }

    /// Whether anything is to be built or loaded.
    boolean behind(Shard shard, Collection collection) {
        var wishes = GraphWish.of(collection);
        for (var segment : shard.layout().segments()) {
            for (var wish : wishes)
                if (wants(segment, wish) && !files.hasGraph(segment.id(), wish.index())) return true;
            if (collection.load().wanted() && !ready(segment, collection, wishes)) return true;
        }
        return false;
    }

    private boolean ready(Segment segment, Collection collection, List<GraphWish> wishes) {
        for (var field : wanted(collection, segment)) if (!segment.isLoaded(field.id())) return false;
        for (var wish : wishes)
            if (wants(segment, wish)
                    && loads(collection.load(), wish.field())
                    && segment.graph(wish.field()).isEmpty()) return false;
        return true;
    }

    private static List<Field> wanted(Collection collection, Segment segment) {
        if (segment.facts().partitions().stream().noneMatch(collection.load()::includes)) return List.of();
        return segment.schema().vectors().stream()
                .filter(field ->
                        collection.schema().field(field.id()).isPresent() && loads(collection.load(), field.id()))
                .toList();
    }

    private static boolean loads(Load load, int field) {
        var fields = switch (load) {
            case Load.Nothing _ -> Set.of(-1);
            case Load.Everything(var some, _) -> some;
            case Load.Partitions(_, var some, _) -> some;
        };
        return fields.isEmpty() || fields.contains(field);
    }

    /// Builds and loads what is missing in one shard.
    void improve(Shard shard, Collection collection, Progress progress, Stop stop)
            throws IOException, InterruptedException {
        for (var segment : shard.layout().segments()) {
            if (stop.stopped()) return;
            if (segment.acquire())
                try {
                    improve(segment, collection, progress, stop);
                } finally {
                    segment.release();
                }
        }
    }

    private void improve(Segment segment, Collection collection, Progress progress, Stop stop)
            throws IOException, InterruptedException {
        for (var field : wanted(collection, segment)) segment.vectors(field.id());
        for (var wish : GraphWish.of(collection)) {
            if (stop.stopped() || !wants(segment, wish)) continue;
            boolean load = collection.load().wanted() && loads(collection.load(), wish.field());
            try {
                if (!files.hasGraph(segment.id(), wish.index())) build(segment, wish, load, progress, stop);
                else if (load && segment.graph(wish.field()).isEmpty()) read(segment, wish);
                failures.remove(wish.index());
            } catch (RuntimeException | IOException why) {
                failures.put(wish.index(), String.valueOf(why.getMessage()));
                throw why;
            }
        }
    }

    private void read(Segment segment, GraphWish wish) throws IOException {
        if (!(segment.vectors(wish.field()) instanceof Vectors.Dense dense)) return;
        try {
            keep(
                    segment,
                    wish,
                    GraphFile.read(
                            files.disk(),
                            files.graphPath(segment.id(), wish.index()),
                            segment.facts().digest(),
                            wish,
                            dense.rows(),
                            memory));
        } catch (CorruptFile | dev.sextant.world.DiskFailure broken) {
            files.deleteGraph(segment.id(), wish.index()); // derived: the next round builds it again
        }
    }

    private static void keep(Segment segment, GraphWish wish, Hnsw graph) {
        if (!segment.graph(wish.field(), new Segment.BuiltGraph(wish.index(), graph))) graph.close();
    }

    private void build(Segment segment, GraphWish wish, boolean load, Progress progress, Stop stop)
            throws IOException, InterruptedException {
        if (load) {
            var graph = build(((Vectors.Dense) segment.vectors(wish.field())).rows(), wish, progress, stop);
            if (graph.isPresent()) {
                write(segment, wish, graph.get());
                keep(segment, wish, graph.get());
            }
            return;
        }
        var field = segment.schema().field(wish.field()).orElseThrow();
        try (var vectors = SegmentVectors.load(segment.file(), field, memory)) {
            var graph = build(((Vectors.Dense) vectors.vectors()).rows(), wish, progress, stop);
            if (graph.isPresent())
                try (var built = graph.get()) {
                    write(segment, wish, built);
                }
        }
    }

    private void write(Segment segment, GraphWish wish, Hnsw graph) throws IOException {
        GraphFile.write(
                files.disk(),
                files.graphPath(segment.id(), wish.index()),
                segment.facts().digest(),
                wish,
                graph);
        files.graphWritten(segment.id(), wish.index());
    }

    /// Builds the graphs of a merged segment before it is published, from the largest graph among its inputs where
    /// there is one: no search ever meets a large segment without its graph. Only for what is loaded; the rest can wait
    /// for its turn.
    void prepare(SegmentFacts facts, List<Source> sources, Collection collection, Progress progress, Stop stop)
            throws IOException, InterruptedException {
        if (!collection.load().wanted()) return;
        var file = files.open(facts);
        if (file.isEmpty()) return;
        try (var open = file.get()) {
            for (var wish : GraphWish.of(collection)) {
                boolean wanted = open.knows(wish.field())
                        && open.nodes(wish.field()) >= graphRows
                        && loads(collection.load(), wish.field());
                if (wanted && !stop.stopped()) prepareWithin(open, facts, sources, wish, progress, stop);
            }
        } finally {
            files.closed(facts);
        }
    }

    /// As far as there is memory: without a graph searches scan it until some is free again.
    private void prepareWithin(
            SegmentFile file, SegmentFacts facts, List<Source> sources, GraphWish wish, Progress progress, Stop stop)
            throws IOException, InterruptedException {
        try {
            prepare(file, facts, sources, wish, progress, stop);
            failures.remove(wish.index());
        } catch (OutOfBudget none) {
            failures.put(wish.index(), String.valueOf(none.getMessage()));
        }
    }

    private void prepare(
            SegmentFile file, SegmentFacts facts, List<Source> sources, GraphWish wish, Progress progress, Stop stop)
            throws IOException, InterruptedException {
        var field = file.head().schema().field(wish.field()).orElseThrow();
        try (var vectors = SegmentVectors.load(file, field, memory)) {
            if (!(vectors.vectors() instanceof Vectors.Dense dense)) return;
            var graph = build(begin(dense, sources, wish), progress, stop);
            if (graph.isEmpty()) return;
            try (var built = graph.get()) {
                GraphFile.write(files.disk(), files.graphPath(facts.id(), wish.index()), facts.digest(), wish, built);
                files.graphWritten(facts.id(), wish.index());
            }
        }
    }

    private HnswBuild begin(Vectors.Dense dense, List<Source> sources, GraphWish wish) {
        int base = 0;
        var from = Optional.<Hnsw>empty();
        var newOf = new int[0];
        for (var source : sources) {
            if (dense.rowOfNode().isEmpty() && source.store() instanceof Segment segment) {
                var old = segment.graph(wish.field())
                        .filter(built -> built.index() == wish.index())
                        .map(Segment.BuiltGraph::graph);
                if (old.isPresent()
                        && old.get().count() == segment.rows()
                        && old.get().count() > newOf.length) {
                    from = old;
                    newOf = places(source, base);
                }
            }
            base += source.kept();
        }
        return from.isPresent()
                ? HnswBuild.from(memory, dense.rows(), from.get(), newOf, Accept.ALL)
                : new HnswBuild(memory, dense.rows(), wish.metric(), wish.parameters(), Accept.ALL);
    }

    /// Where the rows of a source stand in the output; -1 where they are dropped.
    private static int[] places(Source source, int base) {
        var places = new int[source.store().rows()];
        int at = 0, next = base;
        for (int row = 0; row < places.length; row++) {
            boolean dropped = at < source.dropped().length && source.dropped()[at] == row;
            places[row] = dropped ? -1 : next++;
            if (dropped) at++;
        }
        return places;
    }

    private Optional<Hnsw> build(Rows rows, GraphWish wish, Progress progress, Stop stop) throws InterruptedException {
        return build(new HnswBuild(memory, rows, wish.metric(), wish.parameters(), Accept.ALL), progress, stop);
    }

    /// Builds on the workers, in slices between searches; this thread waits. Empty when it was stopped. Closes the
    /// build.
    private Optional<Hnsw> build(HnswBuild begun, Progress progress, Stop stop) throws InterruptedException {
        try (var build = begun) {
            var ended = new CompletableFuture<Job.Ending>();
            progress.total(build.progress().total());
            var handle = work.start(new Job() {
                @Override
                public boolean slice(Worker worker, Stop pause) {
                    return build.work(worker.scratch(), pause.or(stop)) || stop.stopped();
                }

                @Override
                public int width() {
                    return work.workers();
                }

                @Override
                public void ended(Ending ending) {
                    ended.complete(ending);
                }
            });
            var ending = await(handle, ended);
            progress.add(build.progress().done());
            return switch (ending) {
                case Job.Ending.Finished _ -> stop.stopped() ? Optional.empty() : Optional.of(build.finish());
                case Job.Ending.Cancelled _ -> Optional.empty();
                case Job.Ending.Failed(var trouble) ->
                    throw trouble instanceof RuntimeException why ? why : new IllegalStateException(trouble);
            };
        }
    }

    private static Job.Ending await(Job.Handle handle, CompletableFuture<Job.Ending> ended)
            throws InterruptedException {
        boolean interrupted = false;
        while (true)
            try {
                var ending = ended.get();
                if (interrupted) throw new InterruptedException();
                return ending;
            } catch (InterruptedException stop) {
                if (ended.isDone() && interrupted) throw stop;
                interrupted = true;
                handle.cancel(); // its workers must be out before what they work on is closed
            } catch (ExecutionException failed) {
                throw new IllegalStateException(failed.getCause());
            }
    }

    /// Lets go what nobody wants in memory any more.
    void letGo(Shard shard, Optional<Collection> collection) {
        var wishes = collection.map(GraphWish::of).orElse(List.of()).stream()
                .map(GraphWish::index)
                .toList();
        boolean wanted = collection.map(c -> c.load().wanted()).orElse(false);
        for (var segment : shard.layout().segments()) {
            boolean stale = segment.schema().vectors().stream()
                    .anyMatch(field -> segment.graph(field.id())
                            .map(built -> !wishes.contains(built.index()))
                            .orElse(false));
            if (stale || !wanted && segment.isResident()) shard.unload(segment);
        }
    }

    /// Refuses to load what does not fit.
    void checkLoads(Catalog catalog, List<Change> changes) {
        for (var change : changes)
            if (change instanceof Change.SetLoad(var id, var load) && load.wanted())
                catalog.collection(id).ifPresent(collection -> checkLoad(collection, load));
    }

    private void checkLoad(Collection collection, Load load) {
        long needed = 0;
        var wishes = GraphWish.of(collection);
        for (long id : collection.shards())
            for (var segment : replica.shards().get(id).layout().segments()) {
                if (segment.facts().partitions().stream().noneMatch(load::includes)) continue;
                for (var field : segment.schema().vectors()) {
                    if (!loads(load, field.id()) || segment.isLoaded(field.id())) continue;
                    needed += SegmentVectors.bytes(segment.file(), field);
                    for (var wish : wishes)
                        if (wish.field() == field.id() && wants(segment, wish))
                            needed += graphBytes(segment, field, wish);
                }
            }
        if (needed > memory.limitBytes() - memory.inUseBytes())
            throw new Refused(new Refusal.OutOfMemory(
                    "loading '" + collection.name() + "'", needed, memory.inUseBytes(), memory.limitBytes()));
    }

    /// Edges of the bottom layer and codes of a byte a component, about.
    private static long graphBytes(Segment segment, Field field, GraphWish wish) {
        var type = (FieldType.Vector) field.type();
        return (long) segment.file().nodes(field.id()) * (8L * wish.parameters().m() + type.dimension() + 32);
    }

    /// How much of what is to be loaded is in memory, in percent.
    int loadedPercent(Collection collection, Set<Long> partitions) {
        long all = 0, there = 0;
        for (long id : collection.shards()) {
            var shard = replica.shards().get(id);
            if (shard == null) continue;
            for (var segment : shard.layout().segments()) {
                if (!partitions.isEmpty()
                        && segment.facts().partitions().stream().noneMatch(partitions::contains)) continue;
                for (var field : wanted(collection, segment)) {
                    all += segment.rows();
                    if (segment.isLoaded(field.id())) there += segment.rows();
                }
            }
        }
        return all == 0 ? 100 : (int) (100 * there / all);
    }

    /// Rows whose part has what the index wants: a graph, or too few rows for one.
    Engine.IndexProgress progress(Collection collection, long index) {
        var wish = GraphWish.of(collection).stream()
                .filter(w -> w.index() == index)
                .findFirst();
        long all = 0, done = 0;
        for (long id : collection.shards()) {
            var shard = replica.shards().get(id);
            if (shard == null) continue;
            for (var store : shard.layout().all()) {
                all += store.rows();
                boolean behind = wish.isPresent()
                        && store instanceof Segment segment
                        && wants(segment, wish.get())
                        && !files.hasGraph(segment.id(), index);
                if (!behind) done += store.rows();
            }
        }
        return new Engine.IndexProgress(done, all, failures.getOrDefault(index, ""));
    }

    /// Names of the indexes that a segment has, for people.
    List<String> indexesOf(Collection collection, Segment segment) {
        return collection.indexes().stream()
                .filter(index -> files.hasGraph(segment.id(), index.id()))
                .map(index -> index.name())
                .toList();
    }

    /// Begins nothing more, and waits for what runs on the workers.
    void close(Set<String> feeding) {
        closing = true;
        while (!feeding.isEmpty()) java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }

    /// Feeds the graphs of a memtable that has become large, on the workers.
    void grow(Shard shard, Collection collection, Set<String> feeding) {
        var memtable = shard.layout().active();
        if (memtable.rows() < graphRows || !collection.load().wanted()) return;
        for (var wish : GraphWish.of(collection)) {
            var key = memtable.id() + "/" + wish.field();
            if (closing
                    || nodes(memtable, wish.field()) < graphRows
                    || !behind(memtable, wish.field())
                    || !feeding.add(key)) continue;
            if (!memtable.acquire()) {
                feeding.remove(key);
                continue;
            }
            work.start(new Feed(memtable, wish, () -> closing, () -> {
                feeding.remove(key);
                memtable.release();
            }));
        }
    }

    /// Writes the graphs that grew with a memtable beside its segment, so that they need not be built again.
    void writeGrown(Memtable memtable, SegmentFacts facts, Collection collection) throws IOException {
        for (var wish : GraphWish.of(collection)) {
            if (files.hasGraph(facts.id(), wish.index())) continue;
            var graph = memtable.graphs().freeze(wish, nodes(memtable, wish.field()), MOST_MISSING);
            if (graph.isEmpty()) continue;
            GraphFile.write(files.disk(), files.graphPath(facts.id(), wish.index()), facts.digest(), wish, graph.get());
            files.graphWritten(facts.id(), wish.index());
        }
    }

    private static int nodes(Memtable memtable, int field) {
        var nodes = memtable.edge().nodes().get(field);
        return nodes == null ? 0 : nodes.upTo(memtable.edge().rows());
    }

    /// A field with nulls grows no graph: its nodes are not its rows, and filters over rows could not bound it.
    private static boolean behind(Memtable memtable, int field) {
        var nodes = memtable.edge().nodes().get(field);
        if (nodes == null || !nodes.identity()) return false;
        return memtable.graphs()
                .now()
                .of(field)
                .map(graph -> graph.count() < nodes(memtable, field))
                .orElse(true);
    }

    /// Inserts into a growing graph what is not in it yet.
    private record Feed(Memtable memtable, GraphWish wish, Stop closing, Runnable end) implements Job {
        @Override
        public boolean slice(Worker worker, Stop pause) {
            return memtable.graphs()
                            .feed(
                                    wish.field(),
                                    wish,
                                    nodes(memtable, wish.field()),
                                    worker.scratch(),
                                    pause.or(closing))
                    || closing.stopped();
        }

        @Override
        public void ended(Ending ending) {
            end.run();
        }
    }
}
