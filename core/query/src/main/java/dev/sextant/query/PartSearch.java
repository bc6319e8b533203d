package dev.sextant.query;

import dev.sextant.engine.Part;
import dev.sextant.engine.Vectors;
import dev.sextant.index.Accept;
import dev.sextant.index.Arranged;
import dev.sextant.index.Calibration;
import dev.sextant.index.Effort;
import dev.sextant.index.Inverted;
import dev.sextant.index.LeanGraph;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// One part, made ready for the queries of one search: its vectors, the matching rows as nodes, the plan. Immutable;
/// several workers may search it at once.
final class PartSearch implements Plan.GraphCost {
    /// Of a core's own cache, what rows may take.
    private static final long CACHE_BYTES = 256 << 10;
    /// What an index over rows on disk finds where the caller says nothing.
    private static final double RECALL_ON_DISK = 0.95;
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
    private final Sought.Aim aim;
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
        nodes = asked.isEmpty()
                ? nodes(selected)
                : nodes(selected).and(asked.get().taken(part, selected.rows(), count(), patience));
        var there = part.index(question.field());
        index = there.isPresent() && there.get().metric() == question.metric() ? there : Optional.empty();
        prices = prices(book);
        costs = book.costs();
        int count = vectors.rows().count(),
                covered = index.isEmpty() ? 0 : Math.min(count, index.get().count());
        int matching = rowOfNode().isEmpty() ? selected.count() : nodes.count(count);
        figures = new Plan.Figures(count, matching, covered, covered == count ? matching : nodes.count(covered));
        aim = new Sought.Aim(at, wanted(), figures.graphMatching(), offered(), groups());
        plan = Plan.choose(
                isOutOfReach(recalls) ? figures.withoutIndex() : figures,
                aim.hits(),
                effort(recalls),
                this,
                rowNanos(),
                costs,
                prices,
                config);
        arranged = plan instanceof Plan.Walk && rowOfNode().isEmpty()
                ? selected.kept().flatMap(kept -> kept.arranged(index.orElseThrow()))
                : Optional.empty();
    }

    private Prices prices(CostBook book) {
        var shape = index.isEmpty() ? Optional.<Shape>empty() : Shape.of(vectors, index.get());
        return shape.isEmpty() ? Prices.USUAL : book.prices(shape.get());
    }

    /// What a walk of the index costs, in codes.
    @Override
    public long codes(Effort effort, double share) {
        return index.orElseThrow().cost(effort, share);
    }

    private Effort effort(Recalls recalls) {
        var parameters = question.parameters();
        var effort = Parameters.effort(parameters, question.limit(), beam(recalls), () -> recalls.of(part));
        return Parameters.goesByRecall(parameters)
                ? index.map(found -> found.rescored(effort, question.limit())).orElse(effort)
                : effort;
    }

    /// Whether it was measured that the index finds less than is asked for, however hard it tries.
    private boolean isOutOfReach(Recalls recalls) {
        return Parameters.goesByRecall(question.parameters())
                && recalls.of(part)
                        .filter(known -> !known.calibration()
                                .reaches(
                                        Parameters.recall(question.parameters()).getAsDouble()))
                        .isPresent();
    }

    /// What is offered for a node: where hits are elements, the element itself.
    private Optional<int[]> offered() {
        return vectors instanceof Vectors.Lists ? Optional.empty() : rowOfNode();
    }

    private Optional<Boolean> groups() {
        return question.grouping().isEmpty()
                ? Optional.empty()
                : Optional.of(question.grouping().get().strict());
    }

    /// Where the caller names none. What a filter leaves of a graph leads less well to the nearest, so that the same
    /// recall takes somewhat more.
    private int beam(Recalls recalls) {
        int beam = Math.min(config.widestBeam(), Math.max(config.beam(), beamOnDisk(recalls)));
        return figures.matching() == figures.nodes() ? beam : Math.min(config.widestBeam(), beam + beam / 4);
    }

    /// What was measured to find enough where few bits lead to rows on disk; where rows have an order that these tell,
    /// it is less than the usual.
    private int beamOnDisk(Recalls recalls) {
        if (index.isEmpty() || !(index.get() instanceof LeanGraph)) return 0;
        return recalls.of(part)
                .flatMap(known -> known.calibration().effort(RECALL_ON_DISK, Calibration.K))
                .map(Effort::beam)
                .orElse(0);
    }

    private Plan.RowNanos rowNanos() {
        return switch (vectors) {
            case Vectors.Dense(var rows, _) -> {
                double full = costs.rowNanos(rows.type(), rows.dimension());
                int codeBytes =
                        scansByCodes() && index.isPresent() ? index.get().scanBytes() : 0;
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
        return vectors.rows().count();
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

    private PartScan scan() {
        return new PartScan(question, vectors, nodes, figures.matching(), aim, config.stepRows());
    }

    /// The matching rows by the numbers of their vectors.
    private Bits nodes(PartRows.Selected selected) {
        if (rowOfNode().isEmpty()) return selected.rows();
        return selected.count() == part.rows() ? Bits.ALL : part.nodes(question.field(), selected.rows());
    }

    /// Hits that one part must find so that nothing is missing.
    private int wanted() {
        if (byLists()) return ListSearch.wanted(question.limit(), part.rows(), count());
        return question.grouping().isEmpty()
                ? question.limit()
                : Math.multiplyExact(question.limit(), question.grouping().get().size());
    }

    Plan plan() {
        return plan;
    }

    Sought.Aim aim() {
        return aim;
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

    /// Scans a range of rows for several queries in one pass, on one thread. What is done is that of all of them.
    Done scanTogether(List<Errand> errands, Range range) {
        return new Done(scan().together(errands, range.from, range.to), true, false);
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
        int most = scoresTogether() ? Math.max(SHARED_ROWS, Bits.CHUNK_BITS / queries & -64) : Bits.CHUNK_BITS;
        var ranges = new ArrayList<Range>();
        for (long from = 0; from < count; from += most)
            ranges.add(new Range((int) from, (int) Math.min(count, from + most)));
        return ranges;
    }

    /// So many rows stay in the cache of a core while several queries pass over them, a multiple of 64. Where few of
    /// them match, more do.
    int rowsInCache() {
        long bytes = vectors instanceof Vectors.Dense(var dense, _) ? dense.stride() : SPARSE_BYTES;
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

    /// The search as planned, in turns; a scan only of some rows.
    FarSearch far(int query, Range range, Candidates into, Window window) {
        return switch (plan) {
            case Plan.Walk walk -> far(query, Optional.of(walk.effort()), all(), into, window);
            case Plan.Nothing _ -> far(query, Optional.empty(), new Range(0, 0), into, window);
            case Plan.Scan _ -> far(query, Optional.empty(), range, into, window);
        };
    }

    private FarSearch far(int query, Optional<Effort> effort, Range range, Candidates into, Window window) {
        var stored = vectors instanceof Vectors.Stored far ? far.rows() : ((LeanGraph) index.orElseThrow()).rows();
        var matching = figures.matching() == count() ? Bits.ALL : nodes;
        var task = new FarSearch.Task(aim, stored, matching, index, question, config.stepRows(), config.widestBeam());
        return new FarSearch(task, query, effort, range, into, window);
    }

    private Range all() {
        return new Range(0, count());
    }

    /// Searches the part as planned; a scan only some rows.
    Done search(Errand errand, Range range) {
        if (question.queries() instanceof Column.Lists lists) return lists(plan, lists, errand);
        return switch (plan) {
            case Plan.Nothing _ -> new Done(Scanned.NOTHING, true, false);
            case Plan.Scan scan -> new Done(scan(errand, range.from, range.to, scan.byCodes()), true, false);
            case Plan.Walk _ -> walking(errand).run();
        };
    }

    private Done lists(Plan how, Column.Lists queries, Errand errand) {
        var own = (Vectors.Lists) vectors;
        var query = Vector.list(queries, errand.query());
        var scratch = errand.scratch();
        var patience = errand.patience();
        var window = errand.window();
        var distance =
                Distance.of(question.metric(), own.rows().type(), own.rows().dimension());
        var search = new ListSearch(own, nodes, distance, config);
        ListSearch.Found found = (row, score) -> {
            if (window.place(score) == Window.Place.INSIDE) errand.into().offer(at, row, window.round(score));
        };
        return switch (how) {
            case Plan.Nothing _ -> new Done(Scanned.NOTHING, true, false);
            case Plan.Scan _ -> new Done(search.scan(query, scratch, patience, found), true, false);
            case Plan.Walk walk -> {
                var target = new Target(
                        Vector.of(query, 0),
                        aim.hitsOfIndex(),
                        walk.effort(),
                        accept(figures.graphNodes()),
                        Optional.empty());
                yield search.walk(walk, index.orElseThrow(), target, query, scratch, patience, found)
                        .map(scanned -> new Done(scanned, false, false))
                        .orElseGet(() -> new Done(search.scan(query, scratch, patience, found), true, true));
            }
        };
    }

    /// The score of one row; nothing when it does not match or has no vector.
    Optional<Float> score(int query, int row, Scratch scratch) {
        int node = rowOfNode().map(all -> Arrays.binarySearch(all, row)).orElse(row);
        return node < 0 || !nodes.get(node) ? Optional.empty() : scan().score(query, node, memory, scratch);
    }

    int at() {
        return at;
    }

    /// What [#scanAll] takes for one query; from disk, or by lists, more than is to be guessed.
    double scanAllNanos() {
        return byLists() || vectors instanceof Vectors.Stored
                ? Double.MAX_VALUE
                : figures.matching() * rowNanos().full();
    }

    /// Everything that matches, whatever the plan was.
    Done scanAll(Errand errand) {
        if (question.queries() instanceof Column.Lists lists)
            return lists(new Plan.Scan(figures.matching(), false, 0), lists, errand);
        if (vectors instanceof Vectors.Stored)
            return far(errand.query(), Optional.empty(), all(), errand.into(), errand.window())
                    .run(memory, errand.scratch(), errand.patience());
        return new Done(scan().run(errand, 0, count()), true, true);
    }

    /// Rows that [#scanExactly] goes over.
    int rows() {
        return count();
    }

    /// Matching rows from one number to another in full, whatever the plan was.
    Scanned scanExactly(Errand errand, int from, int to) {
        return scan().run(errand, from, to);
    }

    /// One query's walk, ready to be advanced. Only where a walk is planned.
    Walking walking(Errand errand) {
        return new Walking(this, (Plan.Walk) plan, errand);
    }

    /// How many queries gain from walking in turn; 1 where none does.
    int inTurn() {
        return plan instanceof Plan.Walk && !byLists() && !isFar()
                ? index.orElseThrow().inTurn()
                : 1;
    }

    /// The walk of an index over the rows that it covers, and what it is after.
    Walk walk(Target target, Scratch scratch) {
        return index.orElseThrow().walk(target, scratch);
    }

    /// @param k how many of the nearest a walk is after
    Target target(int query, int k, Effort effort) {
        var vector = Vector.of(question.queries(), query);
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

    /// Matching nodes below `nodesBelow`; the graph never asks for more.
    private Accept accept(int nodesBelow) {
        return figures.graphMatching() == nodesBelow ? Accept.ALL : Accept.of(nodes, arranged);
    }

    /// Matching rows from one number to another, by the codes of the index where it has any.
    Scanned scan(Errand errand, int from, int to, boolean byCodes) {
        if (!byCodes) return scan().run(errand, from, to);
        int covered = Math.min(to, figures.graphNodes());
        var scanned = Scanned.NOTHING;
        if (from < covered) {
            var target = target(errand.query(), aim.hits(), Effort.DEFAULT);
            var walk = index.orElseThrow()
                    .scan(target, from, covered, errand.scratch())
                    .orElseThrow();
            scanned = scan().run(walk, errand, 0, covered);
        }
        return scanned.and(scan().run(errand, Math.max(from, covered), to));
    }
}
