package dev.sextant.engine;

import dev.sextant.kernel.Bits;

/// Which nodes of a segment's vector field stand for some of its rows, when a row may have no vector: found word by
/// word. What was last asked for the rows that views show is kept, because it changes seldom. Any thread.
final class NodesOfRows {
    private record Made(Bits rows, Bits nodes) {}

    private final Bits present; // rows that have a vector
    private final int rows;
    private volatile Made last = new Made(Bits.ALL, Bits.ALL);

    NodesOfRows(int[] rowOfNode, int rows) {
        this.rows = rows;
        var bits = Bits.builder(rows);
        for (int row : rowOfNode) bits.set(row);
        present = bits.build();
    }

    /// @param again whether the same set will be asked for again
    Bits of(Bits wanted, boolean again) {
        var made = last;
        if (made.rows == wanted) return made.nodes;
        var nodes = wanted.isAll() ? Bits.ALL : wanted.compress(present, rows);
        if (again) last = new Made(wanted, nodes);
        return nodes;
    }

    /// Bytes on the heap, about: of the rows with a vector, and of what is kept.
    static long bytes(int rows) {
        return 3L * rows / 8 + 256;
    }
}
