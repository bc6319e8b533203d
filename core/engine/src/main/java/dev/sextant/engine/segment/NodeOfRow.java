package dev.sextant.engine.segment;

import dev.sextant.model.Nulls;

/// Which node a row of a chunk is: its number among the rows that are not null. Empty when all rows are nodes.
record NodeOfRow(int[] nodes) {
    static NodeOfRow of(Nulls nulls, int rows) {
        if (nulls.none()) return new NodeOfRow(new int[0]);
        var nodes = new int[rows];
        for (int row = 0, node = 0; row < rows; row++) nodes[row] = nulls.isNull(row) ? -1 : node++;
        return new NodeOfRow(nodes);
    }

    /// -1 for a null row.
    int node(int row) {
        return nodes.length == 0 ? row : nodes[row];
    }
}
