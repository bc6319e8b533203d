package dev.sextant.index;

import dev.sextant.kernel.Raw;
import dev.sextant.kernel.Scratch;

/// Takes the nodes of a frozen graph over into a new one, under new numbers. Where an edge led to a node that is gone,
/// the neighbours of that node come into question instead, and the list is chosen anew. Each call writes the lists of
/// one node only and reads the old graph, so any number of threads may share the nodes among themselves.
final class Remap {
    private final Layers old;
    private final Layers layers;
    private final int[] newOf;
    private final Linker chooser;

    Remap(Layers old, Layers layers, int[] newOf) {
        this.old = old;
        this.layers = layers;
        this.newOf = newOf;
        chooser = new Linker(old);
        old.offerLongest(layers.longest());
        // Places first: an edge may be followed as soon as it is written.
        for (int node = 0; node < newOf.length; node++) {
            if (newOf[node] < 0) continue;
            layers.raise(newOf[node], old.level(node));
        }
        entry();
    }

    int size() {
        return newOf.length;
    }

    /// The old entry, or the highest node that is left.
    private void entry() {
        var entry = old.entry();
        if (entry != Layers.NO_ENTRY && newOf[(int) entry] >= 0)
            layers.offerEntry(newOf[(int) entry], (int) (entry >>> 32));
        else
            for (int node = 0; node < newOf.length; node++)
                if (newOf[node] >= 0) layers.offerEntry(newOf[node], old.level(node));
    }

    /// `newOf` without the nodes that would be left with no edge: they are inserted anew, as are rows that had no node.
    static int[] worthKeeping(Layers old, int[] newOf) {
        var kept = newOf.clone();
        for (int node = 0; node < newOf.length; node++) {
            long list = old.edges(node, 0);
            var alone = true;
            for (int i = 0; i < old.bottomEdges && alone; i++) {
                int neighbour = Raw.getInt(list + 4L * i) - 1;
                if (neighbour < 0) break;
                alone = newOf[neighbour] < 0;
            }
            if (alone) kept[node] = -1;
        }
        return kept;
    }

    void node(int node, Scratch scratch) {
        int row = newOf[node];
        if (row < 0) return;
        layers.copyCode(old, node, row);
        var buffers = scratch.part(Linker.Buffers.class, Linker.Buffers::new);
        for (int level = 0; level <= old.level(node); level++) {
            int n = survivors(node, level, scratch, buffers);
            long list = layers.edges(row, level);
            for (int i = 0; i < n; i++) Raw.putInt(list + 4L * i, newOf[buffers.kept[i]] + 1);
        }
    }

    /// Fills `kept` with the old numbers of the node's edges in the new graph.
    private int survivors(int node, int level, Scratch scratch, Linker.Buffers buffers) {
        int room = old.edgeRoom(level), n = 0, gone = 0;
        buffers.ensure(room * (room + 1));
        var visited = scratch.visited(old.count());
        visited.visit(node);
        long list = old.edges(node, level);
        for (int i = 0; i < room; i++) {
            int neighbour = Raw.getInt(list + 4L * i) - 1;
            if (neighbour < 0) break;
            visited.visit(neighbour);
            if (newOf[neighbour] >= 0) buffers.list[n++] = neighbour;
            else buffers.kept[gone++] = neighbour;
        }
        if (gone == 0) {
            System.arraycopy(buffers.list, 0, buffers.kept, 0, n);
            return n;
        }
        for (int g = 0; g < gone; g++) {
            long behind = old.edges(buffers.kept[g], level);
            for (int i = 0; i < room; i++) {
                int neighbour = Raw.getInt(behind + 4L * i) - 1;
                if (neighbour < 0) break;
                if (newOf[neighbour] >= 0 && visited.visit(neighbour)) buffers.list[n++] = neighbour;
            }
        }
        chooser.sort(node, n, buffers);
        return chooser.choose(n, room, buffers);
    }
}
