package dev.sextant.engine;

import dev.sextant.catalog.Collection;
import dev.sextant.engine.entry.SegmentFacts;
import dev.sextant.engine.file.CorruptFile;
import dev.sextant.engine.segment.SegmentFile;
import dev.sextant.index.scalar.ScalarBuild;
import dev.sextant.index.scalar.ScalarIndex;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.Work;
import dev.sextant.world.DiskFailure;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The indexes over values that are no vectors: built from the columns of a segment in its file, read with the
/// collection. Where there is no memory for one, filters look at the columns: it is asked for again later.
final class ScalarIndexing {
    private static final long RETRY_NANOS = 10_000_000_000L;

    private final Files files;
    private final Memory memory;
    private final Work work;
    private final int leastRows;
    private final IndexTroubles troubles;
    private final Map<Key, Long> notBefore = new ConcurrentHashMap<>(); // when what failed is tried again

    private record Key(long segment, long index) {}

    ScalarIndexing(Files files, Memory memory, Work work, int leastRows, IndexTroubles troubles) {
        this.files = files;
        this.memory = memory;
        this.work = work;
        this.leastRows = leastRows;
        this.troubles = troubles;
    }

    private boolean wants(SegmentFile file, ScalarWish wish) {
        return file.knows(wish.field()) && file.rows() >= leastRows;
    }

    /// Whether a segment should have this index and has it not.
    boolean lacks(Segment segment, Collection collection, long index) {
        if (files.hasIndex(segment.id(), index)) return false;
        for (var wish : ScalarWish.of(collection)) if (wish.index() == index) return wants(segment.file(), wish);
        return false;
    }

    /// Whether anything is to be built or read.
    boolean behind(Segment segment, Collection collection) {
        for (var wish : ScalarWish.of(collection)) {
            if (!wants(segment.file(), wish) || isPostponed(segment.id(), wish)) continue;
            boolean built = files.hasIndex(segment.id(), wish.index());
            if (!built || Loads.field(collection, segment.facts(), wish.field()) && !segment.hasScalar(wish.index()))
                return true;
        }
        return false;
    }

    private boolean isPostponed(long segment, ScalarWish wish) {
        var until = notBefore.get(new Key(segment, wish.index()));
        return until != null && work.nanos() - until < 0;
    }

    /// Reads what is there and builds what is not.
    void improve(Segment segment, Collection collection, Progress progress, Stop stop) throws IOException {
        for (var wish : ScalarWish.of(collection)) {
            if (stop.stopped()) return;
            if (!wants(segment.file(), wish) || isPostponed(segment.id(), wish)) continue;
            boolean load = Loads.field(collection, segment.facts(), wish.field());
            var key = new Key(segment.id(), wish.index());
            try {
                improve(segment, wish, load, progress, stop);
                troubles.over(wish.index());
                notBefore.remove(key);
            } catch (OutOfBudget none) {
                later(key, none);
            } catch (RuntimeException | IOException why) {
                later(key, why);
                throw why;
            }
        }
    }

    private void later(Key key, Exception why) {
        troubles.failed(key.index, why);
        notBefore.put(key, work.nanos() + RETRY_NANOS);
    }

    private void improve(Segment segment, ScalarWish wish, boolean load, Progress progress, Stop stop)
            throws IOException {
        if (files.hasIndex(segment.id(), wish.index())) {
            if (load && !segment.hasScalar(wish.index())) read(segment, wish);
            return;
        }
        var built = build(segment.file(), segment.facts(), wish, progress, stop);
        if (built.isEmpty()) return;
        if (load) keep(segment, wish, built.get());
        else built.get().close();
    }

    private static void keep(Segment segment, ScalarWish wish, ScalarIndex index) {
        var named = new FieldIndex(wish.name(), wish.parameters().place(), index);
        if (!segment.scalar(wish.index(), wish.field(), named)) index.close();
    }

    private void read(Segment segment, ScalarWish wish) throws IOException {
        try {
            var index = IndexFile.read(
                    files.disk(),
                    files.indexPath(segment.id(), wish.index(), false),
                    segment.facts().digest(),
                    new IndexFile.Of(wish.index(), wish.field()),
                    (form, bytes, source) -> ScalarIndex.read(form, memory, segment.rows(), bytes, source));
            keep(segment, wish, index);
        } catch (CorruptFile | DiskFailure broken) {
            troubles.damaged(wish.index(), broken);
            files.deleteDamagedIndex(segment.id(), wish.index(), false, broken);
        }
    }

    /// Builds the index and writes it down. Empty when it was stopped.
    private Optional<ScalarIndex> build(
            SegmentFile file, SegmentFacts facts, ScalarWish wish, Progress progress, Stop stop) throws IOException {
        var field = file.head().schema().field(wish.field()).orElseThrow();
        progress.total(progress.total() + file.rows());
        try (var build = new ScalarBuild(memory, wish.parameters(), field.type(), file.rows())) {
            for (int chunk = 0; chunk < file.chunks(); chunk++) {
                if (stop.stopped()) return Optional.empty();
                var column = file.chunk(wish.field(), chunk);
                build.add(column);
                progress.add(column.rows());
            }
            var index = build.finish();
            try {
                write(facts, wish, index);
                return Optional.of(index);
            } catch (Throwable thrown) {
                index.close();
                throw thrown;
            }
        }
    }

    private void write(SegmentFacts facts, ScalarWish wish, ScalarIndex index) throws IOException {
        var path = files.indexPath(facts.id(), wish.index(), false);
        IndexFile.write(files.disk(), path, facts.digest(), new IndexFile.Of(wish.index(), wish.field()), index);
        files.indexWritten(facts.id(), wish.index(), false);
    }

    /// Builds the indexes of a merged segment before it is published, as far as there is memory.
    void prepare(SegmentFile file, SegmentFacts facts, Collection collection, Progress progress, Stop stop)
            throws IOException {
        for (var wish : ScalarWish.of(collection)) {
            if (stop.stopped()) return;
            if (!wants(file, wish) || !Loads.field(collection.load(), wish.field())) continue;
            try {
                build(file, facts, wish, progress, stop).ifPresent(ScalarIndex::close);
            } catch (OutOfBudget none) {
                troubles.failed(wish.index(), none);
            }
        }
    }

    /// Lets go what nobody wishes any more.
    void letGo(Segment segment, Optional<Collection> collection) {
        if (segment.scalars().isEmpty()) return;
        var wished = collection.map(ScalarWish::of).orElse(List.of()).stream()
                .map(ScalarWish::index)
                .toList();
        for (long index : segment.scalars()) if (!wished.contains(index)) segment.retire(index);
        notBefore.keySet().removeIf(key -> key.segment == segment.id() && !wished.contains(key.index));
    }
}
