package dev.sextant.engine;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Load;
import dev.sextant.engine.file.CorruptFile;
import dev.sextant.index.Accept;
import dev.sextant.index.Hnsw;
import dev.sextant.index.HnswBuild;
import dev.sextant.index.Rows;
import dev.sextant.kernel.Job;
import dev.sextant.kernel.Memory;
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

/// What of segments is in memory, and the graphs over them: builds what the catalog wants and is not there, loads what is to be loaded,
/// lets the rest go. All of it is derived: losing it costs time, never an answer.
final class Indexing {
    private final Files files;
    private final Replica replica;
    private final Memory memory;
    private final Work work;
    private final int graphRows;
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
            for (var wish : wishes) if (wants(segment, wish) && !files.hasGraph(segment.id(), wish.index())) return true;
            if (collection.load().wanted() && !ready(segment, collection, wishes)) return true;
        }
        return false;
    }

    private boolean ready(Segment segment, Collection collection, List<GraphWish> wishes) {
        for (var field : wanted(collection, segment)) if (!segment.isLoaded(field.id())) return false;
        for (var wish : wishes) if (wants(segment, wish) && loads(collection.load(), wish.field()) && segment.graph(wish.field()).isEmpty()) return false;
        return true;
    }

    private static List<Field> wanted(Collection collection, Segment segment) {
        if (segment.facts().partitions().stream().noneMatch(collection.load()::includes)) return List.of();
        return segment.schema().vectors().stream()
                .filter(field -> collection.schema().field(field.id()).isPresent() && loads(collection.load(), field.id()))
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
    void improve(Shard shard, Collection collection, Progress progress, Stop stop) throws IOException, InterruptedException {
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

    private void improve(Segment segment, Collection collection, Progress progress, Stop stop) throws IOException, InterruptedException {
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
            keep(segment, wish, GraphFile.read(files.disk(), files.graphPath(segment.id(), wish.index()), segment.facts().digest(), wish, dense.rows(), memory));
        } catch (CorruptFile | dev.sextant.world.DiskFailure broken) {
            files.deleteGraph(segment.id(), wish.index()); // derived: the next round builds it again
        }
    }

    private static void keep(Segment segment, GraphWish wish, Hnsw graph) {
        if (!segment.graph(wish.field(), new Segment.BuiltGraph(wish.index(), graph))) graph.close();
    }

    private void build(Segment segment, GraphWish wish, boolean load, Progress progress, Stop stop) throws IOException, InterruptedException {
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
        GraphFile.write(files.disk(), files.graphPath(segment.id(), wish.index()), segment.facts().digest(), wish, graph);
        files.graphWritten(segment.id(), wish.index());
    }

    /// Builds on the workers, in slices between searches; this thread waits. Empty when it was stopped.
    private Optional<Hnsw> build(Rows rows, GraphWish wish, Progress progress, Stop stop) throws InterruptedException {
        try (var build = new HnswBuild(memory, rows, wish.metric(), wish.parameters(), Accept.ALL)) {
            var ended = new CompletableFuture<Job.Ending>();
            progress.total(rows.count());
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
                case Job.Ending.Failed(var trouble) -> throw trouble instanceof RuntimeException why ? why : new IllegalStateException(trouble);
            };
        }
    }

    private static Job.Ending await(Job.Handle handle, CompletableFuture<Job.Ending> ended) throws InterruptedException {
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
        var wishes = collection.map(GraphWish::of).orElse(List.of()).stream().map(GraphWish::index).toList();
        boolean wanted = collection.map(c -> c.load().wanted()).orElse(false);
        for (var segment : shard.layout().segments()) {
            boolean stale = segment.schema().vectors().stream().anyMatch(
                    field -> segment.graph(field.id()).map(built -> !wishes.contains(built.index())).orElse(false));
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
                    for (var wish : wishes) if (wish.field() == field.id() && wants(segment, wish)) needed += graphBytes(segment, field, wish);
                }
            }
        if (needed > memory.limitBytes() - memory.inUseBytes())
            throw new Refused(new Refusal.OutOfMemory("loading '" + collection.name() + "'", needed, memory.inUseBytes(), memory.limitBytes()));
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
                if (!partitions.isEmpty() && segment.facts().partitions().stream().noneMatch(partitions::contains)) continue;
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
        var wish = GraphWish.of(collection).stream().filter(w -> w.index() == index).findFirst();
        long all = 0, done = 0;
        for (long id : collection.shards()) {
            var shard = replica.shards().get(id);
            if (shard == null) continue;
            for (var store : shard.layout().all()) {
                all += store.rows();
                boolean behind = wish.isPresent() && store instanceof Segment segment && wants(segment, wish.get()) && !files.hasGraph(segment.id(), index);
                if (!behind) done += store.rows();
            }
        }
        return new Engine.IndexProgress(done, all, failures.getOrDefault(index, ""));
    }

    /// Names of the indexes that a segment has, for people.
    List<String> indexesOf(Collection collection, Segment segment) {
        return collection.indexes().stream().filter(index -> files.hasGraph(segment.id(), index.id())).map(index -> index.name()).toList();
    }

    /// Feeds the graphs of a memtable that has become large, on the workers.
    void grow(Shard shard, Collection collection, Set<String> feeding) {
        if (!collection.load().wanted()) return;
        var memtable = shard.layout().active();
        for (var wish : GraphWish.of(collection)) {
            var key = memtable.id() + "/" + wish.field();
            if (nodes(memtable, wish.field()) < graphRows || !behind(memtable, wish.field()) || !feeding.add(key)) continue;
            if (!memtable.acquire()) {
                feeding.remove(key);
                continue;
            }
            work.start(new Feed(memtable, wish, () -> {
                feeding.remove(key);
                memtable.release();
            }));
        }
    }

    private static int nodes(Memtable memtable, int field) {
        var nodes = memtable.edge().nodes().get(field);
        return nodes == null ? 0 : nodes.upTo(memtable.edge().rows());
    }

    private static boolean behind(Memtable memtable, int field) {
        return memtable.graphs().now().of(field).map(graph -> graph.count() < nodes(memtable, field)).orElse(true);
    }

    /// Inserts into a growing graph what is not in it yet.
    private record Feed(Memtable memtable, GraphWish wish, Runnable end) implements Job {
        @Override
        public boolean slice(Worker worker, Stop pause) {
            var draft = memtable.graphs().draft(wish.field(), wish);
            if (draft.isEmpty()) return true;
            while (draft.get().count() < nodes(memtable, wish.field())) {
                if (pause.stopped()) return false;
                draft.get().insert(worker.scratch());
            }
            return true;
        }

        @Override
        public void ended(Ending ending) {
            end.run();
        }
    }
}
