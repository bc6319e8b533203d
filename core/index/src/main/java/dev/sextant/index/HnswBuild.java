package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Progress;
import dev.sextant.kernel.Scratch;
import dev.sextant.kernel.Stop;
import dev.sextant.model.Metric;
import java.util.concurrent.atomic.AtomicInteger;

/// Builds a graph over rows that are all there. It has no threads: any number of workers call [#work(Scratch, Stop)]
/// until one is told that nothing is left; when all have returned, [#finish()] hands the graph out.
public final class HnswBuild implements AutoCloseable {
    private final Layers layers;
    private final Linker linker;
    private final Accept members;
    private final Progress progress;
    private final AtomicInteger next = new AtomicInteger();
    private boolean spent; // owner only

    /// Rows outside `members` get no node: rows without a vector, or deleted before.
    public HnswBuild(Memory memory, Rows rows, Metric metric, HnswParameters parameters, Accept members) {
        int slots = 0;
        for (int row = 0; row < rows.count(); row++) slots += Layers.drawLevel(parameters, row);
        layers = new Layers(memory, rows, metric, parameters, rows.count(), rows.count(), slots, slots);
        linker = new Linker(layers);
        this.members = members;
        progress = new Progress(rows.count());
    }

    /// Inserts rows until `stop` or until none is left; returns whether none is left to begin.
    public boolean work(Scratch scratch, Stop stop) {
        var beam = scratch.part(Beam.class, Beam::new);
        int count = layers.rows.count();
        while (!stop.stopped()) {
            int node = next.getAndIncrement();
            if (node >= count) {
                next.set(count);
                return true;
            }
            if (members.test(node)) {
                layers.encode(node, beam);
                int level = layers.raise(node, Layers.drawLevel(layers.parameters, node));
                linker.insert(node, level, count, scratch);
            }
            progress.add(1);
        }
        return next.get() >= count;
    }

    public Progress progress() {
        return progress;
    }

    /// The graph, when every worker has returned and one of them was told that nothing is left.
    public Hnsw finish() {
        if (progress.done() < layers.rows.count())
            throw new IllegalStateException(progress.done() + " of " + layers.rows.count() + " rows are in");
        spent = true;
        layers.publish(layers.rows.count());
        return new Hnsw(layers);
    }

    /// Gives the memory back unless the graph was handed out.
    @Override
    public void close() {
        if (!spent) layers.close();
    }
}
