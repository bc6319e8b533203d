package dev.sextant.engine;

import dev.sextant.catalog.Catalog;
import dev.sextant.catalog.Change;
import dev.sextant.catalog.Collection;
import dev.sextant.catalog.Load;
import dev.sextant.engine.file.CorruptFile;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.Work;
import dev.sextant.model.Field;
import dev.sextant.model.Refusal;
import dev.sextant.model.Refused;
import dev.sextant.world.DiskFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What of segments is in memory, and the indexes over them: builds what the catalog wants and is not there, loads what
/// is to be loaded, lets the rest go. All of it is derived: losing it costs time, never an answer.
final class Indexing {
    /// Below, the rows of a segment are looked at sooner than its index.
    private static final int LEAST_SCALAR_ROWS = 2048;

    /// How long a build that failed is left alone.
    private static final long REST_NANOS = 15_000_000_000L;

    private record Attempt(long segment, long index) {}

    private final Files files;
    private final Replica replica;
    private final Memory memory;
    private final Work work;
    private final int graphRows;
    private final Feeding feeding;
    private final Map<Attempt, Long> notBefore = new java.util.concurrent.ConcurrentHashMap<>();
    private final IndexTroubles troubles = new IndexTroubles();
    private final ScalarIndexing scalars;
    private final FarIndexing far;
    private final IndexBuilds builds;
    private final Preparing preparing;
    private final Calibrating calibrating;

    Indexing(Files files, Replica replica, Memory memory, Work work, int graphRows) {
        this.files = files;
        this.replica = replica;
        this.memory = memory;
        this.work = work;
        this.graphRows = graphRows;
        feeding = new Feeding(work, graphRows);
        far = new FarIndexing(files, replica, memory);
        calibrating = new Calibrating(files, memory, work);
        builds = new IndexBuilds(files, memory, work, far, calibrating, troubles);
        files.residence(far::indexOnDisk);
        scalars = new ScalarIndexing(files, memory, work, Math.min(graphRows, LEAST_SCALAR_ROWS), troubles);
        preparing = new Preparing(files, memory, builds, scalars, troubles, graphRows);
    }

    /// Whether a segment should have an index for this wish, searched or not.
    private boolean wants(Segment segment, IndexWish wish) {
        return wants(segment, wish, false);
    }

    private boolean wants(Segment segment, IndexWish wish, boolean searched) {
        return segment.file().knows(wish.field())
                && segment.file().nodes(wish.field()) >= wish.leastRows(graphRows, searched);
    }

    /// Whether there will be an index for this wish in memory once the segment is loaded.
    private boolean willHave(Segment segment, IndexWish wish) {
        return wants(segment, wish) || files.hasIndex(segment.id(), wish.index()) || hasInterim(segment, wish);
    }

    /// Whether the index of a wish is to be built: it should be there, or has been missed so often that it would have
    /// been cheaper, which it is not where a graph leads that grew with the rows.
    private boolean lacks(Segment segment, IndexWish wish) {
        return !files.hasIndex(segment.id(), wish.index())
                && !rests(segment, wish)
                && wants(segment, wish, segment.isWorthAnIndex(wish.field()));
    }

    /// Whether anything is to be built or loaded.
    boolean behind(Shard shard, Collection collection) {
        var wishes = IndexWish.of(collection);
        for (var segment : shard.layout().segments()) {
            for (var wish : wishes) if (lacks(segment, wish)) return true;
            if (scalars.behind(segment, collection)) return true;
            if (collection.load().wanted() && !ready(segment, collection, wishes)) return true;
        }
        return false;
    }

    /// Whether a build, or reading what was built, failed a short while ago: what it lacks, memory or disk, is not
    /// there the next moment.
    private boolean rests(Segment segment, IndexWish wish) {
        var until = notBefore.get(new Attempt(segment.id(), wish.index()));
        return until != null && work.nanos() - until < 0;
    }

    private void rest(Segment segment, IndexWish wish) {
        notBefore.values().removeIf(until -> work.nanos() - until >= 0); // segments that are gone, too
        notBefore.put(new Attempt(segment.id(), wish.index()), work.nanos() + REST_NANOS);
    }

    private boolean ready(Segment segment, Collection collection, List<IndexWish> wishes) {
        for (var field : wanted(collection, segment)) if (!isThere(segment, field.id())) return false;
        if (far.lacksPages(segment)) return false;
        for (var wish : wishes)
            if (Loads.field(collection, segment.facts(), wish.field())
                    && !rests(segment, wish)
                    && !isReady(segment, wish)) return false;
        return true;
    }

    /// Whether what there is for a wish is in memory.
    private boolean isReady(Segment segment, IndexWish wish) {
        if (files.hasIndex(segment.id(), wish.index()))
            return isServed(segment, wish) && !Calibrating.lacks(segment, wish.field());
        return !hasInterim(segment, wish) || segment.index(wish.field()).isPresent();
    }

    /// Whether a graph is there that leads until the index of a wish is built.
    private boolean hasInterim(Segment segment, IndexWish wish) {
        return !wish.leavesRowsOnDisk() && files.hasInterim(segment.id(), wish.index());
    }

    /// Whether the index that was wished for is in memory.
    private static boolean isServed(Segment segment, IndexWish wish) {
        return segment.index(wish.field()).filter(built -> !built.interim()).isPresent();
    }

    /// Fields of a segment whose vectors are to be loaded.
    private static List<Field> wanted(Collection collection, Segment segment) {
        return Loads.vectors(collection, segment.facts(), segment.schema());
    }

    /// The same, of some partitions; of all where none is named.
    private static List<Field> wanted(Collection collection, Segment segment, Set<Long> partitions) {
        boolean asked =
                partitions.isEmpty() || segment.facts().partitions().stream().anyMatch(partitions::contains);
        return asked ? wanted(collection, segment) : List.of();
    }

    /// Whether the vectors are there as a search wants them: in memory, or known to stay on disk.
    private static boolean isThere(Segment segment, int field) {
        return segment.isLoaded(field) || segment.far(field).isPresent();
    }

    /// Loads what is missing in one shard, then builds what there is not.
    void improve(Shard shard, Collection collection, Progress progress, Stop stop)
            throws IOException, InterruptedException {
        var failures = new ArrayList<Exception>();
        each(shard, stop, failures, segment -> load(segment, collection, stop));
        each(shard, stop, failures, segment -> far.mend(segment, collection));
        each(shard, stop, failures, segment -> build(segment, collection, progress, stop));
        each(shard, stop, failures, segment -> scalars.improve(segment, collection, progress, stop));
        each(shard, stop, failures, segment -> calibrating.improve(segment, stop));
        if (failures.isEmpty()) return;
        if (failures.getFirst() instanceof IOException why) throw why;
        throw (RuntimeException) failures.getFirst();
    }

    /// What fails for one segment is no reason to leave the others as they are.
    private static void each(Shard shard, Stop stop, List<Exception> failures, Improvement improvement)
            throws InterruptedException {
        for (var segment : shard.layout().segments())
            try {
                holding(segment, stop, improvement);
            } catch (RuntimeException | IOException why) {
                failures.add(why);
            }
    }

    @FunctionalInterface
    private interface Improvement {
        void run(Segment segment) throws IOException, InterruptedException;
    }

    private static void holding(Segment segment, Stop stop, Improvement improvement)
            throws IOException, InterruptedException {
        if (stop.stopped() || !segment.acquire()) return;
        try {
            improvement.run(segment);
        } finally {
            segment.release();
        }
    }

    private void load(Segment segment, Collection collection, Stop stop) throws IOException {
        loadVectors(segment, collection);
        for (var wish : IndexWish.of(collection)) {
            if (stop.stopped() || !Loads.field(collection, segment.facts(), wish.field())) continue;
            if (far.isStale(segment)) continue; // it will be let go, and another one loaded in its place
            if (files.hasIndex(segment.id(), wish.index())) {
                if (!isServed(segment, wish)) read(segment, wish, false);
            } else if (hasInterim(segment, wish) && segment.index(wish.field()).isEmpty()) read(segment, wish, true);
        }
    }

    private void read(Segment segment, IndexWish wish, boolean interim) throws IOException {
        if (rests(segment, wish)) return;
        try {
            builds.read(segment.facts(), wish, builds.rows(segment, wish), interim)
                    .ifPresent(built -> IndexBuilds.keep(segment, wish, built));
        } catch (OutOfBudget full) {
            rest(segment, wish);
            throw full;
        }
    }

    private void loadVectors(Segment segment, Collection collection) {
        try {
            for (var field : wanted(collection, segment)) segment.vectors(field.id());
        } catch (CorruptFile | DiskFailure broken) {
            throw segment.unreadable(broken);
        }
    }

    private void build(Segment segment, Collection collection, Progress progress, Stop stop)
            throws IOException, InterruptedException {
        for (var wish : IndexWish.of(collection)) {
            if (stop.stopped() || !lacks(segment, wish) || far.isStale(segment)) continue;
            try {
                builds.build(segment, wish, Loads.field(collection, segment.facts(), wish.field()), progress, stop);
                troubles.over(wish.index());
            } catch (RuntimeException | IOException why) {
                troubles.failed(wish.index(), why);
                rest(segment, wish);
                throw why;
            }
        }
    }

    /// The most that a merged segment of this shard may have.
    long mostSegmentBytes(Shard shard, long configured) {
        return far.mostSegmentBytes(shard, configured);
    }

    /// Lets go what nobody wants in memory any more.
    void letGo(Shard shard, Optional<Collection> collection) {
        var wishes = collection.map(IndexWish::of).orElse(List.of()).stream()
                .map(IndexWish::index)
                .toList();
        boolean wanted = collection.map(c -> c.load().wanted()).orElse(false);
        for (var segment : shard.layout().segments()) {
            boolean stale = segment.schema().vectors().stream()
                    .anyMatch(field -> segment.index(field.id())
                            .map(built -> !wishes.contains(built.index()))
                            .orElse(false));
            stale |= far.isStale(segment);
            if (stale || !wanted && segment.isResident()) shard.unload(segment);
            else {
                scalars.letGo(segment, collection);
                segment.closeRetired();
            }
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
        var wishes = IndexWish.of(collection);
        for (long id : collection.shards())
            for (var segment : replica.shards().get(id).layout().segments()) {
                if (segment.facts().partitions().stream().noneMatch(load::includes)) continue;
                for (var field : segment.schema().vectors()) {
                    if (!Loads.field(load, field.id()) || isThere(segment, field.id())) continue;
                    if (far.indexOnDisk(id, field.id()).isEmpty())
                        needed += SegmentVectors.bytes(segment.file(), field);
                    for (var wish : wishes)
                        if (wish.field() == field.id() && willHave(segment, wish))
                            needed += indexBytes(segment, field, wish);
                }
            }
        if (needed > memory.limitBytes() - memory.inUseBytes())
            throw new Refused(new Refusal.OutOfMemory(
                    "loading '" + collection.name() + "'", needed, memory.inUseBytes(), memory.limitBytes()));
    }

    private static long indexBytes(Segment segment, Field field, IndexWish wish) {
        return segment.file().nodes(field.id())
                * wish.parameters().bytesPerRow(field.type().vector(), wish.metric());
    }

    /// Whether an index over the field is there and not yet in memory.
    private boolean waits(Segment segment, Field field, List<IndexWish> wishes) {
        return wishes.stream()
                .anyMatch(wish -> wish.field() == field.id()
                        && files.hasIndex(segment.id(), wish.index())
                        && !isServed(segment, wish));
    }

    /// How much of what is to be loaded is in memory, in percent.
    int loadedPercent(Collection collection, Set<Long> partitions) {
        long all = 0, there = 0;
        var wishes = IndexWish.of(collection);
        for (long id : collection.shards()) {
            var shard = replica.shards().get(id);
            if (shard == null) continue;
            for (var segment : shard.layout().segments()) {
                for (var field : wanted(collection, segment, partitions)) {
                    all += segment.rows();
                    if (isThere(segment, field.id()) && !waits(segment, field, wishes)) there += segment.rows();
                }
            }
        }
        return all == 0 ? 100 : (int) (100 * there / all);
    }

    /// Why some of what is to be loaded never will be as it is, where that is known.
    Optional<Refusal> loadTrouble(Collection collection, Set<Long> partitions) {
        for (long id : collection.shards()) {
            var shard = replica.shards().get(id);
            if (shard == null) continue;
            if (!shard.trouble().isEmpty()) return Optional.of(new Refusal.Damaged("shard " + id, shard.trouble()));
            for (var segment : shard.layout().segments()) {
                boolean there = wanted(collection, segment, partitions).stream()
                        .allMatch(field -> isThere(segment, field.id()));
                var damage = there ? Optional.<Refusal>empty() : files.damage(id, segment.facts());
                if (damage.isPresent()) return damage;
            }
        }
        return Optional.empty();
    }

    /// DenseRows whose part has what the index wants: a graph, or too few rows for one.
    Engine.IndexProgress progress(Collection collection, long index) {
        var wish = IndexWish.of(collection).stream()
                .filter(w -> w.index() == index)
                .findFirst();
        long all = 0, done = 0;
        for (long id : collection.shards()) {
            var shard = replica.shards().get(id);
            if (shard == null) continue;
            for (var store : shard.layout().all()) {
                all += store.rows();
                boolean behind = store instanceof Segment its && scalars.lacks(its, collection, index)
                        || wish.isPresent()
                                && store instanceof Segment segment
                                && wants(segment, wish.get())
                                && !files.hasIndex(segment.id(), index);
                if (!behind) done += store.rows();
            }
        }
        var trouble = troubles.of(index);
        return new Engine.IndexProgress(done, all, trouble.reason(), trouble.failed());
    }

    /// Names of the indexes that a segment has, for people.
    List<String> indexesOf(Collection collection, Segment segment) {
        return collection.indexes().stream()
                .filter(index -> files.hasIndex(segment.id(), index.id()))
                .map(index -> index.name())
                .toList();
    }

    /// Begins nothing more, and waits for what runs on the workers.
    void close() {
        feeding.close();
    }

    /// Feeds the graphs of a memtable that has become large, on the workers.
    void grow(Shard shard, Collection collection) {
        feeding.feed(shard.layout().active(), collection);
    }

    /// Who builds them.
    IndexBuilds builds() {
        return builds;
    }

    /// Who sees that a segment is in memory when it is published.
    Preparing preparing() {
        return preparing;
    }
}
