package dev.sextant.index;

import dev.sextant.index.Inverted.Block;
import dev.sextant.kernel.Postings;
import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.SparseTable;
import dev.sextant.kernel.Visited;
import dev.sextant.model.Metric;
import java.util.Arrays;

/// A search of posting lists, whatever its order. Bounds are whole numbers: a term's weight is scaled and rounded up,
/// so that the sum of what a row's postings add is never below its score, scaled. A row whose sum reaches the limit is
/// scored on its own cells and offered to the best; the best leave together at the end, exactly as the scan would have
/// scored them. When more are asked for, the search is run again for the next best; those that left do not leave again.
///
/// An approximate search leaves out the query's smallest values: it keeps the rows with the greatest sums of the others
/// and scores those on the whole query.
abstract class InvertedWalk implements Walk {
    /// What the greatest possible sum is scaled to, so that sums fit an int.
    private static final double SCALE = 1 << 29;
    private static final int MOST_TERMS = 1 << 20;
    /// Rows kept for each hit wanted by an approximate search, where the caller names no number.
    private static final int REFINE = 4;
    /// Postings that cost as much as a code.
    private static final int POSTINGS_A_CODE = 50;

    final Inverted index;
    final Target target;
    final Scratch scratch;
    final Room room;
    final long sums; // room for sums, where a search wants it

    int terms;
    private double scale; // 0 where bounds mean nothing
    private long margin;
    private final boolean approximate;
    private final double slack;
    private final SparseTable query;
    private float bound = Float.NEGATIVE_INFINITY;
    private int k;
    private boolean begun;
    private boolean done;
    private boolean complete; // nothing else is a hit
    private Visited left; // null until there was a widening
    private int[] leftRows = new int[0];
    long work; // in postings
    long read; // bytes, without what the terms count

    /// What the searches of one worker keep.
    static final class Room {
        final NodeHits hits = new NodeHits();
        final BestRows best = new BestRows();
        Term[] terms = new Term[0];
        int[] rows = new int[0];
        int[] values = new int[0];
        int[] order = new int[0];
        private int[] scratch = new int[0];

        void windows(int rowCount) {
            if (rows.length < rowCount + Postings.ROUND) {
                rows = new int[rowCount + Postings.ROUND];
                values = new int[rowCount + Postings.ROUND];
            }
        }

        int[] scratch(int count) {
            if (scratch.length < count) scratch = new int[count];
            return scratch;
        }
    }

    /// One term of the query that has a list, and where a search stands in it.
    static final class Term {
        long first; // block
        long end; // behind the last block
        int low;
        int step;
        boolean clipped;
        int most; // what a posting of the list adds at most
        int frequency;

        long block;
        long until; // windows: behind the last block of this window
        int window; // windows: what a posting adds at most in this window
        int at; // rows: place in the block
        int row; // rows: where it stands; MAX_VALUE at the end
        long read; // rows: bytes of blocks and postings that were met

        /// What a posting of this code adds at most.
        int adds(int code) {
            int sum = step * code;
            return clipped ? Math.max(1, low + sum) : sum;
        }

        long postingsInWindow() {
            return (until - block) / Inverted.BLOCK_BYTES * Inverted.BLOCK;
        }

        int most(long ofBlock) {
            return adds(step >= 0 ? Block.most(ofBlock) : Block.least(ofBlock));
        }

        /// The block that would hold a row not before the present one.
        long blockOf(int wanted) {
            long found = block;
            while (found < end && Block.last(found) < wanted) found += Inverted.BLOCK_BYTES;
            return found;
        }

        void toFirst(Inverted index) {
            block = first;
            at = 0;
            row = -1;
            seek(index, 0);
        }

        /// Goes on to the first row that is not before `wanted`.
        void seek(Inverted index, int wanted) {
            if (row >= wanted) return;
            long found = blockOf(wanted);
            read += found - block;
            if (found == end) {
                block = end;
                row = Integer.MAX_VALUE;
                return;
            }
            int from = found == block ? at : 0, firstRow = Block.first(found);
            block = found;
            boolean wide = Block.isWide(found);
            read += Inverted.BLOCK_BYTES + postingBytes(wide);
            long places = places(index, found);
            at = wanted <= firstRow
                    ? 0
                    : wanted == row + 1 && from + 1 < Block.count(found)
                            ? from + 1
                            : Postings.seek(places, wide, from, Block.count(found), wanted - firstRow);
            row = firstRow + Postings.place(places, wide, at);
        }

        /// What the posting adds at which it stands.
        int addsHere(Inverted index) {
            return adds(Raw.getByte(codes(index, block) + at) & 255);
        }

        /// A place and its code.
        static int postingBytes(boolean wide) {
            return wide ? 5 : 3;
        }

        static long places(Inverted index, long block) {
            return index.postings + Block.place(block);
        }

        static long codes(Inverted index, long block) {
            return places(index, block) + (Block.isWide(block) ? 4L : 2L) * Block.count(block);
        }
    }

    /// @param sumsBytes room wanted for sums
    InvertedWalk(Inverted index, Target target, Scratch scratch, long sumsBytes) {
        this.index = index;
        this.target = target;
        this.scratch = scratch;
        room = scratch.part(Room.class, Room::new);
        long queryBytes = target.query().byteSize();
        int cells = (int) (queryBytes / 8);
        long queryRoom = queryBytes + 63 & -64, table = SparseTable.bytes(cells) + 63 & -64;
        long address = scratch.room(queryRoom + table + sumsBytes);
        Raw.copyIn(target.query(), 0, address, queryBytes);
        query = new SparseTable(address, cells, address + queryRoom);
        sums = address + queryRoom + table;
        approximate = target.effort().drop() > 0 && cells > 1;
        slack = Math.min(1, target.effort().slack());
        k = Math.max(1, target.k());
        prepare(address, cells);
    }

    /// Finds the lists and what their postings add.
    private void prepare(long cells, int count) {
        boolean bm25 = index.metric() == Metric.BM25;
        double ratio = bm25 ? ratio() : 1;
        boolean bounded = Double.isFinite(ratio) && count < MOST_TERMS;
        double least = approximate ? dropped(cells, count) : 0;
        if (room.terms.length < count) {
            int had = room.terms.length;
            room.terms = Arrays.copyOf(room.terms, Math.max(16, count));
            for (int i = had; i < room.terms.length; i++) room.terms[i] = new Term();
        }
        double greatest = 0;
        for (int i = 0; i < count; i++) greatest += greatest(cells + 8L * i, ratio, least);
        scale = bounded && greatest > 0 && Double.isFinite(greatest) ? SCALE / greatest : 0;
        for (int i = 0; i < count; i++) {
            int list = list(cells + 8L * i, least);
            if (list >= 0) begin(room.terms[terms++], list, Raw.getFloat(cells + 8L * i + 4), ratio);
        }
        margin = 64L * (terms + 8);
    }

    /// What codes must be multiplied with to bound factors at the average length of this search.
    private double ratio() {
        var bm25 = target.bm25().orElseThrow();
        var shape = index.shape;
        boolean same = bm25.k1() == shape.parameters().k1()
                && bm25.b() == shape.parameters().b();
        if (!same || shape.irregular() || !(bm25.averageLength() > 0) || !(shape.averageLength() > 0))
            return Double.POSITIVE_INFINITY;
        return bm25.averageLength() <= shape.averageLength()
                ? 1
                : (double) bm25.averageLength() / shape.averageLength() * (1 + 1e-6);
    }

    /// The value that is the first not to be left out.
    private double dropped(long cells, int count) {
        var values = new double[count];
        for (int i = 0; i < count; i++) values[i] = Math.abs(Raw.getFloat(cells + 8L * i + 4));
        Arrays.sort(values);
        return values[Math.min(count - 1, (int) (target.effort().drop() * count))];
    }

    private int list(long cell, double least) {
        float weight = Raw.getFloat(cell + 4);
        return weight == 0 || Math.abs(weight) < least ? -1 : index.list(Raw.getInt(cell));
    }

    private double greatest(long cell, double ratio, double least) {
        int list = list(cell, least);
        if (list < 0) return 0;
        long entry = index.listAt(list);
        double low = Raw.getFloat(entry + 8), step = Raw.getFloat(entry + 12);
        return Math.abs(Raw.getFloat(cell + 4)) * ratio * (Math.abs(low) + 256 * step);
    }

    private void begin(Term term, int list, double weight, double ratio) {
        long entry = index.listAt(list);
        double low = Raw.getFloat(entry + 8), step = Raw.getFloat(entry + 12);
        term.first = index.blocks + (long) Inverted.BLOCK_BYTES * Raw.getInt(entry);
        term.end = index.blocks + (long) Inverted.BLOCK_BYTES * Raw.getInt(entry + Inverted.LIST_BYTES);
        term.frequency = Raw.getInt(entry + 4);
        term.read = 0;
        if (scale == 0) term(term, 0, 1, false);
        else if (weight > 0) term(term, up(weight * low), up(weight * ratio * step), low < 0);
        else if (index.metric() == Metric.BM25) term(term, 0, 0, true);
        else term(term, up(weight * (low - step)), up(weight * step), true);
        term.most = term.step >= 0 ? term.adds(255) : term.adds(1);
    }

    private static void term(Term term, int low, int step, boolean clipped) {
        term.low = low;
        term.step = clipped ? step : Math.max(1, step);
        term.clipped = clipped;
    }

    private int up(double value) {
        return (int) Math.ceil(value * scale);
    }

    /// The least sum that is still of interest, at least 1.
    final int limit() {
        if (scale == 0) return 1;
        if (approximate) return room.best.isFull() ? Math.max(1, room.best.worst()) : 1;
        float score = Math.max(room.best.bound(), bound);
        if (score == Float.NEGATIVE_INFINITY || Float.isInfinite(score)) return 1;
        return Math.clamp((long) Math.floor(score * scale) - margin, 1, Integer.MAX_VALUE);
    }

    /// As [#limit()], for bounds of many postings together: what a caller who trusts them less than wholly lets go.
    final int trusted(int limit) {
        return slack == 1 ? limit : (int) Math.min(Integer.MAX_VALUE, limit / slack);
    }

    final boolean accepts(int row) {
        return target.accept().test(row) && (left == null || !left.visited(row));
    }

    /// A row, accepted, whose sum reaches the limit.
    final void candidate(int row, int sum) {
        if (approximate) {
            room.best.offerOrder(row, sum);
            return;
        }
        float score = score(row);
        if (score >= bound) room.best.offer(row, score);
    }

    /// Exact; not a number for a row that is no hit.
    private float score(int row) {
        work += POSTINGS_A_CODE * 3;
        read += index.rows.bytes(row);
        float score = index.metric() == Metric.BM25
                ? Relevance.score(
                        query, index.rows, row, index.length(row), target.bm25().orElseThrow())
                : product(row);
        return score == 0 ? Float.NaN : score;
    }

    private float product(int row) {
        long offsets = index.rows.offsets() + 8L * row, from = Raw.getLong(offsets);
        return query.dot(index.rows.cells() + from, (int) (Raw.getLong(offsets + 8) - from >> 3));
    }

    /// Goes back to the beginning.
    abstract void begin();

    /// Works for about `postings`; returns whether the end is reached.
    abstract boolean search(long postings);

    @Override
    public final Step advance(int budget) {
        room.hits.clear();
        if (done) return Step.DONE;
        if (!begun) {
            begun = true;
            room.best.reset(approximate ? kept() : k);
            begin();
        }
        if (terms > 0 && !search((long) POSTINGS_A_CODE * Math.max(1, budget))) return Step.MORE;
        done = true;
        leave();
        return Step.DONE;
    }

    private int kept() {
        double refine = target.effort().refine();
        return (int) Math.min(1 << 30, (long) (k * (refine >= 1 ? refine : REFINE)) + 8);
    }

    private void leave() {
        if (approximate) {
            var kept = room.best.rows();
            room.best.reset(k);
            for (int row : kept) {
                float score = score(row);
                if (score >= bound) room.best.offer(row, score);
            }
        }
        complete = !room.best.isFull();
        room.best.give(room.hits);
        int had = leftRows.length;
        leftRows = Arrays.copyOf(leftRows, had + room.hits.count());
        System.arraycopy(room.hits.rows(), 0, leftRows, had, room.hits.count());
    }

    @Override
    public final boolean isComplete() {
        return done && complete;
    }

    /// Twice as many again.
    @Override
    public final boolean widen(Effort wider) {
        if (!done || complete) return false;
        left = scratch.visited(index.count());
        for (int row : leftRows) left.visit(row);
        k = Math.max(k, leftRows.length);
        done = false;
        begun = false;
        return true;
    }

    @Override
    public final NodeHits hits() {
        return room.hits;
    }

    @Override
    public final void bound(float score) {
        bound = Math.max(bound, score);
    }

    /// Postings are counted where they are met, a search inside a block as one.
    @Override
    public final long bytesTouched() {
        long bytes = read;
        for (int i = 0; i < terms; i++) bytes += room.terms[i].read;
        return bytes;
    }

    @Override
    public final long scored() {
        return work / POSTINGS_A_CODE;
    }
}
