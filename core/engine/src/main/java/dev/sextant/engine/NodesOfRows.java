package dev.sextant.engine;

import dev.sextant.kernel.Bits;
import java.util.function.UnaryOperator;

/// Which nodes of a segment's vector field stand for some of its rows, when a row may have no vector, or several. What
/// was last asked for the rows that views show is kept, because it changes seldom. Any thread.
final class NodesOfRows {
    private record Made(Bits rows, Bits nodes) {}

    private final UnaryOperator<Bits> nodes;
    private volatile Made last = new Made(Bits.ALL, Bits.ALL);

    private NodesOfRows(UnaryOperator<Bits> nodes) {
        this.nodes = nodes;
    }

    /// Where a row has one vector or none: found word by word.
    static NodesOfRows ofVectors(int[] rowOfNode, int rows) {
        var bits = Bits.builder(rows);
        for (int row : rowOfNode) bits.set(row);
        var present = bits.build();
        return new NodesOfRows(wanted -> wanted.compress(present, rows));
    }

    /// Where a row has any number of them.
    static NodesOfRows ofElements(int[] rowOfElement) {
        return new NodesOfRows(wanted -> ofElements(rowOfElement, wanted));
    }

    static Bits ofElements(int[] rowOfElement, Bits wanted) {
        var bits = Bits.builder(rowOfElement.length);
        for (int node = 0, end; node < rowOfElement.length; node = end) {
            int row = rowOfElement[node];
            for (end = node + 1; end < rowOfElement.length && rowOfElement[end] == row; ) end++;
            if (wanted.get(row)) bits.setRange(node, end);
        }
        return bits.build();
    }

    /// @param again whether the same set will be asked for again
    Bits of(Bits wanted, boolean again) {
        var made = last;
        if (made.rows == wanted) return made.nodes;
        var found = wanted.isAll() ? Bits.ALL : nodes.apply(wanted);
        if (again) last = new Made(wanted, found);
        return found;
    }

    /// Bytes on the heap, about: of the rows with a vector, and of what is kept.
    static long bytes(int rows, int nodes) {
        return 2L * rows / 8 + nodes / 8 + 256;
    }
}
