package dev.sextant.query;

import dev.sextant.index.Accept;
import dev.sextant.index.Effort;
import dev.sextant.index.Flat;
import dev.sextant.index.NodeHits;
import dev.sextant.index.Step;
import dev.sextant.index.StoredRows;
import dev.sextant.index.Target;
import dev.sextant.index.VectorIndex;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.OutOfBudget;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Scanned;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntPredicate;

/// One query in one part whose rows are on disk, in turns: on a worker it says which rows it needs ([#seek]), elsewhere
/// they are read ([#read]), on a worker they are scored exactly ([#score]). A walk by codes names the rows that are
/// worth reading; a scan reads all that match, piece by piece. One thread at a time.
final class FarSearch implements AutoCloseable {
    private static final long SCAN_BYTES = 2 << 20;
    /// Where memory is short, a piece of a scan is made smaller, down to so many rows.
    private static final int LEAST_PIECE = 64;
    /// Of the rows that a walk names, so much is read and scored at once.
    private static final long SLICE_BYTES = 4 << 20;

    /// What is asked of the part.
    ///
    /// @param nodes those that match
    /// @param index leads, where the plan is a walk
    record Task(
            Sought.Aim aim,
            StoredRows rows,
            Bits nodes,
            Optional<VectorIndex> index,
            Reader.Nearest question,
            int stepRows,
            int widestBeam) {
        Accept accept(boolean all) {
            return all ? Accept.ALL : Accept.of(nodes);
        }
    }

    private final Task task;
    private final MemorySegment vector;
    private final Candidates into;
    private final Window window;
    private final Sought sought;
    private final int scanTo;
    private int scanAt;
    private Optional<Effort> effort; // while it walks
    private final Optional<Effort> first;
    private int[] seen = {}; // rows that were scored, ascending; of a walk
    private int[] wanted = {};
    private int wantedAt; // those before are read and scored
    private float[] estimates = {}; // of the wanted rows of a walk
    private boolean shared; // what is wanted was chosen among the rows of several parts
    private int span; // rows that are read at once from the first wanted on; 0 where each is read apart
    private Optional<Region> landing = Optional.empty();
    private int k; // of the nearest, that the last walk was after
    private boolean walked; // what is wanted now came from a walk
    private boolean enough;
    private long scored;
    private long read; // bytes touched
    private long rowsRead;
    private long pagesRead;
    private boolean switched;

    /// Walks with an effort, or scans a range of nodes.
    FarSearch(Task task, int query, Optional<Effort> effort, PartSearch.Range range, Candidates into, Window window) {
        this.task = task;
        this.effort = effort;
        first = effort;
        k = task.aim.hitsOfIndex();
        sought = new Sought(task.aim, into, window);
        this.into = into;
        this.window = window;
        vector = Vector.of(task.question.queries(), query);
        scanAt = range.from();
        scanTo = range.to();
    }

    /// Says which rows are to be read next; whether there are any.
    boolean seek(Scratch scratch, Patience patience) {
        if (enough) return false;
        if (wantedAt < wanted.length) return true;
        while (effort.isPresent()) {
            walk(effort.get(), scratch, patience);
            var wider = effort.get().doubled();
            effort = wider.beam() <= task.widestBeam ? Optional.of(wider) : Optional.empty();
            if (wanted.length > 0) return true;
        }
        switched |= walked;
        walked = false;
        scan();
        return wanted.length > 0;
    }

    private void walk(Effort hard, Scratch scratch, Patience patience) {
        var graph = task.index.orElseThrow();
        int matching = task.aim.findable();
        var target = new Target(vector, k, hard, task.accept(matching == graph.count()), Optional.empty());
        var walk = graph.walk(target, scratch);
        while (walk.advance(task.stepRows) instanceof Step.More) patience.run();
        scored += walk.scored();
        read += walk.bytesTouched();
        wanted = walk.awaited().clone();
        wantedAt = 0;
        estimates = walk.estimates().clone();
        keep(i -> Arrays.binarySearch(seen, wanted[i]) < 0);
        span = 0;
        walked = true;
    }

    private void keep(IntPredicate wants) {
        int n = 0;
        for (int i = 0; i < wanted.length; i++)
            if (wants.test(i)) {
                wanted[n] = wanted[i];
                estimates[n++] = estimates[i];
            }
        wanted = Arrays.copyOf(wanted, n);
        estimates = Arrays.copyOf(estimates, n);
    }

    /// Whether the rows that it wants compete with those of other parts for the same places.
    boolean isShared() {
        return walked
                && wantedAt == 0
                && window.isOpen()
                && task.question.grouping().isEmpty();
    }

    /// Whose hits these are: searches of one query in several parts have one.
    Candidates into() {
        return into;
    }

    float[] estimates() {
        return estimates;
    }

    /// Reads only rows whose estimate is no worse: as many in all parts together as one part would read.
    void keepUpTo(float worst) {
        keep(i -> estimates[i] <= worst);
        shared = true;
    }

    private void scan() {
        int most = (int) Math.max(LEAST_PIECE, SCAN_BYTES / task.rows.strideBytes());
        var rows = new int[most];
        int n = 0;
        while (n < most && scanAt < scanTo) {
            int row = task.nodes.isAll() ? scanAt : task.nodes.next(scanAt, scanTo);
            scanAt = row < 0 ? scanTo : row + 1;
            if (row < 0) break;
            if (Arrays.binarySearch(seen, row) < 0) rows[n++] = row;
        }
        piece(rows, n);
    }

    private void piece(int[] rows, int n) {
        wanted = Arrays.copyOf(rows, n);
        wantedAt = 0;
        int wide = n == 0 ? 0 : rows[n - 1] - rows[0] + 1;
        span = wide <= 2 * n ? wide : 0; // much of a file is read faster than many of its pages
    }

    /// Where the rows end that are read next.
    private int sliceEnd() {
        long most = span > 0 ? wanted.length : Math.max(64, SLICE_BYTES / task.rows.strideBytes());
        return (int) Math.min(wanted.length, wantedAt + most);
    }

    /// Bytes that the rows take that are read next.
    long landingBytes() {
        return Math.max(span, sliceEnd() - wantedAt) * task.rows.strideBytes();
    }

    /// Reads them; waits for the disk.
    void read(Memory memory) {
        var region = land(memory);
        landing = Optional.of(region);
        int end = sliceEnd();
        rowsRead += end - wantedAt;
        if (span > 0) task.rows.file().read(wanted[0], wanted[0] + span, region.address());
        else {
            var slice = end - wantedAt == wanted.length ? wanted : Arrays.copyOfRange(wanted, wantedAt, end);
            pagesRead += task.rows.file().read(slice, slice.length, region.address());
        }
    }

    /// Room for what is read next. A scan does with less while rows that come in take what there is.
    private Region land(Memory memory) {
        while (true)
            try {
                return memory.allocate("rows to score", landingBytes());
            } catch (OutOfBudget shortOf) {
                if (walked || wanted.length <= LEAST_PIECE) throw shortOf;
                int half = wanted.length / 2;
                scanAt = wanted[half];
                piece(wanted, half);
            }
    }

    /// Scores what was read, and lets go of it.
    void score(Scratch scratch, Patience patience) {
        int end = sliceEnd(), count = Math.max(span, end - wantedAt);
        var rows = task.rows.landed(landing.orElseThrow().address(), count);
        var distance = Parameters.distance(task.question.metric(), rows, task.question.parameters());
        var walk = Flat.walk(rows, distance, vector, Accept.ALL, scratch);
        boolean more = true;
        while (more) {
            more = walk.advance(task.stepRows) instanceof Step.More;
            patience.run();
            take(walk.hits());
        }
        scored += end - wantedAt;
        wantedAt = end;
        read += walk.bytesTouched();
        close();
        if (!walked || wantedAt < wanted.length) return;
        seen = merged(seen, wanted);
        if (sought.reaches(k)) enough = shared || sought.isEnough();
        else {
            k = sought.further(k);
            effort = first.filter(_ -> k <= task.widestBeam);
        }
    }

    private void take(NodeHits hits) {
        for (int i = 0; i < hits.count(); i++) {
            int node = span > 0 ? wanted[0] + hits.rows()[i] : wanted[wantedAt + hits.rows()[i]];
            if (span > 0 && (!task.nodes.get(node) || Arrays.binarySearch(seen, node) >= 0)) continue;
            sought.take(node, hits.scores()[i], true);
        }
    }

    private static int[] merged(int[] some, int[] more) {
        var all = Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        Arrays.sort(all);
        return all;
    }

    /// What it took so far.
    PartSearch.Done done() {
        return new PartSearch.Done(
                new Scanned(scored, read), !walked, switched, new PartSearch.Reads(rowsRead, pagesRead));
    }

    /// All turns on this thread, which waits: for the rare paths that look at everything once more.
    PartSearch.Done run(Memory memory, Scratch scratch, Patience patience) {
        try (this) {
            while (seek(scratch, patience)) {
                patience.run();
                read(memory);
                score(scratch, patience);
            }
            return done();
        }
    }

    @Override
    public void close() {
        landing.ifPresent(Region::close);
        landing = Optional.empty();
    }
}
