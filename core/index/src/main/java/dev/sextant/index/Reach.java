package dev.sextant.index;

import dev.sextant.kernel.Scratch;
import java.util.BitSet;

/// Which nodes can be reached from the entries; gives an edge to those that cannot. One thread.
final class Reach {
    private final Weave weave;
    private final BitSet reached;
    private final int[] incoming;
    private final int[] queue;
    private final int[] entries;

    Reach(Weave weave, int[] entries) {
        int count = weave.count;
        this.weave = weave;
        this.entries = entries;
        reached = new BitSet(count);
        incoming = new int[count];
        queue = new int[count];
        for (int node = 0; node < count; node++)
            for (int i = 0; i < weave.edges(node); i++) incoming[weave.edge(node, i)]++;
    }

    void connect(int[] nodes, int beam, Scratch scratch) {
        for (int entry : entries) if (!reached.get(entry)) follow(entry);
        for (int node : nodes)
            if (!reached.get(node)) {
                attach(node, beam, scratch);
                follow(node);
            }
    }

    private void follow(int from) {
        int head = 0, tail = 0;
        reached.set(from);
        queue[tail++] = from;
        while (head < tail) {
            int node = queue[head++];
            for (int i = 0; i < weave.edges(node); i++) {
                int next = weave.edge(node, i);
                if (reached.get(next)) continue;
                reached.set(next);
                queue[tail++] = next;
            }
        }
    }

    /// An edge from the nearest reached node that can spare one: an edge is spared where its target has others.
    private void attach(int node, int beam, Scratch scratch) {
        var b = scratch.part(Weave.Buffers.class, Weave.Buffers::new);
        weave.search(node, entries, entries.length, beam, scratch.visited(incoming.length), b);
        for (int i = 0; i < b.count; i++) {
            int from = (int) b.order[i], n = weave.edges(from);
            for (int e = 0; e < n; e++) b.kept[e] = weave.edge(from, e);
            int at = n < weave.degree ? n : spare(b.kept, n);
            if (at < 0) continue;
            if (at < n) incoming[b.kept[at]]--;
            b.kept[at] = node;
            incoming[node]++;
            weave.write(from, b.kept, Math.max(n, at + 1));
            return;
        }
    }

    private int spare(int[] edges, int n) {
        int best = -1;
        for (int e = n - 1; e > n / 2; e--)
            if (incoming[edges[e]] > 2 && (best < 0 || incoming[edges[e]] > incoming[edges[best]])) best = e;
        return best;
    }
}
