package dev.sextant.query;

import dev.sextant.engine.Part;
import dev.sextant.engine.Vectors;
import dev.sextant.index.Accept;
import dev.sextant.index.Arranged;
import dev.sextant.index.DenseRows;
import dev.sextant.index.Effort;
import dev.sextant.index.Flat;
import dev.sextant.index.Inverted;
import dev.sextant.index.LeanGraph;
import dev.sextant.index.NodeHits;
import dev.sextant.index.SharedScan;
import dev.sextant.index.SparseRows;
import dev.sextant.index.Step;
import dev.sextant.index.StoredRows;
import dev.sextant.index.Target;
import dev.sextant.index.VectorIndex;
import dev.sextant.index.Walk;
import dev.sextant.kernel.Bits;
import dev.sextant.kernel.Distance;
import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Column;
import dev.sextant.model.Scanned;
import dev.sextant.model.VectorType;
import dev.sextant.query.filter.OfElements;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/// One part, made ready for the queries of one search: its vectors, the matching rows as nodes, the plan. Immutable;
/// several workers may search it at once.
final class PartSearch {
    /// Of a core's own cache, what rows may take.
    private static final long CACHE_BYTES = 256 << 10;
    /// Rows that many queries pass over before others may come in between.
    private static final int SHARED_ROWS = 4_096;
    /// A sparse row, about.
    private static final long SPARSE_BYTES = 512;

    private final Reader.Nearest question;
    private final QueryConfig config;
    private final Costs costs;
    private final Prices prices;
    private final int at;
    private final Part part;
    private final int rowsMatching;
    private final Vectors vectors;
    private final Optional<VectorIndex> index;
    private final Bits nodes;
    private final Optional<Arranged> arranged; // what takes these nodes, as the index reads them
    private final Memory memory;
    private final Plan.Figures figures;
    private final Plan plan;

    /// @param asked what is asked of elements, in a search that finds those
    PartSearch(
            Reader.Nearest question,
            QueryConfig config,
            CostBook book,
            Recalls recalls,
            int at,
            PartRows.Selected selected,
            Optional<OfElements> asked,
            Memory memory,
            Patience patience) {
        this.memory = memory;
        this.question = question;
        this.config = config;
        this.at = at;
        part = selected.part();
        rowsMatching = selected.count();
        vectors = part.vectors(question.field());
        nodes = asked.map(elements -> nodes(selected).and(elements.taken(part, selected.rows(), count(), patience)))
                .orElseGet(() -> nodes(selected));
        index = part.index(question.field()).filter(found -> found.metric() == question.metric());
        prices = index.flatMap(found -> Shape.of(vectors, found))
                .map(book::prices)
                .orElse(Prices.USUAL);
        costs = book.costs();
        int covered = Math.min(count(), index.map(VectorIndex::count).orElse(0));
        int matching = rowOfNode().isEmpty() ? selected.count() : nodes.count(count());
        figures = new Plan.Figures(count(), matching, covered, covered == count() ? matching : nodes.count(covered));
        plan = Plan.choose(
                figures,
                wanted(),
                Parameters.effort(question.parameters(), question.limit(), beam(), () -> recalls.of(part)),
                (effort, share) -> index.orElseThrow().cost(effort, share),
                rowNanos(),
                costs,
                prices,
                config);
        arranged = plan instanceof Plan.Walk && rowOfNode().isEmpty()
                ? selected.kept().flatMap(kept -> kept.arranged(index.orElseThrow()))
                : Optional.empty();
    }

    /// Where the caller names none. What a filter leaves of a graph leads less well to the nearest, so that the same
    /// recall takes somewhat more.
    private int beam() {
        int beam = config.beam();
        return figures.matching() == figures.nodes() ? beam : Math.min(config.widestBeam(), beam + beam / 4);
    }

    private Plan.RowNanos rowNanos() {
        return switch (vectors) {
            case Vectors.Dense(var rows, _) -> {
                double full = costs.rowNanos(rows.type(), rows.dimension());
                int codeBytes =
                        scansByCodes() ? index.map(VectorIndex::scanBytes).orElse(0) : 0;
                yield codeBytes == 0
                        ? new Plan.RowNanos(full)
                        : new Plan.RowNanos(full, costs.codeNanos(rows.type(), codeBytes));
            }
            case Vectors.Lists(var rows, _) -> new Plan.RowNanos(costs.rowNanos(rows.type(), rows.dimension()));
            case Vectors.Stored(var rows, _) ->
                new Plan.RowNanos(costs.storedRowNanos(rows.type(), rows.dimension()));
            case Vectors.Sparse _ -> new Plan.RowNanos(costs.rowNanos(VectorType.SPARSE, 0));
        };
    }

    /// Who wants the rows between two scores, or enough of each group, may want rows that are not among the best few by
    /// their codes.
    private boolean scansByCodes() {
        return question.grouping().isEmpty()
                && question.radius().isEmpty()
                && question.rangeFilter().isEmpty()
                && question.after().isEmpty();
    }

    private int count() {
        return switch (vectors) {
            case Vectors.Dense(var rows, _) -> rows.count();
            case Vectors.Stored(var rows, _) -> rows.count();
            case Vectors.Sparse(var rows, _) -> rows.count();
            case Vectors.Lists(var rows, _) -> rows.count();
        };
    }

    private Optional<int[]> rowOfNode() {
        return vectors.rowOfNode();
    }

    /// Whether a query is a list of vectors, which finds rows by all of them.
    private boolean byLists() {
        return question.queries() instanceof Column.Lists;
    }

    /// The elements of which hits are some, where hits are elements.
    Optional<Vectors.Lists> elements() {
        return vectors instanceof Vectors.Lists lists && !byLists() ? Optional.of(lists) : Optional.empty();
    }

    /// The matching rows by the numbers of their vectors.
    private Bits nodes(PartRows.Selected selected) {
        if (rowOfNode().isEmpty()) return selected.rows();
        return selected.count() == part.rows() ? Bits.ALL : part.nodes(question.field(), selected.rows());
    }

    /// Of the hits that one part must find those that an index can find.
    int wantedOfIndex() {
        return Math.min(wanted(), figures.graphMatching());
    }

    /// How many of the nearest a walk must have been after so that what it found behind `before` of them is good: twice
    /// as many as if those before were wanted too. A page of an iterator that were looked for with the effort of one
    /// page would end too far out, and what lies nearer would be on no page.
    static int reach(int before, int wanted, int most) {
        return (int) Math.min(most, before == 0 ? wanted : 2L * before + 2L * wanted);
    }

    /// What a walk is after next that was after `k`: at least twice as much, so that all walks together cost little
    /// more than the last.
    static int further(int k, int before, int wanted, int most) {
        return Math.max(reach(before, wanted, most), (int) Math.min(most, 2L * k));
    }

    /// Hits that one part must find so that nothing is missing.
    private int wanted() {
        if (byLists()) return ListSearch.wanted(question.limit(), part.rows(), count());
        return question.grouping()
                .map(g -> Math.multiplyExact(question.limit(), g.size()))
                .orElse(question.limit());
    }

    Plan plan() {
        return plan;
    }

    Plan.Figures figures() {
        return figures;
    }

    /// What was measured beside the fixed costs.
    Prices prices() {
        return prices;
    }

    Part part() {
        return part;
    }

    int rowsMatching() {
        return rowsMatching;
    }

    /// Whether what is planned looks at every matching row in full.
    boolean isExact() {
        return plan instanceof Plan.Nothing || plan instanceof Plan.Scan scan && !scan.byCodes();
    }

    /// Whether several queries may pass over the same rows in turn.
    boolean sharesRows() {
        return plan instanceof Plan.Scan && !byLists() && !isFar();
    }

    /// Whether one pass over the rows may score each for several queries.
    boolean scoresTogether() {
        return sharesRows() && !((Plan.Scan) plan).byCodes() && vectors instanceof Vectors.Dense;
    }

    /// Scans rows `from` to `to` for all of `queries` in one pass. What is done is that of all of them.
    Done scanTogether(
            int[] queries,
            int from,
            int to,
            IntFunction<Candidates> into,
            Window window,
            Scratch scratch,
            Patience patience) {
        var rows = ((Vectors.Dense) vectors).rows();
        var accept = figures.matching() == count() ? Accept.ALL : Accept.of(nodes);
        var distance = Parameters.distance(question.metric(), rows, question.parameters());
        var asked = new ArrayList<MemorySegment>();
        var sought = new ArrayList<Sought>();
        for (int query : queries) {
            asked.add(Vector.of(question.queries(), query));
            sought.add(new Sought(into.apply(query), window));
        }
        var scan = new SharedScan(rows, distance, asked, accept, from, to, scratch);
        long scored = 0;
        while (scan.advance()) {
            patience.run();
            scored += (long) scan.scored() * queries.length;
            for (int i = 0; i < queries.length; i++) sought.get(i).take(scan, i);
        }
        return new Done(new Scanned(scored, scored * rows.stride()), true, false);
    }

    /// Rows from one number to another, exclusive.
    record Range(int from, int to) {
        int count() {
            return to - from;
        }
    }

    /// Ranges of rows that can be scanned apart from each other: whole chunks, and less where so many queries share a
    /// pass that it would keep others waiting.
    List<Range> ranges(int queries) {
        int count = count();
        if (!(plan instanceof Plan.Scan) || byLists()) return List.of(new Range(0, count));
        int rows = scoresTogether() ? Math.max(SHARED_ROWS, Bits.CHUNK_BITS / queries & -64) : Bits.CHUNK_BITS;
        var ranges = new ArrayList<Range>();
        for (long from = 0; from < count; from += rows)
            ranges.add(new Range((int) from, (int) Math.min(count, from + rows)));
        return ranges;
    }

    /// So many rows stay in the cache of a core while several queries pass over them, a multiple of 64. Where few of
    /// them match, more do.
    int rowsInCache() {
        long bytes = vectors instanceof Vectors.Dense(var rows, _) ? rows.stride() : SPARSE_BYTES;
        double share = (double) Math.max(1, figures.matching()) / Math.max(1, count());
        return Math.clamp((long) (CACHE_BYTES / (bytes * share)) & -64, 64, Bits.CHUNK_BITS);
    }

    /// What happened in one search of one part.
    ///
    /// @param exhausted every matching row was looked at
    record Done(Scanned scanned, boolean exhausted, boolean switched, Reads reads) {
        Done(Scanned scanned, boolean exhausted, boolean switched) {
            this(scanned, exhausted, switched, Reads.NONE);
        }
    }

    /// What was read from disk to score rows.
    ///
    /// @param pages that were read one by one; rows of a scan come in larger pieces
    record Reads(long rows, long pages) {
        static final Reads NONE = new Reads(0, 0);

        Reads and(Reads other) {
            return new Reads(rows + other.rows, pages + other.pages);
        }
    }

    /// Whether rows must be read from disk, off the workers: then [#far] searches.
    boolean isFar() {
        return vectors instanceof Vectors.Stored || plan instanceof Plan.Walk && index.get() instanceof LeanGraph;
    }

    /// The search as planned, in turns; a scan only of rows `from` to `to`.
    FarSearch far(int query, int from, int to, Candidates into, Window window) {
        return switch (plan) {
            case Plan.Walk(var effort, _, _, _, _) -> far(query, Optional.of(effort), 0, count(), into, window);
            case Plan.Nothing _ -> far(query, Optional.empty(), 0, 0, into, window);
            case Plan.Scan _ -> far(query, Optional.empty(), from, to, into, window);
        };
    }

    private FarSearch far(int query, Optional<Effort> effort, int from, int to, Candidates into, Window window) {
        var rows =
                vectors instanceof Vectors.Stored(var stored, _) ? stored : ((LeanGraph) index.orElseThrow()).rows();
        var matching = figures.matching() == count() ? Bits.ALL : nodes;
        var task = new FarSearch.Task(
                at,
                rows,
                rowOfNode(),
                matching,
                index,
                figures.graphMatching(),
                wanted(),
                question.grouping().map(dev.sextant.model.Read.Grouping::strict),
                question,
                config.stepRows(),
                config.widestBeam());
        return new FarSearch(task, query, effort, from, to, into, window);
    }

    /// Searches the part as planned; a scan only rows `from` to `to`.
    Done search(int query, int from, int to, Candidates into, Window window, Scratch scratch, Patience patience) {
        if (question.queries() instanceof Column.Lists lists)
            return lists(plan, Vector.list(lists, query), into, window, scratch, patience);
        var vector = Vector.of(question.queries(), query);
        return switch (plan) {
            case Plan.Nothing _ -> new Done(Scanned.NOTHING, true, false);
            case Plan.Scan scan ->
                new Done(scan(vector, from, to, scan.byCodes(), into, window, scratch, patience), true, false);
            case Plan.Walk _ -> walking(query, into, window, scratch, patience).run();
        };
    }

    private Done lists(
            Plan how, Column.Dense query, Candidates into, Window window, Scratch scratch, Patience patience) {
        var own = (Vectors.Lists) vectors;
        var search = new ListSearch(
                own,
                nodes,
                Distance.of(question.metric(), own.rows().type(), own.rows().dimension()),
                config);
        ListSearch.Found found = (row, score) -> {
            if (window.place(score) == Window.Place.INSIDE) into.offer(at, row, window.round(score));
        };
        return switch (how) {
            case Plan.Nothing _ -> new Done(Scanned.NOTHING, true, false);
            case Plan.Scan _ -> new Done(search.scan(query, scratch, patience, found), true, false);
            case Plan.Walk walk -> {
                int most = Math.min(wanted(), figures.graphMatching());
                var target = new Target(
                        Vector.of(query, 0), most, walk.effort(), accept(figures.graphNodes()), Optional.empty());
                yield search.walk(walk, index.orElseThrow(), target, query, scratch, patience, found)
                        .map(scanned -> new Done(scanned, false, false))
                        .orElseGet(() -> new Done(search.scan(query, scratch, patience, found), true, true));
            }
        };
    }

    /// The score of one row; nothing when it does not match or has no vector.
    Optional<Float> score(int query, int row, Scratch scratch) {
        int node = rowOfNode()
                .map(rows -> java.util.Arrays.binarySearch(rows, row))
                .orElse(row);
        if (node < 0 || !nodes.get(node)) return Optional.empty();
        if (vectors instanceof Vectors.Stored(var rows, _)) return storedScore(query, node, rows, scratch);
        var walk = walk(Vector.of(question.queries(), query), node, node + 1, Accept.ALL, scratch);
        walk.advance(1);
        // What is no number is no hit.
        if (walk.hits().count() == 0) return Optional.empty();
        return Optional.of(walk.hits().scores()[0]);
    }

    private Optional<Float> storedScore(int query, int node, StoredRows rows, Scratch scratch) {
        try (var room = memory.allocate("rows to score", rows.strideBytes())) {
            rows.file().read(node, node + 1, room.address());
            var landed = rows.landed(room.address(), 1);
            var distance = Parameters.distance(question.metric(), landed, question.parameters());
            var walk = Flat.walk(landed, distance, Vector.of(question.queries(), query), Accept.ALL, scratch);
            walk.advance(1);
            return walk.hits().count() == 0
                    ? Optional.empty()
                    : Optional.of(walk.hits().scores()[0]);
        }
    }

    int at() {
        return at;
    }

    private Walk walk(MemorySegment vector, int base, int to, Accept accept, Scratch scratch) {
        return switch (vectors) {
            case Vectors.Lists(var rows, _) -> walk(rows, vector, base, to, accept, scratch);
            case Vectors.Dense(var rows, _) -> walk(rows, vector, base, to, accept, scratch);
            case Vectors.Stored _ -> throw new IllegalStateException("rows on disk are scanned off the workers");
            case Vectors.Sparse(var rows, _) -> {
                var range = new SparseRows(rows.offsets() + 8L * base, rows.cells(), to - base);
                var target = new Target(vector, 1, Effort.DEFAULT, accept, question.bm25());
                yield Flat.walk(range, question.metric(), target, scratch);
            }
        };
    }

    private Walk walk(DenseRows rows, MemorySegment vector, int base, int to, Accept accept, Scratch scratch) {
        var range = new DenseRows(
                rows.base() + base * rows.stride(), rows.stride(), to - base, rows.dimension(), rows.type());
        return Flat.walk(
                range, Parameters.distance(question.metric(), rows, question.parameters()), vector, accept, scratch);
    }

    /// What [#scanAll] takes for one query; from disk, or by lists, more than is to be guessed.
    double scanAllNanos() {
        return byLists() || vectors instanceof Vectors.Stored
                ? Double.MAX_VALUE
                : figures.matching() * rowNanos().full();
    }

    /// Everything that matches, whatever the plan was.
    Done scanAll(int query, Candidates into, Window window, Scratch scratch, Patience patience) {
        if (question.queries() instanceof Column.Lists lists)
            return lists(
                    new Plan.Scan(figures.matching(), false, 0),
                    Vector.list(lists, query),
                    into,
                    window,
                    scratch,
                    patience);
        if (vectors instanceof Vectors.Stored)
            return far(query, Optional.empty(), 0, count(), into, window).run(memory, scratch, patience);
        return new Done(
                scan(Vector.of(question.queries(), query), 0, count(), into, window, scratch, patience), true, true);
    }

    /// Rows that [#scanExactly] goes over.
    int rows() {
        return count();
    }

    /// Matching rows from one number to another in full, whatever the plan was.
    void scanExactly(int query, int from, int to, Candidates into, Window window, Scratch scratch, Patience patience) {
        scan(Vector.of(question.queries(), query), from, to, into, window, scratch, patience);
    }

    /// One query's walk, ready to be advanced. Only where a walk is planned.
    Walking walking(int query, Candidates into, Window window, Scratch scratch, Patience patience) {
        return new Walking(
                this, (Plan.Walk) plan, Vector.of(question.queries(), query), into, window, scratch, patience);
    }

    /// How many queries gain from walking in turn; 1 where none does.
    int inTurn() {
        return plan instanceof Plan.Walk && !byLists() && !isFar()
                ? index.map(VectorIndex::inTurn).orElse(1)
                : 1;
    }

    /// The walk of an index over the rows that it covers, and what it is after.
    Walk walk(Target target, Scratch scratch) {
        return index.orElseThrow().walk(target, scratch);
    }

    /// @param k how many of the nearest a walk is after
    Target target(MemorySegment vector, int k, Effort effort) {
        return new Target(vector, k, effort, accept(figures.graphNodes()), question.bm25());
    }

    /// Only a walk that knows when it is complete may find fewer for a bound; a graph would be stretched for them.
    boolean isBounded(Window window) {
        return index.orElseThrow() instanceof Inverted
                && window.isOpen()
                && question.grouping().isEmpty();
    }

    int limit() {
        return question.limit();
    }

    QueryConfig config() {
        return config;
    }

    static Scanned scanned(Walk walk) {
        return new Scanned(walk.scored(), walk.bytesTouched());
    }

    /// What one walk has brought.
    final class Sought {
        private final Candidates into;
        private final Window window;
        private int left; // hits that left the walk
        private int inside; // of them, those the window wants for sure
        private int before; // of them, those nearer, or as near as the last hit of the page before
        private boolean behind; // the walk has reached the far side of the window

        Sought(Candidates into, Window window) {
            this.into = into;
            this.window = window;
        }

        /// @param nodes of the walk that count: a graph that grows may reach nodes that came after this view
        void take(Walk walk, int base, int nodes) {
            take(walk.hits(), base, nodes, walk.leavesBestFirst());
        }

        private void take(NodeHits hits, int base, int nodes, boolean bestFirst) {
            for (int i = 0; i < hits.count(); i++) {
                if (hits.rows()[i] >= nodes) continue;
                left++;
                float score = hits.scores()[i];
                switch (window.place(score)) {
                    case BEFORE -> before++;
                    case BEHIND -> behind |= bestFirst;
                    case INSIDE -> {
                        if (window.ties(score)) before++;
                        else inside++;
                        into.offer(at, row(base + hits.rows()[i]), window.round(score));
                    }
                }
            }
        }

        /// Hits that left so far.
        int left() {
            return left;
        }

        /// Whether a walk that was after `k` could leave out hits that stand where those do that it found.
        boolean reaches(int k) {
            return behind
                    || left >= figures.graphMatching()
                    || question.grouping().isPresent()
                    || k >= reach(before, wanted(), figures.graphMatching());
        }

        int further(int k) {
            return PartSearch.further(k, before, wanted(), figures.graphMatching());
        }

        /// What a scan found for one of its queries.
        void take(SharedScan scan, int of) {
            float bound = into.bound() == window.worst() ? into.bound() : window.loosened(into.bound());
            take(scan.hits(of, bound), 0, count(), true);
        }

        boolean isEnough() {
            if (left >= figures.graphMatching() || behind) return true;
            if (question.grouping().isPresent())
                return into.isFull(question.grouping().get().strict());
            return inside >= Math.min(wanted(), figures.graphMatching());
        }
    }

    /// What is offered for a node: where hits are elements, the element itself.
    private int row(int node) {
        if (vectors instanceof Vectors.Lists) return node;
        var rows = rowOfNode();
        return rows.isEmpty() ? node : rows.get()[node];
    }

    /// Matching nodes below `nodesBelow`; the graph never asks for more.
    private Accept accept(int nodesBelow) {
        return figures.graphMatching() == nodesBelow ? Accept.ALL : Accept.of(nodes, arranged);
    }

    Scanned scan(
            MemorySegment vector,
            int from,
            int to,
            boolean byCodes,
            Candidates into,
            Window window,
            Scratch scratch,
            Patience patience) {
        if (!byCodes) return scan(vector, from, to, into, window, scratch, patience);
        int covered = Math.min(to, figures.graphNodes());
        var scanned = Scanned.NOTHING;
        if (from < covered) {
            var target = new Target(vector, wanted(), Effort.DEFAULT, accept(figures.graphNodes()), question.bm25());
            var walk = index.orElseThrow().scan(target, from, covered, scratch).orElseThrow();
            scanned = scan(walk, 0, covered, into, window, patience);
        }
        return scanned.and(scan(vector, Math.max(from, covered), to, into, window, scratch, patience));
    }

    private Scanned scan(
            MemorySegment vector,
            int from,
            int to,
            Candidates into,
            Window window,
            Scratch scratch,
            Patience patience) {
        if (from >= to) return Scanned.NOTHING;
        // Begin at a whole word, so that the bits need no shifting; nodes before `from` are taken out below.
        int base = from & -64;
        return scan(walk(vector, base, to, range(base, from, to), scratch), base, to, into, window, patience);
    }

    private Scanned scan(Walk walk, int base, int to, Candidates into, Window window, Patience patience) {
        var sought = new Sought(into, window);
        while (true) {
            if (into.bound() != window.worst()) walk.bound(window.loosened(into.bound()));
            var step = walk.advance(config.stepRows());
            patience.run();
            sought.take(walk, base, to - base);
            if (step instanceof Step.Done) return scanned(walk);
        }
    }

    private Accept range(int base, int from, int to) {
        if (figures.matching() == count() && base == from) return Accept.ALL;
        if (from == 0 && to == count()) return Accept.of(nodes);
        var bits = Bits.builder(to - base);
        for (int word = 0; word * 64 < to - base; word++) {
            long value = nodes.word((base >>> 6) + word);
            if (word == 0) value &= -1L << (from - base);
            if (value != 0) bits.word(word, value);
        }
        return Accept.of(bits.build());
    }
}
