package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Metric;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// Builds a graph over rows that are all there. It has no threads: any number of workers call [#work(Scratch, Stop)]
/// until one is told that nothing is left; when all have returned, [#finish()] hands the graph out.
///
/// A build may start from the graph of some of the rows: its nodes are renumbered and its edges kept, those that led to
/// dropped rows replaced by edges around them, and only the rest is inserted.
public final class HnswBuild implements VectorBuild {
    private final Layers layers;
    private final Linker linker;
    private final Optional<Remap> remap;
    private final int[] fresh; // rows to insert
    private final Progress progress;
    private final AtomicInteger next = new AtomicInteger();
    private volatile boolean failed;
    private boolean spent; // owner only

    /// Rows outside `members` get no node: rows without a vector, or deleted before.
    public HnswBuild(Memory memory, DenseRows rows, Metric metric, HnswParameters parameters, Accept members) {
        fresh = members(rows, members, new BitSet());
        layers = layers(memory, rows, metric, parameters, drawn(parameters, fresh));
        if (metric == Metric.IP) offerLongest(members);
        linker = new Linker(layers);
        remap = Optional.empty();
        progress = new Progress(fresh.length);
    }

    private HnswBuild(Memory memory, DenseRows rows, Hnsw old, int[] newOf, Accept members) {
        var kept = new BitSet(rows.count());
        int slots = 0;
        for (int node = 0; node < newOf.length; node++) {
            if (newOf[node] < 0) continue;
            if (kept.get(newOf[node])) throw new IllegalArgumentException("two nodes become row " + newOf[node]);
            kept.set(newOf[node]);
            slots += old.layers.level(node);
        }
        fresh = members(rows, members, kept);
        layers = layers(memory, rows, old.metric(), old.parameters(), slots + drawn(old.parameters(), fresh));
        if (old.metric() == Metric.IP) offerLongest(members);
        linker = new Linker(layers);
        remap = Optional.of(new Remap(old.layers, layers, newOf));
        progress = new Progress(newOf.length + fresh.length);
    }

    /// Starts from `old`, which stays untouched and must stay open until this is finished or closed. `newOf[i]` is the
    /// row that node `i` of it has become, or -1 when it is gone; vectors are the same. It pays while less than about a
    /// third of the old nodes are gone.
    public static HnswBuild from(Memory memory, DenseRows rows, Hnsw old, int[] newOf, Accept members) {
        if (newOf.length != old.count())
            throw new IllegalArgumentException(newOf.length + " places for " + old.count() + " nodes");
        if (old.rows().type() != rows.type() || old.rows().dimension() != rows.dimension())
            throw new IllegalArgumentException("the old graph is over other vectors");
        for (int row : newOf)
            if (row >= rows.count()) throw new IllegalArgumentException("row " + row + " of " + rows.count());
        return new HnswBuild(memory, rows, old, Remap.worthKeeping(old.layers, newOf), members);
    }

    private void offerLongest(Accept members) {
        var distance = layers.distance;
        var floats = new float[distance.dimension()];
        double longest = 0;
        for (int row = 0; row < layers.rows.count(); row++) {
            if (!members.test(row)) continue;
            distance.toFloats(layers.rows.address(row), floats);
            double squares = 0;
            for (float value : floats) squares += value * value;
            longest = Math.max(longest, squares);
        }
        layers.offerLongest((float) longest);
    }

    private static int[] members(DenseRows rows, Accept members, BitSet kept) {
        var fresh = new int[rows.count() - kept.cardinality()];
        int n = 0;
        for (int row = 0; row < rows.count(); row++) if (!kept.get(row) && members.test(row)) fresh[n++] = row;
        return Arrays.copyOf(fresh, n);
    }

    private static int drawn(HnswParameters parameters, int[] rows) {
        int slots = 0;
        for (int row : rows) slots += Layers.drawLevel(parameters, row);
        return slots;
    }

    private static Layers layers(Memory memory, DenseRows rows, Metric metric, HnswParameters parameters, int slots) {
        return new Layers(memory, rows, metric, parameters, rows.count(), rows.count(), slots, slots);
    }

    /// Works until `stop` or until nothing is left to begin; returns whether nothing is left.
    @Override
    public boolean work(Scratch scratch, Stop stop) {
        try {
            while (!stop.stopped()) {
                int at = next.get();
                if (at >= progress.total()) return true;
                if (!next.compareAndSet(at, at + 1)) continue;
                begin(at, scratch);
                progress.add(1);
            }
            return next.get() >= progress.total();
        } catch (RuntimeException | Error thrown) {
            failed = true;
            throw thrown;
        }
    }

    private void begin(int at, Scratch scratch) {
        int old = remap.map(Remap::size).orElse(0);
        if (at < old) remap.get().node(at, scratch);
        else {
            // Insertions walk what was taken over, so all of it must be there; others are at most one node behind.
            while (progress.done() < old && !failed) Thread.onSpinWait();
            insert(fresh[at - old], scratch);
        }
    }

    private void insert(int node, Scratch scratch) {
        layers.encode(node, scratch.part(Beam.class, Beam::new));
        int level = layers.raise(node, Layers.drawLevel(layers.parameters, node));
        linker.insert(node, level, layers.rows.count(), scratch);
    }

    @Override
    public Progress progress() {
        return progress;
    }

    /// The graph, when every worker has returned and one of them was told that nothing is left.
    @Override
    public Hnsw finish() {
        if (failed || progress.done() < progress.total())
            throw new IllegalStateException("%d of %d rows are in%s"
                    .formatted(progress.done(), progress.total(), failed ? ", and a worker failed" : ""));
        spent = true;
        layers.publish(layers.rows.count());
        return new Hnsw(layers);
    }

    /// Gives the memory back unless the graph was handed out. No worker may be in [#work(Scratch, Stop)].
    @Override
    public void close() {
        if (!spent) layers.close();
    }
}
