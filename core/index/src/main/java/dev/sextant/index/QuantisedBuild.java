package dev.sextant.index;

import dev.sextant.kernel.Memory;
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
/// The work is a row of phases, each a number of items that do not touch each other, so that the result depends on the
/// rows and the seed only, not on how many work or how fast:
///
/// ```text
/// survey    what must be known of all rows             encode    7-bit codes
/// insert    search the graph for a batch of nodes,     link      … and give what they chose an edge back; batches
///           choose edges …                                       double until they are 2 % of all
/// refine    choose again among neighbours and theirs   link      for all nodes, in batches
/// trim      no more than `degree` edges                connect   where walks begin; what cannot be reached from
///                                                         there gets an edge (one worker)
/// write     blocks: rows, codes of neighbours
/// ```
public final class QuantisedBuild implements VectorBuild {
    /// Edges of the first pass are cut as short as possible; later ones may be longer by this factor on squared
    /// distances.
    private static final float SLACK = 1.2f;
    private static final int CHUNK = 1024;
    private static final int ENTRIES = 64;
    /// How many candidates, for each edge, are looked at when edges are chosen anew.
    private static final int AROUND = 8;
    private static final int SOME = 64;
    private static final int FEW = 8;

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
    private Links links;
    private Region blocks;
    private int[] order; // rows to insert
    private int[] again; // rows to choose edges for once more
    private Root root;
    private int[] entries; // where searches of the build begin: nodes of the graph as it is
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
        if (newOf.length != old.count())
            throw new IllegalArgumentException(newOf.length + " places for " + old.count() + " nodes");
        if (old.rows().type() != rows.type() || old.rows().dimension() != rows.dimension())
            throw new IllegalArgumentException("the old graph is over other vectors");
        for (int row : newOf)
            if (row >= rows.count()) throw new IllegalArgumentException("row " + row + " of " + rows.count());
        return new QuantisedBuild(
                memory,
                rows,
                old.metric(),
                old.parameters(),
                members,
                Optional.of(new Heritage(old, newOf, rows.count(), members)));
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
        var survey = surveyor.survey();
        order = surveyor.order(
                parameters.seed(), row -> heritage.isEmpty() || !heritage.get().isKept(row));
        again = heritage.map(this::again).orElse(order);
        progress.total(2L * rows.count() + heritage.map(Heritage::size).orElse(0) + order.length + again.length);
        points = new Points(memory, rows, metric, parameters, survey);
        weave = new Weave(memory, rows.count(), points.whole ? points.components : points.bits, parameters.degree());
        links = new Links(weave);
        var startsFresh = heritage.isEmpty() || heritage.get().keptCount() == 0;
        entries = startsFresh ? order : heritage.get().some(ENTRIES);
        var encoder = new Encoder(points, weave, members, CHUNK);
        return Phases.of(
                chunks(),
                (chunk, on) -> {
                    encoder.chunk(chunk, on);
                    progress.add(Math.min(CHUNK, rows.count() - chunk * CHUNK));
                },
                _ -> startsFresh ? insert(0, 1) : take(heritage.get()));
    }

    /// What is chosen anew after all is in: what was inserted, and what has lost neighbours.
    private int[] again(Heritage from) {
        var rows = from.bereaved();
        for (int row : order) rows.set(row);
        return rows.stream().toArray();
    }

    private Phases.Phase take(Heritage from) {
        return Phases.of(
                (from.size() + SOME - 1) / SOME,
                (item, scratch) -> {
                    int first = item * SOME, last = Math.min(from.size(), first + SOME);
                    for (int node = first; node < last; node++) from.take(node, weave, scratch);
                    progress.add(last - first);
                },
                _ -> insert(0, Math.max(64, rows.count() / 50)));
    }

    /// Inserts rows `from … from + size` of `order`: into an empty graph the first alone, then as many as there are.
    private Phases.Phase insert(int from, int size) {
        if (from >= order.length) return refine(0);
        int to = Math.min(order.length, from + size);
        int started = entries == order ? Math.min(from, ENTRIES) : entries.length,
                least = Math.max(64, rows.count() / 50);
        return batch(
                order,
                from,
                to,
                (node, scratch, b) -> {
                    weave.search(node, entries, started, parameters.beam(), scratch.visited(rows.count()), b);
                    return weave.choose(1, false, b);
                },
                false,
                () -> insert(to, size >= least ? least : to));
    }

    private Phases.Phase refine(int from) {
        if (from >= again.length) return trim();
        int to = Math.min(again.length, from + Math.max(64, rows.count() / 20));
        return batch(
                again,
                from,
                to,
                (node, scratch, b) -> {
                    weave.lookAround(node, AROUND * parameters.degree(), scratch.visited(rows.count()), b);
                    return weave.choose(SLACK, true, b);
                },
                true,
                () -> refine(to));
    }

    /// Fills `kept` with the edges of a node and returns how many.
    @FunctionalInterface
    private interface Choice {
        int of(int node, Scratch scratch, Weave.Buffers b);
    }

    /// Chooses edges for some nodes, on the graph as it is; then writes them; then gives their targets edges back.
    private Phases.Phase batch(
            int[] nodes, int from, int to, Choice choice, boolean refined, Supplier<Phases.Phase> then) {
        links.begin(to - from);
        Phases.Phase back = Phases.of(
                Links.BUCKETS,
                (bucket, scratch) -> links.link(
                        bucket, refined ? SLACK : 1, refined, scratch.part(Weave.Buffers.class, Weave.Buffers::new)),
                _ -> then.get());
        Phases.Phase write = Phases.of(
                (to - from + CHUNK - 1) / CHUNK,
                (item, _) -> {
                    int first = from + item * CHUNK, last = Math.min(to, first + CHUNK);
                    for (int i = first; i < last; i++) links.write(i - from, nodes[i]);
                },
                _ -> back);
        return Phases.of(
                (to - from + FEW - 1) / FEW,
                (item, scratch) -> {
                    var b = scratch.part(Weave.Buffers.class, Weave.Buffers::new);
                    int first = from + item * FEW, last = Math.min(to, first + FEW);
                    for (int i = first; i < last; i++)
                        links.choose(i - from, nodes[i], b.kept, choice.of(nodes[i], scratch, b));
                    progress.add(last - first);
                },
                _ -> write);
    }

    private Phases.Phase trim() {
        return Phases.of(
                chunks(),
                (chunk, scratch) -> {
                    var b = scratch.part(Weave.Buffers.class, Weave.Buffers::new);
                    for (int node = chunk * CHUNK, end = Math.min(rows.count(), node + CHUNK); node < end; node++) {
                        int n = weave.edges(node);
                        if (n <= weave.degree) continue;
                        b.gatherRoom(n);
                        for (int i = 0; i < n; i++) b.gathered[i] = weave.edge(node, i);
                        weave.order(node, n, n, b);
                        weave.write(node, b.kept, weave.choose(SLACK, true, b));
                    }
                },
                this::connect);
    }

    private Phases.Phase connect(Scratch scratch) {
        var nodes = surveyor.order(parameters.seed(), _ -> true);
        root = new Root(memory, points, Root.degree(nodes.length));
        if (nodes.length > 0) {
            var drawn =
                    root.draw(nodes, weave, parameters.seed(), scratch.part(Weave.Buffers.class, Weave.Buffers::new));
            new Reach(weave, rows.count(), drawn).connect(nodes, parameters.beam(), scratch);
            root.write(points, drawn, scratch);
        }
        blocks = memory.allocate("quantised graph", Math.max(64, rows.count() * points.blocks.blockBytes()));
        var writer = new BlockWriter(points, weave, blocks.address());
        int items = (rows.count() + SOME - 1) / SOME;
        return Phases.of(
                items,
                (item, on) -> {
                    int from = item * SOME, to = Math.min(rows.count(), from + SOME);
                    for (int node = from; node < to; node++) writer.write(node, members.test(node), on);
                    progress.add(to - from);
                },
                _ -> Phases.END);
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
        weave.close();
        return new QuantisedGraph(memory, points, root, blocks, parameters, rows.count());
    }

    /// Gives the memory back unless the graph was handed out. No worker may be in [#work(Scratch, Stop)].
    @Override
    public void close() {
        if (spent) return;
        spent = true;
        if (weave != null) weave.close();
        if (points != null) points.close();
        if (root != null) root.close();
        if (blocks != null) blocks.close();
    }
}
