package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import java.util.BitSet;

/// Which nodes can be reached from the entries; gives an edge to those that cannot. One thread at a time, in steps.
final class Reach {
    private static final int ATTACHING = 256; // what it costs, in nodes that are followed

    private final Weave weave;
    private final int[] nodes;
    private final int beam;
    private final BitSet reached;
    private final int[] incoming;
    private final int[] queue;
    private final int[] from; // the node whose edge reached it first; -1 for one that was begun with
    private final int[] entries;
    private int counted; // nodes whose edges are in `incoming`
    private int begun; // entries, then nodes, that were looked at
    private int head;
    private int tail;

    Reach(Weave weave, int[] entries, int[] nodes, int beam) {
        this.weave = weave;
        this.entries = entries;
        this.nodes = nodes;
        this.beam = beam;
        reached = new BitSet(weave.count);
        incoming = new int[weave.count];
        queue = new int[weave.count];
        from = new int[weave.count];
    }

    /// Goes on by about so many nodes; returns whether there is more.
    boolean advance(int budget, Scratch scratch) {
        for (int left = budget; left > 0; ) {
            if (counted < weave.count) {
                for (int i = 0; i < weave.edges(counted); i++) incoming[weave.edge(counted, i)]++;
                counted++;
                left--;
            } else if (head < tail) {
                follow(queue[head++]);
                left--;
            } else if (begun < entries.length + nodes.length) {
                int node = begun < entries.length ? entries[begun] : nodes[begun - entries.length];
                if (!reached.get(node)) {
                    int by = -1;
                    if (begun >= entries.length) {
                        by = attach(node, scratch);
                        left -= ATTACHING;
                    }
                    reach(node, by);
                }
                begun++;
                left--;
            } else return false;
        }
        return true;
    }

    private void follow(int node) {
        for (int i = 0; i < weave.edges(node); i++) {
            int next = weave.edge(node, i);
            if (!reached.get(next)) reach(next, node);
        }
    }

    private void reach(int node, int by) {
        reached.set(node);
        from[node] = by;
        queue[tail++] = node;
    }

    /// An edge from the nearest reached node that can spare one: an edge is spared where its target was reached by
    /// another one, so that all that was reached stays so, and has more of them. Returns that node, or -1 when there is
    /// none.
    private int attach(int node, Scratch scratch) {
        var b = Weave.Buffers.of(scratch);
        weave.search(node, entries, entries.length, beam, scratch.visited(incoming.length), b);
        for (int i = 0; i < b.count; i++) {
            int near = (int) b.order[i], n = weave.edges(near);
            for (int e = 0; e < n; e++) b.kept[e] = weave.edge(near, e);
            int at = n < weave.degree ? n : spare(near, b.kept, n);
            if (at < 0) continue;
            if (at < n) incoming[b.kept[at]]--;
            b.kept[at] = node;
            incoming[node]++;
            weave.write(near, b.kept, Math.max(n, at + 1));
            return near;
        }
        return -1;
    }

    private int spare(int node, int[] edges, int n) {
        int best = -1;
        for (int e = n - 1; e > n / 2; e--)
            if (incoming[edges[e]] > 2
                    && from[edges[e]] != node
                    && (best < 0 || incoming[edges[e]] > incoming[edges[best]])) best = e;
        return best;
    }
}
