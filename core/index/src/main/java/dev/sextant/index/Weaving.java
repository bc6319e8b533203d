package dev.sextant.index;

import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Scratch;
import java.util.Optional;
import java.util.function.Supplier;

/// Gives the nodes of a [Weave], whose codes are there, their edges: phases whose items do not touch each other, so
/// that the result depends on the rows and the seed only, not on how many work or how fast.
///
/// ```text
/// settle    which nodes lie near each other: each batch is taken district by district, since near nodes look at the
///           same ones ([Districts])
/// take      edges of an earlier graph; where it has     link      … and give what is left of lists an edge back,
///           lost nodes only the best of them                     as insertion does
/// insert    search the graph for a batch of nodes,     link      … and give what they chose an edge back; batches
///           choose edges …                                       double until they are 2 % of all
/// refine    choose again among neighbours and theirs   link      for all that is new or has lost a neighbour
/// trim      no more than `degree` edges
/// ```
final class Weaving {
    /// Edges of the first pass are cut as short as possible; later ones may be longer by this factor on squared
    /// distances.
    private static final float SLACK = 1.2f;
    private static final int ENTRIES = 64;
    /// How many candidates, for each edge, are looked at when edges are chosen anew.
    private static final int AROUND = 8;
    private static final int CHUNK = 1024;
    private static final int TRIMMED = 128;
    private static final int SOME = 64;
    private static final int FEW = 8;
    private static final int REACHED = 4096;

    private final Weave weave;
    private final Links links;
    private final int beam;
    private final int[] order; // nodes to insert
    private final int[] again; // nodes to choose edges for once more
    private final int[] bereaved; // those of them that have lost neighbours
    private final Districts districts;
    private final Optional<Heritage> taken;
    private final int[] entries; // where searches begin: nodes of the graph as it is
    private final Progress progress;

    /// @param order the nodes that are to be inserted, which are all that `heritage` has not kept
    Weaving(Weave weave, int beam, int[] order, Optional<Heritage> heritage, Progress progress) {
        this.weave = weave;
        this.beam = beam;
        this.order = order;
        this.progress = progress;
        links = new Links(weave);
        bereaved = heritage.map(from -> from.bereaved().stream().toArray()).orElse(new int[0]);
        again = heritage.map(this::again).orElseGet(order::clone);
        districts = new Districts(weave, again);
        taken = heritage.filter(from -> from.keptCount() > 0);
        entries = taken.map(from -> from.some(ENTRIES)).orElse(order);
    }

    /// What is chosen anew after all is in: what was inserted, and what has lost neighbours.
    private int[] again(Heritage from) {
        var nodes = from.bereaved();
        for (int node : order) nodes.set(node);
        return nodes.stream().toArray();
    }

    /// What the phases add to the progress.
    long steps() {
        return taken.map(Heritage::size).orElse(0) + (long) order.length + again.length;
    }

    Phases.Phase begin(Phases.Next then) {
        return districts.begin(() -> taken.map(from -> take(from, then)).orElseGet(() -> insert(0, 1, then)));
    }

    private int least() {
        return Math.max(64, weave.count / 50);
    }

    private Phases.Phase take(Heritage from, Phases.Next then) {
        return Phases.of(
                Phases.ranges(from.size(), SOME),
                (item, scratch) -> {
                    int first = item * SOME, last = Math.min(from.size(), first + SOME);
                    for (int node = first; node < last; node++) from.take(node, weave, scratch);
                    progress.add(last - first);
                },
                _ -> giveBack(0, then));
    }

    private Phases.Phase giveBack(int from, Phases.Next then) {
        if (from >= bereaved.length) return insert(0, least(), then);
        int to = Math.min(bereaved.length, from + Math.max(64, weave.count / 20));
        links.begin(0);
        return Phases.of(
                Phases.ranges(to - from, SOME),
                (item, _) -> {
                    int first = from + item * SOME, last = Math.min(to, first + SOME);
                    for (int i = first; i < last; i++) links.giveBack(bereaved[i]);
                },
                _ -> Phases.of(
                        Links.BUCKETS,
                        (bucket, scratch) -> links.link(bucket, 1, false, Weave.Buffers.of(scratch)),
                        _ -> giveBack(to, then)));
    }

    /// Inserts nodes `from … from + size` of `order`: into an empty graph the first alone, then as many as there are.
    private Phases.Phase insert(int from, int size, Phases.Next then) {
        if (from >= order.length) return refine(0, then);
        int to = Math.min(order.length, from + size);
        int started = taken.isEmpty() ? Math.min(from, ENTRIES) : entries.length;
        return batch(
                order,
                from,
                to,
                (node, scratch, b) -> {
                    weave.search(node, entries, started, beam, scratch.visited(weave.count), b);
                    return weave.choose(1, false, b);
                },
                false,
                () -> insert(to, size >= least() ? least() : to, then));
    }

    private Phases.Phase refine(int from, Phases.Next then) {
        if (from >= again.length) return trim(then);
        int to = Math.min(again.length, from + Math.max(64, weave.count / 20));
        return batch(
                again,
                from,
                to,
                (node, scratch, b) -> {
                    weave.lookAround(node, AROUND * weave.degree, scratch.visited(weave.count), b);
                    return weave.choose(SLACK, true, b);
                },
                true,
                () -> refine(to, then));
    }

    /// Fills `kept` with the edges of a node and returns how many.
    @FunctionalInterface
    private interface Choice {
        int of(int node, Scratch scratch, Weave.Buffers b);
    }

    /// Chooses edges for some nodes, on the graph as it is; then writes them; then gives their targets edges back.
    private Phases.Phase batch(
            int[] nodes, int from, int to, Choice choice, boolean refined, Supplier<Phases.Phase> then) {
        districts.sort(nodes, from, to);
        links.begin(to - from);
        Phases.Phase back = Phases.of(
                Links.BUCKETS,
                (bucket, scratch) -> links.link(bucket, refined ? SLACK : 1, refined, Weave.Buffers.of(scratch)),
                _ -> then.get());
        Phases.Phase write = Phases.of(
                Phases.ranges(to - from, CHUNK),
                (item, _) -> {
                    int first = from + item * CHUNK, last = Math.min(to, first + CHUNK);
                    for (int i = first; i < last; i++) links.write(i - from, nodes[i]);
                },
                _ -> back);
        return Phases.of(
                Phases.ranges(to - from, FEW),
                (item, scratch) -> {
                    var b = Weave.Buffers.of(scratch);
                    int first = from + item * FEW, last = Math.min(to, first + FEW);
                    for (int i = first; i < last; i++)
                        links.choose(i - from, nodes[i], b.kept, choice.of(nodes[i], scratch, b));
                    progress.add(last - first);
                },
                _ -> write);
    }

    private Phases.Phase trim(Phases.Next then) {
        return Phases.of(
                Phases.ranges(weave.count, TRIMMED),
                (chunk, scratch) -> {
                    var b = Weave.Buffers.of(scratch);
                    for (int node = chunk * TRIMMED, end = Math.min(weave.count, node + TRIMMED); node < end; node++) {
                        int n = weave.edges(node);
                        if (n <= weave.degree) continue;
                        b.gatherRoom(n);
                        for (int i = 0; i < n; i++) b.gathered[i] = weave.edge(node, i);
                        weave.order(node, n, n, b);
                        weave.write(node, b.kept, weave.choose(SLACK, true, b));
                    }
                },
                then);
    }

    /// Draws where walks begin, some of all `nodes`, from all over the data, and gives an edge to what cannot be
    /// reached from there. One worker after the other, each for a short while.
    Phases.Phase connect(int[] nodes, long seed, Connected then) {
        if (nodes.length == 0) return Phases.of(0, (_, _) -> {}, scratch -> then.entries(nodes, scratch));
        return draw(new Root.Draw(nodes, weave, seed), nodes, then);
    }

    /// What follows once it is known where walks begin.
    @FunctionalInterface
    interface Connected {
        Phases.Phase entries(int[] entries, Scratch scratch);
    }

    private Phases.Phase draw(Root.Draw draw, int[] nodes, Connected then) {
        var more = new boolean[1];
        return Phases.of(
                1,
                (_, scratch) -> more[0] = draw.step(Weave.Buffers.of(scratch)),
                _ -> more[0]
                        ? draw(draw, nodes, then)
                        : reach(new Reach(weave, draw.drawn(), nodes, beam), draw, then));
    }

    private Phases.Phase reach(Reach reach, Root.Draw draw, Connected then) {
        var more = new boolean[1];
        return Phases.of(
                1,
                (_, scratch) -> more[0] = reach.advance(REACHED, scratch),
                scratch -> more[0] ? reach(reach, draw, then) : then.entries(draw.drawn(), scratch));
    }
}
