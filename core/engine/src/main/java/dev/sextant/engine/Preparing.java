package dev.sextant.engine;

import dev.sextant.catalog.Collection;
import dev.sextant.engine.SegmentMaker.Source;
import dev.sextant.engine.entry.SegmentFacts;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Stop;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Brings what searches of a segment will want into memory before that is published, so that they need not wait for
/// vectors, nor scan what had a graph a moment before. Only of what is loaded, and as far as there is memory: the rest
/// comes as it does after a start. So do indexes over scalars.
final class Preparing {
    /// What is read ahead of the first search leaves this share of the memory alone.
    private static final double SPARE = 0.2;

    private final Files files;
    private final Memory memory;
    private final IndexBuilds builds;
    private final ScalarIndexing scalars;
    private final IndexTroubles troubles;
    private final int graphRows;

    Preparing(
            Files files,
            Memory memory,
            IndexBuilds builds,
            ScalarIndexing scalars,
            IndexTroubles troubles,
            int graphRows) {
        this.files = files;
        this.memory = memory;
        this.builds = builds;
        this.scalars = scalars;
        this.troubles = troubles;
        this.graphRows = graphRows;
    }

    /// Reads the segment of a memtable, and the graphs that grew with it.
    void written(SegmentFacts facts, Collection collection) {
        if (!collection.load().wanted()) return;
        files.prepare(facts).ifPresent(ready -> {
            try {
                load(facts, collection, ready);
                for (var wish : IndexWish.of(collection)) readGrown(facts, wish, ready);
            } catch (RuntimeException | IOException why) { // whoever loads it meets the same, and says so
                ready.clear();
            } catch (Error failed) {
                ready.close();
                throw failed;
            }
            files.keepPrepared(ready);
        });
    }

    private void readGrown(SegmentFacts facts, IndexWish wish, Prepared ready) throws IOException {
        boolean index = files.hasIndex(facts.id(), wish.index());
        var loaded = ready.vectors(wish.field());
        if (loaded.isEmpty() || !index && !files.hasInterim(facts.id(), wish.index())) return;
        builds.read(facts, wish, loaded.get().vectors().rows(), !index)
                .ifPresent(built -> ready.index(wish.field(), built));
    }

    /// The vectors of fields that belong into memory, each as far as it leaves some of that.
    private void load(SegmentFacts facts, Collection collection, Prepared ready) {
        var file = ready.file();
        for (var field : Loads.vectors(collection, facts, file.head().schema())) {
            boolean onDisk = IndexWish.onDisk(collection, field.id()).isPresent();
            if (!onDisk && ready.vectors(field.id()).isEmpty() && leavesSpare(SegmentVectors.bytes(file, field)))
                ready.vectors(field.id(), () -> SegmentVectors.load(file, field, memory));
        }
    }

    private boolean leavesSpare(long bytes) {
        return memory.inUseBytes() + bytes <= (1 - SPARE) * memory.limitBytes();
    }

    /// Builds the indexes of a merged segment, from the largest one among its inputs where there is one, so that no
    /// search meets a large segment without its index while there is memory. Keeps the vectors that they were built
    /// over.
    ///
    /// @param shard that it is merged in
    void merged(
            long shard, SegmentFacts facts, List<Source> sources, Collection collection, Progress progress, Stop stop)
            throws IOException, InterruptedException {
        var opened = collection.load().wanted() ? files.prepare(facts) : Optional.<Prepared>empty();
        if (opened.isEmpty()) return;
        var ready = opened.get();
        try {
            scalars.prepare(ready.file(), facts, collection, progress, stop);
            for (var wish : IndexWish.of(collection)) {
                boolean wanted = ready.file().knows(wish.field())
                        && ready.file().nodes(wish.field())
                                >= wish.leastRows(graphRows, isSearched(sources, wish.field()))
                        && Loads.field(collection, facts, wish.field());
                if (wanted && !stop.stopped()) build(shard, facts, sources, wish, ready, progress, stop);
            }
            if (!stop.stopped()) loadOrLeave(facts, collection, ready);
        } catch (RuntimeException | IOException | InterruptedException | Error failed) {
            ready.close();
            throw failed;
        }
        files.keepPrepared(ready);
    }

    /// Whether searches come so often that what is merged has an index, or would have been better off with one.
    private static boolean isSearched(List<Source> sources, int field) {
        return sources.stream()
                .anyMatch(source -> source.store() instanceof Segment segment
                        && (segment.index(field).isPresent() || segment.isWorthAnIndex(field)));
    }

    private void build(
            long shard,
            SegmentFacts facts,
            List<Source> sources,
            IndexWish wish,
            Prepared ready,
            Progress progress,
            Stop stop)
            throws InterruptedException {
        try {
            buildWithin(facts, sources, wish, ready, progress, stop);
            troubles.over(wish.index());
        } catch (RuntimeException | IOException why) { // a merge without its index is better than none
            troubles.failed(wish.index(), why);
            return;
        }
        if (wish.leavesRowsOnDisk()) readFarOrLeave(shard, facts, wish, ready);
    }

    /// Where there is no memory beside what was prepared before, without that.
    private void buildWithin(
            SegmentFacts facts, List<Source> sources, IndexWish wish, Prepared ready, Progress progress, Stop stop)
            throws IOException, InterruptedException {
        boolean others = ready.holdsSome();
        try {
            builds.prepare(facts, sources, wish, ready, progress, stop);
        } catch (OutOfBudget full) {
            if (!others) throw full;
            ready.clear();
            builds.prepare(facts, sources, wish, ready, progress, stop);
        }
    }

    private void readFarOrLeave(long shard, SegmentFacts facts, IndexWish wish, Prepared ready) {
        try {
            readFar(shard, facts, wish, ready);
        } catch (RuntimeException | IOException why) { // whoever loads it meets the same, and says so
            ready.clear();
        }
    }

    /// Of rows that stay on disk, what is in memory.
    private void readFar(long shard, SegmentFacts facts, IndexWish wish, Prepared ready) throws IOException {
        if (!files.hasIndex(facts.id(), wish.index())) return;
        var stored = files.stored(shard, facts, ready.file(), wish.field());
        if (stored.isEmpty()) return;
        ready.far(wish.field(), FarVectors.of(ready.file(), wish.field(), stored.get(), memory));
        builds.read(facts, wish, stored.get().rows(), false).ifPresent(built -> ready.index(wish.field(), built));
    }

    private void loadOrLeave(SegmentFacts facts, Collection collection, Prepared ready) {
        try {
            load(facts, collection, ready);
        } catch (RuntimeException why) { // nor does a merge fail for what is loaded later as well
            ready.clear();
        }
    }
}
