package dev.sextant.engine;

import dev.sextant.catalog.Collection;
import dev.sextant.engine.SegmentMaker.Source;
import dev.sextant.engine.entry.SegmentFacts;
import dev.sextant.engine.file.CorruptFile;
import dev.sextant.engine.segment.SegmentFile;
import dev.sextant.index.Accept;
import dev.sextant.index.Calibration;
import dev.sextant.index.Frozen;
import dev.sextant.index.VectorBuild;
import dev.sextant.index.VectorRows;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Stop;
import dev.sextant.kernel.Work;
import dev.sextant.world.DiskFailure;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Builds indexes over vectors and writes their files, from nothing, from the index of a segment that was merged, or
/// from the graph that grew with a memtable; and reads them. Which are wanted is decided by [Indexing].
final class IndexBuilds {
    private static final System.Logger LOG = System.getLogger(IndexBuilds.class.getName());

    /// Rows that a growing graph may lack when its memtable is written out; one that lacks more is built anew later.
    private static final int MOST_MISSING = 2000;

    private final Files files;
    private final Memory memory;
    private final Work work;
    private final FarIndexing far;
    private final Calibrating calibrating;
    private final IndexTroubles troubles; // shared with those who load and those who ask

    IndexBuilds(
            Files files, Memory memory, Work work, FarIndexing far, Calibrating calibrating, IndexTroubles troubles) {
        this.files = files;
        this.memory = memory;
        this.work = work;
        this.far = far;
        this.calibrating = calibrating;
        this.troubles = troubles;
    }

    /// What the index is over: of what stays on disk the rows there, though they may still be in memory from before.
    VectorRows rows(Segment segment, IndexWish wish) {
        return wish.leavesRowsOnDisk()
                ? far.rows(segment, wish)
                : segment.vectors(wish.field()).rows();
    }

    static void keep(Segment segment, IndexWish wish, Segment.Built built) {
        if (!segment.index(wish.field(), built)) built.frozen().close();
    }

    /// An index from its file; one that is no good goes.
    Optional<Segment.Built> read(SegmentFacts facts, IndexWish wish, VectorRows rows, boolean interim)
            throws IOException {
        try {
            var frozen = IndexFile.read(
                    files.disk(),
                    files.indexPath(facts.id(), wish.index(), interim),
                    facts.digest(),
                    wish.file(),
                    (form, bytes, source) -> Frozen.read(IndexFile.kind(form), memory, rows, bytes, source));
            var calibration = interim ? Optional.<Calibration>empty() : calibrating.kept(facts.id(), wish.index());
            return Optional.of(new Segment.Built(wish.index(), frozen, interim, calibration));
        } catch (CorruptFile | DiskFailure broken) {
            troubles.damaged(wish.index(), broken);
            files.deleteDamagedIndex(facts.id(), wish.index(), interim, broken);
            return Optional.empty();
        }
    }

    /// @param load whether it stays in memory
    void build(Segment segment, IndexWish wish, boolean load, Progress progress, Stop stop)
            throws IOException, InterruptedException {
        if (load) {
            if (wish.leavesRowsOnDisk()) far.writePages(segment, wish);
            var rows = rows(segment, wish);
            var index = build(rows, wish, progress, stop);
            if (index.isPresent()) keep(segment, wish, written(segment.facts(), wish, index.get(), rows, stop));
            return;
        }
        if (wish.leavesRowsOnDisk()) {
            buildOnDisk(segment.file(), segment.facts(), List.of(), wish, progress, stop);
            return;
        }
        var field = segment.schema().field(wish.field()).orElseThrow();
        try (var vectors = SegmentVectors.load(segment.file(), field, memory)) {
            var rows = vectors.vectors().rows();
            var index = build(rows, wish, progress, stop);
            if (index.isPresent())
                try (var built = index.get()) {
                    write(segment.facts(), wish, built, rows, stop);
                }
        }
    }

    /// Pages of rows first, then the graph over them: neither needs the rows in memory.
    private void buildOnDisk(
            SegmentFile file, SegmentFacts facts, List<Source> sources, IndexWish wish, Progress progress, Stop stop)
            throws IOException, InterruptedException {
        far.writePages(file, facts, wish);
        try (var rows = new FarRows(file, wish.field(), files.rowMeters())) {
            files.openPages(facts, wish.index(), wish.field(), rows);
            boolean everyRow = file.nodes(wish.field()) == file.rows();
            var index = build(begin(rows.rows(), everyRow, sources, wish), progress, stop);
            if (index.isPresent())
                try (var built = index.get()) {
                    write(facts, wish, built, rows.rows(), stop);
                }
        }
    }

    /// An index once it is written; closed where it could not be.
    private Segment.Built written(SegmentFacts facts, IndexWish wish, Frozen index, VectorRows rows, Stop stop)
            throws IOException, InterruptedException {
        try {
            return new Segment.Built(wish.index(), index, false, write(facts, wish, index, rows, stop));
        } catch (RuntimeException | IOException | InterruptedException | Error notWritten) {
            index.close();
            throw notWritten;
        }
    }

    /// The index, and how much it finds: whoever asks for a recall shall not have to try hard until that is known. It
    /// is measured before there is a file of its name: what has one counts as ready to serve. Most of the file is
    /// written meanwhile. The index stands where there is no time to measure it.
    private Optional<Calibration> write(SegmentFacts facts, IndexWish wish, Frozen index, VectorRows rows, Stop stop)
            throws IOException, InterruptedException {
        var file = new Aside(facts, wish, index, false);
        var calibration = calibrating.measured(facts.id(), index, rows, file::write, stop);
        file.place();
        calibration.ifPresent(found -> calibrating.keep(facts.id(), wish.index(), found));
        return calibration;
    }

    private void write(SegmentFacts facts, IndexWish wish, Frozen index, boolean interim) throws IOException {
        new Aside(facts, wish, index, interim).place();
    }

    /// The file of an index, which is written before it gets its name. One thread.
    private final class Aside {
        private final SegmentFacts facts;
        private final IndexWish wish;
        private final Frozen index;
        private final boolean interim;
        private final String path;
        private boolean tried;
        private Optional<Exception> trouble = Optional.empty();

        Aside(SegmentFacts facts, IndexWish wish, Frozen index, boolean interim) {
            this.facts = facts;
            this.wish = wish;
            this.index = index;
            this.interim = interim;
            path = files.indexPath(facts.id(), wish.index(), interim);
        }

        /// Once; what goes wrong is told by [#place].
        void write() {
            if (tried) return;
            tried = true;
            try {
                IndexFile.writeAside(files.disk(), path, facts.digest(), wish.file(), index);
            } catch (RuntimeException | IOException why) {
                trouble = Optional.of(why);
            }
        }

        /// Writes it where that was not done, and gives it its name.
        void place() throws IOException {
            write();
            if (trouble.isPresent() && trouble.get() instanceof IOException why) throw why;
            if (trouble.isPresent()) throw (RuntimeException) trouble.get();
            IndexFile.place(files.disk(), path);
            files.indexWritten(facts.id(), wish.index(), interim);
            if (!interim) files.deleteIndex(facts.id(), wish.index(), true);
        }
    }

    /// Over a segment that is not published yet, from the largest index among its inputs where there is one.
    ///
    /// @param ready gets the index and the rows that it is over, unless those stay on disk
    void prepare(SegmentFacts facts, List<Source> sources, IndexWish wish, Prepared ready, Progress progress, Stop stop)
            throws IOException, InterruptedException {
        var file = ready.file();
        if (wish.leavesRowsOnDisk()) {
            buildOnDisk(file, facts, sources, wish, progress, stop);
            return;
        }
        var field = file.head().schema().field(wish.field()).orElseThrow();
        var vectors = ready.vectors(wish.field(), () -> SegmentVectors.load(file, field, memory))
                .vectors();
        boolean everyRow = vectors.rowOfNode().isEmpty();
        var index = build(begin(vectors.rows(), everyRow, sources, wish), progress, stop);
        if (index.isPresent()) ready.index(wish.field(), written(facts, wish, index.get(), vectors.rows(), stop));
    }

    /// @param everyRow whether every row has a vector, so that nodes are rows
    private VectorBuild begin(VectorRows rows, boolean everyRow, List<Source> sources, IndexWish wish) {
        int base = 0;
        var from = Optional.<Frozen>empty();
        var newOf = new int[0];
        for (var source : sources) {
            if (everyRow && source.store() instanceof Segment segment) {
                var old = segment.index(wish.field())
                        .filter(built -> built.index() == wish.index() && !built.interim())
                        .map(Segment.Built::frozen);
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
                ? wish.parameters().beginFrom(memory, rows, wish.metric(), from.get(), newOf, Accept.ALL)
                : wish.parameters().begin(memory, rows, wish.metric(), Accept.ALL);
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

    private Optional<Frozen> build(VectorRows rows, IndexWish wish, Progress progress, Stop stop)
            throws InterruptedException {
        return build(wish.parameters().begin(memory, rows, wish.metric(), Accept.ALL), progress, stop);
    }

    /// Builds on the workers, in slices between searches; this thread waits. Empty when it was stopped. Closes the
    /// build.
    private Optional<Frozen> build(VectorBuild begun, Progress progress, Stop stop) throws InterruptedException {
        try (var build = begun) {
            progress.total(build.progress().total());
            boolean done = OnWorkers.all(work, build::work, build::awaitsRows, build::readRows, stop);
            progress.add(build.progress().done());
            return done ? Optional.of(build.finish()) : Optional.empty();
        }
    }

    /// Writes the graphs that grew with a memtable beside its segment: as its index where that is such a graph, else as
    /// what leads until the index is built. A memtable that has no graph was searched too seldom, or is too small.
    void writeGrown(Memtable memtable, SegmentFacts facts, Collection collection) {
        for (var grown : Feeding.interims(collection)) {
            var wish = IndexWish.of(collection).stream()
                    .filter(w -> w.index() == grown.index())
                    .findFirst()
                    .orElseThrow();
            boolean interim = !wish.equals(grown);
            // What is walked with rows in memory is of no use where they stay on disk.
            if (files.hasIndex(facts.id(), wish.index()) || wish.leavesRowsOnDisk()) continue;
            try {
                var graph = memtable.graphs().freeze(grown, Feeding.nodes(memtable, grown.field()), MOST_MISSING);
                if (graph.isPresent()) write(facts, wish, graph.get(), interim);
            } catch (RuntimeException | IOException why) {
                // The rows must go to their file in any case. What that file should have is built next, and tells.
                LOG.log(System.Logger.Level.DEBUG, "the graph of a memtable is lost", why);
            }
        }
    }
}
