package dev.sextant.index;

import dev.sextant.kernel.Memory;
import dev.sextant.kernel.Scratch;
import dev.sextant.model.Metric;

/// A graph that grows row by row behind its readers: one writer inserts, any number of threads walk. A row is found
/// from the moment its insertion returns. The rows stay at their address while they grow.
public final class Draft extends Layered implements Graph, AutoCloseable {
    private static final int FIRST_ROOM = 1024;

    private final Linker linker;
    private boolean frozen; // writer only

    /// A graph over the rows that will stand at the address and stride of `rows` (its count is of no meaning), at
    /// most `mostRows` of them.
    public Draft(Memory memory, DenseRows rows, Metric metric, HnswParameters parameters, int mostRows) {
        int room = Math.min(mostRows, FIRST_ROOM);
        int slots = mostSlots(parameters, room), mostSlots = mostSlots(parameters, mostRows);
        super(new Layers(memory, rows.withCount(mostRows), metric, parameters, room, mostRows, slots, mostSlots));
        linker = new Linker(layers);
    }

    private static int mostSlots(HnswParameters parameters, int rows) {
        return (int) Math.min(Integer.MAX_VALUE - 8, 256 + 3L * rows / (2 * (parameters.m() - 1)));
    }

    /// Inserts row [#count()], whose components must be in place. One writer. May throw
    /// [dev.sextant.kernel.OutOfBudget]; then nothing has changed and the writer may try again.
    public void insert(Scratch scratch) {
        int node = makeRoom();
        layers.encode(node, scratch.part(Beam.class, Beam::new));
        int level = layers.raise(node, Layers.drawLevel(layers.parameters, node));
        linker.insert(node, level, node, scratch);
        layers.publish(node + 1);
    }

    private int makeRoom() {
        assert !frozen : "a frozen draft grows no more";
        int node = layers.count();
        if (node == layers.most) throw new IllegalStateException("a draft for " + layers.most + " rows is full");
        if (node == layers.room()) layers.growTo((int) Math.min(layers.most, node + Math.max(FIRST_ROOM, node / 4L)));
        return node;
    }

    /// The same graph, unchanging; it takes over the memory, and this draft must not be used or closed any more.
    public Hnsw freeze() {
        frozen = true;
        return new Hnsw(layers);
    }

    @Override
    public HnswParameters parameters() {
        return layers.parameters;
    }

    @Override
    public void close() {
        if (!frozen) layers.close();
    }
}
