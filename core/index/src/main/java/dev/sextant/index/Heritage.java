package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import java.util.BitSet;

/// The nodes of an earlier graph that live on in a new one, under new numbers. A call of [#take(int, Weave, Scratch)]
/// writes the edges of one node, so any number of threads may share the nodes among themselves.
final class Heritage {
    private final Linked old;
    private final int[] newOf;
    private final BitSet kept; // new numbers

    Heritage(Linked old, int[] newOf, int count, Accept members) {
        if (newOf.length != old.count())
            throw new IllegalArgumentException(newOf.length + " places for " + old.count() + " nodes");
        for (int row : newOf) if (row >= count) throw new IllegalArgumentException("row " + row + " of " + count);
        this.old = old;
        this.newOf = newOf.clone();
        kept = new BitSet(count);
        for (int node = 0; node < newOf.length; node++)
            if (newOf[node] >= 0 && (!members.test(newOf[node]) || !hasCompany(node))) this.newOf[node] = -1;
            else if (newOf[node] >= 0) kept.set(newOf[node]);
    }

    /// Whether an edge of the node survives; without one it is inserted anew.
    private boolean hasCompany(int node) {
        for (int i = 0; i < degree(); i++) {
            int neighbour = edge(node, i);
            if (neighbour >= 0 && newOf[neighbour] >= 0) return true;
        }
        return false;
    }

    private int degree() {
        return old.degree();
    }

    private int edge(int node, int at) {
        return old.edge(node, at);
    }

    int size() {
        return newOf.length;
    }

    boolean isKept(int row) {
        return kept.get(row);
    }

    int keptCount() {
        return kept.cardinality();
    }

    /// About `n` kept nodes, spread over all.
    int[] some(int n) {
        int every = Math.max(1, keptCount() / n), at = 0;
        var some = new int[Math.min(n, keptCount())];
        for (int row = kept.nextSetBit(0), i = 0; row >= 0 && at < some.length; row = kept.nextSetBit(row + 1), i++)
            if (i % every == 0) some[at++] = row;
        return some;
    }

    /// The new numbers of nodes that have lost a neighbour.
    BitSet bereaved() {
        var bereaved = new BitSet();
        for (int node = 0; node < newOf.length; node++)
            for (int i = 0; i < degree() && newOf[node] >= 0; i++) {
                int neighbour = edge(node, i);
                if (neighbour >= 0 && newOf[neighbour] < 0) bereaved.set(newOf[node]);
            }
        return bereaved;
    }

    /// Writes the edges of old node `node`: as they are where all lead to living nodes; else those that do, and edges
    /// to the living neighbours of the dead, as far as none is nearer to another. The rest of the list was filled up
    /// with what is near when edges were chosen for the last time; kept, it would leave whoever chooses again with that
    /// alone.
    void take(int node, Weave weave, Scratch scratch) {
        int row = newOf[node];
        if (row < 0) return;
        var b = Weave.Buffers.of(scratch);
        var visited = scratch.visited(newOf.length);
        b.gatherRoom(degree() * (degree() + 1));
        visited.visit(node);
        int n = 0;
        var whole = true;
        for (int i = 0; i < degree(); i++) {
            int neighbour = edge(node, i);
            if (neighbour < 0 || !visited.visit(neighbour)) continue;
            if (newOf[neighbour] >= 0) b.gathered[n++] = newOf[neighbour];
            else whole = false;
        }
        if (whole) {
            weave.write(row, b.gathered, n);
            return;
        }
        for (int i = 0; i < degree(); i++) {
            int gone = edge(node, i);
            if (gone < 0 || newOf[gone] >= 0) continue;
            for (int j = 0; j < degree(); j++) {
                int behind = edge(gone, j);
                if (behind >= 0 && newOf[behind] >= 0 && visited.visit(behind)) b.gathered[n++] = newOf[behind];
            }
        }
        weave.order(row, n, n, b);
        weave.write(row, b.kept, weave.choose(1, false, b));
    }
}
