package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.NodeBlocks;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Region;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Metric;
import java.util.Optional;
import java.util.function.Supplier;

/// Builds a [QuantisedGraph] over rows that are all there. It has no threads: any number of workers call
/// [#work(Scratch, Stop)] until one is told that nothing is left; when all have returned, [#finish()] hands the graph
/// out.
///
/// ```text
/// survey    what must be known of all rows
/// encode    7-bit codes
/// weave     edges between codes ([Weaving]); then where walks begin, and what cannot be reached from there (one worker)
/// gather    rows into groups along the edges ([Gathering])
/// write     blocks: rows, codes of neighbours; group by group
/// cells     rows around centres ([CellsBuild])
/// ```
///
/// The result depends on the rows and the seed only, not on how many work or how fast.
public final class QuantisedBuild implements VectorBuild {
    private static final int CHUNK = 1024;
    private static final int SOME = 64;

    private final Memory memory;
    private final DenseRows rows;
    private final Metric metric;
    private final QuantisedParameters parameters;
    private final Accept members;
    private final Progress progress;
    private final Surveyor surveyor;
    private final Optional<Heritage> heritage;
    private final Phases phases;
    private Points points;
    private Weave weave;
    private Weaving weaving;
    private Region blocks;
    private Root root;
    private Optional<Gathering> gathering = Optional.empty();
    private Optional<CellsBuild> cells = Optional.empty();
    private boolean spent; // owner only

    /// Rows outside `members` get no neighbours and are never found: rows without a vector, or deleted before.
    public QuantisedBuild(
            Memory memory, DenseRows rows, Metric metric, QuantisedParameters parameters, Accept members) {
        this(memory, rows, metric, parameters, members, Optional.empty());
    }

    /// Starts from `old`, which stays untouched and must stay open until this is finished or closed. `newOf[i]` is the
    /// row that node `i` of it has become, or -1 when it is gone; vectors are the same. Edges of nodes that stay are
    /// kept, those that led to gone nodes are replaced by edges around them, and only the rest is inserted.
    public static QuantisedBuild from(Memory memory, DenseRows rows, QuantisedGraph old, int[] newOf, Accept members) {
        if (old.rows().type() != rows.type() || old.rows().dimension() != rows.dimension())
            throw new IllegalArgumentException("the old graph is over other vectors");
        return new QuantisedBuild(
                memory,
                rows,
                old.metric(),
                old.parameters(),
                members,
                Optional.of(new Heritage(old.links(), newOf, rows.count(), members)));
    }

    private QuantisedBuild(
            Memory memory,
            DenseRows rows,
            Metric metric,
            QuantisedParameters parameters,
            Accept members,
            Optional<Heritage> heritage) {
        if (!QuantisedGraph.fits(rows.type(), metric, rows.dimension()))
            throw new IllegalArgumentException(
                    "no quantised graph for %s of %d × %s".formatted(metric, rows.dimension(), rows.type()));
        this.memory = memory;
        this.rows = rows;
        this.metric = metric;
        this.parameters = parameters;
        this.members = members;
        this.heritage = heritage;
        surveyor = new Surveyor(rows, metric, members, CHUNK);
        progress = new Progress(4L * rows.count());
        phases = new Phases(Phases.of(chunks(), surveyor::chunk, this::encode));
    }

    private int chunks() {
        return Phases.ranges(rows.count(), CHUNK);
    }

    /// Works until `stop` or until nothing is left to begin; returns whether nothing is left.
    @Override
    public boolean work(Scratch scratch, Stop stop) {
        return phases.work(scratch, stop);
    }

    private Phases.Phase encode(Scratch scratch) {
        var code = Points.code(metric, rows.dimension(), parameters);
        points = new Points(memory, rows, metric, parameters, code, surveyor.survey());
        weave = new Weave(memory, rows.count(), points.whole ? points.components : points.turned, parameters.degree());
        var order = surveyor.order(
                parameters.seed(), row -> heritage.isEmpty() || !heritage.get().isKept(row));
        weaving = new Weaving(weave, parameters.beam(), order, heritage, progress);
        progress.total(2L * rows.count()
                + weaving.steps()
                + (Cells.count(surveyor.members()) == 0 ? 0 : Gathering.steps(rows.count())));
        var encoder = new Encoder(points, weave, members, CHUNK);
        return Phases.of(
                chunks(),
                (chunk, on) -> {
                    encoder.chunk(chunk, on);
                    progress.add(Math.min(CHUNK, rows.count() - chunk * CHUNK));
                },
                _ -> weaving.begin(_ -> connect()));
    }

    private Phases.Phase connect() {
        return weaving.connect(surveyor.order(parameters.seed(), _ -> true), parameters.seed(), this::root);
    }

    private Phases.Phase root(int[] entries, Scratch scratch) {
        root = new Root(memory, points, Math.max(NodeBlocks.FAN, entries.length));
        if (entries.length > 0) root.write(points, entries, scratch);
        var order = surveyor.order(parameters.seed(), _ -> true);
        int groups = Cells.count(order.length);
        if (groups == 0) return write(order, () -> Phases.END);
        var made = new Gathering(memory, points, weave, members, order, groups, progress);
        gathering = Optional.of(made);
        return made.begin(() -> write(made.byGroup(), () -> {
            var build = new CellsBuild(memory, graph(Optional.empty()), order, made);
            cells = Optional.of(build);
            return build.begin(() -> Phases.END);
        }));
    }

    /// @param nodes members, near each other what lies near each other
    private Phases.Phase write(int[] nodes, Supplier<Phases.Phase> then) {
        blocks = memory.allocate("quantised graph", Math.max(64, rows.count() * points.blocks.blockBytes()));
        var writer = new BlockWriter(points, weave, blocks.address());
        return Phases.of(
                Phases.ranges(nodes.length, SOME),
                (item, on) -> {
                    int from = item * SOME, to = Math.min(nodes.length, from + SOME);
                    writer.write(nodes, from, to, on);
                    progress.add(to - from);
                },
                _ -> Phases.of(chunks(), (chunk, _) -> clear(writer, chunk), _ -> {
                    weave.close();
                    weave = null;
                    return then.get();
                }));
    }

    private void clear(BlockWriter writer, int chunk) {
        for (int row = chunk * CHUNK, end = Math.min(rows.count(), row + CHUNK); row < end; row++) {
            if (members.test(row)) continue;
            writer.clear(row);
            progress.add(1);
        }
    }

    private QuantisedGraph graph(Optional<Cells> cells) {
        return new QuantisedGraph(memory, points, root, blocks, parameters, rows.count(), cells);
    }

    @Override
    public Progress progress() {
        return progress;
    }

    /// The graph, when every worker has returned and one of them was told that nothing is left.
    @Override
    public QuantisedGraph finish() {
        phases.expectEnd();
        spent = true;
        return graph(cells.map(CellsBuild::take));
    }

    /// Gives the memory back unless the graph was handed out. No worker may be in [#work(Scratch, Stop)].
    @Override
    public void close() {
        if (spent) return;
        spent = true;
        cells.ifPresent(CellsBuild::close);
        gathering.ifPresent(Gathering::close);
        if (weave != null) weave.close();
        if (points != null) points.close();
        if (root != null) root.close();
        if (blocks != null) blocks.close();
    }
}
